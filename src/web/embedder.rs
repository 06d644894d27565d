//! Declares what the engine asks of the JavaScript side of its dispatcher: `pkg/lib/embedder.js`.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use crate::js::error::Failure;
use crate::js::wait::{Ticket, Wait};
use crate::{Error, Kind};

// Every function may run code of the page, so every one may throw.
#[wasm_bindgen]
extern "C" {
    pub(crate) type Embedder;

    /// Sends the request of a call, with the `fetch` of the page or of the options; `headers`: name, value, name, value, … a line each. What comes
    /// of it goes to the ticket. Keeps what it is aborted with, for when this instance cannot any more.
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

    /// Sends the request of a call that somebody else has built, with these headers more.
    #[wasm_bindgen(method, catch, js_name = sendBuilt)]
    fn send_built(this: &Embedder, place: u32, turn: u32, id: f64, send: &Function, headers: &str) -> Result<(), JsValue>;

    /// Makes the answer to such a request one that can be read along: undefined where it cannot be.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn along(this: &Embedder, id: f64, response: &JsValue) -> Result<Option<ReadAlong>, JsValue>;

    /// Aborts the request of a call, with the reason of the page, or with none.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn abort(this: &Embedder, id: f64, reason: &JsValue, given: bool) -> Result<(), JsValue>;

    /// Looks into the page at this address as it is deployed now, for so many ms at most: a promise of a [`Deployed`], which rejects with a [`Refusal`].
    #[wasm_bindgen(method, catch)]
    pub(crate) fn deployed(this: &Embedder, address: &str, longest: u32) -> Result<JsValue, JsValue>;

    /// Makes the reader of the answer to an action of this id, whose pieces are added to `tape`, too. Throws where its body cannot be read: what was
    /// thrown, or nothing.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn read(this: &Embedder, id: f64, response: &JsValue, action: &str, tape: Option<&Array>) -> Result<Reader, JsValue>;

    /// Makes the reader of the page that an answer redirects to, which adds the pieces to `tape`.
    #[wasm_bindgen(method, catch, js_name = keepPage)]
    pub(crate) fn keep_page(this: &Embedder, id: f64, response: &JsValue, tape: &Array) -> Result<Reader, JsValue>;

    /// Gives up the body of this answer.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn discard(this: &Embedder, response: &JsValue) -> Result<(), JsValue>;

    /// Promises the beginning of a body that is text of this type, if it comes soon; undefined else.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn excerpt(this: &Embedder, response: &JsValue, content_type: Option<&str>) -> Result<JsValue, JsValue>;

    /// Whether requests that may outlive the page are to be counted: see [`Embedder::outlives`].
    #[wasm_bindgen(method, getter, js_name = countsOutliving)]
    pub(crate) fn counts_outliving(this: &Embedder) -> bool;

    /// A request that may outlive the page begins (1), or is over (-1).
    #[wasm_bindgen(method, catch)]
    pub(crate) fn outlives(this: &Embedder, change: i32) -> Result<(), JsValue>;

    /// Settles the caller's promise: with `error`, or with the value. `answered`: whose answer that is, its own or that of the call it has joined.
    /// The rest makes the outcome, if there is anything to tell (`told`); `more` has what most do not have.
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

    /// Rejects a call that was never in a lane.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn refuse(this: &Embedder, id: f64, error: &JsValue) -> Result<(), JsValue>;

    /// Puts a durable call in the outbox, with the header that carries its key. Gives a promise, resolved once it is there for good, of the body to
    /// send; rejects with a [`Refusal`].
    #[wasm_bindgen(method, catch)]
    pub(crate) fn keep(this: &Embedder, id: f64, header: &str, key: &str, body: &JsValue) -> Result<JsValue, JsValue>;

    /// A durable call settles next, with this code if it failed: what becomes of its entry.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn fate(this: &Embedder, id: f64, fate: &str, code: Option<&str>) -> Result<(), JsValue>;

    /// The call is over.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn forget(this: &Embedder, id: f64) -> Result<(), JsValue>;

    /// Tells listeners.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn emit(this: &Embedder, event: &JsValue) -> Result<(), JsValue>;

    /// The head of an answer is there. Asked for where there are hooks.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn answered(this: &Embedder, id: f64, status: u16, headers: &JsValue, url: Option<&str>) -> Result<(), JsValue>;

    /// Asks for the lease of a lane, and gives one that is held back then. What becomes of it is told by [`Engine::leased`](super::Engine::leased),
    /// `lease_taken` and `lease_refused`, never at once.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn lease(this: &Embedder, lane: &str) -> Result<(), JsValue>;

    /// Gives the lease of a lane back, or asks for it no longer.
    #[wasm_bindgen(method, catch, js_name = giveBack)]
    pub(crate) fn give_back(this: &Embedder, lane: &str) -> Result<(), JsValue>;

    /// The number of the visit the user is on.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn visit(this: &Embedder) -> Result<f64, JsValue>;

    /// The path under which the app lies, without a slash at its end.
    #[wasm_bindgen(method, getter, catch, js_name = basePath)]
    pub(crate) fn base_path(this: &Embedder) -> Result<String, JsValue>;

    /// Sends the user there, and asks for fresh data if `refresh` says what is stale. Gives `stayed` if it does not, `went` if it does, and `leaving`
    /// if the document ends thereby.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn redirect(this: &Embedder, url: &str, kind: Option<&str>, refresh: Option<&str>) -> Result<String, JsValue>;

    /// Makes the error by which Next's own router goes there.
    #[wasm_bindgen(method, catch, js_name = redirectError)]
    pub(crate) fn redirect_error(this: &Embedder, url: &str, kind: Option<&str>) -> Result<JsValue, JsValue>;

    /// Asks the page's router for fresh data.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn refresh(this: &Embedder, what: &str) -> Result<(), JsValue>;

    /// Whether the browser says that there is no network: a hint.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn offline(this: &Embedder) -> Result<bool, JsValue>;

    /// A promise of whether anything can be reached; of `undefined` where nothing is known that could be asked for.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn probe(this: &Embedder) -> Result<JsValue, JsValue>;

    /// Loads the page anew. Gives `leaving` if it does, else `stayed`.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn reload(this: &Embedder) -> Result<String, JsValue>;

    /// Calls [`Engine::wake`](super::Engine::wake) at this time of the page's clock, or earlier, in the place of what was asked for before; none: no
    /// more.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn alarm(this: &Embedder, at: Option<f64>) -> Result<(), JsValue>;

    /// The reader of a body: the classes of `reading.js` and `along.js`.
    pub(crate) type Reader;
    /// Reads on: the ticket hears of what came.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn next(this: &Reader, place: u32, turn: u32) -> Result<(), JsValue>;
    /// Gives up reading: because no byte came for too long if `stalled`, else because the call was given up, if it is not at its end.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn close(this: &Reader, stalled: bool) -> Result<(), JsValue>;

    /// An answer that its caller reads, and the reader of it that `along.js` has made.
    pub(crate) type ReadAlong;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn response(this: &ReadAlong) -> JsValue;

    /// The page as deployed now: see `pkg/lib/deployed.js`.
    pub(crate) type Deployed;
    /// The id that takes the place of `old`. Throws a [`Refusal`] where none does.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn find(this: &Deployed, old: &str, name: &str) -> Result<String, JsValue>;

    /// Why something was not done that the page has a part in: an object of the package's own.
    pub(crate) type Refusal;
    #[wasm_bindgen(method, getter, catch)]
    fn code(this: &Refusal) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn message(this: &Refusal) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn cause(this: &Refusal) -> Result<JsValue, JsValue>;
    /// It may be over by itself.
    #[wasm_bindgen(method, getter, catch)]
    fn passing(this: &Refusal) -> Result<Option<bool>, JsValue>;
}

