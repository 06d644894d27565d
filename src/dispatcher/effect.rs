//! Lists what the dispatcher asks of its driver.

use crate::Error;
use crate::call::{CallId, Event, LaneName, RedirectMode, Timings};
use crate::protocol::Revalidated;

/// What the driver is to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask for the lease of this lane, behind the other tabs that have asked, and tell [`Dispatcher::handle_lease`]. One that is held is
    /// given back then.
    Lease(LaneName),
    /// Give the lease of this lane back, or ask no longer.
    Release(LaneName),
    /// Start the exchange of this call, again if it has had one, asking for what [`Dispatcher::render`] says.
    Send(CallId),
    /// Look this call's action up in the page as deployed now, and tell [`Dispatcher::handle_recovered`].
    Recover(CallId),
    /// Break the exchange off; nothing that still comes of it matters.
    Abort(CallId),
    /// The same, of a call whose caller reads the answer: what is left of that fails with this error, or with the reason it was aborted with.
    Break { id: CallId, error: Error },
    /// The same, of a call that has its value: no byte came for too long. What of the value is still open fails with [`Kind::Timeout`].
    Stall(CallId),
    /// This call shares the answer of `leader`, which settles first.
    Join { id: CallId, leader: CallId },
    /// Send the user where the action redirected to, ask for fresh data there if any is owed, and tell [`Dispatcher::handle_moved`]; nothing
    /// starts before. Or see that the promise, which settles next, rejects with Next's own redirect error.
    Redirect { id: CallId, mode: RedirectMode, refresh: Option<Revalidated> },
    /// Ask the page's router for fresh data.
    Refresh(Revalidated),
    /// Find out whether anything can be reached, and tell [`Dispatcher::handle_probed`].
    Probe,
    /// Load the page anew, and tell [`Dispatcher::handle_moved`].
    Reload,
    /// Settle the caller's promise: with the value the driver holds, or with this error. Exactly once a call.
    Settle { id: CallId, result: Result<(), Error>, timings: Timings, attempts: u32 },
    /// The call is over: drop what is held for it. The last effect of every call.
    Forget(CallId),
    /// Tell listeners.
    Emit(Event),
}
