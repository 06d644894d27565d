//! Decides when the page's router must fetch fresh data: once for all answers of a burst that revalidated.
//!
//! An answer that revalidated owes the page a refresh, which only the router can do. Must not know calls or the router.

use std::time::Duration;

use crate::Instant;
use crate::protocol::Revalidated;

/// Longest time that a refresh waits for the actions in flight, from the first answer that owes it.
pub(crate) const MAX_WAIT: Duration = Duration::from_millis(500);

/// The refresh that the page is owed. `None`: none.
#[derive(Debug, Default)]
pub(crate) struct OwedRefresh(Option<Owed>);

#[derive(Clone, Copy, Debug)]
struct Owed {
    what: Revalidated,
    /// When the first answer owed it.
    since: Instant,
}

impl OwedRefresh {
    /// Owes a refresh. If one is owed already, it grows to cover `what` and is due no later.
    pub(crate) fn owe(&mut self, what: Revalidated, now: Instant) {
        let owed = self.0.get_or_insert(Owed { what, since: now });
        owed.what = owed.what.max(what);
    }

    /// True if a refresh is owed.
    pub(crate) fn is_owed(&self) -> bool {
        self.0.is_some()
    }

    /// Takes the owed refresh if it is due: no action is in flight, or it has waited for [`MAX_WAIT`].
    pub(crate) fn take_due(&mut self, in_flight: bool, now: Instant) -> Option<Revalidated> {
        if in_flight && self.deadline().is_some_and(|deadline| now < deadline) {
            return None;
        }
        self.take_owed()
    }

    /// Returns when the refresh is due even if actions are in flight.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.0.map(|owed| owed.since.plus(MAX_WAIT))
    }

    /// Drops the owed refresh and returns it: the page was left, or a redirect fetches fresh data anyway.
    pub(crate) fn take_owed(&mut self) -> Option<Revalidated> {
        self.0.take().map(|owed| owed.what)
    }
}
