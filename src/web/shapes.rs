use std::cell::RefCell;

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::call::Timings;

// The functions of `shapes.js`, which the package hands in. They run no code of the page.
#[wasm_bindgen]
extern "C" {
    type Functions;
    #[wasm_bindgen(method, js_name = init)]
    fn make_init(this: &Functions, headers: &Array, body: &JsValue, credentials: &JsValue, signal: &AbortSignal, keepalive: bool)
    -> Object;
    #[wasm_bindgen(method, js_name = said)]
    fn make_said(this: &Functions, status: u16, headers: &JsValue) -> Object;
    #[wasm_bindgen(method, js_name = settled)]
    fn make_settled(
        this: &Functions,
        outcome: &Object,
        attempts: u32,
        queued_at: f64,
        started_at: Option<f64>,
        head_at: Option<f64>,
        value_at: Option<f64>,
        settled_at: Option<f64>,
    ) -> Object;
}

thread_local! {
    static FUNCTIONS: RefCell<Functions> = RefCell::new(JsValue::UNDEFINED.unchecked_into());
}

pub(super) fn set(functions: JsValue) {
    FUNCTIONS.set(functions.unchecked_into());
}

/// The second argument of `fetch`. `headers`: name, value, name, value, …
pub(super) fn init(headers: &Array, body: &JsValue, credentials: &JsValue, signal: &AbortSignal, keepalive: bool) -> Object {
    FUNCTIONS.with_borrow(|functions| functions.make_init(headers, body, credentials, signal, keepalive))
}

/// What the head of an answer says, whatever it is of.
pub(super) fn said(status: u16, headers: &JsValue) -> Object {
    FUNCTIONS.with_borrow(|functions| functions.make_said(status, headers))
}

/// A copy of an outcome, with when the call passed its stations and how often it was sent.
pub(super) fn settled(outcome: &Object, timings: &Timings, attempts: u32) -> Object {
    let [started_at, head_at, value_at, settled_at] =
        [timings.started_at, timings.head_at, timings.value_at, timings.settled_at].map(|at| at.map(crate::Instant::as_millis));
    let queued_at = timings.queued_at.as_millis();
    FUNCTIONS.with_borrow(|functions| functions.make_settled(outcome, attempts, queued_at, started_at, head_at, value_at, settled_at))
}
