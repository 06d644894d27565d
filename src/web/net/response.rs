//! Reads the head of an answer. Uses property names, not the class: a `fetch` of the page may return an object that
//! only looks like a `Response`.

use wasm_bindgen::prelude::*;

use crate::protocol::{self, AnswerHead, RawHead};
use crate::web::shapes;

#[wasm_bindgen]
extern "C" {
    pub(crate) type Response;
    #[wasm_bindgen(method, getter, catch, js_name = headers)]
    fn headers_of(this: &Response) -> Result<JsValue, JsValue>;
}

/// The facts that the head of an answer states.
pub(crate) struct ResponseHead {
    pub(crate) answer: AnswerHead,
    /// URL that answered, if `fetch` followed a redirect.
    pub(crate) redirected_url: Option<String>,
    /// Value of `retry-after`.
    pub(crate) retry_after: Option<String>,
}

impl Response {
    /// Reads the head. Fails if this is not a response.
    pub(crate) fn head(&self) -> Result<ResponseHead, JsValue> {
        let (status, lines) = shapes::head(self)?;
        let redirected_url = lines.split('\n').next().filter(|url| !url.is_empty()).map(str::to_owned);
        let header = |name: &str| {
            let at = protocol::ANSWER_HEADERS.iter().position(|known| *known == name)?;
            lines.split('\n').nth(1 + at)?.strip_prefix('=').map(str::to_owned)
        };
        let answer = protocol::classify(&RawHead { status, header: &header });
        Ok(ResponseHead { answer, redirected_url, retry_after: header("retry-after") })
    }

    pub(crate) fn headers(&self) -> JsValue {
        self.headers_of().unwrap_or_default()
    }
}
