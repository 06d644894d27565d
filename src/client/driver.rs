//! Carries out the effects of the core and reports events back to it. Decides nothing about calls itself.
//!
//! Must not run code of the program (a transport, a host, a waker, a value's `drop`) while anything here is borrowed:
//! that code may call back.

mod open;

use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use super::events::{Event, Listen};
use super::exchange::Exchange;
use super::host::{self, Host, Moved};
use super::order::{ReadValue, Wire, Work};
use super::outcome::{Answer, Redirected, Settled, Waiter};
use super::runtime::{self, AnyRuntime};
use super::task::{self, Stop};
use super::transport::AnyTransport;
use crate::call::{Call, CallId, LaneName, Options, Timings};
use crate::dispatcher::{Dispatcher, Effect, HeadFacts, Rules};
use crate::protocol::{Redirect, Revalidated};
use crate::sorted_map::SortedMap;
use crate::{Error, Instant, Kind, Sent};

/// Longest time that an alarm is set for: no timer needs to count further.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

/// An alarm that rings later than this shows that the machine slept.
const LATE: Duration = Duration::from_secs(1);

/// Time for which timeouts then wait for data that has arrived meanwhile.
const GRACE: Duration = Duration::from_millis(50);

/// The program around a client.
pub(super) struct World {
    pub(super) transport: Rc<dyn AnyTransport>,
    pub(super) runtime: Rc<dyn AnyRuntime>,
    pub(super) host: Option<Rc<dyn Host>>,
    pub(super) wire: Wire,
    /// Set once a program reads events.
    pub(super) listeners: OnceCell<Box<dyn Listen>>,
    /// Id of the latest call.
    pub(super) latest: Cell<u64>,
}

impl World {
    /// Draws 16 random bytes.
    pub(super) fn random(&self) -> [u8; 16] {
        runtime::random_bytes(&*self.runtime)
    }
}

/// Runs one dispatcher.
pub(super) struct Driver {
    pub(super) world: Rc<World>,
    core: RefCell<Dispatcher>,
    /// The calls that are not over.
    held: RefCell<SortedMap<CallId, Held>>,
    /// True while [`Driver::pump`] runs.
    pumping: Cell<bool>,
    /// When the alarm rings, if it is set.
    armed: Cell<Option<Instant>>,
    alarm: RefCell<Option<Stop>>,
    /// Set after a late alarm: until then, timeouts wait.
    grace: Cell<Option<Instant>>,
    this: Weak<Self>,
}

/// A call, until it is over.
struct Held {
    work: Rc<dyn Work>,
    read: ReadValue,
    waiter: Rc<Waiter>,
    /// Stops the exchange, if one runs.
    stop: Option<Stop>,
    answer: Answer,
    /// The value, for calls that joined this one.
    value: Option<Rc<dyn Any>>,
    /// The value as its caller wants it.
    wanted: Option<Box<dyn Any>>,
    /// The call whose answer it shares.
    leader: Option<CallId>,
}

