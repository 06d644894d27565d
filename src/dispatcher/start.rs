//! Starts waiting calls in lanes that have a free slot.
//!
//! Must not decide which call is next; `lane.rs` does.

use super::alarm::LATE_AFTER;
use super::{Dispatcher, Effect, Entry};
use crate::Instant;
use crate::call::{CallId, LaneName, State};
use crate::lane::{Lane, Readiness};

impl Dispatcher {
    /// Starts all calls of a lane that may start, and drops the lane if it is idle.
    pub(super) fn advance(&mut self, name: &LaneName, now: Instant) {
        while self.try_open(name)
            && let Some(id) = self.take_next(name)
        {
            self.start(id, now);
        }
        if self.lanes.get(name).is_some_and(Lane::is_idle) {
            self.lanes.remove(name);
        }
    }

    /// Starts all calls of all lanes that may start, in order of calling.
    pub(super) fn advance_all(&mut self, now: Instant) {
        self.lanes.retain(|lane| !lane.is_idle());
        for id in self.ids(&|entry| entry.state == State::Waiting) {
            let Some(lane) = self.calls.get(&id).map(|entry| entry.options.lane.clone()) else { continue };
            self.advance(&lane, now);
        }
    }

    /// Returns the call that may start next in a lane, and takes a slot for it.
    pub(super) fn take_next(&mut self, name: &LaneName) -> Option<CallId> {
        let calls = &self.calls;
        self.lanes.get_mut(name)?.take_next(|id| calls.get(&id).map_or(Readiness::Left, Entry::readiness))
    }

    /// Starts the first attempt of a call that has its slot.
    pub(super) fn start(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        entry.state = State::Running;
        entry.timings.started_at = Some(now);
        (entry.retry_budget_from, entry.attempts, entry.reported_late) = (now, 1, false);
        let timeout = entry.options.timeout.map(|limit| now.plus(limit));
        self.waiting -= 1;
        self.running += 1;
        self.arm(id, |alarms| (alarms.timeout, alarms.late) = (timeout, Some(now.plus(LATE_AFTER))));
        self.emit(id);
        self.effects.push_back(Effect::Send(id));
        self.start_joined(id, now);
    }
}
