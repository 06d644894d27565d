//! Decides what becomes of a call when others of its key are pending.

use super::alarm::LATE;
use super::{Dispatcher, Effect, Entry};
use crate::call::{CallId, LaneName, Options, State, Strategy};
use crate::{Error, Instant, Kind};

/// What a strategy makes of a new call.
pub(super) enum Admission {
    /// It takes its place in the lane.
    Enter,
    /// It is settled.
    Refused,
    /// It shares the answer of another.
    Joined,
}

impl Dispatcher {
    /// The strategy of a call with these options: its own word, or else its lane's.
    pub fn strategy_of(&self, options: &Options) -> Strategy {
        options.strategy.or_else(|| self.rules.lanes.get(&options.lane)?.strategy).unwrap_or_default()
    }

    /// Applies the strategy of a call that is known but has no place in its lane yet.
    pub(super) fn admit(&mut self, id: CallId, now: Instant) -> Admission {
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
                self.replace(id, &others, now);
                Admission::Enter
            }
            Strategy::QueueLast => {
                let others = self.pending_of_key(id, &|entry| entry.state != State::Running);
                self.replace(id, &others, now);
                Admission::Enter
            }
            Strategy::Join => self.join(id),
        }
    }

    /// Ends a call that has no place in a lane.
    pub(super) fn refuse(&mut self, id: CallId, error: Error, now: Instant) {
        let sent = self.calls.get(&id).map(|entry| entry.sent).unwrap_or_default();
        self.settle(id, Err(error.sent(sent)), now);
        self.finish(id);
    }

    /// The other calls of its key that have not settled, in order of calling.
    fn pending_of_key(&self, id: CallId, which: &dyn Fn(&Entry) -> bool) -> Vec<CallId> {
        let Some(Entry { options, .. }) = self.calls.get(&id) else { return Vec::new() };
        let mut others = self.ids(&|entry| entry.result.is_none() && entry.options.key == options.key && which(entry));
        others.retain(|&other| other != id);
        others
    }

    /// Ends calls for a later one of their key. Only then may a lane go on: nothing is started that is about to be replaced. The later one's
    /// own lane goes on when it is in there: it would give up a lease that it needs.
    fn replace(&mut self, id: CallId, others: &[CallId], now: Instant) {
        let own = self.calls.get(&id).map(|entry| entry.options.lane.clone());
        let mut lanes: Vec<LaneName> = Vec::new();
        for &other in others {
            self.abandon(other);
            lanes.extend(self.end(other, Error::new(Kind::Replaced, "a later call of its key took its place"), now));
        }
        lanes.iter().filter(|&lane| own.as_ref() != Some(lane)).for_each(|lane| self.advance(lane, now));
    }

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

    /// A call of the same key whose answer is still to come: one that has not settled, or that only goes on for those who joined it.
    fn pending_leader(&self, id: CallId, which: &dyn Fn(&Entry) -> bool) -> Option<CallId> {
        let Entry { options, .. } = self.calls.get(&id)?;
        let open = |entry: &Entry| matches!(entry.state, State::Preparing | State::Waiting | State::Running);
        self.ids(&|entry| open(entry) && entry.options.key == options.key && which(entry)).into_iter().find(|&other| other != id)
    }

    /// What a call's answer is worth to those who joined it: the same.
    pub(super) fn settle_joined(&mut self, id: CallId, result: &Result<(), Error>, now: Instant) {
        let Some(leader) = self.calls.get_mut(&id) else { return };
        let (joined, timings, attempts) = (std::mem::take(&mut leader.joined), leader.timings, leader.attempts);
        for id in joined {
            let Some(entry) = self.calls.get_mut(&id) else { continue };
            (entry.timings.started_at, entry.timings.head_at, entry.timings.value_at) =
                (timings.started_at, timings.head_at, timings.value_at);
            entry.attempts = attempts;
            self.settle(id, result.clone(), now);
            self.finish(id);
        }
    }

    /// Those who joined a call that starts.
    pub(super) fn start_joined(&mut self, id: CallId, now: Instant) {
        let joined = self.calls.get(&id).map(|entry| entry.joined.clone()).unwrap_or_default();
        for id in joined {
            if let Some(entry) = self.calls.get_mut(&id) {
                entry.state = State::Running;
                entry.timings.started_at = Some(now);
                entry.late = false;
            }
            self.arm(id, |alarms| alarms.late = Some(now.plus(LATE)));
            self.emit(id);
        }
    }

    /// Ends a call that joined another, alone. The other goes on, unless only this one still wanted its answer. Gives that other then.
    pub(super) fn part(&mut self, id: CallId, leader: CallId, error: Error, now: Instant) -> Option<CallId> {
        let sent = self.calls.get(&leader).map(|leader| leader.sent).unwrap_or_default();
        self.settle(id, Err(error.sent(sent)), now);
        self.finish(id);
        let leader_entry = self.calls.get_mut(&leader)?;
        leader_entry.joined.retain(|&other| other != id);
        (leader_entry.joined.is_empty() && leader_entry.result.is_some()).then_some(leader)
    }

    /// A caller gives a call up that others have joined: it settles, and its exchange goes on for them. False if nobody has joined it.
    pub(super) fn leave_to_joined(&mut self, id: CallId, error: &Error, now: Instant) -> bool {
        let Some(entry) = self.calls.get(&id) else { return false };
        if entry.joined.is_empty() || entry.state == State::Draining {
            return false;
        }
        let sent = entry.sent;
        if entry.result.is_none() {
            self.settle(id, Err(error.clone().sent(sent)), now);
            self.arm(id, |alarms| alarms.deadline = None);
            self.emit(id);
        }
        true
    }
}
