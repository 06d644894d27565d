//! The edge of the dispatcher: the exports that JavaScript calls. Each file below wraps one API of the browser or
//! of the package. Makes no decisions about calls: the core (`dispatcher.rs`) does.

mod action_label;
mod call;
mod driver;
mod embedder;
mod net;
mod options;
mod outbox;
mod random;
mod shapes;
mod stop;
mod timer;
mod url;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use crate::call::{CallId, LaneName, Options, Strategy, Visit};
use crate::dispatcher::Dispatcher;
use crate::js::error::{self, Failure};
use crate::js::exported::Exported;
use crate::js::wait::Wait;
use crate::protocol::{ActionId, WireForm, wire_form};
use crate::{Error, Instant, text};
use action_label::ActionLabel;
use call::Body;
use driver::{Arrival, Driver};
use embedder::{Embedder, Refusal};
use net::exchange::{Built, Work};
use net::request::{Request, Tags, check_size};
use options::{CallOptions, DispatcherOptions, LayeredOptions};

/// Talc takes less than half the code of the standard allocator.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Wires a new instance to the package. `panicked(message)` is called on a panic; `shapes` are the functions of
/// `shapes.js`, which makes errors and events; `waits` are those of `wait.js`, which waits for promises and bodies.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
pub fn setup(panicked: Function, shapes: JsValue, waits: JsValue) {
    shapes::set(shapes.clone());
    crate::js::set_up(panicked, shapes, waits);
}

/// The engine of one dispatcher. Results of calls go to the embedder; they are never returned or thrown here.
#[wasm_bindgen]
pub struct Engine {
    driver: Rc<Driver>,
    options: DispatcherOptions,
    /// Options of calls that do not set them.
    usual: CallOptions,
    server: RefCell<Server>,
}

/// The server that answers: the form in which it reads arguments, and its deployment.
#[derive(Clone)]
struct Server {
    wire: Result<WireForm, Error>,
    deployment: Option<Rc<str>>,
}

#[wasm_bindgen]
impl Engine {
    /// Makes the engine. `usual`: options of calls that do not set them. Fails with an `ActionError` for an unknown
    /// word.
    #[wasm_bindgen(constructor)]
    pub fn new(embedder: JsValue, options: DispatcherOptions, mut usual: CallOptions) -> Exported<Self> {
        let rules = options.rules().map_err(|error| error::to_js(&error, &JsValue::UNDEFINED))?;
        options.add_to(&mut usual);
        let driver = Driver::new(embedder.unchecked_into::<Embedder>(), rules, options.hooks());
        let engine = Self { driver, options, usual, server: RefCell::new(Server::unknown()) };
        engine.page_says(None, None);
        Ok(engine)
    }

    /// Takes the version of Next.js and the deployment that the page states; the dispatcher's options override
    /// them. Must be called before the first call.
    #[wasm_bindgen(js_name = pageSays)]
    pub fn page_says(&self, version: Option<String>, deployment: Option<String>) {
        let wire = wire_form(self.options.next_version().or(version.as_deref()));
        let deployment = self.options.deployment_id().or(deployment.as_deref()).filter(|id| !id.is_empty()).map(Rc::from);
        self.server.replace(Server { wire, deployment });
    }

    /// Returns how to write the arguments of an action, as the bits of [`codes::wire`](crate::codes::wire).
    /// Valid until the next [`page_says`](Self::page_says).
    #[wasm_bindgen(js_name = wireOf)]
    pub fn wire_of(&self, action: &str) -> u32 {
        match (&self.server.borrow().wire, ActionId::parse(action)) {
            (Ok(wire), Ok(action)) => wire.bits(&action),
            _ => crate::codes::wire::ALL_ARGUMENTS, // the call itself reports the error
        }
    }

    /// Calls an action. `url`: an absolute URL as a string. `body`: its encoded arguments, a string or a
    /// `FormData`; if `open`, a promise of one, which rejects with a [`Refusal`]. `headers`: see
    /// [`Request::headers`].
    #[expect(clippy::too_many_arguments, reason = "an object of them would take a crossing each")]
    pub fn call(
        &self,
        id: f64,
        action: &str,
        url: JsValue,
        queued_at: f64,
        visit: f64,
        options: Option<CallOptions>,
        body: JsValue,
        open: bool,
        headers: Option<Function>,
    ) {
        let (options, id) = (self.layered_options(options.as_ref()), CallId(id as u64));
        let call = NewCall { id, queued_at: Instant::from_millis(queued_at), visit: Some(Visit(visit as u64)), url, headers };
        match self.prepare(&call, action, options, body, open) {
            Ok((core, body)) => self.enter(&call, action, options, core, body),
            Err(failure) => self.refuse(id, &failure),
        }
    }

