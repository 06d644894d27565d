//! Checks the options of a call and makes its request. Sends nothing.

use std::any::Any;
use std::rc::Rc;
use std::time::Duration;

use super::multipart::Payload;
use super::transport::Headers;
use super::{Request, transport};
use crate::call::{LaneName, Options, Render, Strategy};
use crate::flight::{Received, Sent};
use crate::protocol::{self, ActionId};
use crate::text::digits;
use crate::{Error, Kind, Retry};

/// Reads a value into the type that a caller asked for.
pub(super) type ReadValue = fn(&Received) -> Result<Box<dyn Any>, Error>;

/// Options of a call; a client has the same for those that a call does not set.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) url: Option<String>,
    pub(super) lane: Option<LaneName>,
    pub(super) strategy: Option<Strategy>,
    pub(super) key: Option<Rc<str>>,
    pub(super) timeout: Option<Duration>,
    pub(super) stall_timeout: Option<Duration>,
    pub(super) deadline: Option<Duration>,
    pub(super) retry: Option<Retry>,
    pub(super) idempotency: Option<Idempotency>,
    pub(super) render: Option<Render>,
    pub(super) headers: Headers,
}

/// The idempotency key of a call.
#[derive(Clone, Debug)]
pub(super) enum Idempotency {
    Generated,
    Given(String),
}

/// Facts about a client that each request needs.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) settings: Settings,
    pub(super) base_path: String,
    pub(super) deployment: Option<String>,
    pub(super) idempotency_header: String,
    pub(super) max_body_bytes: usize,
}

/// The work of a call at its turn; done again if the call is sent again.
pub(super) enum Work {
    /// Call an action.
    Action(ActionWork),
    /// Send a request that the caller built, and hand the answer out.
    Route(Request),
}

/// The request of an action.
pub(super) struct ActionWork {
    pub(super) action: ActionId,
    pub(super) url: String,
    pub(super) payload: Payload,
    pub(super) sent: Rc<Sent>,
    headers: Headers,
    pub(super) idempotency_key: Option<String>,
}

impl ActionWork {
    /// Makes the request of an attempt.
    pub(super) fn request(&self, render: Render) -> Request {
        let mut request = Request::post(&*self.url, self.payload.body.clone());
        for (name, value) in protocol::request_headers(&self.action) {
            request = request.header(name, value);
        }
        if render == Render::Skip {
            let (name, value) = protocol::SKIP_RENDER;
            request = request.header(name, value);
        }
        request = request.header("content-type", &*self.payload.content_type);
        request.headers.extend(self.headers.iter().cloned());
        request
    }
}

/// The parts of a call of an action, as the caller gave them.
pub(super) struct Order {
    pub(super) action: Result<ActionId, Error>,
    pub(super) arguments: Result<Sent, Error>,
    pub(super) settings: Settings,
    /// Name of the type of the value: only calls for the same type share an answer.
    pub(super) type_name: &'static str,
}

impl Order {
    /// Checks the call and makes its work. `random`: draws 16 bytes.
    pub(super) fn prepare(self, wire: &Wire, random: &dyn Fn() -> [u8; 16]) -> Result<(Work, Options), Error> {
        let Self { action, arguments, settings: own, type_name } = self;
        let action = action?;
        let sent = Rc::new(arguments?);
        let url = own.url.clone().or_else(|| wire.settings.url.clone());
        let url = url.ok_or_else(|| Error::new(Kind::InvalidOption, "url: the client has none, and neither has the call"))?;
        let payload = Payload::new(&sent, random);
        if payload.len() > wire.max_body_bytes {
            let (bytes, limit) = (digits(payload.len() as u64), digits(wire.max_body_bytes as u64));
            let message = ["the body takes ", &bytes, " bytes, more than max_body_bytes (", &limit, ")"].concat();
            return Err(Error::new(Kind::BodyTooLarge, message));
        }
        let (headers, idempotency_key) = headers(&own, wire, random)?;
        let mut options = options(&own, &wire.settings, action.as_str(), idempotency_key.is_some());
        options.safe = action.is_cached();
        // An answer that refers to a caller's own arguments is that caller's alone.
        options.identity =
            payload.text().filter(|text| !text.contains("\"$T")).map(|text| [action.as_str(), &url, type_name, text].join("\n").into());
        let work = ActionWork { action, url, payload, sent, headers, idempotency_key };
        Ok((Work::Action(work), options))
    }
}

