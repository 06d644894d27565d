//! The shared cases, natively. In Node and in browsers they run from `node.rs` and `browser.rs`.
#![cfg(not(target_arch = "wasm32"))]

mod cases;
