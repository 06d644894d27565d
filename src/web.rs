//! The thin edge: what JavaScript sees of the crate, one browser API a file.

mod args;
mod bell;
mod codec;
mod document;
mod driver;
mod error;
mod exchange;
mod fetch;
mod given;
mod host;
mod keepalive;
mod limits;
mod lock;
#[cfg(test)]
mod module;
mod outbox;
mod outcome;
mod random;
mod recover;
mod shapes;
mod size;
mod timer;
mod url;
mod value;
mod wait;
mod word;

use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use crate::call::{CallId, LaneName, Options, Page, RedirectMode, Render, Skew, Strategy};
use crate::dispatcher::{Config, Dispatcher, LaneOptions, OfflineMode, Scope};
use crate::protocol::{self, ActionId, MAX_BODY_BYTES, NextVersion, TraceContext, WireForm};
use crate::{Error, Instant, Kind, Retry};
use args::How;
use driver::{Body, Driver, Owner};
use exchange::{Reading, Work};
use fetch::{Request, Tags};
use given::Given;
use host::Host;
use limits::{Bounds, limits};
use outbox::{Durable, Entry};

/// Gives a new instance what it makes errors with, `error(details, cause)`, what hears of a panic, `panicked(message)`, the functions of
/// `build.js`, which it makes values with, those of `plain.js`, which reads simple arguments, and of `shapes.js`, which makes what goes to
/// `fetch` and to callers, and the function of `wait.js`.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
pub fn setup(error: Function, panicked: Function, build: JsValue, plain: JsValue, made: JsValue, waits: JsValue) {
    error::set_maker(error);
    value::set_builder(build);
    args::set_plain(plain);
    shapes::set(made);
    wait::set(waits);
    std::panic::set_hook(Box::new(move |info| {
        // The instance is lost; if this fails too, there is nobody left to tell.
        let _ = panicked.call1(&JsValue::UNDEFINED, &info.to_string().into());
    }));
}

// A call as the page's side describes it: a plain object of its own, so reading it runs no code of the page.
#[wasm_bindgen]
extern "C" {
    pub type Spec;

    #[wasm_bindgen(method, getter)]
    fn id(this: &Spec) -> f64;
    #[wasm_bindgen(method, getter)]
    fn action(this: &Spec) -> String;
    #[wasm_bindgen(method, getter)]
    fn name(this: &Spec) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn lane(this: &Spec) -> String;
    #[wasm_bindgen(method, getter)]
    fn strategy(this: &Spec) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn key(this: &Spec) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn timeout(this: &Spec) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = stallTimeout)]
    fn stall_timeout(this: &Spec) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn deadline(this: &Spec) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn retry(this: &Spec) -> Option<RetrySpec>;
    // An empty one is to be made here.
    #[wasm_bindgen(method, getter, js_name = idempotencyKey)]
    fn idempotency_key(this: &Spec) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = idempotencyHeader)]
    fn idempotency_header(this: &Spec) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn keepalive(this: &Spec) -> bool;
    #[wasm_bindgen(method, getter)]
    fn url(this: &Spec) -> String;
    #[wasm_bindgen(method, getter, js_name = maxBodyBytes)]
    fn max_body_bytes(this: &Spec) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = nextVersion)]
    fn next_version(this: &Spec) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = queuedAt)]
    fn queued_at(this: &Spec) -> f64;
    #[wasm_bindgen(method, getter)]
    fn page(this: &Spec) -> f64;
    #[wasm_bindgen(method, getter)]
    fn redirect(this: &Spec) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn render(this: &Spec) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn skew(this: &Spec) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn durable(this: &Spec) -> Option<Durable>;
    #[wasm_bindgen(method, getter)]
    fn limits(this: &Spec) -> Option<Bounds>;
    #[wasm_bindgen(method, getter, js_name = deploymentId)]
    fn deployment_id(this: &Spec) -> Option<String>;
    // Of these two, an empty one is to be made here.
    #[wasm_bindgen(method, getter)]
    fn traceparent(this: &Spec) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = requestId)]
    fn request_id(this: &Spec) -> Option<String>;
}

