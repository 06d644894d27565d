//! Runs the shared cases natively. `node.rs` and `browser.rs` run them in Node and in browsers.
#![cfg(not(target_arch = "wasm32"))]

mod cases;
