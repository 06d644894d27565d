//! Carries out the effects of the core and reports events back to it. Decides nothing about calls itself.

mod lease;
mod page_requests;
mod settle;
mod skew_recovery;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::action_label::ActionLabel;
use super::call::{Answer, Body, HeadOfAnswer, Held, Preparation, Stage, Target};
use super::embedder::Embedder;
use super::net::exchange::{Attempt, Exchange, ReceivedHead, Step, Work};
use super::shapes;
use super::stop::Stop;
use super::timer::{self, Timer};
use crate::call::{Call, CallId, Event, Options, Visit};
use crate::dispatcher::{Dispatcher, Effect, HeadFacts, Rules};
use crate::js::error::Failure;
use crate::protocol::{ActionId, Revalidated};
use crate::sorted_map::SortedMap;
use crate::{Instant, Kind};

/// Runs one dispatcher in a page. Must not run code of the page while anything here is borrowed: that code may call
/// back.
pub(crate) struct Driver {
    pub(crate) embedder: Rc<Embedder>,
    core: RefCell<Dispatcher>,
    /// The calls that are not over.
    held: RefCell<SortedMap<CallId, Held>>,
    timer: Timer,
    /// True if a hook needs the heads of answers.
    hooks: bool,
    /// Set after a late wake-up: until then, timeouts wait for data that the network has delivered meanwhile.
    grace: Cell<Option<Instant>>,
    /// Calls whose action the server does not know, to be looked up.
    to_look_up: RefCell<Vec<CallId>>,
    /// True while actions are looked up.
    is_looking_up: Cell<bool>,
    /// Old and new ids of actions that were looked up.
    new_ids: RefCell<Vec<(ActionId, ActionId)>>,
    /// True while [`Driver::pump`] runs.
    pumping: Cell<bool>,
    /// Grows whenever [`Driver::snapshot`] may return something else.
    revision: Cell<u32>,
    /// True if the dispatcher has listeners.
    listening: Cell<bool>,
    this: Weak<Self>,
}

/// A call that the page has made.
pub(crate) struct Arrival {
    pub(crate) id: CallId,
    pub(crate) options: Options,
    pub(crate) queued_at: Instant,
    /// The visit during which it was made. `None`: a redirect of this call does not move the user.
    pub(crate) visit: Option<Visit>,
    pub(crate) label: ActionLabel,
}

impl Driver {
    /// Makes a driver. `hooks`: a hook needs the heads of answers.
    pub(crate) fn new(embedder: Embedder, rules: Rules, hooks: bool) -> Rc<Self> {
        let embedder = Rc::new(embedder);
        Rc::new_cyclic(|this| Self {
            timer: Timer::new(Rc::clone(&embedder)),
            embedder,
            core: RefCell::new(Dispatcher::with_rules(rules)),
            held: RefCell::default(),
            hooks,
            grace: Cell::default(),
            to_look_up: RefCell::default(),
            is_looking_up: Cell::new(false),
            new_ids: RefCell::default(),
            pumping: Cell::new(false),
            revision: Cell::new(0),
            listening: Cell::new(false),
            this: Weak::clone(this),
        })
    }

    /// Adds a call. A call whose id is in use is ignored.
    pub(crate) fn enter(&self, call: Arrival, body: Body) {
        let Arrival { id, options, queued_at, visit, label } = call;
        if self.held.borrow().contains_key(&id) {
            return; // the page's side numbers its calls; this one exists already
        }
        let ready = matches!(body, Body::Complete(_));
        let (stage, work) = match body {
            Body::Complete(work) => (Stage::Ready, Some(work)),
            Body::Open(work) => (Stage::Preparing(self.prepare(id, work)), None),
        };
        self.held.borrow_mut().insert(id, Held::new(label, options.durable, stage, work));
        self.report_visit_if_needed(None);
        self.input(|core, now| drop(core.enqueue(Call { id, options, queued_at, visit, ready }, now)));
    }

    /// Reports the user's current visit to the core if it matters for this call, or (`None`) at all.
    fn report_visit_if_needed(&self, id: Option<CallId>) {
        if self.core.borrow().watches_visit(id) {
            self.report_visit();
        }
    }

