//! The edge of the codec: exports `flight` to JavaScript. A wasm module of its own, which a page loads when a value
//! is not plain. Knows no dispatcher.

mod args;
mod decoding;
mod encoding;
mod form;
mod options;
mod value;

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// Wires a new instance to the package. `panicked(message)` is called on a panic. The others are functions of
/// JavaScript: `shapes.js` makes errors, `wait.js` waits for promises, `builder.js` makes values, `plain.js` reads
/// simple arguments.
#[wasm_bindgen(js_name = setupFlight)]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
pub fn set_up(panicked: Function, shapes: JsValue, waits: JsValue, build: JsValue, plain: JsValue) {
    crate::js::set_up(panicked, shapes, waits);
    value::set_builder(build);
    args::set_plain(plain);
}
