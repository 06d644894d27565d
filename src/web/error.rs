//! `ActionError`, made of an error of ours.

use wasm_bindgen::prelude::*;

use super::shapes;
use crate::Error;

/// The `ActionError` of an error of ours. `cause` is what the page threw, or gave as a reason.
pub(crate) fn to_js(error: &Error, cause: &JsValue) -> JsValue {
    shapes::error(error, None, cause)
}
