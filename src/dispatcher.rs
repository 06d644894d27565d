//! The state machine that decides. It has no clock, does no I/O and holds neither bytes nor values.
//!
//! A driver gives it commands ([`Dispatcher::enqueue`], [`Dispatcher::abort`], …) and reports what happened (`handle_*`), then takes
//! out [`Effect`]s until there are none, and wakes it with [`Dispatcher::handle_timeout`] at [`Dispatcher::poll_timeout`].
//! Inputs for a call that is over are ignored, so late and repeated ones do no harm.

use std::collections::VecDeque;

use crate::call::{Call, CallId, Event, LaneName, State, Timings, Visit};
use crate::lane::{Lane, Order};
use crate::refresh::Refresh;
use crate::retry::of_key;
use crate::table::Table;
use crate::text::digits;
use crate::{Error, Instant, Kind, Sent};
use alarm::{Alarms, LATE};
use entry::{Entry, Phase};
use lease::Lease;
use offline::{Offline, no_network};
use strategy::Admission;

mod alarm;
mod answered;
mod config;
mod effect;
mod entry;
mod lease;
mod navigation;
mod offline;
mod recovery;
mod retry;
#[cfg(test)]
mod sim;
mod strategy;
mod turns;
#[cfg(test)]
mod tests {
    mod answered;
    mod lease;
    mod model;
    mod navigation;
    mod offline;
    mod queue;
    mod recovery;
    mod retry;
    mod strategy;
    mod time;
}

pub(crate) use config::Rules;
pub use config::{Config, LaneOptions};
pub use effect::Effect;
pub use lease::Scope;
pub use navigation::News;
pub use offline::OfflineMode;
pub use recovery::Recovery;

/// Calls, lanes and time of one client.
#[derive(Debug, Default)]
pub struct Dispatcher {
    rules: Rules,
    calls: Table<CallId, Entry>,
    lanes: Table<LaneName, Lane>,
    /// Of the lanes that have asked for theirs.
    leases: Table<LaneName, Lease>,
    /// The soonest first.
    alarms: Table<(Instant, CallId), ()>,
    effects: VecDeque<Effect>,
    waiting: usize,
    running: usize,
    unsettled: usize,
    closed: bool,
    paused: bool,
    offline: Option<Offline>,
    dice: u64,
    visit: Visit,
    refresh: Refresh,
    /// The call made last of those that have redirected.
    redirected: Option<CallId>,
    /// The driver is sending the user elsewhere, or loads the page anew: whether the document ends thereby is not known yet.
    moving: bool,
    /// Until when nothing starts.
    leaving: Option<Instant>,
    /// The document is gone from the window.
    hidden: bool,
}

impl Dispatcher {
    pub fn new(config: Config) -> Self {
        Self::with(config.into())
    }

    pub(crate) fn with(rules: Rules) -> Self {
        Self { dice: rules.seed, rules, ..Self::default() }
    }

    /// Takes a call in and gives it its place in its lane. It starts if it is ready and the lane is free. Settled at once with
    /// [`Kind::Closed`], [`Kind::QueueFull`], [`Kind::Dropped`] or [`Kind::Deadline`] where it cannot be taken. A known id is refused with
    /// [`Kind::Internal`].
    pub fn enqueue(&mut self, call: Call, now: Instant) -> Result<(), Error> {
        let Call { id, mut options, queued_at, visit, ready } = call;
        if self.calls.contains_key(&id) {
            return Err(Error::new(Kind::Internal, ["call ", &digits(id.0), " is there already"].concat()));
        }
        options.strategy = Some(self.strategy_of(&options));
        self.learn_visit(visit);
        let lane = options.lane.clone();
        let sent = if options.replayed { Sent::Unknown } else { Sent::No };
        let deadline = options.deadline.map(|limit| queued_at.plus(limit));
        let entry = Entry {
            options,
            visit,
            state: if ready { State::Waiting } else { State::Preparing },
            phase: Phase::Sending,
            recovered: false,
            timings: Timings { queued_at, ..Timings::default() },
            first_at: now,
            attempts: 0,
            retries: 0,
            sent,
            sent_before: sent,
            news: News::default(),
            alarms: Alarms::default(),
            late: false,
            told: false,
            result: None,
            leader: None,
            joined: Vec::new(),
        };
        self.calls.insert(id, entry);
        self.unsettled += 1;
        if self.closed {
            self.refuse(id, closed(), now);
        } else if deadline.is_some_and(|at| at <= now) {
            self.refuse(id, self.too_late(id), now);
        } else if self.fails_offline(id, now) {
            self.refuse(id, no_network(), now);
        } else {
            match self.admit(id, now) {
                Admission::Refused => return Ok(()),
                Admission::Joined => self.emit(id),
                Admission::Enter => {
                    self.lane_mut(&lane).push(id);
                    self.waiting += 1;
                    self.emit(id);
                    self.take(id, &lane, now);
                }
            }
            let late = matches!(self.state(id), State::Preparing | State::Waiting | State::Running).then(|| now.plus(LATE));
            self.arm(id, |alarms| (alarms.deadline, alarms.late) = (deadline, late));
        }
        Ok(())
    }

