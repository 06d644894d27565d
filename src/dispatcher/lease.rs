//! One call at a time over all tabs of an origin. A lane starts a call only while it holds its lease, which one tab has at a time. It is asked
//! for when a call is ready to start, kept until that call's slot is free, over all its attempts, and given back then even if there is more:
//! whoever asked meanwhile comes first.

use super::{Dispatcher, Effect, Entry};
use crate::call::{CallId, LaneName, State};
use crate::lane::{Lane, Place};
use crate::{Error, Instant};

/// Among whom a lane is one at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The calls of one dispatcher.
    #[default]
    Dispatcher,
    /// Those of all dispatchers of this scope in every tab of the origin, by the lane's name. A lane without order needs no lease.
    Origin,
}

/// How far a lane is with its lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lease {
    Asked,
    /// A call runs under it.
    Held,
    /// That call's slot is free. Given back at once, or once the next is asked for: asked for later, it could be granted to others twice before.
    Spent,
}

impl Dispatcher {
    /// The lease of this lane is granted. Given back at once where nobody waits for it any more.
    pub fn handle_lease(&mut self, lane: &LaneName, now: Instant) {
        match self.leases.get_mut(lane) {
            Some(lease) => {
                *lease = Lease::Held;
                self.advance(lane, now);
            }
            None => self.effects.push_back(Effect::Release(lane.clone())),
        }
    }

    /// Another tab has taken the lease of this lane. What runs goes on, also where it is to be sent again; the next call needs a new one.
    pub fn handle_lease_taken(&mut self, lane: &LaneName, now: Instant) {
        self.leases.remove(lane);
        self.advance(lane, now);
    }

    /// The lease of this lane cannot be had. The calls that waited for it fail with `error`: none was sent, and sent without it they could
    /// meet another tab's. Gives back who that was. A later call asks again.
    pub fn handle_lease_failed(&mut self, lane: &LaneName, error: &Error, now: Instant) -> Vec<CallId> {
        if self.leases.remove(lane).is_none() {
            return Vec::new();
        }
        let ids = self.ids(&|entry| entry.state == State::Waiting && entry.leader.is_none() && entry.options.lane == *lane);
        for &id in &ids {
            self.end(id, error.clone(), now);
        }
        self.advance(lane, now);
        ids
    }

    /// Whether a call may start in this lane, if one is ready and there is a slot. Asks for the lease where that is all that is missing, and
    /// gives it back where there is no use for it.
    pub(super) fn is_open(&mut self, name: &LaneName) -> bool {
        let stopped = self.paused || self.is_still();
        if self.rules.scope == Scope::Dispatcher || self.lanes.get(name).is_some_and(|lane| !lane.is_serial()) {
            return !stopped;
        }
        let calls = &self.calls;
        let lane = self.lanes.get_mut(name);
        let running = lane.as_deref().is_some_and(Lane::is_running);
        let place = |id| calls.get(&id).map_or(Place::Left, Entry::place);
        let ready = !stopped && lane.is_some_and(|lane| lane.next(place).is_some());
        match self.leases.get(name) {
            Some(Lease::Held) if ready => return true,
            Some(_) if !ready && !running => {
                self.leases.remove(name);
                self.effects.push_back(Effect::Release(name.clone()));
            }
            Some(Lease::Spent) | None if ready => {
                self.leases.insert(name.clone(), Lease::Asked);
                self.effects.push_back(Effect::Lease(name.clone()));
            }
            _ => {}
        }
        false
    }

    /// A lane's slot is free: whatever it does next, this lease is of no more use.
    pub(super) fn spend(&mut self, name: &LaneName) {
        if let Some(lease) = self.leases.get_mut(name) {
            *lease = Lease::Spent;
        }
    }

    /// Gives back, or asks no longer for, the leases of lanes in which nothing runs and nothing may start now.
    pub(super) fn release_unused(&mut self) {
        let names: Vec<_> = self.leases.keys().cloned().collect();
        for name in names {
            self.is_open(&name);
        }
    }
}