// How often to send a call again, in milliseconds where it is a time.
#[wasm_bindgen]
extern "C" {
    pub type RetrySpec;

    #[wasm_bindgen(method, getter)]
    fn limit(this: &RetrySpec) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn budget(this: &RetrySpec) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn delay(this: &RetrySpec) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = backoffLimit)]
    fn backoff_limit(this: &RetrySpec) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxRetryAfter)]
    fn max_retry_after(this: &RetrySpec) -> Option<f64>;
}

/// The engine of one dispatcher. What becomes of a call is told to the host, never returned or thrown.
#[wasm_bindgen]
pub struct Engine(Rc<Driver>);

#[wasm_bindgen]
impl Engine {
    #[wasm_bindgen(constructor)]
    /// `lanes`: pairs of a name and how many of its calls may run at once. `fails_offline`: calls do not wait for a network. `lease_timeout`:
    /// with it, a lane is one at a time over all tabs, and after so many milliseconds it is taken from another that keeps it.
    pub fn new(host: JsValue, max_queued: Option<f64>, lanes: &Array, fails_offline: bool, lease_timeout: Option<f64>) -> Self {
        let mut config = Config { seed: random::bytes().map(u64::from_le_bytes).unwrap_or_default(), ..Config::default() };
        if let Some(max) = max_queued {
            config.max_queued = max as usize;
        }
        if fails_offline {
            config.offline = OfflineMode::Fail;
        }
        for lane in lanes.iter() {
            let [name, at_once] = fetch::two(&lane);
            let concurrency = at_once.as_f64().and_then(|at_once| NonZeroU32::new(at_once as u32));
            let name = name.as_string().unwrap_or_default();
            config.lanes.insert(name.as_str().into(), LaneOptions { concurrency, strategy: None });
        }
        if lease_timeout.is_some() {
            config.scope = Scope::Origin;
        }
        let patience = lease_timeout.filter(|timeout| timeout.is_finite()).map(milliseconds);
        Self(Driver::new(host.unchecked_into::<Host>(), config, patience))
    }

    /// Calls an action. Its arguments are encoded here and now.
    pub fn call(&self, spec: &Spec, args: &Array, headers: Option<Function>) {
        let plain = |error| (error, JsValue::UNDEFINED);
        let mut identity = None;
        let body = ActionId::parse(&spec.action()).map_err(plain).and_then(|action| {
            let wire = wire_form(spec.next_version()).map_err(plain)?;
            let durable = spec.durable();
            let tags = tags(spec).map_err(plain)?;
            let used = if wire.omits_unused(action.is_cached()) { used(args, &action) } else { args.clone() };
            // What the server cannot be shown cannot be found again by another page.
            let limits = limits(spec.limits().as_ref());
            let start = args::encode(&used, How { wire, forgets: durable.is_some(), limits, ..How::default() })?;
            let (url, reading) = (spec.url(), Reading { temporaries: start.temporaries, limits });
            let limit = spec.max_body_bytes().unwrap_or(MAX_BODY_BYTES.into());
            let outlives = spec.keepalive();
            let entry = durable.map(|durable| Entry::new(Rc::clone(&self.0), spec, &durable, &action, &tags));
            let weigh = move |body: &JsValue| {
                let bytes = if outlives || limit.is_finite() { size::of(body) } else { 0.0 };
                fits(bytes, limit)?;
                Ok(outlives.then(|| size::at_most(body, bytes)))
            };
            let work = move |body, keepalive| Work::Action(Request { action, url, body, keepalive, headers, tags }, reading);
            Ok(match (start.body, entry) {
                (args::Body::Complete(body), None) => {
                    if spec.strategy().as_deref() == Some("join") {
                        identity = identity_of(spec, &body);
                    }
                    let keepalive = weigh(&body).map_err(plain)?;
                    Body::Complete(work(body, keepalive))
                }
                (body, entry) => Body::Open(Box::pin(async move {
                    let mut body = match body {
                        args::Body::Complete(body) => body,
                        args::Body::Open(body) => body.await?,
                    };
                    let keepalive = weigh(&body).map_err(plain)?;
                    if let Some(entry) = entry {
                        body = entry.keep(body).await?;
                    }
                    Ok(work(body, keepalive))
                })),
            })
        });
        self.enter(spec, body, identity);
    }

