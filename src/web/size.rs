use js_sys::{Array, JsString, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    fn entries_of(form: &JsValue) -> Result<Array, JsValue>;
}

/// By how much a `FormData` may be larger than it is taken for.
const MARGIN: f64 = 1024.0;

/// How many bytes a body that [`of`] takes for so many takes on the wire at the most.
pub(crate) fn at_most(body: &JsValue, bytes: f64) -> f64 {
    bytes + if body.is_string() { 0.0 } else { MARGIN }
}

/// How many bytes a body takes on the wire: a string exactly, a `FormData` to about a KiB, as the boundary is the browser's.
pub(crate) fn of(body: &JsValue) -> f64 {
    if let Some(text) = body.dyn_ref::<JsString>() {
        return utf8(text);
    }
    // "--boundary", the disposition and the line ends around them.
    const FIELD: f64 = 96.0;
    const FILE: f64 = 40.0;
    let mut bytes = 48.0;
    for entry in entries_of(body).unwrap_or_default().iter() {
        let entry = Array::from(&entry);
        let (name, value) = (entry.get(0), entry.get(1));
        bytes += FIELD + name.dyn_ref().map_or(0.0, utf8);
        bytes += match value.dyn_ref() {
            Some(text) => utf8(text),
            None => FILE + number(&value, "size") + text(&value, "name") + text(&value, "type"),
        };
    }
    bytes
}

fn number(of: &JsValue, key: &str) -> f64 {
    Reflect::get(of, &key.into()).ok().and_then(|value| value.as_f64()).unwrap_or(0.0)
}

fn text(of: &JsValue, key: &str) -> f64 {
    Reflect::get(of, &key.into()).ok().and_then(|value| value.dyn_ref().map(utf8)).unwrap_or(0.0)
}

/// The length of a string in UTF-8.
fn utf8(text: &JsString) -> f64 {
    String::from(text).len() as f64
}