impl Driver {
    pub(super) fn new(world: Rc<World>, rules: Rules) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            world,
            core: RefCell::new(Dispatcher::with_rules(rules)),
            held: RefCell::default(),
            pumping: Cell::default(),
            armed: Cell::default(),
            alarm: RefCell::default(),
            grace: Cell::default(),
            this: Weak::clone(this),
        })
    }

    /// Adds a call. Returns its id, and the place where its end will be.
    pub(super) fn enter(&self, prepared: Result<(Rc<dyn Work>, Options), Error>, read: ReadValue) -> (CallId, Rc<Waiter>) {
        let world = &self.world;
        world.latest.set(world.latest.get() + 1);
        let id = CallId(world.latest.get());
        let waiter = Rc::new(Waiter::default());
        let queued_at = world.runtime.now();
        match prepared {
            Err(error) => {
                let timings = Timings { queued_at, settled_at: Some(queued_at), ..Timings::default() };
                waiter.settle(Settled { result: Err(error), answer: Answer::default(), timings, attempts: 0 });
            }
            Ok((work, options)) => {
                let open = work.open();
                let held = Held {
                    work,
                    read,
                    waiter: Rc::clone(&waiter),
                    stop: None,
                    answer: Answer::default(),
                    value: None,
                    wanted: None,
                    leader: None,
                };
                self.held.borrow_mut().insert(id, held);
                let visit = world.host.as_ref().map(Host::visit);
                let ready = open.is_none();
                self.input(|core, now| drop(core.enqueue(Call { id, options, queued_at, visit, ready }, now)));
                if let Some(open) = open {
                    self.open(id, open);
                }
            }
        }
        (id, waiter)
    }

    /// Runs work of a call.
    fn spawn(&self, id: CallId, stop: &Stop, work: task::Work) {
        let weak = Weak::clone(&self.this);
        let task = stop.task(work, move || {
            if let Some(this) = weak.upgrade() {
                this.failed(id, Error::new(Kind::Internal, "the runtime dropped the task of this call"));
            }
        });
        self.world.runtime.spawn(task);
    }

    /// Aborts a call. Returns false if it is over.
    pub(super) fn abort(&self, id: CallId) -> bool {
        self.report_visit_if_needed(Some(id));
        self.input(|core, now| core.abort(id, now))
    }

    /// Stops starting calls in one lane, or in all.
    pub(super) fn pause(&self, lane: Option<&LaneName>) {
        self.input(|core, _| core.pause(lane));
    }

    /// Undoes [`Driver::pause`].
    pub(super) fn resume(&self, lane: Option<&LaneName>) {
        self.input(|core, now| core.resume(lane, now));
    }

    /// Rejects the calls that wait in one lane, or in all. Returns their number.
    pub(super) fn clear(&self, lane: Option<&LaneName>) -> usize {
        self.input(|core, now| core.clear(lane, now)).len()
    }

    /// Reports something to the core, then carries out its effects.
    pub(super) fn input<R>(&self, tell: impl FnOnce(&mut Dispatcher, Instant) -> R) -> R {
        let now = self.world.runtime.now();
        let told = tell(&mut self.core.borrow_mut(), now);
        self.pump();
        told
    }

    /// Reads from the core.
    pub(super) fn look<R>(&self, look: impl FnOnce(&Dispatcher) -> R) -> R {
        look(&self.core.borrow())
    }

    /// Lists the calls that are not over.
    pub(super) fn snapshot(&self) -> Vec<Event> {
        let calls: Vec<_> = self.core.borrow().snapshot().collect();
        calls.into_iter().map(|call| self.show(call)).collect()
    }

    /// Adds the action to an event of the core.
    pub(super) fn show(&self, call: crate::Event) -> Event {
        Event { action: self.held.borrow().get(&call.id).and_then(|held| held.work.action()), call }
    }

    fn update<R>(&self, id: CallId, act: impl FnOnce(&mut Held) -> R) -> Option<R> {
        self.held.borrow_mut().get_mut(&id).map(act)
    }

    /// Reports the user's visit to the core if it matters for this call, or (`None`) at all.
    fn report_visit_if_needed(&self, id: Option<CallId>) {
        if let Some(host) = &self.world.host
            && self.look(|core| core.watches_visit(id))
        {
            let visit = host.visit();
            self.core.borrow_mut().handle_visit(visit);
        }
    }

    /// Carries out effects until the core has no more. A call from within an effect only adds to them.
    fn pump(&self) {
        if self.pumping.replace(true) {
            return;
        }
        // A panic of the program's code must not leave the flag set.
        let pumping = Pumping(&self.pumping);
        loop {
            let effect = self.core.borrow_mut().poll_effect();
            let Some(effect) = effect else { break };
            self.carry_out(effect);
        }
        drop(pumping);
        let due = self.core.borrow().poll_timeout();
        // Once nothing is overdue any more, the next late alarm is another sleep.
        let grace = self.grace.get().filter(|grace| due.is_some_and(|due| due <= *grace));
        self.grace.set(grace);
        self.set_alarm(due.map(|due| grace.map_or(due, |grace| grace.max(due))));
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Send(id) => self.send(id),
            Effect::Abort(id) | Effect::Break { id, .. } | Effect::Stall(id) => self.stop(id),
            Effect::Join { id, leader } => drop(self.update(id, |held| held.leader = Some(leader))),
            Effect::Redirect { id, refresh, .. } => self.redirect(id, refresh),
            Effect::Refresh(what) => {
                if let Some(host) = &self.world.host {
                    host.refresh(what);
                }
            }
            Effect::Settle { id, result, timings, attempts } => self.settle(id, result, timings, attempts),
            Effect::Forget(id) => {
                let held = self.held.borrow_mut().remove(&id);
                // A call that ended before its arguments were complete must not wait for them.
                if let Some(Held { stop: Some(stop), work, .. }) = held.as_deref()
                    && work.is_open()
                {
                    stop.stop();
                }
            }
            Effect::Emit(call) => {
                if let Some(listeners) = self.world.listeners.get() {
                    listeners.emit(self, call);
                }
            }
            // No call has a name to look up, no client is offline, and none shares its lanes with others.
            Effect::Recover(_) | Effect::Probe | Effect::Reload | Effect::Lease(_) | Effect::Release(_) => {}
        }
    }

    /// Starts the exchange of a call, for the first time or again.
    fn send(&self, id: CallId) {
        let Some(this) = self.this.upgrade() else { return };
        // A listener may have ended the call after the core had decided to send it.
        let (render, attempts) = self.look(|core| (core.render(id), core.attempts(id)));
        if attempts == 0 {
            return;
        }
        let stop = Stop::default();
        let began = self.update(id, |held| {
            held.stop = Some(stop.clone());
            let answer = Answer { idempotency_key: held.work.idempotency_key(), ..Answer::default() };
            // Forgets the answer of an earlier attempt.
            (Rc::clone(&held.work), std::mem::replace(&mut held.answer, answer))
        });
        let Some((work, _)) = began else { return };
        let exchange = Exchange { driver: this, id, stop: stop.clone(), render };
        self.spawn(id, &stop, work.perform(exchange));
    }

    /// Stops the exchange of a call.
    fn stop(&self, id: CallId) {
        let stopped = self.update(id, |held| (held.stop.take(), held.wanted.take()));
        if let Some((Some(stop), _)) = &stopped {
            stop.stop();
        }
    }

    /// Sends the user to the target of a redirect.
    fn redirect(&self, id: CallId, refresh: Option<Revalidated>) {
        let target = self.update(id, |held| held.answer.redirect.clone()).flatten();
        let moved = match (&self.world.host, target) {
            (Some(host), Some(target)) => host.redirect(&target.url, target.kind, refresh),
            _ => Moved::Stayed,
        };
        if moved != Moved::Stayed {
            self.update(id, |held| held.answer.redirect.iter_mut().for_each(|target| target.followed = true));
        }
        let owed = refresh.filter(|_| moved == Moved::Stayed);
        let now = self.world.runtime.now();
        self.core.borrow_mut().handle_moved(moved == Moved::Leaving, owed, now);
    }

    fn settle(&self, id: CallId, result: Result<(), Error>, timings: Timings, attempts: u32) {
        let facts = {
            let mut held = self.held.borrow_mut();
            let Some(own) = held.get_mut(&id) else { return };
            let (waiter, read, wanted, leader) = (Rc::clone(&own.waiter), own.read, own.wanted.take(), own.leader);
            let answered = leader.filter(|leader| held.contains_key(leader)).unwrap_or(id);
            let shared = held.get(&answered).map(|held| (held.value.clone(), held.answer.clone()));
            (waiter, read, wanted, shared.unwrap_or_default())
        };
        let (waiter, read, wanted, (value, answer)) = facts;
        let result = result.and_then(|()| match (wanted, value) {
            (Some(wanted), _) => Ok(Some(wanted)),
            (None, Some(value)) => read(&*value).map(Some),
            (None, None) => Ok(None),
        });
        waiter.settle(Settled { result, answer, timings, attempts });
    }

    /// Sets the alarm to `due`; `None` clears it. An alarm that rings earlier stays: ringing too early does no harm.
    fn set_alarm(&self, due: Option<Instant>) {
        let before = self.armed.get();
        if before == due || before.is_some_and(|before| due.is_some_and(|due| before <= due)) {
            return;
        }
        self.armed.set(None);
        let alarm = self.alarm.take();
        if let Some(alarm) = alarm {
            alarm.stop();
        }
        let (Some(due), Some(this)) = (due, self.this.upgrade()) else { return };
        let now = self.world.runtime.now();
        let wait = due.since(now).min(LONGEST_SLEEP);
        let sleep = Rc::clone(&self.world.runtime).sleep(wait);
        let alarm = Stop::default();
        let work = Box::pin(async move {
            sleep.await;
            this.ring();
        });
        let weak = Weak::clone(&self.this);
        let task = alarm.task(work, move || {
            if let Some(this) = weak.upgrade() {
                this.armed.set(None);
            }
        });
        self.armed.set(Some(now.plus(wait)));
        self.alarm.replace(Some(alarm));
        self.world.runtime.spawn(task);
    }

    /// Handles the alarm. After a long sleep of the machine, data that arrived meanwhile goes before timeouts.
    fn ring(&self) {
        self.armed.set(None);
        drop(self.alarm.take());
        let (now, due) = (self.world.runtime.now(), self.look(Dispatcher::poll_timeout));
        let late = due.is_some_and(|due| now.since(due) > LATE);
        match self.grace.get() {
            None if late => self.grace.set(Some(now.plus(GRACE))),
            Some(grace) if now < grace => {}
            _ => {
                self.grace.set(None);
                self.report_visit_if_needed(None);
                return self.input(Dispatcher::handle_timeout);
            }
        }
        self.pump();
    }
}

