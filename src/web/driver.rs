mod lease;
mod lost;
mod page;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::time::Duration;

use futures_util::future::{AbortHandle, Abortable, LocalBoxFuture, abortable};
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::exchange::{self, Ending, Work};
use super::fetch::Failure;
use super::host::Host;
use super::lock::Lock;
use super::timer::{self, Timer};
use super::{error, outcome, shapes};
use crate::call::{Call, CallId, Event, LaneName, Options, Page, State};
use crate::dispatcher::{Config, Dispatcher, Effect};
use crate::journal::Fate;
use crate::protocol::{ActionId, Redirect};
use crate::{Error, Instant, Kind};

/// Carries out what the core decides, and tells it what happened.
///
/// The page's code is never run while anything here is borrowed: it may call back.
pub(crate) struct Driver {
    pub(crate) host: Host,
    core: RefCell<Dispatcher>,
    held: RefCell<HashMap<CallId, Held>>,
    timer: Timer,
    /// The leases that are held or asked for, and how long another tab may keep one that is waited for; none for as long as it likes.
    locks: RefCell<HashMap<LaneName, Lock>>,
    patience: Option<Duration>,
    /// A wake-up came long after its time: until this moment, what the network has meanwhile delivered goes first.
    grace: Cell<Option<Instant>>,
    /// Calls whose actions are to be looked up, and whether that is under way.
    lost: RefCell<Vec<CallId>>,
    looking: Cell<bool>,
    /// Actions that another build has under other ids.
    renamed: RefCell<Vec<(ActionId, ActionId)>>,
    pumping: Cell<bool>,
    /// Counts what may have changed what [`Driver::snapshot`] shows.
    revision: Cell<u32>,
    listening: Cell<bool>,
    this: Weak<Self>,
}