/// Checks a request that the caller built.
pub(super) fn prepare_route(
    mut request: Request,
    own: &Settings,
    wire: &Wire,
    random: &dyn Fn() -> [u8; 16],
) -> Result<(Work, Options), Error> {
    let (headers, key) = headers(own, wire, random)?;
    for (name, value) in &request.headers {
        check_header(name, value)?;
    }
    for (name, value) in headers {
        if transport::find(&request.headers, &name).is_none() {
            request = request.header(name, value);
        }
    }
    let mut options = options(own, &wire.settings, "", key.is_some());
    options.retry = own.retry.unwrap_or_default();
    options.lane = LaneName::Parallel;
    options.safe = matches!(&*request.method, "GET" | "HEAD");
    Ok((Work::Route(request), options))
}

/// Returns the core's options of a call.
fn options(own: &Settings, usual: &Settings, action: &str, keyed: bool) -> Options {
    let lane = own.lane.clone().or_else(|| usual.lane.clone()).unwrap_or_default();
    Options {
        strategy: own.strategy.or(usual.strategy),
        // A key that the caller sets holds across lanes and actions.
        key: own.key.as_ref().map_or_else(|| [lane.as_str(), "\n", action].concat(), |key| ["\n", key].concat()).into(),
        lane,
        timeout: limit(own.timeout, usual.timeout),
        stall_timeout: limit(own.stall_timeout, usual.stall_timeout),
        deadline: limit(own.deadline, usual.deadline),
        retry: own.retry.or(usual.retry).unwrap_or_default(),
        keyed,
        render: own.render.or(usual.render).unwrap_or_default(),
        ..Options::default()
    }
}

/// Returns the call's own limit or the client's; `Duration::MAX` is none.
fn limit(own: Option<Duration>, usual: Option<Duration>) -> Option<Duration> {
    own.or(usual).filter(|limit| *limit != Duration::MAX)
}

/// Returns the headers beside those of the protocol, and the idempotency key.
fn headers(own: &Settings, wire: &Wire, random: &dyn Fn() -> [u8; 16]) -> Result<(Headers, Option<String>), Error> {
    let mut headers = Vec::new();
    if let Some(deployment) = &wire.deployment {
        check_header(protocol::DEPLOYMENT_ID, deployment)?;
        headers.push((protocol::DEPLOYMENT_ID.to_owned(), deployment.clone()));
    }
    let key = match own.idempotency.as_ref().or(wire.settings.idempotency.as_ref()) {
        Some(Idempotency::Given(key)) => Some(key.clone()),
        Some(Idempotency::Generated) => Some(protocol::request_id(random())),
        None => None,
    };
    if let Some(key) = &key {
        check_header(&wire.idempotency_header, key)?;
        headers.push((wire.idempotency_header.clone(), key.clone()));
    }
    for (name, value) in own.headers.iter().chain(&wire.settings.headers) {
        let name = name.to_ascii_lowercase();
        let wrong = |why: &str| Err(Error::new(Kind::InvalidOption, ["headers: ", &name, " is ", why].concat()));
        check_header(&name, value)?;
        if protocol::is_protected(&name) {
            return wrong("the protocol's own");
        }
        if key.is_some() && name == wire.idempotency_header {
            return wrong("what the idempotency key sets");
        }
        // The call's own header replaces that of the client.
        if transport::find(&headers, &name).is_none() {
            headers.push((name, value.clone()));
        }
    }
    Ok((headers, key))
}

/// Fails if this is no header: its name is not a token of HTTP, or its value has a control, such as a line end, or a
/// character beyond U+00FF.
fn check_header(name: &str, value: &str) -> Result<(), Error> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let plain = |letter: char| letter == '\t' || (letter <= '\u{ff}' && !letter.is_control());
    let is_header = !name.is_empty() && name.bytes().all(token) && value.chars().all(plain);
    is_header.then_some(()).ok_or_else(|| Error::new(Kind::InvalidOption, "headers: a name or a value cannot be sent"))
}
