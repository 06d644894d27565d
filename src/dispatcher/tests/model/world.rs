//! Runs a dispatcher with a driver and a server beside the model: both get the same inputs, and must have the same
//! effects.

use super::lease::Lease;
use super::outbox::fate;
use super::rules::{Activity, Model, ModelCall, ModelEffect};
use super::{LANES, MAX_QUEUED};
use crate::call::{Call, Options, RedirectMode};
use crate::dispatcher::sim::ms;
use crate::dispatcher::*;
use crate::outbox::EntryFate;
use crate::protocol::Revalidated;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;

/// Number of rounds for each open call in which [`World::settle_all`] must settle all calls.
const ROUNDS: usize = 4;

/// Longest time that the page is owed fresh data, in milliseconds.
const LONGEST: u64 = 500;

#[derive(Default)]
pub(super) struct World {
    pub core: Dispatcher,
    pub model: Model,
    /// True if there is a network.
    pub network: bool,
    leases: [Lease; LANES.len()],
    /// Lanes that withdrew their request for a lease during the current input.
    released: Vec<LaneName>,
    effects: Vec<ModelEffect>,
    calls: Vec<Seen>,
    /// Call that started last in each lane.
    last: [Option<CallId>; LANES.len()],
    /// Calls whose value has arrived, but not the rest of the answer.
    pub(super) draining: Vec<CallId>,
}

/// State of a call, as the dispatcher's effects show it.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// True if it is in the outbox.
    stored: bool,
    /// True if its exchange is under way.
    open: bool,
    settled: bool,
    forgotten: bool,
}

impl World {
    pub(super) fn new(offline: OfflineMode, scope: Scope) -> Self {
        let of_all_tabs = scope == Scope::Origin;
        // Over all tabs, lane `two` runs one call at a time like the others.
        let two = LaneOptions { concurrency: NonZeroU32::new(2).filter(|_| !of_all_tabs), strategy: None };
        let lanes = HashMap::from([("two".into(), two)]);
        let config = Config { max_queued: MAX_QUEUED, lanes, offline, scope, ..Config::default() };
        let model = Model { fails_offline: offline == OfflineMode::Fail, of_all_tabs, ..Model::default() };
        Self { core: Dispatcher::new(config), model, network: true, ..Self::default() }
    }

    /// Gives the dispatcher an input, and carries out its effects.
    pub(super) fn with_core<R>(&mut self, input: impl FnOnce(&mut Dispatcher, Instant) -> R) -> R {
        let result = input(&mut self.core, ms(self.model.now));
        self.released.clear();
        while let Some(effect) = self.core.poll_effect() {
            self.carry_out(effect);
        }
        self.model.hand_to_fetch();
        result
    }

    fn carry_out(&mut self, effect: Effect) {
        let index = |id: CallId| id.0 as usize - 1;
        match effect {
            Effect::Send(id) => {
                self.core.handle_sent(id);
                assert!(!std::mem::replace(&mut self.calls[index(id)].open, true), "call {id} is sent twice at once");
                let (lane, first) = (self.model.calls[index(id)].lane, self.core.attempts(id) == 1);
                let may_start = !first || !self.model.needs_lease(lane) || self.leases[lane] == Lease::Held;
                assert!(may_start, "call {id} is sent without the lease of its lane");
                let durable = self.model.calls[index(id)].durable;
                assert!(!durable || self.calls[index(id)].stored, "call {id} is sent before it is stored");
                let before = if first { self.last[lane].replace(id) } else { None };
                assert!(before < Some(id) || LANES[lane] == "parallel", "call {id} starts after one that was made later");
                self.effects.push(ModelEffect::Send(index(id)));
            }
            Effect::Join { id, leader } => self.effects.push(ModelEffect::Join { id: index(id), leader: index(leader) }),
            Effect::Settle { id, result, .. } => {
                let seen = &mut self.calls[index(id)];
                assert!(!std::mem::replace(&mut seen.settled, true), "call {id} settles twice");
                let (code, sent) = result.as_ref().err().map_or(("ok", Sent::Yes), |error| (error.kind().code(), error.sent()));
                if self.model.calls[index(id)].durable {
                    assert_eq!(EntryFate::of(&result), fate(code), "the entry of call {id}, which settles with {code}");
                }
                self.effects.push(ModelEffect::Settle(index(id), code, sent));
            }
            Effect::Forget(id) => {
                let seen = &mut self.calls[index(id)];
                assert!(seen.settled && !std::mem::replace(&mut seen.forgotten, true), "call {id} is forgotten twice, or too early");
                assert!(!seen.open, "call {id} is forgotten, and its exchange goes on");
            }
            Effect::Lease(lane) => {
                assert!(!self.released.contains(&lane), "{lane:?} withdraws its request for a lease and makes it again");
                let lease = &mut self.leases[number(&lane)];
                assert_ne!(*lease, Lease::Requested, "the lease of {lane:?} is requested twice");
                *lease = Lease::Requested;
            }
            Effect::Release(lane) => {
                let before = std::mem::take(&mut self.leases[number(&lane)]);
                assert_ne!(before, Lease::None, "{lane:?} releases a lease that it does not have");
                self.released.extend((before == Lease::Requested).then_some(lane));
            }
            Effect::Refresh(_) => {
                let since = self.model.owed.take().expect("a refresh that is owed");
                assert!(self.model.now <= since + LONGEST, "the page was owed fresh data for long");
            }
            Effect::Redirect { id, mode, .. } => {
                self.effects.push(ModelEffect::Redirect(index(id)));
                if mode == RedirectMode::Follow {
                    self.core.handle_moved(self.model.leaves, None, ms(self.model.now));
                }
            }
            Effect::Recover(id) => self.effects.push(ModelEffect::Recover(index(id))),
            Effect::Reload => {
                self.effects.push(ModelEffect::Reload);
                self.model.owed.take_if(|_| self.model.leaves);
                self.core.handle_moved(self.model.leaves, None, ms(self.model.now));
            }
            Effect::Abort(id) => self.end_exchange(id),
            Effect::Stall(id) => {
                self.end_exchange(id);
                self.effects.push(ModelEffect::Stall(index(id)));
            }
            Effect::Break { id, error } => {
                self.end_exchange(id);
                self.effects.push(ModelEffect::Break(index(id), error.kind().code()));
            }
            Effect::Probe => self.effects.push(ModelEffect::Probe),
            _ => {}
        }
    }

