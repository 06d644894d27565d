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

use crate::call::{CallId, Event, LaneName, State, Timings, Visit};
use crate::lane::{Lane, Order};
use crate::refresh::OwedRefresh;
use crate::retry::detect_key_conflict;
use crate::sorted_map::SortedMap;
use crate::{Error, Instant, Kind, Sent};
use alarm::Alarms;
use entry::{Entry, Phase};
use lease::Lease;
use offline::Offline;

mod alarm;
mod command;
mod config;
mod effect;
mod entry;
mod lease;
mod navigation;
mod offline;
mod prebuilt;
mod retry;
#[cfg(test)]
mod sim;
mod skew_recovery;
mod start;
mod strategy;
#[cfg(test)]
mod tests {
    mod lease;
    mod model;
    mod navigation;
    mod offline;
    mod prebuilt;
    mod queue;
    mod retry;
    mod skew_recovery;
    mod strategy;
    mod time;
}

pub(crate) use config::Rules;
pub use config::{Config, LaneOptions};
pub use effect::Effect;
pub use lease::Scope;
pub use navigation::HeadFacts;
pub use offline::OfflineMode;
pub use skew_recovery::Recovery;

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
    last_redirected: Option<CallId>,
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
        Self::with_rules(config.into())
    }

    pub(crate) fn with_rules(rules: Rules) -> Self {
        Self { dice: rules.seed, rules, ..Self::default() }
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

    /// Reports that a request which was handed to `fetch` certainly did not reach the server: only earlier attempts may
    /// have run.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Effect, Error, Instant, Kind, Options, Sent};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let now = Instant::from_millis(0.0);
    /// let call = Call { id: CallId(1), options: Options::default(), queued_at: now, visit: None, ready: true };
    /// dispatcher.enqueue(call, now)?;
    /// dispatcher.handle_sent(CallId(1));
    /// dispatcher.handle_unsent(CallId(1));
    /// dispatcher.handle_failure(CallId(1), Error::new(Kind::Network, "the connection was refused"), now);
    /// let mut effects = std::iter::from_fn(|| dispatcher.poll_effect());
    /// let sent = effects.find_map(|effect| match effect {
    ///     Effect::Settle { result: Err(error), .. } => Some(error.sent()),
    ///     _ => None,
    /// });
    /// assert_eq!(sent, Some(Sent::No));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_unsent(&mut self, id: CallId) {
        if let Some(entry) = self.exchanging(id) {
            entry.sent = entry.sent_before;
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
