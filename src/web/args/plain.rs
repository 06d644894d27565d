use std::cell::RefCell;

use wasm_bindgen::prelude::*;

// The functions of `plain.js`, which the package hands in.
#[wasm_bindgen]
extern "C" {
    type Functions;
    #[wasm_bindgen(method, catch, js_name = plain)]
    fn plain_of(this: &Functions, args: &JsValue, depth: f64) -> Result<Option<Plain>, JsValue>;
    #[wasm_bindgen(method, catch, js_name = kind)]
    fn kind_of(this: &Functions, value: &JsValue) -> Result<u32, JsValue>;

    /// The body of the arguments, and the places of their containers.
    pub(super) type Plain;
    #[wasm_bindgen(method, getter)]
    pub(super) fn body(this: &Plain) -> JsValue;
    #[wasm_bindgen(method, catch)]
    pub(super) fn find(this: &Plain, path: &str) -> Result<JsValue, JsValue>;
}

thread_local! {
    static FUNCTIONS: RefCell<Option<Functions>> = const { RefCell::new(None) };
}

pub(super) fn set(functions: JsValue) {
    FUNCTIONS.set(Some(functions.unchecked_into()));
}

/// The arguments, if they hold nothing but arrays, plain objects, Maps, Sets and what is a text on the wire, and are no deeper than this.
pub(super) fn plain(args: &JsValue, depth: usize) -> Option<Plain> {
    FUNCTIONS.with_borrow(|functions| functions.as_ref()?.plain_of(args, depth as f64).ok()?)
}

/// What an object is, by the numbers of `plain.js`; 0 where only a longer look can tell.
pub(super) fn kind(value: &JsValue) -> u32 {
    FUNCTIONS.with_borrow(|functions| functions.as_ref()?.kind_of(value).ok()).unwrap_or(0)
}
