//! Makes properties of plain objects and caches the texts of the program as JavaScript strings. Must not be used on
//! objects of the page: their setters may run code.

use std::cell::RefCell;

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

/// Sets a property of a fresh plain object, which never fails.
pub(crate) fn set(object: &Object, key: &'static str, value: &JsValue) {
    let _ = Reflect::set(object, &word(key), value);
}

/// Returns a text of the program as a JavaScript string. Caches it: decoding takes longer than most uses of the
/// string.
pub(crate) fn word(text: &'static str) -> JsValue {
    WORDS.with_borrow_mut(|words| {
        // Two texts with the same place replace each other. That only costs time.
        let place = &mut words[(text.as_ptr() as usize).wrapping_mul(31).wrapping_add(text.len()) % PLACES];
        match place {
            Some((known, value)) if std::ptr::eq(*known, text) => value.clone(),
            _ => {
                let value = JsValue::from_str(text);
                *place = Some((text, value.clone()));
                value
            }
        }
    })
}

/// Number of places; a prime spreads the texts evenly.
const PLACES: usize = 127;

thread_local! {
    static WORDS: RefCell<[Option<(&'static str, JsValue)>; PLACES]> = const { RefCell::new([const { None }; PLACES]) };
}