    /// Gives a call up wherever it is. False when it was over, or never there. What others have joined goes on for them.
    pub fn abort(&mut self, id: CallId, now: Instant) -> bool {
        let open = |entry: &Entry| entry.result.is_none() || entry.state == State::Draining || matches!(entry.phase, Phase::Answered);
        let known = self.calls.get(&id).is_some_and(open);
        self.give_up(id, Error::new(Kind::Aborted, "the call was aborted"), now);
        known
    }

    /// Rejects what waits in one lane, or in all, with [`Kind::Cleared`]; what runs goes on. Gives back who that was.
    pub fn clear(&mut self, lane: Option<&LaneName>, now: Instant) -> Vec<CallId> {
        let waits = |entry: &Entry| matches!(entry.state, State::Preparing | State::Waiting);
        let here = |entry: &Entry| lane.is_none_or(|lane| *lane == entry.options.lane);
        let own = self.ids(&|entry| waits(entry) && here(entry) && entry.leader.is_none());
        let joined = self.ids(&|entry| waits(entry) && here(entry) && entry.leader.is_some());
        let ids = self.ids(&|entry| waits(entry) && here(entry) && entry.result.is_none());
        // Only then may a lane go on: nothing is started that is about to be dropped. What others of another lane have joined goes on for them.
        let mut lanes: Vec<_> = joined.iter().filter_map(|&id| self.end(id, cleared(), now)).collect();
        for id in own {
            if !self.leave_to_joined(id, &cleared(), now) {
                lanes.extend(self.end(id, cleared(), now));
            }
        }
        lanes.iter().for_each(|lane| self.advance(lane, now));
        ids
    }

    /// Nothing more starts in this lane, or in any; what runs goes on.
    pub fn pause(&mut self, lane: Option<&LaneName>) {
        match lane {
            Some(lane) => self.lane_mut(lane).set_paused(true),
            None => self.paused = true,
        }
        self.release_unused();
    }

    /// Takes back what [`Dispatcher::pause`] said of the same lane, or of all: a lane paused by its own name stays so.
    pub fn resume(&mut self, lane: Option<&LaneName>, now: Instant) {
        match lane {
            Some(lane) => {
                self.lane_mut(lane).set_paused(false);
                self.advance(lane, now);
            }
            None => {
                self.paused = false;
                self.advance_all(now);
            }
        }
    }

    /// Rejects every open call with [`Kind::Closed`] and breaks off what drains; later calls are refused.
    pub fn close(&mut self, now: Instant) {
        self.closed = true;
        (self.offline, self.leaving) = (None, None);
        for id in self.ids(&|_| true) {
            self.break_off(id, &closed());
            self.end(id, closed(), now);
        }
        self.lanes.clear();
        self.release_unused();
        self.pay(self.effects.len(), now);
    }

    /// The body of the call is complete now.
    pub fn handle_ready(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.in_state(id, State::Preparing) else { return };
        entry.state = State::Waiting;
        let lane = entry.options.lane.clone();
        self.emit(id);
        self.advance(&lane, now);
    }

    /// The request has been handed to `fetch`; from here on the action may have run.
    pub fn handle_sent(&mut self, id: CallId) {
        if let Some(entry) = self.exchanging(id) {
            entry.sent = entry.sent.max(Sent::Unknown);
        }
    }

    /// The head of the answer arrived.
    pub fn handle_head(&mut self, id: CallId, news: News, now: Instant) {
        if let Some(entry) = self.exchanging(id) {
            entry.sent = Sent::Yes;
            entry.news = news;
            entry.timings.head_at.get_or_insert(now);
            if let Some(limit) = entry.options.stall_timeout {
                self.arm(id, |alarms| (alarms.last_byte, alarms.stall) = (now, Some(now.plus(limit))));
            }
        }
    }

