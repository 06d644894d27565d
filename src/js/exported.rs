//! Names the result type of exports that return a JavaScript value. Must not be used by code that no export calls.

use wasm_bindgen::JsValue;

/// Result of an export that returns a JavaScript value. It is always `Ok`.
///
/// The type avoids a crash of V8 up to 11.3 (Chrome 113, Node.js 20). V8 compiles the call of an export with one
/// result into its caller. If that compiled code is discarded during the call and the result is a JavaScript value,
/// the process ends. An export that may fail has more than one result, so V8 leaves its call as it is.
pub(crate) type Exported<T> = Result<T, JsValue>;
