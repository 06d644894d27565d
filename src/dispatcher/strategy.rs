//! Applies the strategy of a new call to the pending calls of its key, and keeps joined calls in step with their
//! leader.
//!
//! Must not order lanes; `lane.rs` does.

use super::alarm::LATE_AFTER;
use super::{Dispatcher, Effect, Entry};
use crate::call::{CallId, LaneName, Options, State, Strategy};
use crate::{Error, Instant, Kind};

/// Result of applying a strategy to a new call.
pub(super) enum Admission {
    /// The call takes its place in the lane.
    Enter,
    /// The call was settled and is over.
    Refused,
    /// The call shares the answer of another.
    Joined,
}

impl Dispatcher {
    /// Returns the strategy of a call with these options: its own, else that of its lane, else [`Strategy::Queue`].
    ///
    /// ```
    /// use actionlane::{Config, Dispatcher, LaneOptions, Options, Strategy};
    ///
    /// let search = LaneOptions { strategy: Some(Strategy::Replace), ..LaneOptions::default() };
    /// let dispatcher = Dispatcher::new(Config { lanes: [("search".into(), search)].into(), ..Config::default() });
    /// let options = Options { lane: "search".into(), ..Options::default() };
    /// assert_eq!(dispatcher.strategy_of(&options), Strategy::Replace);
    /// let own = Options { strategy: Some(Strategy::Join), ..options };
    /// assert_eq!(dispatcher.strategy_of(&own), Strategy::Join);
    /// ```
    pub fn strategy_of(&self, options: &Options) -> Strategy {
        options.strategy.or_else(|| self.rules.lanes.get(&options.lane)?.strategy).unwrap_or_default()
    }

    /// Applies the strategy of a call that is in `calls` but has no place in its lane yet.
    pub(super) fn apply_strategy(&mut self, id: CallId, now: Instant) -> Admission {
        let Some(entry) = self.calls.get(&id) else { return Admission::Refused };
        match entry.options.strategy.unwrap_or_default() {
            Strategy::Queue => Admission::Enter,
            Strategy::Drop if self.pending_of_key(id, &|_| true).is_empty() => Admission::Enter,
            Strategy::Drop => {
                self.refuse(id, Error::new(Kind::Dropped, "a call of its key is pending"), now);
                Admission::Refused
            }
            Strategy::Replace => {
                let others = self.pending_of_key(id, &|_| true);
                self.replace_others(id, &others, now);
                Admission::Enter
            }
            Strategy::QueueLast => {
                let others = self.pending_of_key(id, &|entry| entry.state != State::Running);
                self.replace_others(id, &others, now);
                Admission::Enter
            }
            Strategy::Join => self.join(id),
        }
    }

    /// Ends a call that has no place in a lane, with an error.
    pub(super) fn refuse(&mut self, id: CallId, error: Error, now: Instant) {
        let sent = self.calls.get(&id).map(|entry| entry.sent).unwrap_or_default();
        self.settle(id, Err(error.with_sent(sent)), now);
        self.forget(id);
    }

    /// Lists the other calls of its key that have not settled and match, in order of calling.
    fn pending_of_key(&self, id: CallId, which: &dyn Fn(&Entry) -> bool) -> Vec<CallId> {
        let Some(Entry { options, .. }) = self.calls.get(&id) else { return Vec::new() };
        let mut others = self.ids(&|entry| entry.result.is_none() && entry.options.key == options.key && which(entry));
        others.retain(|&other| other != id);
        others
    }

    /// Ends the calls `others`, which call `id` replaces. Lanes advance afterwards, so that no call starts that is
    /// about to be replaced. The lane of `id` advances only once `id` is in it; before that, it would release a lease
    /// that `id` needs.
    fn replace_others(&mut self, id: CallId, others: &[CallId], now: Instant) {
        let own = self.calls.get(&id).map(|entry| entry.options.lane.clone());
        let mut lanes: Vec<LaneName> = Vec::new();
        for &other in others {
            self.abort_exchange(other);
            lanes.extend(self.end(other, Error::new(Kind::Replaced, "a later call of its key took its place"), now));
        }
        lanes.iter().filter(|&lane| own.as_ref() != Some(lane)).for_each(|lane| self.advance(lane, now));
    }

