//! Counts what the page is owed. An answer that revalidated owes it fresh data, which only the page's own router can fetch; answers that come
//! close together owe it once.

use std::time::Duration;

use crate::Instant;
use crate::protocol::Revalidated;

/// The longest that a debt waits for the actions in flight, counted from the first answer that owes it.
pub(crate) const LONGEST: Duration = Duration::from_millis(500);

/// The refresh that one page is owed, if any.
#[derive(Debug, Default)]
pub(crate) struct Refresh(Option<Debt>);

#[derive(Clone, Copy, Debug)]
struct Debt {
    what: Revalidated,
    since: Instant,
}

impl Refresh {
    /// An answer made something stale. A debt that is there already only grows, and does not wait any longer.
    pub(crate) fn owe(&mut self, what: Revalidated, now: Instant) {
        let debt = self.0.get_or_insert(Debt { what, since: now });
        debt.what = debt.what.max(what);
    }

    pub(crate) fn is_owed(&self) -> bool {
        self.0.is_some()
    }

    /// Takes the debt if it is time to pay: nothing is in flight, or it has waited for [`LONGEST`].
    pub(crate) fn due(&mut self, in_flight: bool, now: Instant) -> Option<Revalidated> {
        if in_flight && self.deadline().is_some_and(|deadline| now < deadline) {
            return None;
        }
        self.forgive()
    }

    /// When the debt is due whatever is in flight.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.0.map(|debt| debt.since.plus(LONGEST))
    }

    /// Drops the debt: the page was left, or is fetched anew for another reason. Gives what was owed.
    pub(crate) fn forgive(&mut self) -> Option<Revalidated> {
        self.0.take().map(|debt| debt.what)
    }
}