    /// The answer's own value arrived, be it an error the action threw: the slot is free, the rest of the answer drains.
    pub fn handle_value(&mut self, id: CallId, value: Result<(), Error>, now: Instant) {
        if self.let_go(id, Some(now), now) || self.exchanging(id).is_none() || self.is_in_progress(id, &value, now) {
            return;
        }
        let Some(entry) = self.calls.get_mut(&id) else { return };
        entry.timings.value_at = Some(now);
        entry.state = State::Draining;
        let lane = entry.options.lane.clone();
        let keyed = entry.options.keyed;
        let value = value.map_err(|error| if keyed { of_key(error) } else { error }.sent(Sent::Yes));
        self.running -= 1;
        self.follow(id, &value, now);
        let at = self.effects.len();
        self.settle(id, value.clone(), now);
        self.arm(id, Alarms::keep_stall);
        self.emit(id);
        self.settle_joined(id, &value, now);
        self.lane_mut(&lane).free();
        self.spend(&lane);
        self.advance(&lane, now);
        self.pay(at, now);
    }

    /// The answer is complete.
    pub fn handle_end(&mut self, id: CallId, now: Instant) {
        self.let_go(id, None, now);
        match self.calls.get(&id).map(|entry| entry.state) {
            Some(State::Draining) => self.finish(id),
            Some(State::Running) if self.exchanging(id).is_some() => {
                self.abandon(id);
                self.attempt_failed(id, Error::new(Kind::Decode, "the answer ended before the value").passing(), now);
            }
            _ => {}
        }
    }

    /// The exchange failed and is over.
    pub fn handle_failure(&mut self, id: CallId, error: Error, now: Instant) {
        self.let_go(id, None, now);
        match self.calls.get(&id).map(|entry| entry.state) {
            // The caller has its value; the driver tells whoever reads on.
            Some(State::Draining) => self.finish(id),
            Some(State::Running) if self.exchanging(id).is_some() => self.attempt_failed(id, error, now),
            Some(State::Preparing) => self.end_and_advance(id, error, now),
            _ => {}
        }
    }

    /// The next thing to do; ask until there is none.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// All there is to do, so that whoever does it may tell the dispatcher something.
    #[allow(dead_code, reason = "for the edge")]
    pub(crate) fn take_effects(&mut self) -> VecDeque<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Which attempt at this call is the last so far, counting from 1; 0 before the first.
    pub fn attempts(&self, id: CallId) -> u32 {
        self.calls.get(&id).map_or(0, |entry| entry.attempts)
    }

    /// How many calls have not settled.
    pub fn pending(&self) -> usize {
        self.unsettled
    }

    /// How many calls wait in this lane.
    pub fn waiting_in(&self, lane: &LaneName) -> usize {
        self.lanes.get(lane).map_or(0, Lane::len)
    }

    pub fn state(&self, id: CallId) -> State {
        self.calls.get(&id).map_or(State::Done, Entry::shown_state)
    }

    pub fn timings(&self, id: CallId) -> Option<Timings> {
        self.calls.get(&id).map(|entry| entry.timings)
    }

    /// Every call that is not over, in order of calling.
    pub fn snapshot(&self) -> impl Iterator<Item = Event> {
        self.ids(&|_| true).into_iter().filter_map(|id| Some(self.calls.get(&id)?.event(id)))
    }

    /// Calls that are not over, in order of calling.
    fn ids(&self, which: &dyn Fn(&Entry) -> bool) -> Vec<CallId> {
        self.calls.iter().filter(|(_, entry)| which(entry)).map(|(&id, _)| id).collect()
    }

    /// Lets a new call start, or wait if not too many do. What another page has made was taken in there: it has a place.
    fn take(&mut self, id: CallId, lane: &LaneName, now: Instant) {
        self.advance(lane, now);
        let replayed = self.calls.get(&id).is_some_and(|entry| entry.options.replayed);
        if !replayed && self.waiting > self.rules.max_queued && matches!(self.state(id), State::Preparing | State::Waiting) {
            let message = [&*digits(self.rules.max_queued as u64), " calls wait already (maxQueued)"].concat();
            self.fail(id, Error::new(Kind::QueueFull, message), now);
        }
    }