    /// Sends what another page has put in the outbox.
    pub fn replay(&self, spec: &Spec, body: JsValue, headers: Option<Function>) {
        let request = ActionId::parse(&spec.action()).and_then(|action| {
            let tags = tags(spec)?;
            let keepalive = spec.keepalive().then(|| size::at_most(&body, size::of(&body)));
            Ok(Request { action, url: spec.url(), body, keepalive, headers, tags })
        });
        let reading = Reading { temporaries: args::Temporaries::default(), limits: limits(spec.limits().as_ref()) };
        let body = request.map(|request| Body::Complete(Work::Action(request, reading)));
        self.enter(spec, body.map_err(|error| (error, JsValue::UNDEFINED)), None);
    }

    /// Lets a request that somebody else has built wait for its turn; `send(signal)` sends it.
    pub fn exchange(&self, spec: &Spec, send: Function) {
        self.enter(spec, Ok(Body::Complete(Work::Built(send))), None);
    }

    pub fn abort(&self, id: f64, reason: JsValue) -> bool {
        self.0.abort(CallId(id as u64), reason)
    }

    /// Rejects what waits, in one lane or in all.
    pub fn clear(&self, lane: Option<String>, reason: &JsValue) -> usize {
        self.0.clear(lane.as_deref(), reason)
    }

    /// One lane, or all.
    pub fn pause(&self, lane: Option<String>) {
        let lane = lane.as_deref().map(LaneName::from);
        self.0.input(|core, _| core.pause(lane.as_ref()));
    }

    pub fn resume(&self, lane: Option<String>) {
        let lane = lane.as_deref().map(LaneName::from);
        self.0.input(|core, now| core.resume(lane.as_ref(), now));
    }

    pub fn close(&self) {
        self.0.input(Dispatcher::close);
    }

    pub fn state(&self, id: f64) -> String {
        self.0.look(|core| core.state(CallId(id as u64)).as_str().to_owned())
    }

    /// How many calls wait in a lane.
    pub fn waiting(&self, lane: &str) -> usize {
        self.0.look(|core| core.waiting_in(&LaneName::from(lane)))
    }

    /// Another number than before where [`Engine::snapshot`] may show something else.
    pub fn revision(&self) -> u32 {
        self.0.revision()
    }

    pub fn snapshot(&self) -> Given<Array> {
        Ok(self.0.snapshot())
    }

    /// The browser says that the network is back.
    pub fn online(&self) {
        self.0.input(Dispatcher::handle_online);
    }

    /// The document is gone from the window: nothing starts until it is back.
    pub fn hidden(&self) {
        self.0.input(|core, _| core.handle_hidden());
    }

    /// The document is back, or was not left.
    pub fn returned(&self) {
        self.0.returned();
    }

    /// Whether anybody hears events.
    pub fn listen(&self, listening: bool) {
        self.0.listen(listening);
    }
}

impl Engine {
    fn enter(&self, spec: &Spec, body: Result<Body, args::Failure>, identity: Option<Rc<str>>) {
        let owner = Owner { action: spec.action().into(), name: spec.name().map(Into::into) };
        match body {
            Ok(_) if self.0.host.over(spec.id()).unwrap_or(true) => {}
            Ok(body) => {
                let (queued_at, page) = (Instant::from_millis(spec.queued_at()), Page(spec.page() as u64));
                let options = Options { identity, ..options(spec, &owner) };
                self.0.enter(CallId(spec.id() as u64), options, queued_at, page, owner, body);
            }
            Err((error, cause)) => {
                let _ = self.0.host.refuse(spec.id(), &error::owned(&error, Some(&owner), Some(&cause)));
            }
        }
    }
}

