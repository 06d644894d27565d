use std::cell::RefCell;

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::driver::Owner;
use crate::Error;

thread_local! {
    static MAKE: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Gives this module what it makes errors with: `make(details, cause)`.
pub(crate) fn set_maker(make: Function) {
    MAKE.set(Some(make));
}

/// The `ActionError` of an error of ours. `cause` is what the page threw, or gave as a reason.
pub(crate) fn to_js(error: &Error, cause: Option<&JsValue>) -> JsValue {
    owned(error, None, cause)
}

/// The same, saying which action it is about.
pub(crate) fn owned(error: &Error, owner: Option<&Owner>, cause: Option<&JsValue>) -> JsValue {
    let details = Object::new();
    let set = |key: &str, value: &JsValue| drop(Reflect::set(&details, &key.into(), value));
    set("code", &error.kind().code().into());
    set("message", &error.message().into());
    set("sent", &error.was_sent().as_str().into());
    for (key, text) in [
        ("digest", error.server_digest()),
        ("excerpt", error.answer_excerpt()),
        ("actionId", owner.map(|owner| &*owner.action)),
        ("actionName", owner.and_then(|owner| owner.name.as_deref())),
    ] {
        if let Some(text) = text {
            set(key, &text.into());
        }
    }
    if let Some(status) = error.http_status() {
        set("status", &status.into());
    }
    if let Some(after) = error.retry_after() {
        set("retryAfter", &(after.as_millis() as f64).into());
    }
    let cause = cause.cloned().unwrap_or_default();
    let made = MAKE.with_borrow(|make| make.as_ref().map(|make| make.call2(&JsValue::UNDEFINED, &details, &cause)));
    match made {
        Some(Ok(made)) => made,
        _ => js_sys::Error::new(error.message()).into(),
    }
}
