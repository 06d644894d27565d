//! Declares the functions of JavaScript that the engine calls: the embedder, `pkg/lib/dispatcher/embedder.js`. Holds
//! no state.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use crate::js::error::Failure;
use crate::js::wait::{Ticket, Wait};
use crate::{Error, Kind};

// Every function may run code of the page, so every function may throw.
#[wasm_bindgen]
extern "C" {
    /// The object of functions that one dispatcher's package hands to its engine.
    pub(crate) type Embedder;

    /// Sends the request of a call with the `fetch` of the page or of the options. `headers`: a line for each name
    /// and each value in turn. The result goes to the ticket. JavaScript stores the `AbortController`, so that it
    /// can abort the request if this instance is lost.
    #[wasm_bindgen(method, catch)]
    fn send(
        this: &Embedder,
        place: u32,
        turn: u32,
        id: f64,
        url: &JsValue,
        headers: &str,
        body: &JsValue,
        keepalive: bool,
    ) -> Result<(), JsValue>;

    /// Sends a request that its caller built, with these headers added.
    #[wasm_bindgen(method, catch, js_name = sendBuilt)]
    fn send_built(this: &Embedder, place: u32, turn: u32, id: f64, send: &Function, headers: &str) -> Result<(), JsValue>;

    /// Wraps the answer to such a request so that the engine can read along. `None` where that is not possible.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn along(this: &Embedder, id: f64, response: &JsValue) -> Result<Option<ReadAlong>, JsValue>;

    /// Aborts the request of a call. `given`: with `reason`, which the page gave; otherwise without a reason.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn abort(this: &Embedder, id: f64, reason: &JsValue, given: bool) -> Result<(), JsValue>;

    /// Loads the page at this address as it is deployed now, within `longest` ms. Returns a promise of a
    /// [`Deployed`], which rejects with a [`Refusal`].
    #[wasm_bindgen(method, catch)]
    pub(crate) fn deployed(this: &Embedder, address: &str, longest: u32) -> Result<JsValue, JsValue>;

    /// Makes the reader of the answer to an action of this id. It also appends the chunks to `tape`. Throws if the
    /// body cannot be read: the error of the page, or `undefined`.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn read(this: &Embedder, id: f64, response: &JsValue, action: &str, tape: Option<&Array>) -> Result<Reader, JsValue>;

    /// Makes the reader of the page that an answer redirects to, which appends the chunks to `tape`.
    #[wasm_bindgen(method, catch, js_name = keepPage)]
    pub(crate) fn keep_page(this: &Embedder, id: f64, response: &JsValue, tape: &Array) -> Result<Reader, JsValue>;

    /// Cancels the body of this answer.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn discard(this: &Embedder, response: &JsValue) -> Result<(), JsValue>;

    /// Returns a promise of the beginning of a text body; of `undefined` if the body is not text of this type, or
    /// is late.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn excerpt(this: &Embedder, response: &JsValue, content_type: Option<&str>) -> Result<JsValue, JsValue>;

    /// True if requests that may outlive the page must be counted: see [`Embedder::outlives`].
    #[wasm_bindgen(method, getter, js_name = countsOutliving)]
    pub(crate) fn counts_outliving(this: &Embedder) -> bool;

    /// Counts requests that may outlive the page: `change` is 1 for one that begins, -1 for one that has ended.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn outlives(this: &Embedder, change: i32) -> Result<(), JsValue>;

    /// Settles the caller's promise: rejects with `error` if it is not `undefined`, else fulfils with the value.
    /// `answered`: the call whose answer it is, this one or the one it joined. The other arguments make the
    /// outcome, if there is one (`told`). `more`: its rarer properties, or `undefined`.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn settle(
        this: &Embedder,
        id: f64,
        answered: f64,
        error: &JsValue,
        told: bool,
        status: Option<u16>,
        headers: &JsValue,
        rendered: bool,
        more: &JsValue,
        valued: bool,
        value: &JsValue,
        tape: Option<&Array>,
        attempts: u32,
        queued_at: f64,
        started_at: Option<f64>,
        head_at: Option<f64>,
        value_at: Option<f64>,
        settled_at: Option<f64>,
    ) -> Result<(), JsValue>;

    /// Rejects a call that never entered a lane.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn refuse(this: &Embedder, id: f64, error: &JsValue) -> Result<(), JsValue>;

    /// Stores a durable call in the outbox, with the header of its key. Returns a promise of the body to send; it
    /// resolves once the call is stored durably, and rejects with a [`Refusal`].
    #[wasm_bindgen(method, catch)]
    pub(crate) fn keep(this: &Embedder, id: f64, header: &str, key: &str, body: &JsValue) -> Result<JsValue, JsValue>;

    /// Applies the fate of a durable call, which settles next, to its entry. `code`: of its error, if it failed.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn fate(this: &Embedder, id: f64, fate: &str, code: Option<&str>) -> Result<(), JsValue>;

    /// Drops what the package holds for a call that is over.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn forget(this: &Embedder, id: f64) -> Result<(), JsValue>;

    /// Passes an event to the listeners.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn emit(this: &Embedder, event: &JsValue) -> Result<(), JsValue>;

    /// Passes the head of an answer to the hooks. Called only if there are hooks.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn answered(this: &Embedder, id: f64, status: u16, headers: &JsValue, url: Option<&str>) -> Result<(), JsValue>;

    /// Requests the lease of a lane; gives back a lease that is held at that time. The result comes later, never
    /// during this call, by [`Engine::leased`](super::Engine::leased), `lease_taken` or `lease_refused`.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn lease(this: &Embedder, lane: &str) -> Result<(), JsValue>;

    /// Gives back the lease of a lane, or withdraws the request for it.
    #[wasm_bindgen(method, catch, js_name = giveBack)]
    pub(crate) fn give_back(this: &Embedder, lane: &str) -> Result<(), JsValue>;

    /// Returns the number of the user's current visit.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn visit(this: &Embedder) -> Result<f64, JsValue>;

    /// Path below which the app lies, without a slash at its end.
    #[wasm_bindgen(method, getter, catch, js_name = basePath)]
    pub(crate) fn base_path(this: &Embedder) -> Result<String, JsValue>;

    /// Sends the user to `url`. `refresh`: the data that the page must fetch again there. Returns `went` if the
    /// user was sent, `leaving` if that ends the document, else `stayed`.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn redirect(this: &Embedder, url: &str, kind: Option<&str>, refresh: Option<&str>) -> Result<String, JsValue>;

    /// Makes the error by which Next's own router performs the redirect.
    #[wasm_bindgen(method, catch, js_name = redirectError)]
    pub(crate) fn redirect_error(this: &Embedder, url: &str, kind: Option<&str>) -> Result<JsValue, JsValue>;

    /// Asks the page's router for fresh data.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn refresh(this: &Embedder, what: &str) -> Result<(), JsValue>;

    /// Returns true if the browser reports that there is no network. Only a hint.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn offline(this: &Embedder) -> Result<bool, JsValue>;

    /// Tests the network. Returns a promise of true if anything answers, else false; of `undefined` if there is no
    /// URL to test.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn probe(this: &Embedder) -> Result<JsValue, JsValue>;

    /// Reloads the page. Returns `leaving` if it does, else `stayed`.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn reload(this: &Embedder) -> Result<String, JsValue>;

    /// Has [`Engine::wake`](super::Engine::wake) called at this time of the page's clock; it may also be called
    /// earlier. `None`: no longer.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn alarm(this: &Embedder, at: Option<f64>) -> Result<(), JsValue>;

    /// The reader of a body: the classes of `answer.js` and `prebuilt.js`.
    pub(crate) type Reader;
    /// Reads on; the result goes to the ticket.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn next(this: &Reader, place: u32, turn: u32) -> Result<(), JsValue>;
    /// Cancels the body, if it has not ended. `stalled`: no byte came for too long; otherwise the call was aborted.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn close(this: &Reader, stalled: bool) -> Result<(), JsValue>;

    /// An answer that its caller reads, with the reader that `prebuilt.js` made of it.
    pub(crate) type ReadAlong;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn response(this: &ReadAlong) -> JsValue;

    /// The page as it is deployed now: see `pkg/lib/skew/lookup.js`.
    pub(crate) type Deployed;
    /// Returns the new id of the action `old` with this name. Throws a [`Refusal`] if there is none.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn find(this: &Deployed, old: &str, name: &str) -> Result<String, JsValue>;

    /// The reason why the package refused or failed to do something: an object of its own.
    pub(crate) type Refusal;
    #[wasm_bindgen(method, getter, catch)]
    fn code(this: &Refusal) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn message(this: &Refusal) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn cause(this: &Refusal) -> Result<JsValue, JsValue>;
    /// True if the reason may pass, such as a missing network.
    #[wasm_bindgen(method, getter, catch)]
    fn passing(this: &Refusal) -> Result<Option<bool>, JsValue>;
}