    /// Ends a call for its caller alone: others may have joined it.
    fn give_up(&mut self, id: CallId, error: Error, now: Instant) {
        if !self.leave_to_joined(id, &error, now) {
            self.fail(id, error, now);
        }
    }

    /// Ends a call with an error, breaking its exchange off where one runs.
    fn fail(&mut self, id: CallId, error: Error, now: Instant) {
        self.break_off(id, &error);
        self.end_and_advance(id, error, now);
    }

    /// Breaks the exchange of a call off, where one runs.
    fn abandon(&mut self, id: CallId) {
        if self.calls.get(&id).is_some_and(|entry| entry.leader.is_none() && matches!(entry.state, State::Running | State::Draining)) {
            self.effects.push_back(Effect::Abort(id));
        }
    }

    fn end_and_advance(&mut self, id: CallId, error: Error, now: Instant) {
        let at = self.effects.len();
        if let Some(lane) = self.end(id, error, now) {
            self.advance(&lane, now);
        }
        self.pay(at, now);
    }

    /// Ends a call whose exchange is over, or never was. Gives the lane in which something may start now.
    fn end(&mut self, id: CallId, error: Error, now: Instant) -> Option<LaneName> {
        let entry = self.calls.get(&id)?;
        if let Some(leader) = entry.leader {
            let leader = self.part(id, leader, error.clone(), now)?;
            self.abandon(leader);
            return self.end(leader, error, now);
        }
        let (state, name) = (entry.state, entry.options.lane.clone());
        // Action-not-found is the server's own word that this attempt did not run the action.
        let sent = if error.kind() == Kind::ActionNotFound { entry.sent_before } else { entry.sent };
        // It answered, and then the answer broke off: what it made stale is stale.
        if let (State::Running, Some(what)) = (state, entry.news.revalidated) {
            self.refresh.owe(what, now);
        }
        let result = Err(error.sent(sent));
        self.settle(id, result.clone(), now);
        self.settle_joined(id, &result, now);
        self.finish(id);
        if state == State::Running {
            self.running -= 1;
        }
        let lane = self.lanes.get_mut(&name)?;
        match state {
            State::Preparing | State::Waiting => {
                lane.leave();
                self.waiting -= 1;
            }
            State::Running => {
                lane.free();
                self.spend(&name);
            }
            State::Draining | State::Done => return None,
        }
        Some(name)
    }

    /// Settles once; what comes later is not news.
    fn settle(&mut self, id: CallId, result: Result<(), Error>, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        if entry.result.is_some() {
            return;
        }
        entry.timings.settled_at = Some(now);
        entry.result = Some(result.clone());
        let (timings, attempts) = (entry.timings, entry.attempts);
        self.unsettled -= 1;
        self.effects.push_back(Effect::Settle { id, result, timings, attempts });
    }

    fn finish(&mut self, id: CallId) {
        if let Some(mut entry) = self.calls.remove(&id) {
            entry.state = State::Done;
            self.effects.push_back(Effect::Emit(entry.event(id)));
            self.effects.push_back(Effect::Forget(id));
            self.forget_alarm(&entry.alarms, id);
        }
    }

    fn emit(&mut self, id: CallId) {
        if let Some(entry) = self.calls.get(&id) {
            self.effects.push_back(Effect::Emit(entry.event(id)));
        }
    }

    fn in_state(&mut self, id: CallId, state: State) -> Option<&mut Entry> {
        self.calls.get_mut(&id).filter(|entry| entry.state == state)
    }

    /// A call whose exchange is under way.
    fn exchanging(&mut self, id: CallId) -> Option<&mut Entry> {
        self.in_state(id, State::Running).filter(|entry| matches!(entry.phase, Phase::Sending))
    }

    fn lane_mut(&mut self, name: &LaneName) -> &mut Lane {
        let at_once = self.rules.lanes.get(name).and_then(|options| options.concurrency);
        let order = match (at_once, name) {
            (Some(at_once), _) => Order::Serial(at_once),
            (None, LaneName::Parallel) => Order::Parallel,
            (None, _) => Order::ONE,
        };
        self.lanes.get_or_insert_with(name, || Lane::new(order))
    }
}

fn cleared() -> Error {
    Error::new(Kind::Cleared, "the call was dropped from its lane")
}

fn closed() -> Error {
    Error::new(Kind::Closed, "the dispatcher is closed")
}