/// Reports of an exchange.
impl Driver {
    pub(super) fn sent(&self, id: CallId) {
        self.input(|core, _| core.handle_sent(id));
    }

    pub(super) fn unsent(&self, id: CallId) {
        self.input(|core, _| core.handle_unsent(id));
    }

    /// Reports the head of an action's answer. `redirect`: the one that it states.
    pub(super) fn head(&self, id: CallId, status: u16, headers: &[(String, String)], redirect: Option<Found>, stale: Option<Revalidated>) {
        let redirects = redirect.as_ref().is_some_and(|found| found.may_be_followed);
        self.update(id, |held| {
            held.answer.status = Some(status);
            held.answer.headers = headers.to_vec();
            held.answer.redirect = redirect.map(|found| found.redirect);
            held.answer.revalidated = stale;
        });
        self.input(|core, now| core.handle_head(id, HeadFacts { redirects, revalidated: stale }, now));
    }

    pub(super) fn bytes(&self, id: CallId) {
        if self.look(|core| core.watches_chunks(id)) {
            self.input(|core, now| core.handle_chunk(id, now));
        }
    }

    /// Reports that the answer holds the page. `stale`: something was revalidated although the head does not state it.
    pub(super) fn rendered(&self, id: CallId, stale: bool) {
        self.update(id, |held| held.answer.rendered = true);
        if stale {
            self.input(|core, _| core.handle_stale(id, Revalidated::All));
        }
    }

