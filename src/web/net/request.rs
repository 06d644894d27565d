//! Builds the headers of a request: those of the protocol, tags that identify it, and the caller's own. Sends
//! nothing.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::call::Render;
use crate::js::error::Failure;
use crate::js::wait::resolved;
use crate::protocol::{self, ActionId, MAX_BODY_BYTES, TraceContext};
use crate::text::digits;
use crate::web::embedder::Refusal;
use crate::web::options::{Choice, LayeredOptions};
use crate::web::{random, shapes};
use crate::{Error, Kind};

/// The request of an action, as known when the call is made.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) action: ActionId,
    /// Absolute URL, as a string.
    pub(crate) url: JsValue,
    /// Body: a string or a `FormData`.
    pub(crate) body: JsValue,
    /// Upper bound of the body's size, in bytes, if the request may outlive the page; `None` if it may not.
    pub(crate) keepalive: Option<f64>,
    /// Returns the caller's headers: `headers(attempt, actionId)` gives a promise of a line for each name and each
    /// value in turn, the names in lower case. Rejects with a [`Refusal`].
    pub(crate) headers: Option<Function>,
    pub(crate) tags: Rc<Tags>,
}

/// Headers that identify the request; all attempts share them.
pub(crate) struct Tags {
    pub(crate) deployment: Option<Rc<str>>,
    trace: Option<TraceContext>,
    request_id: Option<Rc<str>>,
    /// Name of the header with the idempotency key, in lower case, and the key.
    pub(crate) idempotency: Option<(Rc<str>, Rc<str>)>,
}

/// The headers by which logs identify one attempt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    pub(crate) traceparent: Option<Rc<str>>,
    pub(crate) request_id: Option<Rc<str>>,
}

impl Request {
    /// Returns the URL.
    pub(crate) fn address(&self) -> String {
        self.url.as_string().unwrap_or_default()
    }

    pub(crate) fn idempotency_key(&self) -> Option<Rc<str>> {
        self.tags.idempotency_key()
    }

    /// Returns the headers of an attempt, a line for each name and each value in turn, and those of its trace.
    pub(crate) async fn headers(&self, render: Render, attempt: u32) -> Result<(String, Trace), Failure> {
        let mut headers = String::new();
        for (name, value) in protocol::request_headers(&self.action) {
            add(&mut headers, name, value);
        }
        if render == Render::Skip {
            let (name, value) = protocol::SKIP_RENDER;
            add(&mut headers, name, value);
        }
        if let Some(deployment) = &self.tags.deployment {
            add(&mut headers, protocol::DEPLOYMENT_ID, deployment);
        }
        let trace = self.tags.add_to(&mut headers, self.headers.as_ref(), attempt, self.action.as_str()).await?;
        Ok((headers, trace))
    }
}

impl Tags {
    /// Adds the headers that identify an attempt, and those that `ask` returns: see [`Request::headers`]. Returns
    /// the headers of its trace. Fails with `INVALID_OPTION` if the caller sets a header that is not its own.
    pub(crate) async fn add_to(&self, headers: &mut String, ask: Option<&Function>, attempt: u32, action: &str) -> Result<Trace, Failure> {
        let nothing = |error| (error, JsValue::UNDEFINED);
        let mut trace = self.trace().map_err(nothing)?;
        if let Some((header, key)) = &self.idempotency {
            add(headers, header, key);
        }
        if let Some(ask) = ask {
            let asked = ask.call2(&JsValue::UNDEFINED, &attempt.into(), &action.into());
            let lines = resolved(asked).await.map_err(refused)?.as_string().unwrap_or_default();
            let mut lines = lines.split('\n');
            while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
                let wrong = |why: &str| nothing(Error::new(Kind::InvalidOption, ["headers: ", name, " is ", why].concat()));
                if protocol::is_protected(name) {
                    return Err(wrong("the protocol's own"));
                }
                if self.idempotency.as_ref().is_some_and(|(header, _)| **header == *name) {
                    return Err(wrong("what idempotencyKey sets"));
                }
                // Two headers of the same name would be sent as a list, so the caller's replaces ours.
                match trace.of(name) {
                    Some(traced @ Some(_)) => *traced = Some(value.into()),
                    _ => add(headers, name, value),
                }
            }
        }
        for (name, value) in [(protocol::TRACEPARENT, &trace.traceparent), (protocol::REQUEST_ID, &trace.request_id)] {
            if let Some(value) = value {
                add(headers, name, value);
            }
        }
        Ok(trace)
    }
}

