//! Makes an `ActionError` of JavaScript from an [`Error`]. Decides nothing: code and message are the core's.

use std::cell::RefCell;

use js_sys::Object;
use wasm_bindgen::prelude::*;

use super::object::set as put;
use crate::Error;

/// An error, and the value the page threw if that caused it (else `undefined`).
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

/// Stores the functions of `shapes.js`, of which one makes errors.
pub(super) fn set(functions: JsValue) {
    FUNCTIONS.set(functions.unchecked_into());
}

/// Makes an `ActionError`. `cause`: the value the page threw or gave as a reason; `undefined` for none.
pub(crate) fn to_js(error: &Error, cause: &JsValue) -> JsValue {
    to_js_with(error, [], cause)
}

/// Makes an `ActionError` with further properties, each a name and a text.
pub(crate) fn to_js_with<'t>(error: &Error, more: impl IntoIterator<Item = (&'static str, &'t str)>, cause: &JsValue) -> JsValue {
    let details = Object::new();
    for (key, text) in [("digest", error.server_digest()), ("excerpt", error.excerpt())] {
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
    // This runs code of the package, which may call back: borrow nothing meanwhile.
    let functions = FUNCTIONS.with_borrow(Clone::clone);
    let made = functions.make(error.kind().code(), error.message(), error.sent().as_str(), &details, cause);
    made.unwrap_or_else(|_| js_sys::Error::new(error.message()).into())
}
