use std::rc::Rc;

use js_sys::{Array, Function, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use super::host::{Host, resolved};
use super::outcome::set;
use super::random;
use super::word::word;
use crate::call::Render;
use crate::protocol::{self, ActionId, TraceContext};
use crate::{Error, Kind};

// A `Response`, read by name: a `fetch` of the page's own may give something that only looks like one, with getters that throw.
#[wasm_bindgen]
extern "C" {
    pub(crate) type Response;
    type Headers;
    pub(crate) type Reader;

    #[wasm_bindgen(method, getter, catch)]
    fn status(this: &Response) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch, js_name = headers)]
    fn response_headers(this: &Response) -> Result<Headers, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn redirected(this: &Response) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn url(this: &Response) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = get)]
    fn get_header(this: &Headers, name: &JsValue) -> Result<Option<String>, JsValue>;

    // The reader that `body.js` makes. `read()`: a promise of a `Uint8Array`, `undefined` at the end, `null` for what are no bytes.
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn cancel(this: &Reader) -> Result<JsValue, JsValue>;
}

/// Why the bytes of a body end before it does.
pub(crate) enum Broken {
    /// It broke off.
    Cut(JsValue),
    /// It cannot be read, however often it is asked for, for what was thrown if anything was.
    Unreadable(JsValue),
}

/// An action's request, as far as it is known when the call is made.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) action: ActionId,
    pub(crate) url: String,
    /// A string or a `FormData`.
    pub(crate) body: JsValue,
    /// It may outlive the page, if its body of so many bytes is not too much.
    pub(crate) keepalive: Option<f64>,
    /// `headers(attempt, actionId)` gives a promise of `[name, value]` pairs, the names in lower case; rejects with `[what failed, cause, passing]`,
    /// which says whether it may be over by itself.
    pub(crate) headers: Option<Function>,
    pub(crate) tags: Rc<Tags>,
}

/// What tells its requests from others, the same for each attempt.
pub(crate) struct Tags {
    pub(crate) deployment: Option<String>,
    pub(crate) trace: Option<TraceContext>,
    pub(crate) request_id: Option<String>,
    /// The header, in lower case, and its value.
    pub(crate) idempotency: Option<(String, String)>,
}

/// A header by which one attempt is found in logs.
struct Traced {
    header: &'static str,
    /// Its name in the outcome.
    key: &'static str,
    value: JsValue,
}

/// What went wrong before or while `fetch` ran, with what the page threw.
pub(crate) type Failure = (Error, JsValue);

impl Request {
    /// The headers of an attempt, name, value, name, value, …, and what it is traced by.
    pub(crate) async fn headers(&self, render: Render, attempt: u32) -> Result<(Array, Option<Object>), Failure> {
        let nothing = |error| (error, JsValue::UNDEFINED);
        let mut traced = self.tags.traced().map_err(nothing)?;
        let headers = Array::new();
        let add = |name: JsValue, value: &JsValue| {
            headers.push(&name);
            headers.push(value);
        };
        let [accept, next_action] = protocol::request_headers(&self.action);
        add(word(accept.0), &word(protocol::FLIGHT));
        add(word(next_action.0), &next_action.1.into());
        if render == Render::Skip {
            let (name, value) = protocol::SKIP_RENDER;
            add(word(name), &word(value));
        }
        if let Some(deployment) = &self.tags.deployment {
            add(word(protocol::DEPLOYMENT_ID), &deployment.into());
        }
        if let Some((header, key)) = &self.tags.idempotency {
            add(header.into(), &key.into());
        }
        if let Some(ask) = &self.headers {
            let asked = ask.call2(&JsValue::UNDEFINED, &attempt.into(), &self.action.as_str().into());
            let pairs = resolved(asked).await.map_err(unreadable)?;
            for entry in Array::from(&pairs).iter() {
                let [own_name, value] = two(&entry);
                let name = own_name.as_string().unwrap_or_default();
                if protocol::is_protected(&name) {
                    let message = format!("headers: {name} is the protocol's own");
                    return Err(nothing(Error::new(Kind::InvalidOption, message)));
                }
                if self.tags.idempotency.as_ref().is_some_and(|(header, _)| *header == name) {
                    let message = format!("headers: {name} is what idempotencyKey sets");
                    return Err(nothing(Error::new(Kind::InvalidOption, message)));
                }
                // Two values of one name would be sent as a list: the caller's stands.
                match traced.iter_mut().find(|traced| traced.header == name) {
                    Some(traced) => traced.value = value,
                    None => add(own_name, &value),
                }
            }
        }
        let trace = (!traced.is_empty()).then(Object::new);
        for Traced { header, key, value } in &traced {
            add(word(header), value);
            if let Some(trace) = &trace {
                set(trace, key, value);
            }
        }
        Ok((headers, trace))
    }
}