/// Appends a header. Name and value contain no line end: `Headers` of the page has checked that.
fn add(headers: &mut String, name: &str, value: &str) {
    if !headers.is_empty() {
        headers.push('\n');
    }
    headers.push_str(name);
    headers.push('\n');
    headers.push_str(value);
}

impl Trace {
    /// Returns the field of this header; `None` for other headers.
    fn of(&mut self, header: &str) -> Option<&mut Option<Rc<str>>> {
        match header {
            protocol::TRACEPARENT => Some(&mut self.traceparent),
            protocol::REQUEST_ID => Some(&mut self.request_id),
            _ => None,
        }
    }
}

impl Tags {
    /// Reads the options of a call. `header`: name of the header with the idempotency key, if the dispatcher sets
    /// it.
    pub(crate) fn new(options: LayeredOptions<'_>, header: Option<&str>, deployment: Option<Rc<str>>) -> Result<Rc<Self>, Error> {
        let trace = match options.traceparent() {
            Choice::Given(parent) => Some(TraceContext::continuing(&parent)?),
            Choice::Generate => Some(TraceContext::new(random::bytes()?)),
            Choice::None => None,
        };
        let request_id = options.request_id().get(protocol::request_id)?.map(Rc::from);
        let key = options.idempotency_key().get(protocol::request_id)?.map(Rc::from);
        let header = header.unwrap_or(protocol::IDEMPOTENCY_KEY);
        if protocol::is_protected(header) || [protocol::TRACEPARENT, protocol::REQUEST_ID].contains(&header) {
            return Err(Error::new(Kind::InvalidOption, ["idempotency: ", header, " is a header of another meaning"].concat()));
        }
        let idempotency = key.map(|key| (header.into(), key));
        Ok(Rc::new(Self { deployment, trace, request_id, idempotency }))
    }

    pub(crate) fn idempotency_key(&self) -> Option<Rc<str>> {
        self.idempotency.as_ref().map(|(_, key)| Rc::clone(key))
    }

    /// Returns the trace headers of a new attempt.
    fn trace(&self) -> Result<Trace, Error> {
        let traceparent = match &self.trace {
            Some(trace) => Some(trace.traceparent(random::bytes()?).into()),
            None => None,
        };
        Ok(Trace { traceparent, request_id: self.request_id.clone() })
    }
}

/// Checks the size of a body; fails with `BODY_TOO_LARGE` above `limit` (default 1 MiB). Returns an upper bound of
/// its bytes if the request may outlive the page.
pub(crate) fn check_size(body: &JsValue, limit: Option<f64>, outlives: bool) -> Result<Option<f64>, Error> {
    let limit = limit.unwrap_or(MAX_BODY_BYTES.into());
    if !outlives && limit.is_infinite() {
        return Ok(None);
    }
    let most = shapes::largest_size(body);
    if most > limit {
        let bytes = shapes::size(body);
        if bytes > limit {
            let (bytes, limit) = (digits(bytes as u64), digits(limit as u64));
            let message =
                ["the body takes ", &bytes, " bytes, more than maxBodyBytes (", &limit, "): raise it and the server's bodySizeLimit"];
            return Err(Error::new(Kind::BodyTooLarge, message.concat()));
        }
    }
    Ok(outlives.then_some(most))
}

/// Makes the error of a call whose caller's headers failed. A reason that may pass counts as a missing network:
/// without it, a login cannot be refreshed.
fn refused(thrown: JsValue) -> Failure {
    thrown.unchecked_into::<Refusal>().into_error(Kind::InvalidOption, Kind::Network)
}
