//! Reads the body of an answer step by step. Its bytes stay in JavaScript, where `plain.js` reads them; only the
//! results come here.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::codes::outcome;
use crate::js::error::Failure;
use crate::js::wait::{Ticket, WaitForReport};
use crate::protocol;
use crate::web::embedder::{Reader, Refusal};
use crate::{Error, Kind, Sent};

#[wasm_bindgen]
extern "C" {
    /// The error that an action threw, as the answer states it: an object of the package.
    type Thrown;
    #[wasm_bindgen(method, getter, catch)]
    fn digest(this: &Thrown) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn message(this: &Thrown) -> Result<Option<String>, JsValue>;
    /// Further facts that the server stated, for the function that makes errors.
    #[wasm_bindgen(method, getter, catch)]
    fn told(this: &Thrown) -> Result<JsValue, JsValue>;
    /// True if the answer holds the page, rendered again.
    #[wasm_bindgen(method, getter, catch)]
    fn rendered(this: &Thrown) -> Result<bool, JsValue>;
}

/// The result of a read.
pub(crate) enum Read {
    /// Bytes without a value.
    Bytes,
    /// Bytes that need the codec, which is loaded first.
    Waits,
    /// The value; more of the answer follows. `rendered`: the answer holds the page, rendered again.
    Value { value: JsValue, rendered: bool },
    /// The error that the action threw; more of the answer follows.
    Thrown { failure: Failure, rendered: bool },
    /// The end of the body.
    End,
}

/// A body that is being read.
#[must_use = "dropping this cancels the body, unless it has ended"]
pub(crate) struct Body {
    reader: Reader,
    /// Set if no byte came for too long.
    stalled: Rc<Cell<bool>>,
    over: bool,
}

impl Body {
    /// Makes a body. `stalled`: true if it is dropped because no byte came; read only then.
    pub(crate) fn new(reader: Reader, stalled: Rc<Cell<bool>>) -> Self {
        Self { reader, stalled, over: false }
    }

    /// Reads on. Fails if the body breaks off or cannot be read.
    pub(crate) async fn next(&mut self) -> Result<Read, Failure> {
        let (kind, value) = WaitForReport::on(|Ticket { place, turn }| self.reader.next(place, turn)).await;
        Ok(match kind {
            outcome::BYTES => Read::Bytes,
            outcome::WAITS => Read::Waits,
            outcome::VALUE | outcome::VALUE_AND_PAGE => Read::Value { value, rendered: kind == outcome::VALUE_AND_PAGE },
            outcome::THROWN => {
                let thrown: Thrown = value.unchecked_into();
                let (digest, message) = (thrown.digest().ok().flatten(), thrown.message().ok().flatten());
                let error = protocol::action_error(digest.as_deref(), message.as_deref());
                Read::Thrown { failure: (error, thrown.told().unwrap_or_default()), rendered: thrown.rendered().unwrap_or_default() }
            }
            outcome::BROKEN => {
                let (error, cause) = value.unchecked_into::<Refusal>().into_failure();
                return Err((error.with_sent(Sent::Yes), cause));
            }
            outcome::END => {
                self.over = true;
                Read::End
            }
            outcome::UNREADABLE => {
                let cause = js_sys::TypeError::new("the body gave something other than bytes").into();
                return Err(unreadable(cause));
            }
            _ => {
                self.over = true;
                return Err((Error::new(Kind::Network, "the answer broke off").with_sent(Sent::Yes), value));
            }
        })
    }
}

/// Makes the error of a body that can never be read. `cause`: the value that was thrown, or `undefined`.
pub(crate) fn unreadable(cause: JsValue) -> Failure {
    let message = "fetch: it gave a body that cannot be read: one that was read before, or has none of getReader, \
                   async iteration, arrayBuffer and text";
    (Error::new(Kind::InvalidOption, message).with_sent(Sent::Yes), cause)
}

impl Drop for Body {
    fn drop(&mut self) {
        if !self.over {
            let _ = self.reader.close(self.stalled.get());
        }
    }
}
