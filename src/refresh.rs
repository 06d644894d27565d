//! Decides when the page's router must fetch fresh data: once for all answers of a burst that revalidated.
//!
//! An answer that revalidated owes the page a refresh, which only the router can do. Must not know calls or the router.

use std::time::Duration;

use crate::Instant;
use crate::protocol::Revalidated;

/// Longest time that a refresh waits for the actions in flight, from the first answer that owes it.
pub(crate) const LONGEST: Duration = Duration::from_millis(500);

/// The refresh that the page is owed. `None`: none.
#[derive(Debug, Default)]
pub(crate) struct Refresh(Option<Debt>);

#[derive(Clone, Copy, Debug)]
struct Debt {
    what: Revalidated,
    /// When the first answer owed it.
    since: Instant,
}

impl Refresh {
    /// Owes a refresh. If one is owed already, it grows to cover `what` and is due no later.
    pub(crate) fn owe(&mut self, what: Revalidated, now: Instant) {
        let debt = self.0.get_or_insert(Debt { what, since: now });
        debt.what = debt.what.max(what);
    }

    /// True if a refresh is owed.
    pub(crate) fn is_owed(&self) -> bool {
        self.0.is_some()
    }

    /// Takes the owed refresh if it is due: no action is in flight, or it has waited for [`LONGEST`].
    pub(crate) fn due(&mut self, in_flight: bool, now: Instant) -> Option<Revalidated> {
        if in_flight && self.deadline().is_some_and(|deadline| now < deadline) {
            return None;
        }
        self.forgive()
    }

    /// Returns when the refresh is due even if actions are in flight.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.0.map(|debt| debt.since.plus(LONGEST))
    }

    /// Drops the owed refresh and returns it: the page was left, or a redirect fetches fresh data anyway.
    pub(crate) fn forgive(&mut self) -> Option<Revalidated> {
        self.0.take().map(|debt| debt.what)
    }
}
