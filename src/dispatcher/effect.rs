//! Lists the effects that the driver carries out for the dispatcher.
//!
//! Must not do anything itself: an effect is data.

use crate::Error;
use crate::call::{CallId, Event, LaneName, RedirectMode, Timings};
use crate::protocol::Revalidated;

/// An order to the driver, from [`Dispatcher::poll_effect`](crate::Dispatcher::poll_effect).
///
/// ```
/// use actionlane::{Call, CallId, Dispatcher, Effect, Instant, Options};
///
/// let mut dispatcher = Dispatcher::default();
/// let (id, now) = (CallId(1), Instant::from_millis(0.0));
/// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
/// let (mut requests, mut events) = (Vec::new(), 0);
/// while let Some(effect) = dispatcher.poll_effect() {
///     match effect {
///         Effect::Send(id) => {
///             requests.push(id); // a driver calls fetch() here
///             dispatcher.handle_sent(id);
///         }
///         Effect::Emit(_) => events += 1,
///         _ => {} // a driver handles every effect
///     }
/// }
/// assert_eq!((requests, events), (vec![id], 2));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Request the lease of this lane, queued behind other tabs, and report it with
    /// [`handle_lease`](crate::Dispatcher::handle_lease). If the previous lease is still held, release it after
    /// requesting the next.
    Lease(LaneName),
    /// Release the lease of this lane, or withdraw the request for it.
    Release(LaneName),
    /// Start an attempt of this call. [`render`](crate::Dispatcher::render) says if its request skips the rendered
    /// page.
    Send(CallId),
    /// Look the action of this call up by name in the page as deployed now, and report the result with
    /// [`handle_recovered`](crate::Dispatcher::handle_recovered).
    Recover(CallId),
    /// Abort the exchange of this call and ignore all that still comes from it.
    Abort(CallId),
    /// Abort the exchange of a call whose caller reads the response.
    Break {
        /// Id of the call.
        id: CallId,
        /// Error with which the rest of the body fails. If the caller aborted with a reason, that reason replaces it.
        error: Error,
    },
    /// Abort the exchange of a call that has its value, because no byte arrived for too long. Open promises and streams
    /// inside the value fail with [`Kind::Timeout`](crate::Kind::Timeout).
    Stall(CallId),
    /// Record that this call shares the answer of another, which settles first.
    Join {
        /// Id of the call that is not sent.
        id: CallId,
        /// Id of the call whose answer it shares.
        leader: CallId,
    },
    /// Follow the redirect of this call, which settles next.
    ///
    /// [`RedirectMode::Follow`]: send the user there and report it with
    /// [`handle_moved`](crate::Dispatcher::handle_moved); no call starts before. [`RedirectMode::Throw`]: reject the
    /// promise with Next's own redirect error instead of fulfilling it.
    Redirect {
        /// Id of the call.
        id: CallId,
        /// Handling of the redirect.
        mode: RedirectMode,
        /// Fresh data to request at the target. `None`: none is owed.
        refresh: Option<Revalidated>,
    },
    /// Request fresh data from the page's router.
    Refresh(Revalidated),
    /// Find out if the server can be reached, and report it with [`handle_probed`](crate::Dispatcher::handle_probed).
    Probe,
    /// Load the page again, and report it with [`handle_moved`](crate::Dispatcher::handle_moved).
    Reload,
    /// Settle the promise of this call. Comes exactly once per call.
    Settle {
        /// Id of the call.
        id: CallId,
        /// `Ok`: fulfil the promise with the value that the driver holds. `Err`: reject it with this error.
        result: Result<(), Error>,
        /// When the call passed each stage.
        timings: Timings,
        /// Number of attempts.
        attempts: u32,
    },
    /// Drop all that is held for this call, which is over. Comes last of the effects of every call.
    Forget(CallId),
    /// Notify listeners.
    Emit(Event),
}
