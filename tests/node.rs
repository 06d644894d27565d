//! The shared cases in Node. Natively they run from `native.rs`.
#![cfg(target_arch = "wasm32")]

mod cases;
