//! The answer: its head, and its body piece by piece. A `fetch` of the page's own may give something that only looks like a `Response`, so it is
//! read by name.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::protocol::{self, Answer, Head};
use crate::web::embedder::Embedder;
use crate::web::shapes;
use crate::web::wait::{Bytes, Ticket, WaitForBytes, resolved};

#[wasm_bindgen]
extern "C" {
    pub(crate) type Response;
    #[wasm_bindgen(method, getter, catch, js_name = headers)]
    fn headers_of(this: &Response) -> Result<JsValue, JsValue>;

    /// The reader that `body.js` makes.
    pub(crate) type Reader;
    /// Reads on: the ticket hears of the next bytes. They are added to `tape`, too, if there is one.
    #[wasm_bindgen(method, catch)]
    fn pull(this: &Reader, place: u32, turn: u32, tape: Option<&Array>) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn cancel(this: &Reader) -> Result<JsValue, JsValue>;
}

/// What the head of an answer says.
#[derive(Clone)]
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    /// The URL that answered, if `fetch` was redirected to it.
    pub(crate) elsewhere: Option<String>,
    pub(crate) retry_after: Option<String>,
}

/// Why the bytes of a body end before it does.
pub(crate) enum Broken {
    /// It broke off.
    Cut(JsValue),
    /// It cannot be read, however often it is asked for, for what was thrown if anything was.
    Unreadable(JsValue),
}

impl Response {
    /// Fails for what is no response at all.
    pub(crate) fn head(&self) -> Result<Answered, JsValue> {
        let (status, lines) = shapes::head(self)?;
        let mut lines = lines.split('\n');
        let elsewhere = lines.next().filter(|url| !url.is_empty()).map(str::to_owned);
        let values = protocol::ANSWER_HEADERS.map(|name| (name, lines.next().and_then(|line| line.strip_prefix('=')).map(str::to_owned)));
        let header = |name: &str| values.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.clone());
        let answer = protocol::classify(&Head { status, header: &header });
        Ok(Answered { answer, elsewhere, retry_after: header("retry-after") })
    }

    pub(crate) fn headers(&self) -> JsValue {
        self.headers_of().unwrap_or_default()
    }

    /// Nobody will read the body.
    pub(crate) fn cancel(&self, embedder: &Embedder) {
        if let Ok(reader) = embedder.reader(self) {
            forget(reader.unchecked_into::<Reader>().cancel());
        }
    }

    /// `tape`: takes every piece, too.
    pub(crate) fn chunks(&self, embedder: &Embedder, tape: Option<Array>) -> Result<Chunks, Broken> {
        let reader = embedder.reader(self).map_err(Broken::Unreadable)?;
        Ok(Chunks { reader: reader.unchecked_into(), ended: false, tape })
    }
}

/// The body, piece by piece.
#[must_use = "dropping this cancels the body, unless it has ended"]
pub(crate) struct Chunks {
    reader: Reader,
    ended: bool,
    tape: Option<Array>,
}

impl Chunks {
    pub(crate) fn of(reader: Reader) -> Self {
        Self { reader, ended: false, tape: None }
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        let given = WaitForBytes::on(|Ticket { place, turn }| self.reader.pull(place, turn, self.tape.as_ref())).await;
        match given {
            Ok(Bytes::Piece(bytes)) => Ok(Some(bytes)),
            Ok(Bytes::End) => {
                self.ended = true;
                Ok(None)
            }
            Ok(Bytes::Unreadable) => Err(Broken::Unreadable(js_sys::TypeError::new("the body gave something other than bytes").into())),
            Err(cause) => {
                self.ended = true;
                Err(Broken::Cut(cause))
            }
        }
    }
}

impl Drop for Chunks {
    fn drop(&mut self) {
        if !self.ended {
            forget(self.reader.cancel());
        }
    }
}

/// Runs a promise, and ignores its result.
fn forget(given: Result<JsValue, JsValue>) {
    wasm_bindgen_futures::spawn_local(async move { drop(resolved(given).await) });
}
