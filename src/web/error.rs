//! `ActionError`, made of an error of ours.

use wasm_bindgen::prelude::*;

use super::shapes;
use crate::Error;

/// An error, and what the page threw if that is why.
pub(crate) type Failure = (Error, JsValue);

/// The `ActionError` of an error of ours. `cause` is what the page threw, or gave as a reason.
pub(crate) fn to_js(error: &Error, cause: &JsValue) -> JsValue {
    shapes::error(error, None, cause)
}