    /// Sends a durable call that another page stored in the outbox.
    #[expect(clippy::too_many_arguments, reason = "an object of them would take a crossing each")]
    pub fn replay(
        &self,
        id: f64,
        action: &str,
        url: JsValue,
        queued_at: f64,
        options: CallOptions,
        header: &str,
        body: JsValue,
        headers: Option<Function>,
    ) {
        let (options, id) = (self.layered_options(Some(&options)), CallId(id as u64));
        let call = NewCall { id, queued_at: Instant::from_millis(queued_at), visit: None, url, headers };
        let read = || {
            let action = ActionId::parse(action)?;
            // The page that made the call applied its strategy already.
            let strategy = Some(Strategy::Queue);
            let core = Options { replayed: true, strategy, ..options.read(action.as_str(), action.is_cached())? };
            let tags = Tags::new(options, Some(header), self.server.borrow().deployment.clone())?;
            let keepalive = check_size(&body, Some(f64::INFINITY), options.keepalive())?;
            Ok((core, call.work(action, body, keepalive, tags)))
        };
        match read() {
            Ok((core, work)) => self.enter(&call, action, options, core, Body::Complete(work)),
            Err(error) => self.refuse(id, &(error, JsValue::UNDEFINED)),
        }
    }

    /// Queues a request that its caller built. `send(signal, headers)` sends it, with the headers added. `headers`
    /// returns them: see [`Request::headers`]. `read_along`: the lane is free with the action's value, not already with
    /// the head.
    #[expect(clippy::too_many_arguments, reason = "an object of them would take a crossing each")]
    pub fn exchange(
        &self,
        id: f64,
        action: &str,
        queued_at: f64,
        visit: f64,
        options: Option<CallOptions>,
        send: Function,
        headers: Option<Function>,
        read_along: bool,
    ) {
        let (options, id) = (self.layered_options(options.as_ref()), CallId(id as u64));
        let call = NewCall {
            id,
            queued_at: Instant::from_millis(queued_at),
            visit: Some(Visit(visit as u64)),
            url: JsValue::UNDEFINED,
            headers: None,
        };
        let read = || {
            // The request is sent unchanged, so its id need not be valid.
            let core = options.read(action, ActionId::parse(action).is_ok_and(|action| action.is_cached()))?;
            let tags = Tags::new(options, self.options.idempotency_header(), None)?;
            Ok((core, Built { send, headers, tags, read_along }))
        };
        match read() {
            Ok((core, built)) => self.enter(&call, action, options, core, Body::Complete(Work::Built(built))),
            Err(error) => self.refuse(id, &(error, JsValue::UNDEFINED)),
        }
    }

    /// Aborts a call. Returns false if it is over.
    pub fn abort(&self, id: f64, reason: JsValue) -> bool {
        self.driver.abort(CallId(id as u64), reason)
    }

    /// Rejects the calls that wait, in one lane or (`None`) in all. Returns their number.
    pub fn clear(&self, lane: Option<String>, reason: &JsValue) -> usize {
        self.driver.clear(lane.as_deref(), reason)
    }

    /// Stops starting calls, in one lane or (`None`) in all.
    pub fn pause(&self, lane: Option<String>) {
        let lane = lane.as_deref().map(LaneName::from);
        self.driver.input(|core, _| core.pause(lane.as_ref()));
    }

    /// Starts calls again, in one lane or (`None`) in all.
    pub fn resume(&self, lane: Option<String>) {
        let lane = lane.as_deref().map(LaneName::from);
        self.driver.input(|core, now| core.resume(lane.as_ref(), now));
    }

    /// Rejects every open call with `CLOSED` and ends its exchange; later calls are refused.
    pub fn close(&self) {
        self.driver.input(Dispatcher::close);
    }

    /// Returns the state of a call, as the word that JavaScript uses.
    pub fn state(&self, id: f64) -> String {
        self.driver.look(|core| core.state(CallId(id as u64)).as_str().to_owned())
    }

    /// Returns the number of calls that wait in a lane.
    pub fn waiting(&self, lane: &str) -> usize {
        self.driver.look(|core| core.waiting_in(&LaneName::from(lane)))
    }

    /// Returns a number that changes whenever [`Engine::snapshot`] may return something else.
    pub fn revision(&self) -> u32 {
        self.driver.revision()
    }

    /// Returns an event for each call that is not over.
    pub fn snapshot(&self) -> Exported<Array> {
        Ok(self.driver.snapshot())
    }

    /// Tells the core that the browser reports a network again.
    pub fn online(&self) {
        self.driver.input(Dispatcher::handle_online);
    }

    /// Tells the core that the document left the window: nothing starts until it returns.
    pub fn hidden(&self) {
        self.driver.input(|core, _| core.handle_hidden());
    }

