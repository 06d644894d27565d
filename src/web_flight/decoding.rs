//! Exports the decoder of answers to JavaScript, which passes the bytes in. Must not read rows itself.

use std::cell::RefCell;
use std::task::Poll;

use js_sys::{Function, Object};
use wasm_bindgen::prelude::*;

use super::options::{LimitOptions, limits};
use super::{args, value};
use crate::codes::outcome;
use crate::flight::{Decoder, Rejection};
use crate::js::error;
use crate::js::exported::Exported;
use crate::js::object::set;
use crate::protocol::Root;
use crate::{Error, Kind, Sent};

/// An answer that is being decoded.
#[wasm_bindgen]
pub struct Decoding {
    decoder: RefCell<Decoder<value::Js>>,
    /// Called once, when the value arrives or can no longer arrive.
    told: RefCell<Option<Function>>,
    action: bool,
}

#[wasm_bindgen]
impl Decoding {
    /// Makes a decoder. For the answer to an `action` the value is the action's result, otherwise row 0.
    ///
    /// - `told(kind, value)` receives the value once; `kind` is a number of [`outcome`]. An error that the action
    ///   threw comes as `{ digest, message, told, rendered }`, any other error as an `ActionError`.
    /// - `bind(id, bound)` makes server functions: see [`value::Js::bind`].
    /// - `find(path)` returns the arguments that the answer refers back to.
    /// - `cancelled()` is called, synchronously, for each stream that the page cancels.
    #[wasm_bindgen(constructor)]
    pub fn new(
        action: bool,
        bounds: Option<LimitOptions>,
        told: Function,
        bind: Function,
        find: Option<Function>,
        cancelled: Option<Function>,
    ) -> Self {
        let temporaries = find.map_or_else(args::Temporaries::default, |find| {
            let find = move |path: &str| find.call1(&JsValue::UNDEFINED, &path.into()).ok().filter(|found| !found.is_undefined());
            args::Temporaries::from_fn(find)
        });
        let values = value::Js::new(temporaries).bind(bind.into()).on_cancel(cancelled.map_or(JsValue::UNDEFINED, JsValue::from));
        let decoder = if action { Decoder::action(values) } else { Decoder::new(values) };
        let decoder = decoder.limits(limits(bounds.as_ref()));
        Self { decoder: RefCell::new(decoder), told: RefCell::new(Some(told)), action }
    }

    /// Decodes the next bytes. Returns the error that ends the decoding, if they are not valid.
    pub fn push(&self, bytes: &[u8]) -> Exported<Option<JsValue>> {
        let error = self.with(|decoder| decoder.push(bytes).err()).flatten();
        Ok(error.map(|error| error::to_js(&error, &JsValue::UNDEFINED)))
    }

    /// Returns true if reading on is of no use: all further bytes belong to streams that the page has cancelled.
    /// False while bytes are being decoded.
    #[wasm_bindgen(js_name = isAbandoned)]
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.decoder.try_borrow().is_ok_and(|decoder| decoder.is_abandoned())
    }

    /// Ends the stream, which is complete. Frees the decoder, as `fail` and `leave` do; the values stay valid.
    pub fn end(self) {
        self.with(Decoder::end);
    }

    /// Ends the stream, which broke off. Returns the error with which open promises reject.
    pub fn fail(self, message: &str, cause: &JsValue) -> Exported<JsValue> {
        let error = Error::new(Kind::Network, message);
        self.with(|decoder| decoder.fail(error.clone()));
        Ok(error::to_js(&error, cause))
    }

    /// Stops reading. Open promises of the value reject with this code.
    pub fn leave(self, code: &str, message: &str) {
        self.told.take();
        let error = Error::new(Kind::of_code(code).unwrap_or(Kind::Internal), message).with_sent(Sent::Yes);
        self.with(|decoder| decoder.fail(error));
    }
}

impl Decoding {
    /// Runs `act`, then reports the value if it has arrived. Does nothing if the page calls back while the decoder
    /// is in use (settling a promise may run a getter `then`).
    fn with<R>(&self, act: impl FnOnce(&mut Decoder<value::Js>) -> R) -> Option<R> {
        let mut decoder = self.decoder.try_borrow_mut().ok()?;
        let done = act(&mut decoder);
        let value = decoder.value();
        let rendered = self.action && value.is_ready() && decoder.root_row().is_some_and(|row| Root::read(row).rendered);
        drop(decoder);
        if let Poll::Ready(value) = value
            && let Some(told) = self.told.take()
        {
            let (kind, value) = match value {
                Ok(value) => (if rendered { outcome::VALUE_AND_PAGE } else { outcome::VALUE }, value),
                Err(rejection) if self.action => failure_of(rejection, rendered),
                Err(rejection) => (outcome::BROKEN, value::to_js(rejection)),
            };
            let _ = told.call2(&JsValue::UNDEFINED, &kind.into(), &value);
        }
        Some(done)
    }
}

/// Returns kind and value for an action that failed, in the form that the dispatcher reads.
fn failure_of(rejection: Rejection, rendered: bool) -> (u32, JsValue) {
    let Rejection::Thrown(thrown) = &rejection else { return (outcome::BROKEN, value::to_js(rejection)) };
    let object = Object::new();
    for (key, text) in [("digest", &thrown.digest), ("message", &thrown.message)] {
        if let Some(text) = text {
            set(&object, key, &text.into());
        }
    }
    set(&object, "rendered", &rendered.into());
    set(&object, "told", &value::error_and_details(rejection).1);
    (outcome::THROWN, object.into())
}
