//! Models the leases of lanes that run one call at a time over all tabs.

use super::LANES;
use super::rules::{Activity, Model};

/// State of a lane's lease, as the driver sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Lease {
    #[default]
    None,
    Requested,
    Held,
}

impl Model {
    pub(super) fn needs_lease(&self, lane: usize) -> bool {
        self.of_all_tabs && LANES[lane] != "parallel"
    }

    pub(super) fn has_its_lease(&self, lane: usize) -> bool {
        !self.needs_lease(lane) || self.leased.contains(&lane)
    }

    /// Returns the state that a lease must have: held while a call runs under it, requested if only the lease keeps a
    /// call from starting.
    pub(super) fn lease(&self, lane: usize) -> Lease {
        if self.leased.contains(&lane) {
            Lease::Held
        } else if self.needs_lease(lane) && (0..self.calls.len()).any(|id| self.calls[id].lane == lane && self.would_start(id)) {
            Lease::Requested
        } else {
            Lease::None
        }
    }

    pub(super) fn grant_lease(&mut self, lane: usize) {
        self.leased.insert(lane);
        self.advance();
    }

    /// Lets another tab take the lease. The call that runs goes on.
    pub(super) fn steal_lease(&mut self, lane: usize) {
        self.leased.remove(&lane);
    }

    /// Fails the calls that wait for a lease that cannot be obtained, and returns them.
    pub(super) fn refuse_lease(&mut self, lane: usize) -> Vec<usize> {
        let waits =
            |id: &usize| self.calls[*id].lane == lane && self.calls[*id].leader.is_none() && self.calls[*id].activity == Activity::Waiting;
        let ids: Vec<usize> = (0..self.calls.len()).filter(waits).collect();
        ids.iter().for_each(|&id| self.end(id, "INVALID_OPTION"));
        self.advance();
        ids
    }
}
