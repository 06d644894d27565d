//! Encodes the arguments of a call as a request body. Sends nothing.

use std::pin::Pin;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::flight::{self, Encoder, Limits, Part};
use crate::js::error::Failure;
use crate::js::read::plain::{self, Plain, Reads};
use crate::js::read::{Reader, open};
use crate::protocol::WireForm;
use crate::{Error, Kind};

/// The arguments that an answer may refer back to, by their paths.
pub(crate) type Temporaries = flight::Temporaries<JsValue>;

/// Arguments that were read.
pub(crate) struct Encoded {
    pub(crate) body: Body,
    /// More are added until the body is complete.
    pub(crate) temporaries: Temporaries,
}

/// The body of a request: a string or a `FormData`.
pub(crate) enum Body {
    Complete(JsValue),
    /// A promise or a stream among the arguments is still open.
    Open(Collecting),
}

/// Waits for open arguments, then returns the body. Fails with `ENCODE` if a promise is rejected, the page's code
/// throws, or a value cannot be sent. Dropping it cancels the streams and ends the iterators that are being read.
pub(crate) type Collecting = Pin<Box<dyn Future<Output = Result<JsValue, Failure>>>>;

// Every function that may run the page's code may throw.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = FormData)]
    type Form;
    #[wasm_bindgen(constructor, catch, js_class = "FormData")]
    fn new() -> Result<Form, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn append(this: &Form, name: &str, value: &JsValue) -> Result<(), JsValue>;
}

/// Stores the functions of `plain.js`.
pub(crate) fn set_plain(functions: JsValue) {
    plain::set(functions);
}

/// Settings of an encoding.
#[derive(Default)]
pub(crate) struct EncodeSettings {
    pub(crate) wire: WireForm,
    /// True if the caller does not store the temporary references: a value that needs one is an error.
    pub(crate) no_temporaries: bool,
    /// Once this promise settles, open arguments are left out, and the body is complete.
    pub(crate) stop: Option<Promise>,
    /// Limits; only the depth applies to arguments.
    pub(crate) limits: Limits,
    /// Highest number of the parts that the caller adds to the body.
    pub(crate) last_part: u32,
    /// The result of `plain.js` for these arguments, if JavaScript tried it.
    pub(crate) plain: Option<Plain>,
}

/// Encodes arguments: reads all of them now and subscribes to those that are open.
///
/// Fails with `ENCODE` if a value cannot be sent; the message names the argument and the place in it.
pub(crate) fn encode(args: &JsValue, mut settings: EncodeSettings) -> Result<Encoded, Failure> {
    if let Some(plain) = settings.plain.take() {
        let body = plain.body();
        if body.is_undefined() {
            return read(args, settings, plain.reads());
        }
        let body = Body::Complete(body);
        let temporaries = Temporaries::from_fn(move |path| plain.find(path).ok().filter(|value| !value.is_undefined()));
        return Ok(Encoded { body, temporaries });
    }
    read(args, settings, None)
}

/// Encodes arguments of any kind. `reads`: containers that `plain.js` has read before.
fn read(args: &JsValue, settings: EncodeSettings, reads: Option<Reads>) -> Result<Encoded, Failure> {
    let reader = Reader::new(settings.no_temporaries, reads);
    let thrown = reader.thrown();
    let encoder =
        Encoder::after(settings.last_part, &settings.limits, reader, args.clone(), settings.wire).map_err(|error| thrown.with(error))?;
    let temporaries = encoder.temporaries();
    let body = if encoder.is_complete() {
        Body::Complete(body(encoder).map_err(|error| thrown.with(error))?)
    } else {
        let collecting = open::collect(encoder, thrown.clone(), settings.stop);
        Body::Open(Box::pin(async move { body(collecting.await?).map_err(|error| thrown.with(error)) }))
    };
    Ok(Encoded { body, temporaries })
}

fn body(encoder: Encoder<Reader>) -> Result<JsValue, Error> {
    match encoder.finish().body {
        flight::Body::Text(text) => Ok(text.into()),
        flight::Body::Form(parts) => form(&parts).map_err(|_| Error::new(Kind::Encode, "the form data cannot be built")),
    }
}

fn form(parts: &[Part<JsValue>]) -> Result<JsValue, JsValue> {
    let form = Form::new()?;
    for part in parts {
        match part {
            Part::Json { name, text } => form.append(name, &text.into())?,
            Part::Entry { name, value } => form.append(name, value)?,
        }
    }
    Ok(form.into())
}

#[cfg(test)]
mod tests;
