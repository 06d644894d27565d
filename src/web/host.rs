use js_sys::{Object, Promise};
use wasm_bindgen::prelude::*;

// The dispatcher's JavaScript side, as the engine is given it. Every function may run code of the page, so every one may throw.
#[wasm_bindgen]
extern "C" {
    pub(crate) type Host;

    /// `fetch(url, init)`: the page's, or the one given in the options.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn fetch(this: &Host, url: &str, init: &Object) -> Result<JsValue, JsValue>;

    /// Gives `bind(id, bound)`, which makes functions of the server's that are called at `url`.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn binder(this: &Host, url: &str) -> Result<js_sys::Function, JsValue>;

    /// Settles the caller's promise: with `error`, or with `outcome.value`.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn settle(this: &Host, id: f64, error: &JsValue, outcome: &JsValue) -> Result<(), JsValue>;

    /// Rejects a call that was never in a lane.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn refuse(this: &Host, id: f64, error: &JsValue) -> Result<(), JsValue>;

    /// Whether the call is over: a getter among its arguments may have given it up.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn over(this: &Host, id: f64) -> Result<bool, JsValue>;

    /// The call is over.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn forget(this: &Host, id: f64) -> Result<(), JsValue>;

    /// Tells listeners.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn emit(this: &Host, event: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn credentials(this: &Host) -> Option<String>;
}

/// What a function of the page gave back, waited for where it is a promise. A rejection may hold anything, not only an `Error`.
pub(crate) async fn resolved(given: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    let given = given?;
    if given.is_object() { wasm_bindgen_futures::JsFuture::from(Promise::resolve(&given)).await } else { Ok(given) }
}
