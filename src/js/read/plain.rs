//! Calls `plain.js`, which reads plain arguments in JavaScript, and its helpers for single values. Programs in Rust do
//! not have them: there, `own.rs` does their work. Must not read values itself.

mod own;

use std::cell::RefCell;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use crate::codes;

// The functions of `plain.js`, which the package hands in.
#[wasm_bindgen]
extern "C" {
    type Functions;
    #[wasm_bindgen(method, catch, js_name = kind)]
    fn kind_of(this: &Functions, value: &JsValue) -> Result<u32, JsValue>;
    #[wasm_bindgen(method, catch, js_name = list)]
    fn list_of(this: &Functions, array: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(method, catch, js_name = iterated)]
    fn iterated_of(this: &Functions, value: &JsValue) -> Result<Option<Array>, JsValue>;
    #[wasm_bindgen(method, catch, js_name = fields)]
    fn fields_of(this: &Functions, form: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(method, catch, js_name = view)]
    fn view_of(this: &Functions, value: &JsValue) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, catch, js_name = bytes)]
    fn bytes_of(this: &Functions, value: &JsValue) -> Result<Blob, JsValue>;

    /// The result of reading all arguments at once: their body, and the paths of their containers.
    pub type Plain;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn body(this: &Plain) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn reads(this: &Plain) -> Option<Reads>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn find(this: &Plain, path: &str) -> Result<JsValue, JsValue>;

    /// Containers that were read before, with what was read: a `Map`.
    pub(crate) type Reads;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn get(this: &Reads, container: &JsValue) -> Result<JsValue, JsValue>;
}

thread_local! {
    static FUNCTIONS: RefCell<Option<Functions>> = const { RefCell::new(None) };
}

/// Stores the functions of `plain.js`.
pub(crate) fn set(functions: JsValue) {
    FUNCTIONS.set(Some(functions.unchecked_into()));
}

/// Calls a function, or `own` if there is none. Fails with the error that the page's code threw.
fn with<T>(ask: impl FnOnce(&Functions) -> Result<T, JsValue>, own: impl FnOnce() -> Result<T, JsValue>) -> Result<T, JsValue> {
    // The npm package always has them, so that its wasm must not hold `own.rs`.
    let without = || if cfg!(feature = "client-web") { own() } else { Err(JsValue::UNDEFINED) };
    FUNCTIONS.with_borrow(|functions| functions.as_ref().map_or_else(without, ask))
}

/// Returns the kind of a value, a number of [`kind`](crate::codes::kind).
pub(crate) fn kind(value: &JsValue) -> u32 {
    with(|functions| functions.kind_of(value), || Ok(own::kind(value))).unwrap_or(codes::kind::OTHER)
}

/// Returns the elements of an array.
pub(crate) fn list(array: &JsValue) -> Result<Array, JsValue> {
    with(|functions| functions.list_of(array), || own::array_from(array))
}

/// Iterates a value. Returns its elements, and true if the value is itself an iterator. `None` if it cannot be
/// iterated.
pub(crate) fn iterated(value: &JsValue) -> Result<Option<(Array, bool)>, JsValue> {
    let pair = with(|functions| functions.iterated_of(value), || own::iterated(value))?;
    Ok(pair.map(|pair| (pair.get(0).unchecked_into(), pair.get(1).is_truthy())))
}

/// Returns the entries of a form, as pairs.
pub(crate) fn fields(form: &JsValue) -> Result<Array, JsValue> {
    with(|functions| functions.fields_of(form), || own::array_from(form))
}

/// Returns the letter of a view of a buffer; `None` for other values.
pub(crate) fn view(value: &JsValue) -> Result<Option<char>, JsValue> {
    Ok(with(|functions| functions.view_of(value), || own::view(value))?.and_then(|letter| letter.chars().next()))
}

/// Returns the bytes of a buffer, or of a view of one.
pub(crate) fn bytes(value: &JsValue) -> Result<Blob, JsValue> {
    with(|functions| functions.bytes_of(value), || own::bytes(value))
}
