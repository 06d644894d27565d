//! Makes errors and small objects of JavaScript and waits for its promises, for both edges.
#![allow(dead_code, reason = "each edge takes of it what it needs")]

pub(crate) mod error;
pub(crate) mod given;
#[cfg(test)]
pub(crate) mod module;
pub(crate) mod object;
pub(crate) mod options;
pub(crate) mod wait;

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// Gives a new instance what hears of a panic, `panicked(message)`, the functions
/// of `shapes.js`, of which one makes errors, and those of `wait.js`, which waits for promises.
pub(crate) fn set_up(panicked: Function, shapes: JsValue, waits: JsValue) {
    error::set(shapes);
    wait::set(waits);
    std::panic::set_hook(Box::new(move |info| {
        // The instance is lost; if this fails too, there is nobody left to tell.
        let _ = panicked.call1(&JsValue::UNDEFINED, &info.to_string().into());
    }));
}
