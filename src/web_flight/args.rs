//! The arguments of a call, as a request body.

mod collect;
mod plain;
mod reader;

use std::pin::Pin;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::flight::{self, Encoder, Limits, Part};
use crate::protocol::WireForm;
use crate::{Error, Kind};
pub(crate) use plain::Plain;
use plain::Reads;
use reader::Reader;

/// What an answer may refer back to.
pub(crate) type Temporaries = flight::Temporaries<JsValue>;

/// Arguments that were read.
pub(crate) struct Start {
    pub(crate) body: Body,
    /// They grow until the body is complete.
    pub(crate) temporaries: Temporaries,
}

/// A string or a `FormData`: what `fetch` takes as a body.
pub(crate) enum Body {
    Complete(JsValue),
    /// A promise or a stream among the arguments is still open.
    Open(Collecting),
}

use crate::js::error::Failure;

/// Waits for what is open, then gives the body. Fails with `ENCODE` if something is rejected, throws or cannot be sent. Dropping it cancels the streams and ends the iterators that are being read.
pub(crate) type Collecting = Pin<Box<dyn Future<Output = Result<JsValue, Failure>>>>;

// What may run the page's code is fallible.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = FormData)]
    type Form;
    #[wasm_bindgen(constructor, catch, js_class = "FormData")]
    fn new() -> Result<Form, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn append(this: &Form, name: &str, value: &JsValue) -> Result<(), JsValue>;
}

/// Gives this module the functions of `plain.js`.
pub(crate) fn set_plain(functions: JsValue) {
    plain::set(functions);
}

/// How a body is written.
#[derive(Default)]
pub(crate) struct How {
    pub(crate) wire: WireForm,
    /// Nobody keeps the temporaries: what cannot be shown to the server is an error.
    pub(crate) forgets: bool,
    /// Once this resolves, the body is what there is of it.
    pub(crate) stop: Option<Promise>,
    /// Of these, the depth counts.
    pub(crate) limits: Limits,
    /// The result of reading the arguments in one go, if that may be done and was.
    pub(crate) plain: Option<Plain>,
}

/// Encodes the arguments: all of them is read here and now, and what comes later is asked for.
///
/// Fails with `ENCODE`, saying which argument and where in it, for what cannot be sent.
pub(crate) fn encode(args: &JsValue, mut how: How) -> Result<Start, Failure> {
    if let Some(plain) = how.plain.take() {
        let body = plain.body();
        if body.is_undefined() {
            return read(args, how, plain.reads());
        }
        let body = Body::Complete(body);
        let temporaries = Temporaries::elsewhere(move |path| plain.find(path).ok().filter(|value| !value.is_undefined()));
        return Ok(Start { body, temporaries });
    }
    read(args, how, None)
}

/// The same, whatever is in the arguments. `reads`: what was read of them before.
fn read(args: &JsValue, how: How, reads: Option<Reads>) -> Result<Start, Failure> {
    let reader = Reader::new(how.forgets, reads);
    let thrown = reader.thrown();
    let encoder = Encoder::within(&how.limits, reader, args.clone(), how.wire).map_err(|error| thrown.with(error))?;
    let temporaries = encoder.temporaries();
    let body = if encoder.is_complete() {
        Body::Complete(body(encoder).map_err(|error| thrown.with(error))?)
    } else {
        Body::Open(collect::collect(encoder, thrown, how.stop))
    };
    Ok(Start { body, temporaries })
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
