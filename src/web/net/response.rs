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
#[derive(Clone)]
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
}
