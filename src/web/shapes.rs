//! Calls the functions of `shapes.js`, which read or make an object in one crossing. Except for the getters of a
//! custom `Response`, they run no code of the page.

use std::cell::RefCell;

use js_sys::Object;
use wasm_bindgen::prelude::*;

use super::action_label::ActionLabel;
use crate::call::{Event, Timings};
use crate::js::error;
use crate::js::object::set as put;
use crate::protocol::ANSWER_HEADERS;
use crate::{Error, Instant};

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type Functions;

    /// Sets the headers that `head` reads, one name per line.
    #[wasm_bindgen(method, js_name = readHeaders)]
    fn read_headers(this: &Functions, names: &str);
    /// Returns the head as one text, which takes one crossing; [`head`] describes its lines.
    #[wasm_bindgen(method, catch, js_name = head)]
    fn head_of(this: &Functions, response: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch, js_name = size)]
    fn size_of(this: &Functions, body: &JsValue) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, catch, js_name = largestSize)]
    fn largest_size_of(this: &Functions, body: &JsValue) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, js_name = event)]
    fn make_event(
        this: &Functions,
        id: f64,
        action: &str,
        name: Option<&str>,
        lane: &str,
        state: &str,
        attempt: Option<u32>,
        queued_at: f64,
        started_at: Option<f64>,
        head_at: Option<f64>,
        value_at: Option<f64>,
        settled_at: Option<f64>,
        more: &JsValue,
        code: Option<&str>,
    ) -> Object;
}

thread_local! {
    static FUNCTIONS: RefCell<Functions> = RefCell::new(JsValue::UNDEFINED.unchecked_into());
}

pub(super) fn set(functions: JsValue) {
    let functions: Functions = functions.unchecked_into();
    functions.read_headers(&ANSWER_HEADERS.join("\n"));
    FUNCTIONS.set(functions);
}

/// Reads the head of an answer: its status, and further lines. The first is the URL that answered if `fetch`
/// followed a redirect, else empty. Then comes each header of [`ANSWER_HEADERS`], after `=`; an empty line means
/// that the answer does not have it. Fails if `response` is not a response.
pub(super) fn head(response: &JsValue) -> Result<(u16, String), JsValue> {
    let functions = FUNCTIONS.with_borrow(Clone::clone);
    let head = functions.head_of(response)?;
    let (status, lines) = head.split_once('\n').unwrap_or_default();
    Ok((status.parse().unwrap_or_default(), lines.to_owned()))
}

/// Returns the size of a body on the wire, in bytes: exact for a string, to about a KiB for a `FormData`.
pub(super) fn size(body: &JsValue) -> f64 {
    FUNCTIONS.with_borrow(|functions| functions.size_of(body)).unwrap_or_default()
}

/// Returns an upper bound of the size of a body on the wire, in bytes; faster than [`size`].
pub(super) fn largest_size(body: &JsValue) -> f64 {
    FUNCTIONS.with_borrow(|functions| functions.largest_size_of(body)).unwrap_or_default()
}

/// Makes the `ActionError` of a call of this action. `cause`: the value the page threw or gave as a reason;
/// `undefined` for none.
pub(super) fn error(error: &Error, label: &ActionLabel, cause: &JsValue) -> JsValue {
    let name = label.name.as_deref().map(|name| ("actionName", name));
    error::to_js_with(error, [("actionId", &*label.action)].into_iter().chain(name), cause)
}

/// Makes the object that `subscribe` and `snapshot` show of a call. `keepalive_denied`: see
/// [`Answer::keepalive_denied`](super::call::Answer::keepalive_denied).
pub(super) fn event(event: &Event, label: &ActionLabel, keepalive_denied: bool) -> Object {
    let more = if keepalive_denied || event.retry_at.is_some() || event.late || event.behind.is_some() || event.recovered {
        let more = Object::new();
        if keepalive_denied {
            put(&more, "keepalive", &JsValue::FALSE);
        }
        if let Some(at) = event.retry_at {
            put(&more, "retryAt", &at.as_millis().into());
        }
        if event.late {
            put(&more, "late", &JsValue::TRUE);
        }
        if let Some(behind) = event.behind {
            put(&more, "behind", &(behind as f64).into());
        }
        if event.recovered {
            put(&more, "recovered", &JsValue::TRUE);
        }
        more.into()
    } else {
        JsValue::UNDEFINED
    };
    let code = event.result.as_ref().map(|result| result.as_ref().err().map_or("ok", |error| error.kind().code()));
    let [queued_at, started_at, head_at, value_at, settled_at] = times(&event.timings);
    FUNCTIONS.with_borrow(|functions| {
        functions.make_event(
            event.id.0 as f64,
            &label.action,
            label.name.as_deref(),
            event.lane.as_str(),
            event.state.as_str(),
            (event.attempts > 0).then_some(event.attempts),
            queued_at.unwrap_or_default(),
            started_at,
            head_at,
            value_at,
            settled_at,
            &more,
            code,
        )
    })
}

fn times(timings: &Timings) -> [Option<f64>; 5] {
    let &Timings { queued_at, started_at, head_at, value_at, settled_at } = timings;
    [Some(queued_at), started_at, head_at, value_at, settled_at].map(|at| at.map(Instant::as_millis))
}
