//! Runs the shared cases in a browser. Without the configure line, the runner would skip this file and succeed.
#![cfg(target_arch = "wasm32")]

mod cases;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