    /// Reports a redirect that the head did not state.
    pub(super) fn redirected(&self, id: CallId, found: Found) {
        let follows = found.may_be_followed;
        self.update(id, |held| held.answer.redirect = Some(found.redirect));
        if follows {
            self.input(|core, _| core.handle_redirect(id));
        }
    }

    /// Reports the value, `None` for that of a redirect. `cut`: the answer ended while parts of the value were open;
    /// if the caller needs those, the attempt fails.
    pub(super) fn value(&self, id: CallId, value: Result<Option<Rc<dyn Any>>, Error>, cut: bool) {
        let read = self.held.borrow().get(&id).map(|held| held.read);
        let result = match (value, read) {
            (Ok(Some(value)), Some(read)) => match read(&*value) {
                Ok(wanted) => {
                    self.update(id, |held| (held.value, held.wanted) = (Some(value), Some(wanted)));
                    Ok(())
                }
                Err(error) if cut => return self.failed(id, error.with_sent(Sent::Yes).temporary()),
                Err(error) => Err(error),
            },
            (Ok(_), _) => Ok(()),
            (Err(error), _) => Err(error),
        };
        self.report_visit_if_needed(Some(id));
        self.input(|core, now| core.handle_value(id, result, now));
    }

    /// Hands out the answer of a request that its caller built. `error`: the one of an answer that may be temporary.
    pub(super) fn hand_out(&self, id: CallId, response: Box<dyn Any>, error: Option<Error>) {
        self.input(|core, now| core.handle_head(id, HeadFacts::default(), now));
        self.update(id, |held| held.wanted = Some(response));
        match error {
            Some(error) => self.input(|core, now| core.handle_foreign(id, error, now)),
            None => self.input(|core, now| core.handle_value(id, Ok(()), now)),
        }
    }

    pub(super) fn end(&self, id: CallId) {
        self.input(|core, now| core.handle_end(id, now));
    }

    pub(super) fn unknown(&self, id: CallId, error: Error) {
        self.input(|core, now| core.handle_unknown(id, error, now));
    }

    /// Reports that the exchange failed and is over.
    pub(super) fn failed(&self, id: CallId, error: Error) {
        self.report_visit_if_needed(Some(id));
        self.input(|core, now| core.handle_failure(id, error, now));
    }

    /// Looks at a redirect. Fails with `REDIRECT_BLOCKED` if no user may be sent there.
    pub(super) fn find(&self, redirect: &Redirect, page: &str) -> (Found, Result<(), Error>) {
        let shown = |url: &str, may_be_followed| Found {
            redirect: Redirected { url: url.to_owned(), kind: redirect.kind, followed: false },
            may_be_followed,
        };
        let Some(host) = &self.world.host else { return (shown(&redirect.url, false), Ok(())) };
        match host::target(&**host, redirect, page, &self.world.wire.base_path) {
            Ok(url) => (shown(&url, true), Ok(())),
            Err(error) => (shown(&redirect.url, false), Err(error)),
        }
    }
}

/// A redirect in an answer.
pub(super) struct Found {
    redirect: Redirected,
    may_be_followed: bool,
}

/// Clears the flag when dropped.
struct Pumping<'d>(&'d Cell<bool>);

impl Drop for Pumping<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