impl Refusal {
    /// As the error that it names.
    pub(crate) fn into_failure(self) -> Failure {
        let kind = self.code().ok().flatten().and_then(|code| Kind::of_code(&code)).unwrap_or(Kind::Internal);
        let error = Error::new(kind, self.message().ok().flatten().unwrap_or_default());
        let passing = matches!(self.passing(), Ok(Some(true)));
        (if passing { error.passing() } else { error }, self.cause().unwrap_or_default())
    }

    /// The clause that says why, if there is one.
    pub(crate) fn clause(&self) -> Option<String> {
        self.message().ok().flatten()
    }

    /// As an error of this kind, or of another if it may be over by itself, with why.
    pub(crate) fn into_error(self, kind: Kind, passing: Kind) -> (Error, JsValue) {
        let kind = if matches!(self.passing(), Ok(Some(true))) { passing } else { kind };
        (Error::new(kind, self.clause().unwrap_or_default()), self.cause().unwrap_or_default())
    }
}

impl Embedder {
    /// Sends a request, and waits for its `Response`.
    pub(crate) fn fetch(&self, id: f64, url: &JsValue, headers: &str, body: &JsValue, keepalive: bool) -> Wait {
        Wait::on(|Ticket { place, turn }| self.send(place, turn, id, url, headers, body, keepalive))
    }

    /// The same as [`Embedder::fetch`], of a request that somebody else has built.
    pub(crate) fn fetch_built(&self, id: f64, send: &Function, headers: &str) -> Wait {
        Wait::on(|Ticket { place, turn }| self.send_built(place, turn, id, send, headers))
    }
}