    /// Ends the exchange of a call.
    pub(super) fn end_exchange(&mut self, id: CallId) {
        self.calls[id.0 as usize - 1].open = false;
        self.draining.retain(|&other| other != id);
    }

    /// Lets `by` milliseconds pass.
    pub(super) fn pass(&mut self, by: u64) {
        let until = self.model.now + by;
        while let Some(at) = self.core.poll_timeout().filter(|&at| at <= ms(until)) {
            self.model.pass(self.model.now.max(at.as_millis() as u64));
            self.with_core(|core, _| core.handle_timeout(at));
        }
        self.model.pass(until);
    }

    pub(super) fn head(&mut self, id: usize, facts: HeadFacts) {
        let call = &mut self.model.calls[id];
        (call.sent, call.redirects, call.stale) = (Sent::Yes, facts.redirects, facts.revalidated.is_some());
        call.last_byte = Some(self.model.now);
        self.with_core(|core, now| core.handle_head(CallId(id as u64 + 1), facts, now));
    }

    pub(super) fn answer(&mut self, id: usize, value: Result<(), Kind>, to_the_end: bool) {
        let call = CallId(id as u64 + 1);
        self.model.answer(id, value.map_or_else(Kind::code, |()| "ok"));
        self.draining.push(call);
        self.with_core(|core, now| core.handle_value(call, value.map_err(|kind| Error::new(kind, "scripted")), now));
        if to_the_end {
            self.end();
        }
    }

    /// Delivers bytes of all answers that have begun.
    pub(super) fn chunk(&mut self) {
        let now = self.model.now;
        for (id, call) in (1..).zip(&mut self.model.calls) {
            if let Some(last) = &mut call.last_byte {
                *last = now;
                self.core.handle_chunk(CallId(id), ms(now));
            }
        }
    }

    /// Ends all answers whose value has arrived.
    pub(super) fn end(&mut self) {
        while let Some(&id) = self.draining.first() {
            self.end_exchange(id);
            self.model.calls[id.0 as usize - 1].last_byte = None;
            self.with_core(|core, now| core.handle_end(id, now));
        }
    }

    /// Fails an exchange: no answer, or a `busy` server with `after` milliseconds in `Retry-After`.
    pub(super) fn fail(&mut self, id: usize, busy: bool, after: u64) {
        let network = self.network || busy;
        if !network {
            self.model.lose_network();
        }
        let kind = if busy { Kind::Http } else { Kind::Network };
        if busy {
            self.head(id, HeadFacts::default());
        }
        self.model.fail_attempt(id, after, kind.code());
        self.end_exchange(CallId(id as u64 + 1));
        let error = Error::new(kind, "scripted").with_status(503).with_retry_after(Duration::from_millis(after));
        self.with_core(|core, now| {
            if !network {
                core.handle_offline(now);
            }
            core.handle_failure(CallId(id as u64 + 1), error, now);
        });
    }