impl Refusal {
    /// Returns the error that it names, and its cause.
    pub(crate) fn into_failure(self) -> Failure {
        let kind = self.code().ok().flatten().and_then(|code| Kind::of_code(&code)).unwrap_or(Kind::Internal);
        let error = Error::new(kind, self.message().ok().flatten().unwrap_or_default());
        let passing = matches!(self.passing(), Ok(Some(true)));
        (if passing { error.temporary() } else { error }, self.cause().unwrap_or_default())
    }

    /// Returns the clause that gives the reason, if there is one.
    pub(crate) fn clause(&self) -> Option<String> {
        self.message().ok().flatten()
    }

    /// Returns an error of `kind`, or of `passing` if the reason may pass, and its cause.
    pub(crate) fn into_error(self, kind: Kind, passing: Kind) -> (Error, JsValue) {
        let kind = if matches!(self.passing(), Ok(Some(true))) { passing } else { kind };
        (Error::new(kind, self.clause().unwrap_or_default()), self.cause().unwrap_or_default())
    }
}

impl Embedder {
    /// Sends a request and waits for its `Response`.
    pub(crate) fn fetch(&self, id: f64, url: &JsValue, headers: &str, body: &JsValue, keepalive: bool) -> Wait {
        Wait::on(|Ticket { place, turn }| self.send(place, turn, id, url, headers, body, keepalive))
    }

    /// Sends a request that its caller built, and waits for its `Response`.
    pub(crate) fn fetch_built(&self, id: f64, send: &Function, headers: &str) -> Wait {
        Wait::on(|Ticket { place, turn }| self.send_built(place, turn, id, send, headers))
    }
}