    /// Reports the user's current visit to the core.
    fn report_visit(&self) {
        if let Ok(visit) = self.embedder.visit() {
            self.core.borrow_mut().handle_visit(Visit(visit as u64));
        }
    }

    /// Waits for open arguments, then makes the call ready or fails it. Returns the handle that stops the wait.
    fn prepare(&self, id: CallId, work: Preparation) -> Stop {
        let this = Weak::clone(&self.this);
        let stop = Stop::default();
        stop.spawn(async move {
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
                    this.set_cause(id, cause);
                    this.input(|core, now| core.handle_failure(id, error, now));
                }
            }
        });
        stop
    }

    /// Aborts a call with a reason. Returns false if it is over.
    pub(crate) fn abort(&self, id: CallId, reason: JsValue) -> bool {
        self.report_visit_if_needed(Some(id));
        self.set_cause(id, reason);
        self.input(|core, now| core.abort(id, now))
    }

    /// Rejects the calls that wait in a lane, or in all. Returns their number.
    pub(crate) fn clear(&self, lane: Option<&str>, reason: &JsValue) -> usize {
        let lane = lane.map(Into::into);
        let ids = self.core.borrow_mut().clear(lane.as_ref(), timer::now());
        for &id in &ids {
            self.set_cause(id, reason.clone());
        }
        self.pump();
        ids.len()
    }

    /// Turns events on or off.
    pub(crate) fn listen(&self, listening: bool) {
        self.listening.set(listening);
    }

    /// Reports something to the core, then carries out its effects.
    pub(crate) fn input<R>(&self, tell: impl FnOnce(&mut Dispatcher, Instant) -> R) -> R {
        let now = timer::now();
        let told = tell(&mut self.core.borrow_mut(), now);
        self.pump();
        told
    }

    /// Reports something that needs no time, then carries out the effects.
    fn tell(&self, tell: impl FnOnce(&mut Dispatcher)) {
        tell(&mut self.core.borrow_mut());
        self.pump();
    }

    /// Reads from the core.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&Dispatcher) -> R) -> R {
        look(&self.core.borrow())
    }

    /// Returns a number that changes whenever [`Driver::snapshot`] may return something else.
    pub(crate) fn revision(&self) -> u32 {
        self.revision.get()
    }

    fn changed(&self) {
        self.revision.set(self.revision.get().wrapping_add(1));
    }

    /// Returns an event for each call that is not over.
    pub(crate) fn snapshot(&self) -> Array {
        let events: Vec<_> = self.core.borrow().snapshot().collect();
        events.iter().filter_map(|event| self.show(event)).collect()
    }

    /// Handles a step of a call's exchange.
    fn handle_step(&self, id: CallId, step: Step) {
        match step {
            Step::Sent { trace, keepalive_denied } => {
                self.update(id, |held| (held.answer.trace, held.answer.keepalive_denied) = (trace, keepalive_denied));
                self.tell(|core| core.handle_sent(id));
            }
            Step::Head(None) => self.input(|core, now| core.handle_head(id, HeadFacts::default(), now)),
            Step::Answered(given) => {
                self.update(id, |held| held.answer.value = Some(given));
                self.input(|core, now| core.handle_answered(id, now));
            }
            Step::Foreign(given, error) => {
                self.update(id, |held| held.answer.value = Some(given));
                self.input(|core, now| core.handle_foreign(id, error, now));
            }
            Step::Head(Some(facts)) => self.handle_head(id, facts),
            Step::Bytes => {
                if self.core.borrow().watches_chunks(id) {
                    self.input(|core, now| core.handle_chunk(id, now));
                }
            }
            Step::Waits => self.tell(|core| core.handle_waiting(id)),
            Step::Rendered { means_revalidated } => {
                self.update(id, |held| held.answer.rendered = true);
                if means_revalidated {
                    self.tell(|core| core.handle_stale(id, Revalidated::All));
                }
            }
            Step::Redirect { redirect, target } => {
                self.update(id, |held| held.answer.redirect = Some(Target::new(&redirect, target.as_deref())));
                if target.is_some() {
                    self.tell(|core| core.handle_redirect(id));
                }
            }
            Step::Value(value) => {
                let result = match value {
                    Ok(value) => {
                        self.update(id, |held| held.answer.value = Some(value));
                        Ok(())
                    }
                    Err((error, cause)) => {
                        self.set_cause(id, cause);
                        Err(error)
                    }
                };
                self.report_visit_if_needed(Some(id));
                self.input(|core, now| core.handle_value(id, result, now));
            }
            Step::End => self.input(|core, now| core.handle_end(id, now)),
            Step::Unknown(error) => {
                self.set_stage(id, Stage::Ready);
                self.input(|core, now| core.handle_unknown(id, error, now));
            }
        }
    }

    /// Handles the head of an action's answer.
    fn handle_head(&self, id: CallId, ReceivedHead { head, headers, target, tape }: ReceivedHead) {
        let (answer, redirected_url) = (&head.answer, head.redirected_url.as_deref());
        let facts = HeadFacts { redirects: target.is_some(), revalidated: answer.revalidated };
        self.input(|core, now| core.handle_head(id, facts, now));
        self.update(id, |held| {
            held.answer.redirect = answer.redirect.as_ref().map(|redirect| Target::new(redirect, target.as_deref()));
            held.answer.revalidated = answer.revalidated;
            held.answer.tape = tape;
            held.answer.head =
                Some(HeadOfAnswer { status: answer.status, headers: headers.clone(), redirected_url: redirected_url.map(Into::into) });
        });
        if self.hooks {
            let _ = self.embedder.answered(id.0 as f64, answer.status, &headers, redirected_url);
        }
    }

    /// Handles the failure of an exchange, which is over.
    fn handle_failure(&self, id: CallId, (error, cause): Failure) {
        self.stop(id);
        self.set_cause(id, cause);
        self.report_visit_if_needed(Some(id));
        let offline = error.kind() == Kind::Network && self.embedder.offline().unwrap_or(false);
        self.input(|core, now| {
            if offline {
                core.handle_offline(now);
            }
            core.handle_failure(id, error, now);
        });
    }

    fn update(&self, id: CallId, act: impl FnOnce(&mut Held)) {
        if let Some(held) = self.held.borrow_mut().get_mut(&id) {
            act(held);
        }
    }

    /// Stores the reason with which a call fails next, as the page gave it. `undefined`: none.
    fn set_cause(&self, id: CallId, cause: JsValue) {
        let cause = (!cause.is_undefined()).then_some(cause);
        self.update(id, |held| held.cause = cause);
    }

    /// Carries out effects until the core has no more. A call from within an effect only adds to them.
    fn pump(&self) {
        self.changed();
        if self.pumping.replace(true) {
            return;
        }
        loop {
            let effects = self.core.borrow_mut().take_effects();
            if effects.is_empty() {
                break;
            }
            for effect in effects {
                self.carry_out(effect);
                self.changed();
            }
        }
        self.pumping.set(false);
        let due = self.core.borrow().poll_timeout();
        // The grace is for what is due until its end. If that has been answered, the next sleep has a grace of its own.
        let grace = self.grace.get().filter(|grace| due.is_some_and(|due| due <= *grace));
        self.grace.set(grace);
        self.timer.set(due.map(|due| grace.unwrap_or(due).max(due)));
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Lease(lane) => drop(self.embedder.lease(lane.as_str())),
            Effect::Release(lane) => drop(self.embedder.give_back(lane.as_str())),
            Effect::Send(id) => self.send(id),
            Effect::Recover(id) => self.recover(id),
            Effect::Abort(id) => self.stop(id),
            Effect::Break { id, error } => {
                let without_cause = self.held.borrow().get(&id).filter(|held| held.cause.is_none()).map(|held| held.label.clone());
                if let Some(label) = without_cause {
                    self.set_cause(id, shapes::error(&error, &label, &JsValue::UNDEFINED));
                }
                self.stop(id);
            }
            Effect::Stall(id) => {
                self.update(id, |held| held.stalled.set(true));
                self.stop(id);
            }
            Effect::Join { id, leader } => self.update(id, |held| (held.leader, held.work) = (Some(leader), None)),
            Effect::Redirect { id, mode, refresh } => self.redirect(id, mode, refresh),
            Effect::Refresh(what) => drop(self.embedder.refresh(what.as_str())),
            Effect::Probe => self.probe(),
            Effect::Reload => {
                let leaving = self.embedder.reload().is_ok_and(|went| went == "leaving");
                self.core.borrow_mut().handle_moved(leaving, None, timer::now());
            }
            Effect::Settle { id, result, timings, attempts } => self.settle(id, result, &timings, attempts),
            Effect::Forget(id) => {
                let held = self.held.borrow_mut().remove(&id);
                if let Some(Stage::Preparing(stop)) = held.map(|held| held.stage) {
                    stop.stop();
                }
                let _ = self.embedder.forget(id.0 as f64);
            }
            Effect::Emit(event) => {
                // A call that blocks its lane for long is reported (`behind`) even without listeners, for a
                // warning.
                if (self.listening.get() || event.behind.is_some())
                    && let Some(shown) = self.show(&event)
                {
                    let _ = self.embedder.emit(&shown);
                }
            }
        }
    }

    /// Starts the exchange of a call, for the first time or again.
    fn send(&self, id: CallId) {
        let Some(this) = self.this.upgrade() else { return };
        let stop = Stop::default();
        let (render, number) = self.look(|core| (core.render(id), core.attempts(id)));
        let (work, stalled, label) = {
            let mut held = self.held.borrow_mut();
            let Some(held) = held.get_mut(&id) else { return };
            held.stage = Stage::Running(stop.clone());
            held.cause = None;
            // Forget the answer of an earlier attempt.
            held.answer = Answer::default();
            // The stored work keeps the id that the call was made with: lookups and their results are stored by
            // that id.
            let mut work = held.work.clone();
            held.answer.idempotency_key = match &mut work {
                Some(Work::Action(request)) => {
                    if let Some(new) = self.new_id(&request.action) {
                        held.label.action = new.as_str().into();
                        request.action = new;
                    }
                    request.idempotency_key()
                }
                Some(Work::Built(built)) => built.tags.idempotency_key(),
                None => None,
            };
            (work, Rc::clone(&held.stalled), held.label.clone())
        };
        let Some(work) = work else { return };
        let mut exchange = Exchange::new(Rc::clone(&self.embedder), Attempt { id, label, render, number, stalled }, work);
        stop.spawn(async move {
            loop {
                match exchange.next().await {
                    Ok(step) => {
                        let over = matches!(step, Step::End | Step::Unknown(_));
                        this.handle_step(id, step);
                        if over {
                            break;
                        }
                    }
                    Err(failure) => {
                        this.handle_failure(id, failure);
                        break;
                    }
                }
            }
        });
    }

    /// Stops the exchange, with the reason that the page gave.
    fn stop(&self, id: CallId) {
        let reason = self.held.borrow().get(&id).and_then(|held| held.cause.clone());
        if let Some(Stage::Running(stop)) = self.set_stage(id, Stage::Over) {
            stop.stop();
            let _ = self.embedder.abort(id.0 as f64, reason.as_ref().unwrap_or(&JsValue::UNDEFINED), reason.is_some());
        }
    }

    fn set_stage(&self, id: CallId, stage: Stage) -> Option<Stage> {
        Some(std::mem::replace(&mut self.held.borrow_mut().get_mut(&id)?.stage, stage))
    }

    fn show(&self, event: &Event) -> Option<JsValue> {
        let held = self.held.borrow();
        let held = held.get(&event.id)?;
        Some(shapes::event(event, &held.label, held.answer.keepalive_denied).into())
    }

    /// Handles the alarm. After a long sleep of the machine or the tab, data that arrived meanwhile goes before
    /// timeouts.
    pub(crate) fn wake(&self) {
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
                self.report_visit();
                self.core.borrow_mut().handle_timeout(now);
            }
        }
        self.pump();
    }
}