    /// Delivers an answer that is not Flight and not temporary.
    pub(super) fn refuse_for_good(&mut self, id: usize) {
        self.head(id, HeadFacts::default());
        self.model.end_and_advance(id, "HTTP");
        self.end_exchange(CallId(id as u64 + 1));
        let error = Error::new(Kind::Http, "scripted").with_status(401);
        self.with_core(|core, now| core.handle_failure(CallId(id as u64 + 1), error, now));
    }

    pub(super) fn unknown(&mut self, id: usize) {
        self.head(id, HeadFacts::default());
        self.model.unknown(id);
        self.end_exchange(CallId(id as u64 + 1));
        let error = Error::new(Kind::ActionNotFound, "scripted");
        self.with_core(|core, now| core.handle_unknown(CallId(id as u64 + 1), error, now));
    }

    pub(super) fn recovered(&mut self, id: usize, found: bool) {
        self.model.recovered(id, found);
        let recovery = if found { Recovery::Found } else { Recovery::NotFound("scripted".to_owned()) };
        self.with_core(|core, now| core.handle_recovered(CallId(id as u64 + 1), recovery, now));
    }

    /// Completes the body of a call; a durable call is stored then.
    pub(super) fn ready(&mut self, id: usize) {
        self.calls[id].stored = true;
        self.model.calls[id].activity = Activity::Waiting;
        self.model.advance();
        self.with_core(|core, now| core.handle_ready(CallId(id as u64 + 1), now));
    }

    /// Fails the body of a call; a durable call cannot be stored.
    pub(super) fn spoil(&mut self, id: usize) {
        let kind = if self.model.calls[id].durable { Kind::Storage } else { Kind::Encode };
        self.model.end_and_advance(id, kind.code());
        self.with_core(|core, now| core.handle_failure(CallId(id as u64 + 1), Error::new(kind, "scripted"), now));
    }

    pub(super) fn enqueue(&mut self, call: ModelCall, options: Options) {
        let visit = (call.visit != u64::MAX).then_some(Visit(call.visit));
        let (id, ready) = (CallId(self.model.calls.len() as u64 + 1), call.activity == Activity::Waiting);
        self.model.enqueue(call);
        self.calls.push(Seen { stored: ready, ..Seen::default() });
        self.with_core(|core, now| core.enqueue(Call { id, options, queued_at: now, visit, ready }, now)).unwrap();
    }

    /// Takes the document out of the window.
    pub(super) fn hide(&mut self) {
        self.model.hidden = true;
        self.with_core(|core, _| core.handle_hidden());
    }

    /// Brings the document back.
    pub(super) fn come_back(&mut self) {
        self.model.returned();
        self.with_core(Dispatcher::handle_returned);
    }

    /// Moves the user to another page.
    pub(super) fn visit_next_page(&mut self) {
        (self.model.visit, self.model.owed) = (self.model.visit + 1, None);
        let visit = Visit(self.model.visit);
        self.with_core(|core, _| core.handle_visit(visit));
    }

    /// Brings the network back; the browser says so.
    pub(super) fn online(&mut self) {
        self.network = true;
        self.model.online();
        self.with_core(Dispatcher::handle_online);
    }

    /// Reports inputs for a call without an exchange, which must be ignored. Calls that joined another are left out.
    pub(super) fn late(&mut self, id: usize) {
        let call = &self.model.calls[id];
        if call.leader.is_some() || matches!(call.activity, Activity::Preparing | Activity::Running | Activity::Recovering(_)) {
            return;
        }
        self.model.calls[id].last_byte = None;
        let (id, error) = (CallId(id as u64 + 1), || Error::new(Kind::Network, "late"));
        self.end_exchange(id);
        self.with_core(|core, now| {
            core.handle_ready(id, now);
            core.handle_sent(id);
            core.handle_head(id, HeadFacts { redirects: true, revalidated: Some(Revalidated::All) }, now);
            core.handle_chunk(id, now);
            core.handle_unknown(id, error(), now);
            core.handle_recovered(id, Recovery::Found, now);
            core.handle_value(id, Ok(()), now);
            core.handle_failure(id, error(), now);
            core.handle_end(id, now);
        });
    }

    /// Lets the next probes fail.
    pub(super) fn away(&mut self) {
        for _ in 0..8 {
            let next = self.model.offline.and_then(|offline| offline.probe_at);
            next.into_iter().for_each(|at| self.pass(at.saturating_sub(self.model.now)));
            if self.model.is_probing() {
                self.probed(Some(false));
            }
        }
    }

