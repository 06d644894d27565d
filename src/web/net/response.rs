//! The head of an answer. A `fetch` of the page's own may give something that only looks like a `Response`, so it is
//! read by name.

use wasm_bindgen::prelude::*;

use crate::protocol::{self, Answer, Head};
use crate::web::shapes;

#[wasm_bindgen]
extern "C" {
    pub(crate) type Response;
    #[wasm_bindgen(method, getter, catch, js_name = headers)]
    fn headers_of(this: &Response) -> Result<JsValue, JsValue>;
}

/// What the head of an answer says.
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    /// The URL that answered, if `fetch` was redirected to it.
    pub(crate) elsewhere: Option<String>,
    pub(crate) retry_after: Option<String>,
}

impl Response {
    /// Fails for what is no response at all.
    pub(crate) fn head(&self) -> Result<Answered, JsValue> {
        let (status, lines) = shapes::head(self)?;
        let elsewhere = lines.split('\n').next().filter(|url| !url.is_empty()).map(str::to_owned);
        let header = |name: &str| {
            let at = protocol::ANSWER_HEADERS.iter().position(|known| *known == name)?;
            lines.split('\n').nth(1 + at)?.strip_prefix('=').map(str::to_owned)
        };
        let answer = protocol::classify(&Head { status, header: &header });
        Ok(Answered { answer, elsewhere, retry_after: header("retry-after") })
    }

    pub(crate) fn headers(&self) -> JsValue {
        self.headers_of().unwrap_or_default()
    }
}