/// A call's work, or what it will become once what the arguments hold open has settled.
pub(crate) enum Body {
    Complete(Work),
    Open(LocalBoxFuture<'static, Result<Work, Failure>>),
}

/// Which action a call is of.
#[derive(Clone)]
pub(crate) struct Owner {
    pub(crate) action: Rc<str>,
    pub(crate) name: Option<Rc<str>>,
}

/// How far the driver is with a call.
enum Stage {
    /// Arguments are still open.
    Preparing(AbortHandle),
    /// It can be sent, for the first time or again.
    Ready,
    Running(AbortController, AbortHandle),
    /// The exchange is over, or broken off.
    Over,
}

/// What is kept of a call until it is over.
struct Held {
    owner: Owner,
    /// It is in the outbox, or about to be.
    durable: bool,
    stage: Stage,
    /// What is done when it is sent; none while arguments are open.
    work: Option<Work>,
    /// The promise rejects with Next's own redirect error.
    throws: bool,
    /// What is known of the attempt, and its answer said so far; with the value in it once that is there.
    outcome: Option<Object>,
    /// Why it failed, as the page put it.
    cause: JsValue,
    /// The attempt was to outlive the page, and may not.
    mortal: bool,
    /// Its answer is given up because no byte came for too long.
    stalled: Rc<Cell<bool>>,
    /// Whose answer it shares.
    leader: Option<CallId>,
}

impl Driver {
    /// `patience`: how long another tab may keep a lease that is waited for; none for as long as it likes.
    pub(crate) fn new(host: Host, config: Config, patience: Option<Duration>) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            host,
            core: RefCell::new(Dispatcher::new(config)),
            held: RefCell::default(),
            timer: Timer::default(),
            locks: RefCell::default(),
            patience,
            grace: Cell::default(),
            lost: RefCell::default(),
            looking: Cell::new(false),
            renamed: RefCell::default(),
            pumping: Cell::new(false),
            revision: Cell::new(0),
            listening: Cell::new(false),
            this: Weak::clone(this),
        })
    }

    /// Takes a call in.
    pub(crate) fn enter(&self, id: CallId, options: Options, queued_at: Instant, page: Page, owner: Owner, body: Body) {
        if self.held.borrow().contains_key(&id) {
            return; // the page's side counts its calls; this one is under way
        }
        let ready = matches!(body, Body::Complete(_));
        let (stage, work) = match body {
            Body::Complete(work) => (Stage::Ready, Some(work)),
            Body::Open(work) => (Stage::Preparing(self.prepare(id, work)), None),
        };
        let held = Held {
            owner,
            durable: options.durable,
            stage,
            work,
            throws: false,
            outcome: None,
            cause: JsValue::UNDEFINED,
            mortal: false,
            stalled: Rc::default(),
            leader: None,
        };
        self.held.borrow_mut().insert(id, held);
        self.look_around();
        self.input(|core, now| drop(core.enqueue(Call { id, options, queued_at, page, ready }, now)));
    }

    /// Tells the core where the user is.
    fn look_around(&self) {
        if let Ok(page) = self.host.page() {
            self.core.borrow_mut().handle_page(Page(page as u64));
        }
    }

    /// The document has been come back to, or was not left.
    pub(crate) fn returned(&self) {
        self.input(Dispatcher::handle_returned);
    }

    /// Waits for what the arguments still hold open; gives what stops that.
    fn prepare(&self, id: CallId, work: LocalBoxFuture<'static, Result<Work, Failure>>) -> AbortHandle {
        let this = Weak::clone(&self.this);
        let (work, stop) = abortable(async move {
            let work = work.await;
            let Some(this) = this.upgrade() else { return };
            match work {
                Ok(work) => {
                    if let Some(held) = this.held.borrow_mut().get_mut(&id) {
                        (held.stage, held.work) = (Stage::Ready, Some(work));
                    }
                    this.input(|core, now| core.handle_ready(id, now));
                }
                Err((error, cause)) => {
                    this.blame(id, cause);
                    this.input(|core, now| core.handle_failure(id, error, now));
                }
            }
        });
        wasm_bindgen_futures::spawn_local(async move { work.await.unwrap_or_default() });
        stop
    }

    pub(crate) fn abort(&self, id: CallId, reason: JsValue) -> bool {
        self.blame(id, reason);
        self.input(|core, now| core.abort(id, now))
    }

    pub(crate) fn clear(&self, lane: Option<&str>, reason: &JsValue) -> usize {
        let lane = lane.map(Into::into);
        let ids = self.core.borrow_mut().clear(lane.as_ref(), timer::now());
        for &id in &ids {
            self.blame(id, reason.clone());
        }
        self.pump();
        ids.len()
    }

    pub(crate) fn listen(&self, listening: bool) {
        self.listening.set(listening);
    }

    /// Tells the core something, then does what it wants done.
    pub(crate) fn input<R>(&self, tell: impl FnOnce(&mut Dispatcher, Instant) -> R) -> R {
        let now = timer::now();
        let told = tell(&mut self.core.borrow_mut(), now);
        self.pump();
        told
    }

    pub(crate) fn look<R>(&self, look: impl FnOnce(&Dispatcher) -> R) -> R {
        look(&self.core.borrow())
    }

    /// Another number than before where [`Driver::snapshot`] may show something else.
    pub(crate) fn revision(&self) -> u32 {
        self.revision.get()
    }

    fn changed(&self) {
        self.revision.set(self.revision.get().wrapping_add(1));
    }

    pub(crate) fn snapshot(&self) -> Array {
        let events: Vec<_> = self.core.borrow().snapshot().collect();
        events.iter().filter_map(|event| self.show(event)).collect()
    }

    /// Keeps what is known of the attempt under way: once its answer's head is there, what that said.
    pub(crate) fn set_outcome(&self, id: CallId, outcome: Option<Object>) {
        if let Some(held) = self.held.borrow_mut().get_mut(&id) {
            held.outcome = outcome;
        }
    }

    /// Keeps whether the attempt under way was to outlive the page, and may not.
    pub(crate) fn set_mortal(&self, id: CallId, mortal: bool) {
        if let Some(held) = self.held.borrow_mut().get_mut(&id) {
            held.mortal = mortal;
        }
    }

    /// The value is there.
    pub(crate) fn value(&self, id: CallId, value: Result<JsValue, Failure>) {
        let result = match value {
            Ok(value) => {
                if let Some(held) = self.held.borrow_mut().get_mut(&id) {
                    outcome::set(held.outcome.get_or_insert_default(), "value", &value);
                }
                Ok(())
            }
            Err((error, cause)) => {
                self.blame(id, cause);
                Err(error)
            }
        };
        self.look_around();
        self.input(|core, now| core.handle_value(id, result, now));
    }

    /// The answer redirects, as its body says. `target`: where that leads.
    pub(crate) fn redirects(&self, id: CallId, redirect: &Redirect, target: Option<&str>) {
        self.with_outcome(id, |outcome| outcome::set_redirect(outcome, redirect, target));
    }

    /// The answer holds the page, rendered again.
    pub(crate) fn rendered(&self, id: CallId) {
        self.with_outcome(id, |outcome| outcome::set(outcome, "rendered", &JsValue::TRUE));
    }

    /// Where the body of an answer is to be kept as it came, if it may hold a page: part of the outcome, which makes a page of it on demand.
    pub(crate) fn tape(&self, id: CallId, may_hold_page: bool) -> Option<Array> {
        let tape = may_hold_page.then(Array::new)?;
        self.with_outcome(id, |outcome| outcome::set(outcome, "tape", &tape));
        Some(tape)
    }

    /// Whether a call's answer is given up because no byte came for too long.
    pub(crate) fn stalled(&self, id: CallId) -> Rc<Cell<bool>> {
        self.held.borrow().get(&id).map(|held| Rc::clone(&held.stalled)).unwrap_or_default()
    }

    fn with_outcome(&self, id: CallId, act: impl FnOnce(&Object)) {
        if let Some(Held { outcome: Some(outcome), .. }) = self.held.borrow().get(&id) {
            act(outcome);
        }
    }

    fn blame(&self, id: CallId, cause: JsValue) {
        if let Some(held) = self.held.borrow_mut().get_mut(&id) {
            held.cause = cause;
        }
    }

    /// Does what the core wants done until there is nothing left; a call from within only adds to it.
    fn pump(&self) {
        self.changed();
        if self.pumping.replace(true) {
            return;
        }
        loop {
            let effects: Vec<_> = {
                let mut core = self.core.borrow_mut();
                std::iter::from_fn(|| core.poll_effect()).collect()
            };
            if effects.is_empty() {
                break;
            }
            for effect in effects {
                self.act(effect);
                self.changed();
            }
        }
        self.pumping.set(false);
        let due = self.core.borrow().poll_timeout();
        self.set_timer(due.map(|due| self.grace.get().map_or(due, |grace| grace.max(due))));
    }

    fn act(&self, effect: Effect) {
        match effect {
            Effect::Lease(lane) => self.ask(lane),
            Effect::Release(lane) => self.give_back(&lane),
            Effect::Send(id) => self.send(id),
            Effect::Recover(id) => self.recover(id),
            Effect::Abort(id) => self.stop(id),
            Effect::Stall(id) => {
                self.stalled(id).set(true);
                self.stop(id);
            }
            Effect::Join { id, leader } => {
                if let Some(held) = self.held.borrow_mut().get_mut(&id) {
                    (held.leader, held.work) = (Some(leader), None);
                }
            }
            Effect::Redirect { id, mode, refresh } => self.redirect(id, mode, refresh),
            Effect::Refresh(what) => drop(self.host.refresh(what.as_str())),
            Effect::Probe => self.probe(),
            Effect::Reload => {
                let leaving = self.host.reload().is_ok_and(|went| went == "leaving");
                self.core.borrow_mut().handle_moved(leaving, None, timer::now());
            }
            Effect::Settle { id, result, timings, attempts } => {
                let goes_on = self.core.borrow().state(id) != State::Done;
                let (owner, durable, outcome, cause, throws, leader) = {
                    let mut held = self.held.borrow_mut();
                    let Some(own) = held.get(&id) else { return };
                    // What others share is what the answer said; who gave it up has its own reason.
                    let shared = own.leader.and_then(|leader| held.get(&leader)).filter(|_| own.cause.is_undefined()).unwrap_or(own);
                    let said = (own.owner.clone(), own.durable, shared.outcome.clone(), shared.cause.clone(), shared.throws, own.leader);
                    // Whatever still comes of it has another reason.
                    if let Some(own) = held.get_mut(&id).filter(|_| goes_on) {
                        own.cause = JsValue::UNDEFINED;
                    }
                    said
                };
                if durable {
                    let code = result.as_ref().err().map(|error| error.kind().code());
                    let _ = self.host.fate(id.0 as f64, Fate::of(&result).as_str(), code);
                }
                let outcome = outcome.map(|outcome| shapes::settled(&outcome, &timings, attempts));
                let outcome = outcome.map_or(JsValue::UNDEFINED, JsValue::from);
                let error = result.err().map(|error| error::owned(&error, Some(&owner), Some(&cause)));
                let error = error.or_else(|| if throws { self.host.redirect_error(&outcome).ok() } else { None });
                let answered = leader.unwrap_or(id).0 as f64;
                let _ = self.host.settle(id.0 as f64, &error.unwrap_or_default(), &outcome, answered);
            }
            Effect::Forget(id) => {
                let held = self.held.borrow_mut().remove(&id);
                if let Some(Held { stage: Stage::Preparing(stop), .. }) = held {
                    stop.abort();
                }
                let _ = self.host.forget(id.0 as f64);
            }
            Effect::Emit(event) => {
                // That a call holds its lane is said where nobody listens, too.
                if (self.listening.get() || event.behind.is_some())
                    && let Some(shown) = self.show(&event)
                {
                    let _ = self.host.emit(&shown);
                }
            }
        }
    }

    fn send(&self, id: CallId) {
        let Some(this) = self.this.upgrade() else { return };
        let Ok(controller) = self.host.controller(id.0 as f64) else {
            let error = Error::new(Kind::Internal, "no AbortController can be made");
            self.core.borrow_mut().handle_failure(id, error, timer::now());
            return; // the effects of this come out of the pump that is running
        };
        let signal = controller.signal();
        let (stop, stopped) = AbortHandle::new_pair();
        let work = {
            let mut held = self.held.borrow_mut();
            let Some(held) = held.get_mut(&id) else { return };
            held.stage = Stage::Running(controller, stop);
            held.cause = JsValue::UNDEFINED;
            held.work.clone()
        };
        let Some(mut work) = work else { return };
        if let Work::Action(request, _) = &mut work
            && let Some(new) = self.new_id(&request.action)
        {
            if let Some(held) = self.held.borrow_mut().get_mut(&id) {
                held.owner.action = new.as_str().into();
            }
            request.action = new;
        }
        let run = async move {
            match exchange::run(&this, id, work, &signal).await {
                Ok(Ending::Complete) => this.input(|core, now| core.handle_end(id, now)),
                Ok(Ending::Unknown(error)) => {
                    this.set_stage(id, Stage::Ready);
                    this.input(|core, now| core.handle_unknown(id, error, now));
                }
                Err((error, cause)) => {
                    this.stop(id);
                    this.blame(id, cause);
                    let offline = error.kind() == Kind::Network && this.host.offline().unwrap_or(false);
                    this.input(|core, now| {
                        if offline {
                            core.handle_offline(now);
                        }
                        core.handle_failure(id, error, now);
                    });
                }
            }
        };
        let run = Abortable::new(run, stopped);
        wasm_bindgen_futures::spawn_local(async move { run.await.unwrap_or_default() });
    }

    /// Breaks the exchange off, with the reason the page gave.
    fn stop(&self, id: CallId) {
        let reason = self.held.borrow().get(&id).map(|held| held.cause.clone()).unwrap_or_default();
        if let Some(Stage::Running(controller, stop)) = self.set_stage(id, Stage::Over) {
            stop.abort();
            if reason.is_undefined() { controller.abort() } else { controller.abort_with_reason(&reason) }
        }
    }

    fn set_stage(&self, id: CallId, stage: Stage) -> Option<Stage> {
        Some(std::mem::replace(&mut self.held.borrow_mut().get_mut(&id)?.stage, stage))
    }

    fn show(&self, event: &Event) -> Option<JsValue> {
        let held = self.held.borrow();
        let held = held.get(&event.id)?;
        let shown = outcome::of_event(event, &held.owner);
        if held.mortal {
            outcome::set(&shown, "keepalive", &JsValue::FALSE);
        }
        Some(shown.into())
    }

    fn set_timer(&self, at: Option<Instant>) {
        let this = Weak::clone(&self.this);
        self.timer.set(at, move || {
            if let Some(this) = this.upgrade() {
                this.wake();
            }
        });
    }

    /// After a long sleep of the machine or the tab, what has arrived meanwhile goes first.
    fn wake(&self) {
        const LONG: Duration = Duration::from_secs(1);
        const GRACE: Duration = Duration::from_millis(50);
        self.timer.rang();
        let (now, due) = (timer::now(), self.core.borrow().poll_timeout());
        let late = due.is_some_and(|due| now.since(due) > LONG);
        match self.grace.get() {
            None if late => self.grace.set(Some(now.plus(GRACE))),
            Some(grace) if now < grace => {}
            _ => {
                self.grace.set(None);
                self.look_around();
                self.core.borrow_mut().handle_timeout(now);
            }
        }
        self.pump();
    }
}
