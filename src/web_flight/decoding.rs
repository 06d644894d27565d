//! Decodes an answer for JavaScript, which hands the bytes in.

use std::cell::RefCell;
use std::task::Poll;

use js_sys::{Function, Object};
use wasm_bindgen::prelude::*;

use super::options::{LimitOptions, limits};
use super::{args, value};
use crate::flight::{Decoder, Rejection};
use crate::js::error;
use crate::js::given::Given;
use crate::js::object::set;
use crate::numbers::told;
use crate::protocol::Root;
use crate::{Error, Kind, Sent};

/// An answer that is being decoded.
#[wasm_bindgen]
pub struct Decoding {
    decoder: RefCell<Decoder<value::Js>>,
    /// Called once, when the value is there or cannot be any more.
    told: RefCell<Option<Function>>,
    action: bool,
}

#[wasm_bindgen]
impl Decoding {
    /// Of the answer to an `action` the value is what that gave, else row 0.
    ///
    /// `told(kind, value)` hears of it once, with a number of [`told`]; of what an action threw as `{ digest, message, told, rendered }`, of
    /// anything else that goes wrong as an `ActionError`. `bind(id, bound)` makes functions of the server's, see [`value::Js::bind`]; `find(path)` finds
    /// what the answer refers back to; `cancelled()` hears of each stream that the page cancels, from within its own call.
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
            args::Temporaries::elsewhere(find)
        });
        let values = value::Js::new(temporaries).bind(bind.into()).on_cancel(cancelled.map_or(JsValue::UNDEFINED, JsValue::from));
        let decoder = if action { Decoder::action(values) } else { Decoder::new(values) };
        let decoder = decoder.limits(limits(bounds.as_ref()));
        Self { decoder: RefCell::new(decoder), told: RefCell::new(Some(told)), action }
    }

    /// Takes the next bytes. Gives the error that ends the decoding, if they are none of ours.
    pub fn push(&self, bytes: &[u8]) -> Given<Option<JsValue>> {
        let error = self.with(|decoder| decoder.push(bytes).err()).flatten();
        Ok(error.map(|error| error::to_js(&error, &JsValue::UNDEFINED)))
    }

    /// Says that reading on is of no use: all that could still come belongs to streams that the page has cancelled. False while bytes are being taken.
    #[wasm_bindgen(js_name = isAbandoned)]
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.decoder.try_borrow().is_ok_and(|decoder| decoder.is_abandoned())
    }

    /// The stream is complete. Frees the decoder, as `fail` and `leave` do: what it made stays.
    pub fn end(self) {
        self.with(Decoder::end);
    }

    /// The stream broke. Gives the error for those who wait.
    pub fn fail(self, message: &str, cause: &JsValue) -> Given<JsValue> {
        let error = Error::new(Kind::Network, message);
        self.with(|decoder| decoder.fail(error.clone()));
        Ok(error::to_js(&error, cause))
    }

    /// Gives up reading. What is open in the value is rejected with this code.
    pub fn leave(self, code: &str, message: &str) {
        self.told.take();
        let error = Error::new(Kind::of_code(code).unwrap_or(Kind::Internal), message).sent(Sent::Yes);
        self.with(|decoder| decoder.fail(error));
    }
}

impl Decoding {
    /// Settling a promise may run code of the page (a getter `then`), which may not come back here: then nothing is done.
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
                Ok(value) => (if rendered { told::VALUE_AND_PAGE } else { told::VALUE }, value),
                Err(rejection) if self.action => thrown(rejection, rendered),
                Err(rejection) => (told::BROKEN, value::to_js(rejection)),
            };
            let _ = told.call2(&JsValue::UNDEFINED, &kind.into(), &value);
        }
        Some(done)
    }
}

/// Why there is no value, as the dispatcher reads it.
fn thrown(rejection: Rejection, rendered: bool) -> (u32, JsValue) {
    let Rejection::Thrown(thrown) = &rejection else { return (told::BROKEN, value::to_js(rejection)) };
    let object = Object::new();
    for (key, text) in [("digest", &thrown.digest), ("message", &thrown.message)] {
        if let Some(text) = text {
            set(&object, key, &text.into());
        }
    }
    set(&object, "rendered", &rendered.into());
    set(&object, "told", &value::told(rejection).1);
    (told::THROWN, object.into())
}