fn options(spec: &Spec, owner: &Owner) -> Options {
    let mut retry = spec.retry().map(|spec| retry(&spec)).unwrap_or_default();
    let durable = spec.durable();
    if durable.is_some() {
        (retry.limit, retry.budget) = (u32::MAX, Duration::MAX);
    }
    Options {
        lane: spec.lane().as_str().into(),
        strategy: match spec.strategy().as_deref() {
            Some("queue last") => Some(Strategy::QueueLast),
            Some("drop") => Some(Strategy::Drop),
            Some("replace") => Some(Strategy::Replace),
            Some("join") => Some(Strategy::Join),
            _ => None,
        },
        // A key of the caller's reaches over lanes and actions.
        key: spec.key().map_or_else(|| format!("{}\n{}", spec.lane(), owner.action), |key| format!("\n{key}")).into(),
        identity: None,
        timeout: spec.timeout().map(milliseconds),
        stall_timeout: spec.stall_timeout().map(milliseconds),
        deadline: durable.as_ref().map(Durable::ttl).or_else(|| spec.deadline()).map(milliseconds),
        durable: durable.is_some(),
        replayed: durable.is_some_and(|durable| durable.replayed()),
        retry,
        keyed: spec.idempotency_key().is_some(),
        safe: ActionId::parse(&owner.action).is_ok_and(|action| action.is_cached()),
        redirect: if spec.redirect().as_deref() == Some("throw") { RedirectMode::Throw } else { RedirectMode::Follow },
        render: if spec.render().as_deref() == Some("skip") { Render::Skip } else { Render::Auto },
        skew: match spec.skew().as_deref() {
            Some("fail") => Skew::Fail,
            Some("reload") => Skew::Reload,
            _ => Skew::Recover,
        },
        named: owner.name.is_some(),
    }
}

fn retry(spec: &RetrySpec) -> Retry {
    let usual = Retry::default();
    let time = |given: Option<f64>, usual| given.map_or(usual, milliseconds);
    Retry {
        limit: spec.limit().unwrap_or_default() as u32,
        budget: time(spec.budget(), usual.budget),
        first: time(spec.delay(), usual.first),
        longest: time(spec.backoff_limit(), usual.longest),
        longest_after: time(spec.max_retry_after(), usual.longest_after),
    }
}

/// What another call must be to be this one's equal; none for what is not text alone, or may be told from the caller's own.
fn identity_of(spec: &Spec, body: &JsValue) -> Option<Rc<str>> {
    let body = body.as_string().filter(|body| !body.contains("\"$T"))?;
    Some(format!("{}\n{}\n{body}", spec.action(), spec.url()).into())
}

fn tags(spec: &Spec) -> Result<Rc<Tags>, Error> {
    let trace = match spec.traceparent() {
        Some(parent) if !parent.is_empty() => Some(TraceContext::continuing(&parent)?),
        Some(_) => Some(TraceContext::new(random::bytes()?)),
        None => None,
    };
    let request_id = match spec.request_id() {
        Some(id) if id.is_empty() => Some(protocol::request_id(random::bytes()?)),
        given => given,
    };
    let idempotency_key = match spec.idempotency_key() {
        Some(key) if key.is_empty() => Some(protocol::request_id(random::bytes()?)),
        given => given,
    };
    let header = spec.idempotency_header().unwrap_or_else(|| protocol::IDEMPOTENCY_KEY.to_owned());
    if protocol::is_protected(&header) || [protocol::TRACEPARENT, protocol::REQUEST_ID].contains(&&*header) {
        return Err(Error::new(Kind::InvalidOption, format!("idempotency: {header} is a header of another meaning")));
    }
    let idempotency = idempotency_key.map(|key| (header, key));
    Ok(Rc::new(Tags { deployment: spec.deployment_id(), trace, request_id, idempotency }))
}

/// The arguments the action looks at; a hole in the middle keeps the others in their places.
fn used(args: &Array, action: &ActionId) -> Array {
    let looked_at = |&index: &u32| action.uses(index as usize);
    if (0..args.length()).all(|index| looked_at(&index)) {
        return args.clone();
    }
    let kept = Array::new();
    for index in (0..args.length()).filter(looked_at) {
        kept.set(index, args.get(index));
    }
    kept
}

fn fits(bytes: f64, limit: f64) -> Result<(), Error> {
    if bytes <= limit {
        return Ok(());
    }
    let message = format!(
        "the body takes {} bytes, more than maxBodyBytes ({}): raise it and the server's bodySizeLimit",
        bytes as u64, limit as u64
    );
    Err(Error::new(Kind::BodyTooLarge, message))
}

/// What the server reads: today's form unless its version, or `any`, says otherwise.
pub(crate) fn wire_form(next_version: Option<String>) -> Result<WireForm, Error> {
    match next_version.as_deref() {
        None => Ok(WireForm::default()),
        Some("any") => Ok(WireForm::any()),
        Some(version) => Ok(WireForm::of(NextVersion::parse(version)?)),
    }
}

/// Saturates at what a clock can hold.
fn milliseconds(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::MAX)
}