    pub(super) fn probed(&mut self, reached: Option<bool>) {
        self.model.probed(reached);
        self.with_core(|core, now| core.handle_probed(reached, now));
    }

    /// Grants a lease, also one whose request was withdrawn; the dispatcher releases that.
    pub(super) fn grant_lease(&mut self, lane: usize) {
        if std::mem::replace(&mut self.leases[lane], Lease::Held) == Lease::Requested {
            self.model.grant_lease(lane);
        }
        self.with_core(|core, now| core.handle_lease(&LANES[lane].into(), now));
    }

    pub(super) fn steal_lease(&mut self, lane: usize) {
        self.leases[lane] = Lease::None;
        self.model.steal_lease(lane);
        self.with_core(|core, now| core.handle_lease_taken(&LANES[lane].into(), now));
    }

    pub(super) fn refuse_lease(&mut self, lane: usize) {
        self.leases[lane] = Lease::None;
        let failed = self.model.refuse_lease(lane);
        let error = Error::new(Kind::InvalidOption, "scripted");
        let ids = self.with_core(|core, now| core.handle_lease_failed(&LANES[lane].into(), &error, now));
        assert_eq!(ids, failed.into_iter().map(|id| CallId(id as u64 + 1)).collect::<Vec<_>>());
    }

    pub(super) fn lease(&self, lane: usize) -> Lease {
        self.leases[lane]
    }

    pub(super) fn resume(&mut self, lane: usize) {
        self.model.paused.remove(&lane);
        self.model.all_paused = false;
        self.model.advance();
        self.with_core(|core, now| {
            core.resume(Some(&LANES[lane].into()), now);
            core.resume(None, now);
        });
    }

    /// Checks that both had the same effects, and that the dispatcher holds no more than it needs.
    pub(super) fn check(&mut self) {
        self.pass(0);
        self.effects.sort_unstable();
        self.model.effects.sort_unstable();
        assert_eq!(self.effects, self.model.effects, "left the dispatcher, right the model");
        self.effects.clear();
        self.model.effects.clear();
        let leases = [0, 1, 2, 3].map(|lane| self.model.lease(lane));
        assert_eq!(self.leases, leases, "leases: left the dispatcher's, right the model's");
        let owed_for_long = self.model.owed.is_some_and(|since| self.model.now >= since + LONGEST);
        assert!(!owed_for_long, "the page is owed fresh data");
        let pending = self.model.calls.iter().filter(|call| !call.settled).count();
        assert_eq!(self.core.pending(), pending);
        assert!(!self.core.lanes.values().any(Lane::is_idle), "a lane that is idle was not dropped");
        if self.core.calls.is_empty() && self.model.owed.is_none() && !self.model.is_on_hold() {
            assert_eq!(self.core.poll_timeout(), None, "there is nothing to wake up for");
        }
    }

    pub(super) fn close(&mut self) {
        self.model.close();
        self.with_core(Dispatcher::close);
        self.check();
    }

    /// Lets nothing go wrong any more: all calls must settle.
    pub(super) fn settle_all(&mut self) {
        self.model.leaves = false;
        self.online();
        self.come_back();
        (0..LANES.len()).for_each(|lane| self.resume(lane));
        let open = |world: &Self| world.model.calls.iter().filter(|call| call.activity != Activity::Over).count();
        for _ in 0..ROUNDS * open(self) {
            for id in 0..self.model.calls.len() {
                match self.model.calls[id].activity {
                    Activity::Preparing => self.ready(id),
                    Activity::Recovering(_) => self.recovered(id, true),
                    Activity::Running if self.model.calls[id].leader.is_none() => self.answer(id, Ok(()), true),
                    _ => {}
                }
            }
            for lane in 0..LANES.len() {
                if self.leases[lane] == Lease::Requested {
                    self.grant_lease(lane);
                }
            }
            self.pass(50);
            self.check();
        }
        self.end();
        assert_eq!((open(self), self.core.pending()), (0, 0), "a call is stuck");
    }

    /// True if nothing is left of any call.
    pub(super) fn is_empty(&self) -> bool {
        let core = &self.core;
        let kept = [core.pending(), core.waiting, core.running, core.calls.len(), core.alarms.len(), core.lanes.len(), core.leases.len()];
        kept.iter().all(|&kept| kept == 0)
            && self.leases == [Lease::None; LANES.len()]
            && core.poll_timeout().is_none()
            && self.calls.iter().all(|seen| seen.forgotten)
    }
}

fn number(lane: &LaneName) -> usize {
    LANES.iter().position(|name| *name == lane.as_str()).unwrap()
}
