//! `ActionError`, made of an error of ours.

use std::cell::RefCell;

use js_sys::Object;
use wasm_bindgen::prelude::*;

use super::object::set as put;
use crate::Error;

/// An error, and what the page threw if that is why.
pub(crate) type Failure = (Error, JsValue);

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type Functions;

    #[wasm_bindgen(method, catch, js_name = error)]
    fn make(this: &Functions, code: &str, message: &str, sent: &str, details: &JsValue, cause: &JsValue) -> Result<JsValue, JsValue>;
}

thread_local! {
    static FUNCTIONS: RefCell<Functions> = RefCell::new(JsValue::UNDEFINED.unchecked_into());
}

/// `functions`: those of `shapes.js`, of which one makes errors.
pub(super) fn set(functions: JsValue) {
    FUNCTIONS.set(functions.unchecked_into());
}

/// The `ActionError` of an error of ours. `cause` is what the page threw, or gave as a reason.
pub(crate) fn to_js(error: &Error, cause: &JsValue) -> JsValue {
    with(error, [], cause)
}

/// The same, with more that is known: a name and a text each.
pub(crate) fn with<'t>(error: &Error, more: impl IntoIterator<Item = (&'static str, &'t str)>, cause: &JsValue) -> JsValue {
    let details = Object::new();
    for (key, text) in [("digest", error.server_digest()), ("excerpt", error.answer_excerpt())] {
        if let Some(text) = text {
            put(&details, key, &text.into());
        }
    }
    for (key, text) in more {
        put(&details, key, &text.into());
    }
    if let Some(status) = error.http_status() {
        put(&details, "status", &status.into());
    }
    if let Some(after) = error.retry_after() {
        put(&details, "retryAfter", &(after.as_millis() as f64).into());
    }
    // It runs code of the package, which may come back.
    let functions = FUNCTIONS.with_borrow(Clone::clone);
    let made = functions.make(error.kind().code(), error.message(), error.was_sent().as_str(), &details, cause);
    made.unwrap_or_else(|_| js_sys::Error::new(error.message()).into())
}
