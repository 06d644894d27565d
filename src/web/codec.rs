//! The codec alone, without a dispatcher: `decode` and `encode` of the package.

use std::cell::RefCell;
use std::task::Poll;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::args::{How, Plain};
use super::given::Given;
use super::options::{LimitOptions, limits};
use super::{args, error, value};
use crate::flight::Decoder;
use crate::protocol::wire_form;
use crate::{Error, Kind};

/// A stream being decoded: `told(error, value)` is called once, when its value is there or cannot be any more. `bind(id, bound)` makes
/// functions of the server's; `find(path)` finds what the answer refers back to.
#[wasm_bindgen]
pub struct Decoding {
    decoder: RefCell<Decoder<value::Js>>,
    told: RefCell<Option<Function>>,
}

#[wasm_bindgen]
impl Decoding {
    #[wasm_bindgen(constructor)]
    pub fn new(bounds: Option<LimitOptions>, told: Function, bind: Function, find: Option<Function>) -> Self {
        let temporaries = find.map_or_else(args::Temporaries::default, |find| {
            let find = move |path: &str| find.call1(&JsValue::UNDEFINED, &path.into()).ok().filter(|found| !found.is_undefined());
            args::Temporaries::elsewhere(find)
        });
        let decoder = Decoder::new(value::Js::new(temporaries).bind(move || bind.clone().into())).limits(limits(bounds.as_ref()));
        Self { decoder: RefCell::new(decoder), told: RefCell::new(Some(told)) }
    }

    /// Takes the next bytes. Gives the error that ends the decoding, if they are none of ours.
    pub fn push(&self, bytes: &[u8]) -> Given<Option<JsValue>> {
        let error = self.with(|decoder| decoder.push(bytes).err()).flatten();
        Ok(error.map(|error| error::to_js(&error, &JsValue::UNDEFINED)))
    }

    /// The stream is complete. Frees the decoder, as `fail` does: what it made stays.
    pub fn end(self) {
        self.with(Decoder::end);
    }

    /// The stream broke, or nobody reads on. Gives the error for those who wait.
    pub fn fail(self, cause: &JsValue) -> Given<JsValue> {
        let error = Error::new(Kind::Network, "the stream broke off");
        self.with(|decoder| decoder.fail(error.clone()));
        Ok(error::to_js(&error, cause))
    }
}

impl Decoding {
    /// Settling a promise may run code of the page (a getter `then`), which may not come back here: then nothing is done.
    fn with<R>(&self, act: impl FnOnce(&mut Decoder<value::Js>) -> R) -> Option<R> {
        let mut decoder = self.decoder.try_borrow_mut().ok()?;
        let done = act(&mut decoder);
        let value = decoder.value();
        drop(decoder);
        if let Poll::Ready(value) = value
            && let Some(told) = self.told.take()
        {
            let (error, value) = match value {
                Ok(value) => (JsValue::UNDEFINED, value),
                Err(rejection) => {
                    let (error, told) = value::told(rejection);
                    (error::to_js(&error, &told), JsValue::UNDEFINED)
                }
            };
            let _ = told.call2(&JsValue::UNDEFINED, &error, &value);
        }
        Some(done)
    }
}

/// What an answer may refer back to.
#[wasm_bindgen]
pub struct References(args::Temporaries);

#[wasm_bindgen]
impl References {
    /// What was sent from this place; undefined if nothing was.
    pub fn find(&self, path: &str) -> Given<JsValue> {
        Ok(self.0.get(path).unwrap_or_default())
    }
}

/// Whether plain arguments for a server of this version are written by JavaScript. Not for what is no version.
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

/// Encodes a value for a server of this version: gives the body and the [`References`]. Throws, or rejects with, an `ActionError`.
///
/// `forgets`: nobody keeps the references. Once `stop` resolves, the body is what there is of it. Of the bounds, the depth counts.
/// `plain`: what `plain.js` made of the value, if it may: see [`writes_plain`].
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
pub fn encode(
    value: JsValue,
    next_version: Option<String>,
    forgets: bool,
    stop: Option<Promise>,
    bounds: Option<LimitOptions>,
    plain: Plain,
) -> Given<Promise> {
    Ok(future_to_promise(async move {
        let failed = |(error, cause): args::Failure| error::to_js(&error, &cause);
        let wire = wire_form(next_version.as_deref()).map_err(|error| error::to_js(&error, &JsValue::UNDEFINED))?;
        let start =
            args::encode(&value, How { wire, forgets, stop, limits: limits(bounds.as_ref()), plain: Some(plain) }).map_err(failed)?;
        let body = match start.body {
            args::Body::Complete(body) => body,
            args::Body::Open(body) => body.await.map_err(failed)?,
        };
        Ok(Array::of2(&body, &References(start.temporaries).into()).into())
    }))
}
