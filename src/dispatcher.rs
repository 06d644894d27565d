//! Decides when each call is sent, retried, aborted and settled.
//!
//! A driver gives it commands ([`Dispatcher::enqueue`], [`Dispatcher::abort`], …) and reports what happened
//! (`handle_*`). After each input the driver carries out [`Effect`]s until [`Dispatcher::poll_effect`] returns `None`.
//! It wakes the dispatcher with [`Dispatcher::handle_timeout`] at [`Dispatcher::poll_timeout`]. Inputs for a call that
//! is over are ignored, so late and repeated ones do no harm.
//!
//! Must not read a clock, draw random numbers or do I/O: time and the seed are arguments. Holds neither bytes nor
//! values.

use std::collections::VecDeque;

use crate::call::{Call, CallId, Event, LaneName, State, Timings, Visit};
use crate::lane::{Lane, Order};
use crate::refresh::OwedRefresh;
use crate::retry::detect_key_conflict;
use crate::sorted_map::SortedMap;
use crate::text::digits;
use crate::{Error, Instant, Kind, Sent};
use alarm::{Alarms, LATE};
use entry::{Entry, Phase};
use lease::Lease;
use offline::{Offline, no_network};
use strategy::Admission;

mod alarm;
mod config;
mod effect;
mod entry;
mod lease;
mod navigation;
mod offline;
mod passthrough;
mod recovery;
mod retry;
#[cfg(test)]
mod sim;
mod start;
mod strategy;
#[cfg(test)]
mod tests {
    mod lease;
    mod model;
    mod navigation;
    mod offline;
    mod passthrough;
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
pub use navigation::HeadFacts;
pub use offline::OfflineMode;
pub use recovery::Recovery;

/// The state machine of one client: its calls, its lanes and their timers.
///
/// ```
/// use actionlane::{Call, CallId, Config, Dispatcher, Effect, HeadFacts, Instant, Options};
///
/// // Takes all effects but events.
/// let effects = |dispatcher: &mut Dispatcher| -> Vec<Effect> {
///     std::iter::from_fn(|| dispatcher.poll_effect()).filter(|effect| !matches!(effect, Effect::Emit(_))).collect()
/// };
/// let mut dispatcher = Dispatcher::new(Config::default());
/// let at = Instant::from_millis;
/// for id in [CallId(1), CallId(2)] {
///     let call = Call { id, options: Options::default(), queued_at: at(0.0), visit: None, ready: true };
///     dispatcher.enqueue(call, at(0.0))?;
/// }
/// assert_eq!(effects(&mut dispatcher), [Effect::Send(CallId(1))]);
///
/// // The driver reports how the exchange goes on.
/// dispatcher.handle_sent(CallId(1));
/// dispatcher.handle_head(CallId(1), HeadFacts::default(), at(40.0));
/// dispatcher.handle_value(CallId(1), Ok(()), at(50.0));
/// let next = effects(&mut dispatcher);
/// assert!(matches!(&next[..], [Effect::Settle { id: CallId(1), result: Ok(()), .. }, Effect::Send(CallId(2))]));
/// assert_eq!(dispatcher.pending(), 1);
///
/// // The rest of the answer arrives while the second call runs.
/// dispatcher.handle_end(CallId(1), at(60.0));
/// assert_eq!(effects(&mut dispatcher), [Effect::Forget(CallId(1))]);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Dispatcher {
    rules: Rules,
    /// Calls that are not over.
    calls: SortedMap<CallId, Entry>,
    /// Lanes that are in use or paused.
    lanes: SortedMap<LaneName, Lane>,
    /// Leases that were requested or are held.
    leases: SortedMap<LaneName, Lease>,
    /// Next alarm of each call that has one, soonest first.
    alarms: SortedMap<(Instant, CallId), ()>,
    effects: VecDeque<Effect>,
    /// Number of calls that wait in any lane, without those that joined another.
    waiting: usize,
    /// Number of calls that have a slot.
    running: usize,
    unsettled: usize,
    closed: bool,
    /// True if all lanes are paused at once.
    paused: bool,
    offline: Option<Offline>,
    /// State of the random number generator.
    dice: u64,
    visit: Visit,
    refresh: OwedRefresh,
    /// Latest call whose redirect was followed or thrown; redirects of calls made before it are not followed.
    redirected: Option<CallId>,
    /// True while the driver sends the user elsewhere or reloads the page, and the core does not know yet if the
    /// document ends.
    navigating: bool,
    /// End of the time in which nothing starts because the document is being left.
    leaving: Option<Instant>,
    /// True while the document is out of the window (in the back/forward cache).
    hidden: bool,
}

