use js_sys::Object;
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::fetch::{Reader, Response};
use super::wait::Wait;

// The dispatcher's JavaScript side, as the engine is given it. Every function may run code of the page, so every one may throw.
#[wasm_bindgen]
extern "C" {
    pub(crate) type Host;

    /// `fetch(url, init)`: the page's, or the one given in the options.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn fetch(this: &Host, url: &str, init: &Object) -> Result<JsValue, JsValue>;

    /// Reads the body of an answer; none where it cannot be read.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn reader(this: &Host, response: &Response) -> Result<Option<Reader>, JsValue>;

    /// Makes what the request of a call is aborted with; kept there, for when this instance cannot any more.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn controller(this: &Host, id: f64) -> Result<AbortController, JsValue>;

    /// A request that may outlive the page begins (1), or is over (-1).
    #[wasm_bindgen(method, catch)]
    pub(crate) fn outlives(this: &Host, change: i32) -> Result<(), JsValue>;

    /// Gives `bind(id, bound)`, which makes functions of the server's that are called at `url`, with `bind.own(error)` for what fails inside the
    /// answer of this call.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn binder(this: &Host, url: &str, id: f64) -> Result<js_sys::Function, JsValue>;

    /// Settles the caller's promise: with `error`, or with `outcome.value`. `answered`: whose answer that is, its own or that of the call it
    /// has joined.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn settle(this: &Host, id: f64, error: &JsValue, outcome: &JsValue, answered: f64) -> Result<(), JsValue>;

    /// Rejects a call that was never in a lane.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn refuse(this: &Host, id: f64, error: &JsValue) -> Result<(), JsValue>;

    /// Puts a durable call in the outbox. Gives a promise, resolved once it is there for good, of the body to send; rejects with
    /// `[what failed, cause]`.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn keep(this: &Host, id: f64, record: &[u8], body: &JsValue) -> Result<JsValue, JsValue>;

    /// A durable call settles next, with this code if it failed: what becomes of its entry.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn fate(this: &Host, id: f64, fate: &str, code: Option<&str>) -> Result<(), JsValue>;

    /// Asked when all of a call has been read, before it is taken in: whether it is over, as a getter among its arguments may have given it up.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn over(this: &Host, id: f64) -> Result<bool, JsValue>;

    /// The call is over.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn forget(this: &Host, id: f64) -> Result<(), JsValue>;

    /// Tells listeners.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn emit(this: &Host, event: &JsValue) -> Result<(), JsValue>;

    /// The head of an answer is there; `outcome` is what it says.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn answered(this: &Host, id: f64, outcome: &Object) -> Result<(), JsValue>;

    /// A lane has its lease. `let_go` gives it back, for when this instance cannot any more.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn leased(this: &Host, lane: &str, let_go: &js_sys::Function) -> Result<(), JsValue>;

    /// A lane that had its lease has it no longer.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn unleased(this: &Host, lane: &str) -> Result<(), JsValue>;

    /// The number of the page the client is on.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn page(this: &Host) -> Result<f64, JsValue>;

    /// The path under which the app lies, without a slash at its end.
    #[wasm_bindgen(method, getter, catch, js_name = basePath)]
    pub(crate) fn base_path(this: &Host) -> Result<String, JsValue>;

    /// Sends the user where `outcome.redirect` leads, and asks for fresh data there if `refresh` says what is stale. Gives `stayed` if it does not,
    /// `went` if it does, and `leaving` if the document ends thereby.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn redirect(this: &Host, outcome: &Object, refresh: Option<&str>) -> Result<String, JsValue>;

    /// Makes the error by which Next's own router goes there.
    #[wasm_bindgen(method, catch, js_name = redirectError)]
    pub(crate) fn redirect_error(this: &Host, outcome: &JsValue) -> Result<JsValue, JsValue>;

    /// The document as it is now, as text; empty where there is none.
    #[wasm_bindgen(method, catch, js_name = pageText)]
    pub(crate) fn page_text(this: &Host) -> Result<String, JsValue>;

    /// Asks the page's router for fresh data.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn refresh(this: &Host, what: &str) -> Result<(), JsValue>;

    /// Whether the browser says that there is no network: a hint.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn offline(this: &Host) -> Result<bool, JsValue>;

    /// A promise of whether anything can be reached; of `undefined` where nothing is known that could be asked for.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn probe(this: &Host) -> Result<JsValue, JsValue>;

    /// Loads the page anew. Gives `leaving` if it does, else `stayed`.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn reload(this: &Host) -> Result<String, JsValue>;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn credentials(this: &Host) -> JsValue;
}

/// What a function of the page gave back, waited for where it is a promise. A rejection may hold anything, not only an `Error`.
pub(crate) async fn resolved(given: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    let given = given?;
    if given.is_object() { Wait::new(&given).await } else { Ok(given) }
}
