//! Starts the calls of lanes that have room.

use super::alarm::LATE;
use super::{Dispatcher, Effect, Entry};
use crate::Instant;
use crate::call::{CallId, LaneName, State};
use crate::lane::{Lane, Place};

impl Dispatcher {
    /// Starts what may start in a lane.
    pub(super) fn advance(&mut self, name: &LaneName, now: Instant) {
        while self.is_open(name)
            && let Some(id) = self.next_in(name)
        {
            self.start(id, now);
        }
        if self.lanes.get(name).is_some_and(Lane::is_idle) {
            self.lanes.remove(name);
        }
    }

    /// Starts what may start in any lane, those who were called first going first.
    pub(super) fn advance_all(&mut self, now: Instant) {
        self.lanes.retain(|lane| !lane.is_idle());
        for id in self.ids(&|entry| entry.state == State::Waiting) {
            let Some(lane) = self.calls.get(&id).map(|entry| entry.options.lane.clone()) else { continue };
            self.advance(&lane, now);
        }
    }

    /// Takes the slot for the call that may start next in a lane.
    pub(super) fn next_in(&mut self, name: &LaneName) -> Option<CallId> {
        let calls = &self.calls;
        self.lanes.get_mut(name)?.start(|id| calls.get(&id).map_or(Place::Left, Entry::place))
    }

    pub(super) fn start(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        entry.state = State::Running;
        entry.timings.started_at = Some(now);
        (entry.first_at, entry.attempts, entry.late) = (now, 1, false);
        let timeout = entry.options.timeout.map(|limit| now.plus(limit));
        self.waiting -= 1;
        self.running += 1;
        self.arm(id, |alarms| (alarms.timeout, alarms.late) = (timeout, Some(now.plus(LATE))));
        self.emit(id);
        self.effects.push_back(Effect::Send(id));
        self.start_joined(id, now);
    }
}
