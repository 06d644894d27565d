//! Names the result of exports that give a value of JavaScript.

use wasm_bindgen::JsValue;

/// The result of an export that gives a value of JavaScript. It is never an error.
///
/// V8 writes the call of an export with one result into the code that calls it. Versions up to 11.3 (Chrome 113, Node.js 20) end the process if
/// that code is thrown away during the call and the result is a value of JavaScript. An export that may fail has more than one result, so its
/// call stays a call.
pub(crate) type Given<T> = Result<T, JsValue>;
