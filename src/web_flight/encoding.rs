//! Exports the encoder of arguments to JavaScript. Must not write arguments itself.

use std::cell::RefCell;

use futures_util::future::{AbortHandle, Abortable};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::args::{self, EncodeSettings};
use super::options::{LimitOptions, limits};
use crate::js::error;
use crate::js::exported::Exported;
use crate::js::read::plain::Plain;
use crate::protocol::wire_form;

/// Arguments that were read; their body is complete once all open ones have settled.
#[wasm_bindgen]
pub struct Encoding {
    body: JsValue,
    rest: RefCell<Option<args::Collecting>>,
    stop: RefCell<Option<AbortHandle>>,
    temporaries: args::Temporaries,
}

#[wasm_bindgen]
impl Encoding {
    /// Reads a value now, for a server of this version. Throws an `ActionError`.
    ///
    /// `no_temporaries`: temporary references are not stored, so a value that needs one is an error. `stop`: once it
    /// settles, open arguments are left out and the body is complete. `bounds`: only the depth applies. `plain`:
    /// the result of `plain.js` for the value, which was tried only if [`writes_plain`] allows it. `last_part`: highest
    /// number of the parts that the caller adds to the body.
    #[wasm_bindgen(constructor)]
    pub fn new(
        value: &JsValue,
        next_version: Option<String>,
        no_temporaries: bool,
        stop: Option<Promise>,
        bounds: Option<LimitOptions>,
        plain: Plain,
        last_part: u32,
    ) -> Exported<Self> {
        let wire = wire_form(next_version.as_deref()).map_err(|error| error::to_js(&error, &JsValue::UNDEFINED))?;
        let settings = EncodeSettings { wire, no_temporaries, stop, limits: limits(bounds.as_ref()), last_part, plain: Some(plain) };
        let encoded = args::encode(value, settings).map_err(|(error, cause)| error::to_js(&error, &cause))?;
        let (body, rest) = match encoded.body {
            args::Body::Complete(body) => (body, None),
            args::Body::Open(rest) => (JsValue::UNDEFINED, Some(rest)),
        };
        Ok(Self { body, rest: RefCell::new(rest), stop: RefCell::default(), temporaries: encoded.temporaries })
    }

    /// Returns the body; `undefined` if an argument is still open.
    pub fn body(&self) -> Exported<JsValue> {
        Ok(self.body.clone())
    }

    /// Waits for open arguments: returns a promise of the body, which rejects with an `ActionError`. Call it once.
    pub fn rest(&self) -> Exported<Promise> {
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

    /// Stops waiting: cancels streams and ends iterators among the arguments. The promise of [`rest`](Self::rest)
    /// stays pending.
    pub fn stop(&self) {
        let unread = self.rest.take();
        drop(unread);
        if let Some(stop) = self.stop.take() {
            stop.abort();
        }
    }

    /// Returns the argument at this path, to which an answer refers back; `undefined` if there is none.
    pub fn find(&self, path: &str) -> Exported<JsValue> {
        Ok(self.temporaries.get(path).unwrap_or_default())
    }
}

/// Returns true if JavaScript may write plain arguments for a server of this version. False for an invalid version.
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
