//! Reads single values without the functions of `plain.js`, which programs in Rust do not have. Must not decide what is
//! sent.
//!
//! Every function that may run the page's code is imported with `catch`.

use js_sys::{Array, Function, JsString, Reflect, Symbol};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use crate::codes::kind;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    pub(super) fn array_from(value: &JsValue) -> Result<Array, JsValue>;
}

/// Returns the kind of a value that is no object.
pub(super) fn kind(value: &JsValue) -> u32 {
    match value.as_bool() {
        Some(true) => kind::TRUE,
        Some(false) => kind::FALSE,
        None if value.is_undefined() => kind::UNDEFINED,
        None if value.is_null() => kind::NULL,
        None => kind::OTHER,
    }
}

/// Iterates a value as React does. Returns an array of the items, and true if the value is its own iterator.
pub(super) fn iterated(value: &JsValue) -> Result<Option<Array>, JsValue> {
    let known = Reflect::get(value, &Symbol::iterator())?;
    let iterate = if known.is_truthy() { known } else { Reflect::get(value, &"@@iterator".into())? };
    let Ok(iterate) = iterate.dyn_into::<Function>() else { return Ok(None) };
    let iterator = iterate.call0(value)?;
    let own = iterator == *value;
    Ok(Some(Array::of2(&array_from(&iterator)?.into(), &own.into())))
}

/// Returns the letter for the type of a view of a buffer.
pub(super) fn view(value: &JsValue) -> Result<Option<String>, JsValue> {
    if !js_sys::ArrayBuffer::is_view(value) {
        return Ok(None);
    }
    let name = Reflect::get(value, &Symbol::to_string_tag())?.dyn_into::<JsString>()?;
    Ok(crate::flight::Binary::letter_of(&String::from(name)).map(String::from))
}

/// Returns the bytes of a buffer or of a view.
pub(super) fn bytes(value: &JsValue) -> Result<Blob, JsValue> {
    Blob::new_with_buffer_source_sequence(&Array::of1(value))
}
