//! The body of an answer. Its bytes stay in JavaScript, where `reading.js` reads them: what comes of them is told here, step by step.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::js::error::Failure;
use crate::js::wait::{Ticket, WaitForAny};
use crate::numbers::told;
use crate::protocol;
use crate::web::embedder::{Reader, Refusal};
use crate::{Error, Kind, Sent};

#[wasm_bindgen]
extern "C" {
    /// Holds what an action threw, as the answer tells it: an object of the package's own.
    type Thrown;
    #[wasm_bindgen(method, getter, catch)]
    fn digest(this: &Thrown) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn message(this: &Thrown) -> Result<Option<String>, JsValue>;
    /// All else that the server tells, for the maker of errors.
    #[wasm_bindgen(method, getter, catch)]
    fn told(this: &Thrown) -> Result<JsValue, JsValue>;
    /// The answer holds the page, rendered again.
    #[wasm_bindgen(method, getter, catch)]
    fn rendered(this: &Thrown) -> Result<bool, JsValue>;
}

/// News of a body.
pub(crate) enum Came {
    Bytes,
    /// The bytes take the codec, which is loaded first.
    Waits,
    /// The value; the rest is still to come. `rendered`: the answer holds the page, rendered again.
    Value {
        value: JsValue,
        rendered: bool,
    },
    /// The action threw; the rest is still to come.
    Thrown {
        failure: Failure,
        rendered: bool,
    },
    End,
}

/// A body that is being read.
#[must_use = "dropping this gives the body up, unless it has ended"]
pub(crate) struct Body {
    reader: Reader,
    /// No byte came for too long.
    stalled: Rc<Cell<bool>>,
    over: bool,
}

impl Body {
    /// `stalled` says, once it is dropped, why.
    pub(crate) fn new(reader: Reader, stalled: Rc<Cell<bool>>) -> Self {
        Self { reader, stalled, over: false }
    }

    /// Reads on. Fails where the body breaks off, or is not what it is to be.
    pub(crate) async fn next(&mut self) -> Result<Came, Failure> {
        let (kind, value) = WaitForAny::on(|Ticket { place, turn }| self.reader.next(place, turn)).await;
        Ok(match kind {
            told::BYTES => Came::Bytes,
            told::WAITS => Came::Waits,
            told::VALUE | told::VALUE_AND_PAGE => Came::Value { value, rendered: kind == told::VALUE_AND_PAGE },
            told::THROWN => {
                let thrown: Thrown = value.unchecked_into();
                let (digest, message) = (thrown.digest().ok().flatten(), thrown.message().ok().flatten());
                let error = protocol::thrown(digest.as_deref(), message.as_deref());
                Came::Thrown { failure: (error, thrown.told().unwrap_or_default()), rendered: thrown.rendered().unwrap_or_default() }
            }
            told::BROKEN => {
                let (error, cause) = value.unchecked_into::<Refusal>().into_failure();
                return Err((error.sent(Sent::Yes), cause));
            }
            told::END => {
                self.over = true;
                Came::End
            }
            told::UNREADABLE => {
                let cause = js_sys::TypeError::new("the body gave something other than bytes").into();
                return Err(unreadable(cause));
            }
            _ => {
                self.over = true;
                return Err((Error::new(Kind::Network, "the answer broke off").sent(Sent::Yes), value));
            }
        })
    }
}

/// A body that cannot be read, however often it is asked for, for what was thrown if anything was.
pub(crate) fn unreadable(cause: JsValue) -> Failure {
    let message = "fetch: it gave a body that cannot be read: one that was read before, or has none of getReader, \
                   async iteration, arrayBuffer and text";
    (Error::new(Kind::InvalidOption, message).sent(Sent::Yes), cause)
}

impl Drop for Body {
    fn drop(&mut self) {
        if !self.over {
            let _ = self.reader.close(self.stalled.get());
        }
    }
}
