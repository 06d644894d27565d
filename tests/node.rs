//! Runs the shared cases in Node. `native.rs` runs them natively, `browser.rs` in browsers.
#![cfg(target_arch = "wasm32")]

mod cases;
