//! Connects wasm to JavaScript: reads values, makes errors and small objects, and waits for promises. Knows nothing of
//! calls.
#![allow(dead_code, reason = "each edge uses a part of it")]

pub(crate) mod error;
pub(crate) mod exported;
pub(crate) mod object;
#[cfg(any(feature = "dispatcher", feature = "flight"))]
pub(crate) mod options;
#[cfg(any(feature = "flight", feature = "client-web"))]
pub(crate) mod read;
#[cfg(test)]
pub(crate) mod test_module;
pub(crate) mod wait;

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// Wires a new instance to the package. `panicked(message)` is called on a panic; `shapes` are the functions of
/// `shapes.js`, of which one makes errors; `waits` are those of `wait.js`, which waits for promises.
pub(crate) fn set_up(panicked: Function, shapes: JsValue, waits: JsValue) {
    error::set(shapes);
    wait::set(waits);
    std::panic::set_hook(Box::new(move |info| {
        // The instance is lost. An error here can be reported to no one.
        let _ = panicked.call1(&JsValue::UNDEFINED, &info.to_string().into());
    }));
}
