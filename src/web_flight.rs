//! The edge of the codec: what JavaScript sees of `flight`. A module of its own, which a page loads when a value is not plain.

mod args;
mod decoding;
mod encoding;
mod options;
mod value;

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// Gives a new instance what hears of a panic, `panicked(message)`, the functions of `shapes.js`, of which one makes errors, of `wait.js`, which
/// waits for promises, of `build.js`, which it makes values with, and of `plain.js`, which it reads simple arguments with.
#[wasm_bindgen(js_name = setupFlight)]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
pub fn set_up(panicked: Function, shapes: JsValue, waits: JsValue, build: JsValue, plain: JsValue) {
    crate::js::set_up(panicked, shapes, waits);
    value::set_builder(build);
    args::set_plain(plain);
}