impl Dispatcher {
    /// Makes a dispatcher without calls.
    pub fn new(config: Config) -> Self {
        Self::with(config.into())
    }

    pub(crate) fn with(rules: Rules) -> Self {
        Self { dice: rules.seed, rules, ..Self::default() }
    }

    /// Adds a call to its lane. The call starts at once if it is ready and the lane is free.
    ///
    /// A call that cannot be accepted settles at once: with [`Kind::Closed`], [`Kind::QueueFull`], [`Kind::Dropped`],
    /// [`Kind::Offline`], [`Kind::Deadline`] or, if it is durable, [`Kind::Expired`]. Fails with [`Kind::Internal`] if
    /// the id is in use.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Config, Dispatcher, Effect, Instant, Kind, Options};
    ///
    /// let mut dispatcher = Dispatcher::new(Config { max_queued: 0, ..Config::default() });
    /// let now = Instant::from_millis(0.0);
    /// let call = |id| Call { id: CallId(id), options: Options::default(), queued_at: now, visit: None, ready: true };
    /// dispatcher.enqueue(call(1), now)?;
    /// dispatcher.enqueue(call(2), now)?;
    /// let error = std::iter::from_fn(|| dispatcher.poll_effect()).find_map(|effect| match effect {
    ///     Effect::Settle { id: CallId(2), result, .. } => result.err(),
    ///     _ => None,
    /// });
    /// assert_eq!(error.map(|error| error.kind()), Some(Kind::QueueFull), "no call may wait");
    /// assert_eq!(dispatcher.enqueue(call(1), now).unwrap_err().kind(), Kind::Internal);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn enqueue(&mut self, call: Call, now: Instant) -> Result<(), Error> {
        let Call { id, mut options, queued_at, visit, ready } = call;
        if self.calls.contains_key(&id) {
            return Err(Error::new(Kind::Internal, ["call ", &digits(id.0), " exists already"].concat()));
        }
        options.strategy = Some(self.strategy_of(&options));
        self.update_visit(visit);
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
            facts: HeadFacts::default(),
            alarms: Alarms::default(),
            reported_late: false,
            reported_holding: false,
            result: None,
            leader: None,
            joined: Vec::new(),
        };
        self.calls.insert(id, entry);
        self.unsettled += 1;
        if self.closed {
            self.refuse(id, closed(), now);
        } else if deadline.is_some_and(|at| at <= now) {
            self.refuse(id, self.deadline_error(id), now);
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
                    self.start_or_queue(id, &lane, now);
                }
            }
            let late = matches!(self.state(id), State::Preparing | State::Waiting | State::Running).then(|| now.plus(LATE));
            self.arm(id, |alarms| (alarms.deadline, alarms.late) = (deadline, late));
        }
        Ok(())
    }

    /// Aborts a call in any state. Returns false if the call was over or unknown.
    ///
    /// If other calls have joined it, the exchange goes on for them and only this call's promise rejects.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Effect, Instant, Options};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
    /// assert!(dispatcher.abort(id, now));
    /// assert!(std::iter::from_fn(|| dispatcher.poll_effect()).any(|effect| effect == Effect::Abort(id)));
    /// assert!(!dispatcher.abort(id, now), "it is over");
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn abort(&mut self, id: CallId, now: Instant) -> bool {
        let open = |entry: &Entry| entry.result.is_none() || entry.state == State::Draining || matches!(entry.phase, Phase::Answered);
        let known = self.calls.get(&id).is_some_and(open);
        self.end_for_caller(id, Error::new(Kind::Aborted, "the call was aborted"), now);
        known
    }

    /// Rejects the calls that wait in one lane, or in all lanes for `None`, with [`Kind::Cleared`]. Returns their ids.
    ///
    /// Calls that run go on. A waiting call that calls of another lane have joined is still sent for those.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Instant, Options};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let now = Instant::from_millis(0.0);
    /// for id in [CallId(1), CallId(2)] {
    ///     let call = Call { id, options: Options::default(), queued_at: now, visit: None, ready: true };
    ///     dispatcher.enqueue(call, now)?;
    /// }
    /// assert_eq!(dispatcher.clear(None, now), [CallId(2)], "the first runs");
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn clear(&mut self, lane: Option<&LaneName>, now: Instant) -> Vec<CallId> {
        let waits = |entry: &Entry| matches!(entry.state, State::Preparing | State::Waiting);
        let here = |entry: &Entry| lane.is_none_or(|lane| *lane == entry.options.lane);
        let own = self.ids(&|entry| waits(entry) && here(entry) && entry.leader.is_none());
        let joined = self.ids(&|entry| waits(entry) && here(entry) && entry.leader.is_some());
        let ids = self.ids(&|entry| waits(entry) && here(entry) && entry.result.is_none());
        // Lanes advance last, so that no call starts that is about to be dropped. A call goes on for those of another
        // lane that joined it.
        let mut lanes: Vec<_> = joined.iter().filter_map(|&id| self.end(id, cleared(), now)).collect();
        for id in own {
            if !self.settle_if_joined(id, &cleared(), now) {
                lanes.extend(self.end(id, cleared(), now));
            }
        }
        lanes.iter().for_each(|lane| self.advance(lane, now));
        ids
    }

    /// Stops starting calls in one lane, or in all lanes for `None`. Calls that run go on.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Instant, LaneName, Options, State};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// dispatcher.pause(Some(&LaneName::Main));
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
    /// assert_eq!((dispatcher.state(id), dispatcher.waiting_in(&LaneName::Main)), (State::Waiting, 1));
    /// dispatcher.resume(Some(&LaneName::Main), now);
    /// assert_eq!((dispatcher.state(id), dispatcher.waiting_in(&LaneName::Main)), (State::Running, 0));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn pause(&mut self, lane: Option<&LaneName>) {
        match lane {
            Some(lane) => self.lane_mut(lane).set_paused(true),
            None => self.paused = true,
        }
        self.release_unused_leases();
    }

    /// Undoes [`Dispatcher::pause`] of the same lane, or of all lanes for `None`. A lane that was paused by its own
    /// name stays paused when all lanes are resumed.
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

    /// Rejects every open call with [`Kind::Closed`] and aborts every exchange. Later calls are refused.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Instant, Options};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
    /// dispatcher.close(now);
    /// assert_eq!((dispatcher.pending(), dispatcher.poll_timeout()), (0, None));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn close(&mut self, now: Instant) {
        self.closed = true;
        (self.offline, self.leaving) = (None, None);
        for id in self.ids(&|_| true) {
            self.end_exchange(id, &closed());
            self.end(id, closed(), now);
        }
        self.lanes.clear();
        self.release_unused_leases();
        self.request_refresh_if_due(self.effects.len(), now);
    }

    /// Reports that the body of the call is complete. The call starts when its turn comes.
    pub fn handle_ready(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.in_state(id, State::Preparing) else { return };
        entry.state = State::Waiting;
        let lane = entry.options.lane.clone();
        self.emit(id);
        self.advance(&lane, now);
    }

    /// Reports that the request was handed to `fetch`. From here on, the action may have run ([`Sent::Unknown`]).
    pub fn handle_sent(&mut self, id: CallId) {
        if let Some(entry) = self.exchanging(id) {
            entry.sent = entry.sent.max(Sent::Unknown);
        }
    }

    /// Reports that the head of the answer arrived, and `facts`: what it says beside the value.
    pub fn handle_head(&mut self, id: CallId, facts: HeadFacts, now: Instant) {
        if let Some(entry) = self.exchanging(id) {
            entry.sent = Sent::Yes;
            entry.facts = facts;
            entry.timings.head_at.get_or_insert(now);
            if let Some(limit) = entry.options.stall_timeout {
                self.arm(id, |alarms| (alarms.last_byte, alarms.stall) = (now, Some(now.plus(limit))));
            }
        }
    }

    /// Reports the value of the answer, or the error that the action threw. Settles the call and frees its slot; the
    /// rest of the answer drains.
    ///
    /// An error that says the first request with the idempotency key is still under way fails the attempt instead,
    /// which is retried if [`Retry`](crate::Retry) allows it.
    pub fn handle_value(&mut self, id: CallId, value: Result<(), Error>, now: Instant) {
        if self.free_answered(id, Some(now), now) || self.exchanging(id).is_none() || self.fail_if_in_progress(id, &value, now) {
            return;
        }
        let Some(entry) = self.calls.get_mut(&id) else { return };
        entry.timings.value_at = Some(now);
        entry.state = State::Draining;
        let lane = entry.options.lane.clone();
        let keyed = entry.options.keyed;
        let value = value.map_err(|error| if keyed { detect_key_conflict(error) } else { error }.with_sent(Sent::Yes));
        self.running -= 1;
        self.apply_head_facts(id, &value, now);
        let at = self.effects.len();
        self.settle(id, value.clone(), now);
        self.arm(id, Alarms::keep_only_stall);
        self.emit(id);
        self.settle_joined(id, &value, now);
        self.lane_mut(&lane).free_slot();
        self.spend_lease(&lane);
        self.advance(&lane, now);
        self.request_refresh_if_due(at, now);
    }

    /// Reports that the answer is complete. Without a value, the attempt fails with [`Kind::Decode`].
    pub fn handle_end(&mut self, id: CallId, now: Instant) {
        self.free_answered(id, None, now);
        match self.calls.get(&id).map(|entry| entry.state) {
            Some(State::Draining) => self.forget(id),
            Some(State::Running) if self.exchanging(id).is_some() => {
                self.abort_exchange(id);
                self.retry_or_end(id, Error::new(Kind::Decode, "the answer ended before the value").temporary(), now);
            }
            _ => {}
        }
    }

    /// Reports that the exchange failed and is over, or that the body of a call that prepares cannot be completed. The
    /// attempt is retried if [`Retry`](crate::Retry) allows it; otherwise the call fails with `error`.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Error, Instant, Kind, Options, Retry};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let options = Options { keyed: true, retry: Retry { limit: 1, ..Retry::default() }, ..Options::default() };
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// dispatcher.enqueue(Call { id, options, queued_at: now, visit: None, ready: true }, now)?;
    /// dispatcher.handle_failure(id, Error::new(Kind::Network, "the connection was reset"), now);
    /// assert_eq!(dispatcher.attempts(id), 1);
    /// let retry_at = dispatcher.snapshot().next().and_then(|event| event.retry_at).expect("it has a key");
    /// dispatcher.handle_timeout(retry_at);
    /// assert_eq!(dispatcher.attempts(id), 2);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_failure(&mut self, id: CallId, error: Error, now: Instant) {
        self.free_answered(id, None, now);
        match self.calls.get(&id).map(|entry| entry.state) {
            // The caller has its value. The driver reports the failure to readers of the rest.
            Some(State::Draining) => self.forget(id),
            Some(State::Running) if self.exchanging(id).is_some() => self.retry_or_end(id, error, now),
            Some(State::Preparing) => self.end_and_advance(id, error, now),
            _ => {}
        }
    }

    /// Takes the next effect. The driver calls this after every input, until it returns `None`.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// Takes all effects, so that the driver can give the dispatcher new inputs while it carries them out.
    #[allow(dead_code, reason = "only the edge calls it")]
    pub(crate) fn take_effects(&mut self) -> VecDeque<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Returns the number of attempts of this call so far; 0 before the first, and for a call that is over.
    pub fn attempts(&self, id: CallId) -> u32 {
        self.calls.get(&id).map_or(0, |entry| entry.attempts)
    }

    /// Returns the number of calls that have not settled.
    pub fn pending(&self) -> usize {
        self.unsettled
    }

    /// Returns the number of calls that wait in this lane, without those that joined another call.
    pub fn waiting_in(&self, lane: &LaneName) -> usize {
        self.lanes.get(lane).map_or(0, Lane::waiting)
    }

    /// Returns the state of this call as its caller sees it; [`State::Done`] for an unknown id.
    pub fn state(&self, id: CallId) -> State {
        self.calls.get(&id).map_or(State::Done, Entry::shown_state)
    }

    /// Returns when this call passed each stage. `None` if it is over or unknown.
    pub fn timings(&self, id: CallId) -> Option<Timings> {
        self.calls.get(&id).map(|entry| entry.timings)
    }

    /// Lists every call that is not over, in order of calling.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Instant, Options, State};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let now = Instant::from_millis(0.0);
    /// for id in [CallId(1), CallId(2)] {
    ///     let call = Call { id, options: Options::default(), queued_at: now, visit: None, ready: true };
    ///     dispatcher.enqueue(call, now)?;
    /// }
    /// let states: Vec<_> = dispatcher.snapshot().map(|event| (event.id, event.state)).collect();
    /// assert_eq!(states, [(CallId(1), State::Running), (CallId(2), State::Waiting)]);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn snapshot(&self) -> impl Iterator<Item = Event> {
        self.ids(&|_| true).into_iter().filter_map(|id| Some(self.calls.get(&id)?.event(id)))
    }

    /// Lists the calls that are not over and match, in order of calling.
    fn ids(&self, which: &dyn Fn(&Entry) -> bool) -> Vec<CallId> {
        self.calls.iter().filter(|(_, entry)| which(entry)).map(|(&id, _)| id).collect()
    }

    /// Starts a new call or lets it wait; fails it if too many calls wait. A replayed call was accepted by another
    /// page, so it is never refused.
    fn start_or_queue(&mut self, id: CallId, lane: &LaneName, now: Instant) {
        self.advance(lane, now);
        let replayed = self.calls.get(&id).is_some_and(|entry| entry.options.replayed);
        if !replayed && self.waiting > self.rules.max_queued && matches!(self.state(id), State::Preparing | State::Waiting) {
            let message = [&*digits(self.rules.max_queued as u64), " calls wait already (maxQueued)"].concat();
            self.abort_and_end(id, Error::new(Kind::QueueFull, message), now);
        }
    }

    /// Ends a call for its caller alone. Its exchange goes on if other calls have joined it.
    fn end_for_caller(&mut self, id: CallId, error: Error, now: Instant) {
        if !self.settle_if_joined(id, &error, now) {
            self.abort_and_end(id, error, now);
        }
    }

    /// Ends a call with an error, and aborts its exchange if one runs.
    fn abort_and_end(&mut self, id: CallId, error: Error, now: Instant) {
        self.end_exchange(id, &error);
        self.end_and_advance(id, error, now);
    }

    /// Aborts the exchange of a call if one runs.
    fn abort_exchange(&mut self, id: CallId) {
        if self.calls.get(&id).is_some_and(|entry| entry.leader.is_none() && matches!(entry.state, State::Running | State::Draining)) {
            self.effects.push_back(Effect::Abort(id));
        }
    }

    fn end_and_advance(&mut self, id: CallId, error: Error, now: Instant) {
        let at = self.effects.len();
        if let Some(lane) = self.end(id, error, now) {
            self.advance(&lane, now);
        }
        self.request_refresh_if_due(at, now);
    }

    /// Ends a call that has no running exchange. Returns the lane in which a call may start now.
    fn end(&mut self, id: CallId, error: Error, now: Instant) -> Option<LaneName> {
        let entry = self.calls.get(&id)?;
        if let Some(leader) = entry.leader {
            let leader = self.leave_leader(id, leader, error.clone(), now)?;
            self.abort_exchange(leader);
            return self.end(leader, error, now);
        }
        let (state, name) = (entry.state, entry.options.lane.clone());
        // Action-not-found means that this attempt did not run the action.
        let sent = if error.kind() == Kind::ActionNotFound { entry.sent_before } else { entry.sent };
        // The head of the answer has arrived: the data that it named are stale although the call fails.
        if let (State::Running, Some(what)) = (state, entry.facts.revalidated) {
            self.refresh.owe(what, now);
        }
        let result = Err(error.with_sent(sent));
        self.settle(id, result.clone(), now);
        self.settle_joined(id, &result, now);
        self.forget(id);
        if state == State::Running {
            self.running -= 1;
        }
        let lane = self.lanes.get_mut(&name)?;
        match state {
            State::Preparing | State::Waiting => {
                lane.remove_one_waiting();
                self.waiting -= 1;
            }
            State::Running => {
                lane.free_slot();
                self.spend_lease(&name);
            }
            State::Draining | State::Done => return None,
        }
        Some(name)
    }

    /// Settles a call. Does nothing if it is settled.
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

    fn forget(&mut self, id: CallId) {
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

    /// Returns a call whose exchange is under way, and whose caller does not have the answer yet.
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