    /// Tells the core that the document has returned, or was not left after all.
    pub fn returned(&self) {
        self.driver.input(Dispatcher::handle_returned);
    }

    /// Handles the alarm that [`Embedder::alarm`] set.
    pub fn wake(&self) {
        self.driver.wake();
    }

    /// Tells the core that the lease of a lane was granted: see [`Embedder::lease`].
    pub fn leased(&self, lane: &str) {
        self.driver.leased(&lane.into());
    }

    /// Tells the core that another tab, which waited too long, took the lease of a lane.
    #[wasm_bindgen(js_name = leaseTaken)]
    pub fn lease_taken(&self, lane: &str) {
        self.driver.lease_taken(&lane.into());
    }

    /// Tells the core that the lease of a lane is not available, or not now (`passing`). `message` gives the reason,
    /// `cause` the value that was thrown.
    #[wasm_bindgen(js_name = leaseRefused)]
    pub fn lease_refused(&self, lane: &str, passing: bool, message: &str, cause: &JsValue) {
        self.driver.lease_refused(&lane.into(), passing, message, cause);
    }

    /// Turns events on or off; off while the dispatcher has no listeners.
    pub fn listen(&self, listening: bool) {
        self.driver.listen(listening);
    }
}

/// The arguments with which a call was made.
#[derive(Clone)]
struct NewCall {
    id: CallId,
    queued_at: Instant,
    visit: Option<Visit>,
    url: JsValue,
    headers: Option<Function>,
}

impl NewCall {
    fn work(&self, action: ActionId, body: JsValue, keepalive: Option<f64>, tags: Rc<Tags>) -> Work {
        Work::Action(Request { action, url: self.url.clone(), body, keepalive, headers: self.headers.clone(), tags })
    }
}

impl Server {
    fn unknown() -> Self {
        Self { wire: Ok(WireForm::default()), deployment: None }
    }
}

impl Engine {
    fn layered_options<'o>(&'o self, own: Option<&'o CallOptions>) -> LayeredOptions<'o> {
        LayeredOptions { own, usual: &self.usual }
    }

    /// Reads the options of a call and prepares its body; weighs and stores the body if needed.
    fn prepare(
        &self,
        call: &NewCall,
        action: &str,
        options: LayeredOptions<'_>,
        body: JsValue,
        open: bool,
    ) -> Result<(Options, Body), Failure> {
        let alone = |error| (error, JsValue::UNDEFINED);
        let action = ActionId::parse(action).map_err(alone)?;
        let mut core = options.read(action.as_str(), action.is_cached()).map_err(alone)?;
        let Server { wire, deployment } = self.server.borrow().clone();
        wire.map_err(alone)?;
        let tags = Tags::new(options, self.options.idempotency_header(), deployment).map_err(alone)?;
        let (limit, outlives) = (self.options.max_body_bytes(), options.keepalive());
        let keeps = core.durable.then(|| Rc::clone(&self.driver.embedder));
        if !open && keeps.is_none() {
            if self.driver.look(|all| all.strategy_of(&core)) == Strategy::Join {
                core.identity = identity_of(&action, &call.url, &body);
            }
            let keepalive = check_size(&body, limit, outlives).map_err(alone)?;
            return Ok((core, Body::Complete(call.work(action, body, keepalive, tags))));
        }
        let call = call.clone();
        let body = Body::Open(Box::pin(async move {
            let mut body = body;
            if open {
                body = Wait::new(&body).await.map_err(|refusal| refusal.unchecked_into::<Refusal>().into_failure())?;
            }
            let keepalive = check_size(&body, limit, outlives).map_err(alone)?;
            if let Some(embedder) = keeps {
                body = outbox::store(&embedder, call.id, &tags, &body).await?;
            }
            Ok(call.work(action, body, keepalive, tags))
        }));
        Ok((core, body))
    }

    fn enter(&self, call: &NewCall, action: &str, options: LayeredOptions<'_>, core: Options, body: Body) {
        let label = ActionLabel { action: action.into(), name: options.name().map(Into::into) };
        self.driver.enter(Arrival { id: call.id, options: core, queued_at: call.queued_at, visit: call.visit, label }, body);
    }

    fn refuse(&self, id: CallId, (error, cause): &Failure) {
        let _ = self.driver.embedder.refuse(id.0 as f64, &error::to_js(error, cause));
    }
}

/// Returns the key by which `join` finds identical calls. `None` unless the body is plain text without temporary
/// references.
fn identity_of(action: &ActionId, url: &JsValue, body: &JsValue) -> Option<Rc<str>> {
    let body = body.as_string().filter(|body| !text::contains(body, "\"$T"))?;
    Some([action.as_str(), &url.as_string().unwrap_or_default(), &body].join("\n").into())
}
