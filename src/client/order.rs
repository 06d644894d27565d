//! Checks the options of a call and makes its request. Sends nothing.

use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::time::Duration;

use super::arguments::{Arguments, Given, Later, Reading};
use super::attempt::Hook;
use super::exchange::Exchange;
use super::multipart::Payload;
use super::transport::Headers;
use super::{Request, task, transport};
use crate::call::{LaneName, Options, Render, Strategy};
use crate::protocol::{self, ActionId};
use crate::text::{contains, digits};
use crate::{Error, Kind, Retry};

/// Reads a value into the type that a caller asked for.
pub(super) type ReadValue = fn(&dyn Any) -> Result<Box<dyn Any>, Error>;

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
    pub(super) hook: Option<Hook>,
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
pub(super) trait Work {
    /// Performs an attempt. Dropping the work aborts its request.
    fn perform(self: Rc<Self>, exchange: Exchange) -> task::Work;

    /// Returns the action that is called. `None`: the caller built the request.
    fn action(&self) -> Option<ActionId> {
        None
    }

    /// Returns the key with which the request is sent.
    fn idempotency_key(&self) -> Option<String> {
        None
    }

    /// Returns the wait for open arguments, once.
    fn open(&self) -> Option<Later> {
        None
    }

    /// True until the arguments are complete.
    fn is_open(&self) -> bool {
        false
    }

    /// Stores the arguments, which are complete. Fails if they are too large.
    fn fill(&self, arguments: Rc<dyn Arguments>, wire: &Wire, random: &dyn Fn() -> [u8; 16]) -> Result<(), Error> {
        let _ = (arguments, wire, random);
        Ok(())
    }
}

/// The request of an action.
pub(super) struct ActionWork {
    pub(super) action: ActionId,
    pub(super) url: String,
    /// Set once the arguments are complete: before the call leaves its lane.
    sent: OnceCell<(Payload, Rc<dyn Arguments>)>,
    /// The wait for the arguments, if one of them is open.
    open: Cell<Option<Later>>,
    headers: Headers,
    pub(super) hooks: Hooks,
    idempotency_key: Option<String>,
}

/// A request that the caller built.
pub(super) struct RouteWork {
    pub(super) request: Request,
    pub(super) hooks: Hooks,
}

/// Functions that make headers: that of the client, then that of the call.
pub(super) type Hooks = [Option<Hook>; 2];

impl ActionWork {
    /// Makes the request of an attempt.
    pub(super) fn request(&self, render: Render) -> Request {
        let mut request = Request::new("POST", &*self.url);
        for (name, value) in protocol::request_headers(&self.action) {
            request = request.header(name, value);
        }
        if render == Render::Skip {
            let (name, value) = protocol::SKIP_RENDER;
            request = request.header(name, value);
        }
        if let Some((payload, _)) = self.sent.get() {
            request.body = Some(payload.body.clone());
            if let Some(content_type) = &payload.content_type {
                request = request.header("content-type", &**content_type);
            }
        }
        request.headers.extend(self.headers.iter().cloned());
        request
    }

    /// Returns a reader for an answer. `None` until the arguments are complete: no request was made then.
    pub(super) fn reader(&self) -> Option<Box<dyn Reading>> {
        self.sent.get().map(|(_, arguments)| Rc::clone(arguments).reader())
    }

    /// Returns the size of the body in bytes.
    pub(super) fn size(&self) -> usize {
        self.sent.get().map_or(0, |(payload, _)| payload.len)
    }
}

impl Work for ActionWork {
    fn perform(self: Rc<Self>, exchange: Exchange) -> task::Work {
        Box::pin(async move { exchange.call(&self).await.unwrap_or_default() })
    }

    fn action(&self) -> Option<ActionId> {
        Some(self.action.clone())
    }

    fn idempotency_key(&self) -> Option<String> {
        self.idempotency_key.clone()
    }

    fn open(&self) -> Option<Later> {
        self.open.take()
    }

    fn is_open(&self) -> bool {
        self.sent.get().is_none()
    }

    fn fill(&self, arguments: Rc<dyn Arguments>, wire: &Wire, random: &dyn Fn() -> [u8; 16]) -> Result<(), Error> {
        let payload = arguments.payload(random)?;
        if payload.len > wire.max_body_bytes {
            let (bytes, limit) = (digits(payload.len as u64), digits(wire.max_body_bytes as u64));
            let message = ["the body takes ", &bytes, " bytes, more than max_body_bytes (", &limit, ")"].concat();
            return Err(Error::new(Kind::BodyTooLarge, message));
        }
        let _ = self.sent.set((payload, arguments));
        Ok(())
    }
}

impl Work for RouteWork {
    fn perform(self: Rc<Self>, exchange: Exchange) -> task::Work {
        Box::pin(async move { exchange.route(&self).await.unwrap_or_default() })
    }
}

/// The parts of a call of an action, as the caller gave them.
pub(super) struct Order {
    pub(super) action: Result<ActionId, Error>,
    pub(super) arguments: Result<Given, Error>,
    pub(super) settings: Settings,
    /// Name of the type of the value: only calls for the same type share an answer.
    pub(super) type_name: &'static str,
}

impl Order {
    /// Checks the call and makes its work. `random`: draws 16 bytes.
    pub(super) fn prepare(self, wire: &Wire, random: &dyn Fn() -> [u8; 16]) -> Result<(Rc<dyn Work>, Options), Error> {
        let Self { action, arguments, settings: own, type_name } = self;
        let action = action?;
        let arguments = arguments?;
        let url = own.url.clone().or_else(|| wire.settings.url.clone());
        let url = url.ok_or_else(|| Error::new(Kind::InvalidOption, "url: the client has none, and neither has the call"))?;
        let (headers, idempotency_key) = headers(&own, wire, random)?;
        let mut options = options(&own, &wire.settings, action.as_str(), idempotency_key.is_some());
        options.safe = action.is_cached();
        let hooks = [wire.settings.hook.clone(), own.hook];
        let work = ActionWork { action, url, sent: OnceCell::new(), open: Cell::new(None), headers, hooks, idempotency_key };
        match arguments {
            Given::Later(open) => work.open.set(Some(open)),
            Given::Now(arguments) => {
                work.fill(arguments, wire, random)?;
                let text = work.sent.get().and_then(|(payload, _)| payload.text());
                // An answer that refers to a caller's own arguments is that caller's alone.
                let text = text.filter(|text| !contains(text, "\"$T"));
                options.identity = text.map(|text| [work.action.as_str(), &work.url, type_name, text].join("\n").into());
            }
        }
        Ok((Rc::new(work), options))
    }
}

/// Checks a request that the caller built.
pub(super) fn prepare_route(
    mut request: Request,
    own: &Settings,
    wire: &Wire,
    random: &dyn Fn() -> [u8; 16],
) -> Result<(Rc<dyn Work>, Options), Error> {
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
    let hooks = [wire.settings.hook.clone(), own.hook.clone()];
    Ok((Rc::new(RouteWork { request, hooks }), options))
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
pub(super) fn check_header(name: &str, value: &str) -> Result<(), Error> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let plain = |letter: char| letter == '\t' || (letter <= '\u{ff}' && !letter.is_control());
    let is_header = !name.is_empty() && name.bytes().all(token) && value.chars().all(plain);
    is_header.then_some(()).ok_or_else(|| Error::new(Kind::InvalidOption, "headers: a name or a value cannot be sent"))
}
