//! Plain objects and arrays of our own, and the program's own texts in them.

use std::cell::RefCell;

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

/// Sets a property. Fresh plain objects take every key.
pub(crate) fn set(object: &Object, key: &'static str, value: &JsValue) {
    let _ = Reflect::set(object, &word(key), value);
}

/// A text of the program's own as JavaScript has it. It is decoded once: that takes longer than most of what is done with it.
pub(crate) fn word(text: &'static str) -> JsValue {
    WORDS.with_borrow_mut(|words| {
        // Two that fall on one place take turns: no harm but the time.
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

/// Prime.
const PLACES: usize = 127;

thread_local! {
    static WORDS: RefCell<[Option<(&'static str, JsValue)>; PLACES]> = const { RefCell::new([const { None }; PLACES]) };
}