impl Tags {
    fn traced(&self) -> Result<Vec<Traced>, Error> {
        let mut traced = Vec::new();
        if let Some(trace) = &self.trace {
            let value = trace.traceparent(random::bytes()?).into();
            traced.push(Traced { header: protocol::TRACEPARENT, key: "traceparent", value });
        }
        if let Some(id) = &self.request_id {
            traced.push(Traced { header: protocol::REQUEST_ID, key: "requestId", value: id.into() });
        }
        Ok(traced)
    }
}

const CONTENT_TYPE: &str = "content-type";

impl Response {
    /// Status and headers. Fails for what is no response at all.
    pub(crate) fn head(&self) -> Result<(u16, impl Fn(&'static str) -> Option<String>), JsValue> {
        let odd = |what: &str| JsValue::from(js_sys::TypeError::new(what));
        let status = self.status()?.as_f64().ok_or_else(|| odd("its status is no number"))? as u16;
        let headers = self.response_headers()?;
        let kind = headers.get_header(&word(CONTENT_TYPE)).map_err(|_| odd("its headers have no get()"))?;
        Ok((status, move |name| if name == CONTENT_TYPE { kind.clone() } else { headers.get_header(&word(name)).ok().flatten() }))
    }

    pub(crate) fn headers(&self) -> JsValue {
        self.response_headers().map_or(JsValue::UNDEFINED, JsValue::from)
    }

    /// The URL that answered, if `fetch` was redirected to it.
    pub(crate) fn elsewhere(&self) -> Option<String> {
        let redirected = self.redirected().is_ok_and(|redirected| redirected.is_truthy());
        redirected.then(|| self.url().ok()?.as_string()).flatten()
    }

    /// Nobody will read the body.
    pub(crate) fn cancel(&self, host: &Host) {
        if let Ok(Some(reader)) = host.reader(self) {
            ignore(reader.cancel());
        }
    }

    pub(crate) fn chunks(&self, host: &Host) -> Result<Chunks, Broken> {
        match host.reader(self) {
            Ok(Some(reader)) => Ok(Chunks { reader, ended: false, tape: None, rest: None }),
            Ok(None) => Err(Broken::Unreadable(JsValue::UNDEFINED)),
            Err(cause) => Err(Broken::Unreadable(cause)),
        }
    }
}

/// Bytes that are taken over at once. A network gives less; of a `Response` that the page has made, all may be one piece.
const PIECE: u32 = 4 << 20;

/// The body, piece by piece.
#[must_use = "dropping this cancels the body, unless it has ended"]
pub(crate) struct Chunks {
    reader: Reader,
    ended: bool,
    tape: Option<Array>,
    /// The rest of a large piece.
    rest: Option<Uint8Array>,
}

impl Chunks {
    /// Adds every piece to `tape`, too.
    pub(crate) fn record(&mut self, tape: Array) {
        self.tape = Some(tape);
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        if let Some(rest) = self.rest.take() {
            return Ok(Some(self.piece(rest)));
        }
        let view = resolved(self.reader.read()).await;
        self.ended = view.as_ref().map_or(true, JsValue::is_undefined);
        let view = view.map_err(Broken::Cut)?;
        if self.ended {
            return Ok(None);
        }
        if view.is_null() {
            return Err(Broken::Unreadable(js_sys::TypeError::new("the body gave something other than bytes").into()));
        }
        if let Some(tape) = &self.tape {
            tape.push(&view);
        }
        Ok(Some(self.piece(view.unchecked_into())))
    }

    fn piece(&mut self, bytes: Uint8Array) -> Vec<u8> {
        if bytes.length() <= PIECE {
            return bytes.to_vec();
        }
        self.rest = Some(bytes.subarray(PIECE, bytes.length()));
        bytes.subarray(0, PIECE).to_vec()
    }
}

impl Drop for Chunks {
    fn drop(&mut self) {
        if !self.ended {
            ignore(self.reader.cancel());
        }
    }
}

/// However this ends, nobody is to hear of it.
fn ignore(given: Result<JsValue, JsValue>) {
    wasm_bindgen_futures::spawn_local(async move { drop(resolved(given).await) });
}

pub(crate) fn two(entry: &JsValue) -> [JsValue; 2] {
    let entry = Array::from(entry);
    [entry.get(0), entry.get(1)]
}

/// Why the caller's headers could not be had. What may be over by itself is like a network that is not there: a login cannot be refreshed then.
fn unreadable(thrown: JsValue) -> Failure {
    let [what, cause] = two(&thrown);
    let passing = Array::from(&thrown).get(2).is_truthy();
    let kind = if passing { Kind::Network } else { Kind::InvalidOption };
    (Error::new(kind, what.as_string().unwrap_or_default()), cause)
}