    /// Lets a call share the answer of an identical pending call, if there is one.
    fn join(&mut self, id: CallId) -> Admission {
        let Some(Entry { options, .. }) = self.calls.get(&id) else { return Admission::Refused };
        let Some(identity) = options.identity.clone() else { return Admission::Enter };
        let equal = |entry: &Entry| entry.leader.is_none() && entry.options.identity.as_ref() == Some(&identity);
        let Some(leader) = self.pending_leader(id, &equal) else { return Admission::Enter };
        let Some(first) = self.calls.get_mut(&leader) else { return Admission::Enter };
        first.joined.push(id);
        let (state, started_at) = (first.state, first.timings.started_at);
        if let Some(entry) = self.calls.get_mut(&id) {
            entry.leader = Some(leader);
            entry.state = state;
            entry.timings.started_at = started_at;
        }
        self.effects.push_back(Effect::Join { id, leader });
        Admission::Joined
    }

    /// Finds a matching call of the same key whose value has not arrived. It may be settled, if it goes on for calls
    /// that joined it.
    fn pending_leader(&self, id: CallId, which: &dyn Fn(&Entry) -> bool) -> Option<CallId> {
        let Entry { options, .. } = self.calls.get(&id)?;
        let open = |entry: &Entry| matches!(entry.state, State::Preparing | State::Waiting | State::Running);
        self.ids(&|entry| open(entry) && entry.options.key == options.key && which(entry)).into_iter().find(|&other| other != id)
    }

    /// Settles the joined calls with the same result.
    pub(super) fn settle_joined(&mut self, id: CallId, result: &Result<(), Error>, now: Instant) {
        let Some(leader) = self.calls.get_mut(&id) else { return };
        let (joined, timings, attempts) = (std::mem::take(&mut leader.joined), leader.timings, leader.attempts);
        for id in joined {
            let Some(entry) = self.calls.get_mut(&id) else { continue };
            (entry.timings.started_at, entry.timings.head_at, entry.timings.value_at) =
                (timings.started_at, timings.head_at, timings.value_at);
            entry.attempts = attempts;
            self.settle(id, result.clone(), now);
            self.forget(id);
        }
    }

    /// Moves the calls that joined a call to `Running` when that call starts.
    pub(super) fn start_joined(&mut self, id: CallId, now: Instant) {
        let joined = self.calls.get(&id).map(|entry| entry.joined.clone()).unwrap_or_default();
        for id in joined {
            if let Some(entry) = self.calls.get_mut(&id) {
                entry.state = State::Running;
                entry.timings.started_at = Some(now);
                entry.reported_late = false;
            }
            self.arm(id, |alarms| alarms.late = Some(now.plus(LATE_AFTER)));
            self.emit(id);
        }
    }

    /// Ends a joined call alone. Returns its leader if no call needs the leader's answer any more; the caller must end
    /// it.
    pub(super) fn leave_leader(&mut self, id: CallId, leader: CallId, error: Error, now: Instant) -> Option<CallId> {
        let sent = self.calls.get(&leader).map(|leader| leader.sent).unwrap_or_default();
        self.settle(id, Err(error.with_sent(sent)), now);
        self.forget(id);
        let leader_entry = self.calls.get_mut(&leader)?;
        leader_entry.joined.retain(|&other| other != id);
        (leader_entry.joined.is_empty() && leader_entry.result.is_some()).then_some(leader)
    }

    /// Settles a call with an error while its exchange goes on for the calls that joined it. Returns false, and does
    /// nothing, if none has.
    pub(super) fn settle_if_joined(&mut self, id: CallId, error: &Error, now: Instant) -> bool {
        let Some(entry) = self.calls.get(&id) else { return false };
        if entry.joined.is_empty() || entry.state == State::Draining {
            return false;
        }
        let sent = entry.sent;
        if entry.result.is_none() {
            self.settle(id, Err(error.clone().with_sent(sent)), now);
            self.arm(id, |alarms| alarms.deadline = None);
            self.emit(id);
        }
        true
    }
}
