//! Encodes arguments for JavaScript.

use std::cell::RefCell;

use futures::future::{AbortHandle, Abortable};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::args::{self, How, Plain};
use super::options::{LimitOptions, limits};
use crate::js::error;
use crate::js::given::Given;
use crate::protocol::wire_form;

/// Arguments that have been read, and are encoded once what they hold open has come.
#[wasm_bindgen]
pub struct Encoding {
    body: JsValue,
    rest: RefCell<Option<args::Collecting>>,
    stop: RefCell<Option<AbortHandle>>,
    temporaries: args::Temporaries,
}

#[wasm_bindgen]
impl Encoding {
    /// Reads a value, here and now, for a server of this version. Throws an `ActionError`.
    ///
    /// `forgets`: nobody keeps what is not shown to the server, so that is an error. Once `stop` resolves, the body is what there is of it. Of the
    /// bounds, the depth counts. `plain`: what `plain.js` made of the value, if it may: see [`writes_plain`].
    #[wasm_bindgen(constructor)]
    pub fn new(
        value: &JsValue,
        next_version: Option<String>,
        forgets: bool,
        stop: Option<Promise>,
        bounds: Option<LimitOptions>,
        plain: Plain,
    ) -> Given<Self> {
        let wire = wire_form(next_version.as_deref()).map_err(|error| error::to_js(&error, &JsValue::UNDEFINED))?;
        let how = How { wire, forgets, stop, limits: limits(bounds.as_ref()), plain: Some(plain) };
        let start = args::encode(value, how).map_err(|(error, cause)| error::to_js(&error, &cause))?;
        let (body, rest) = match start.body {
            args::Body::Complete(body) => (body, None),
            args::Body::Open(rest) => (JsValue::UNDEFINED, Some(rest)),
        };
        Ok(Self { body, rest: RefCell::new(rest), stop: RefCell::default(), temporaries: start.temporaries })
    }

    /// The body; undefined where something among the arguments is open.
    pub fn body(&self) -> Given<JsValue> {
        Ok(self.body.clone())
    }

    /// Waits for what is open: a promise of the body, which rejects with an `ActionError`. Once.
    pub fn rest(&self) -> Given<Promise> {
        let (stop, stopped) = AbortHandle::new_pair();
        let rest = self.rest.take();
        self.stop.replace(Some(stop));
        Ok(future_to_promise(async move {
            let Some(rest) = rest else { return Ok(JsValue::UNDEFINED) };
            match Abortable::new(rest, stopped).await {
                Ok(body) => body.map_err(|(error, cause)| error::to_js(&error, &cause)),
                Err(_) => std::future::pending().await,
            }
        }))
    }

    /// Gives it up: streams among the arguments are cancelled, iterators ended.
    pub fn stop(&self) {
        let unread = self.rest.take();
        drop(unread);
        if let Some(stop) = self.stop.take() {
            stop.abort();
        }
    }

    /// Finds what was sent from this place, which an answer refers back to; undefined if nothing was.
    pub fn find(&self, path: &str) -> Given<JsValue> {
        Ok(self.temporaries.get(path).unwrap_or_default())
    }
}

/// Tells whether plain arguments for a server of this version are written by JavaScript. Not for what is no version.
#[wasm_bindgen(js_name = writesPlain)]
#[must_use]
#[expect(
    unreachable_pub,
    clippy::needless_pass_by_value,
    reason = "wasm-bindgen exports public functions only, and gives them their arguments"
)]
pub fn writes_plain(next_version: String) -> bool {
    wire_form(Some(&next_version)).is_ok_and(|wire| !wire.is_14())
}
