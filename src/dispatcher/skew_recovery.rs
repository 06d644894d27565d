//! Recovers from version skew: resends a call whose action the server does not know, once the action's new id is found.
//!
//! An unknown action did not run, so that resending is safe. Must not search the page itself; the driver does, on
//! [`Effect::Recover`].

use std::time::Duration;

use super::{Dispatcher, Effect, Phase};
use crate::call::{CallId, Render, Skew, State};
use crate::time::millis;
use crate::{Error, Instant, Kind};

/// Result of looking an action up in the page as deployed now.
///
/// ```
/// use actionlane::{Call, CallId, Dispatcher, Effect, Error, Instant, Kind, Options, Recovery};
///
/// let mut dispatcher = Dispatcher::default();
/// let options = Options { named: true, ..Options::default() };
/// let (id, now) = (CallId(1), Instant::from_millis(0.0));
/// dispatcher.enqueue(Call { id, options, queued_at: now, visit: None, ready: true }, now)?;
/// dispatcher.handle_unknown(id, Error::new(Kind::ActionNotFound, "the server does not know it"), now);
/// assert!(std::iter::from_fn(|| dispatcher.poll_effect()).any(|effect| effect == Effect::Recover(id)));
/// assert_eq!(dispatcher.poll_timeout(), Some(now.plus(Recovery::TIMEOUT)), "the search has a limit of its own");
/// dispatcher.handle_recovered(id, Recovery::Found, now);
/// assert!(std::iter::from_fn(|| dispatcher.poll_effect()).any(|effect| effect == Effect::Send(id)));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// The action has a new id there. The driver sends the next attempt with it.
    Found,
    /// The action cannot be resent, for this reason: a clause that is added to the error's message.
    NotFound(String),
}

impl Recovery {
    /// Longest time that the search may take: 10 s.
    pub const TIMEOUT: Duration = Duration::from_secs(10);
}

impl Dispatcher {
    /// Returns the [`Render`] with which the next attempt of this call must be sent.
    pub fn render(&self, id: CallId) -> Render {
        self.calls.get(&id).map_or(Render::Auto, |entry| entry.options.render)
    }

    /// Reports that the server does not know the action of this call.
    ///
    /// A call with [`Render::Skip`] is first sent without it: with it, the server refuses actions that the page does
    /// not own. Otherwise the action is looked up once, if its [`Skew`] and its name allow it. Otherwise the call fails
    /// with `error`.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Error, Instant, Kind, Options, Render};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let options = Options { render: Render::Skip, ..Options::default() };
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// dispatcher.enqueue(Call { id, options, queued_at: now, visit: None, ready: true }, now)?;
    /// dispatcher.handle_unknown(id, Error::new(Kind::ActionNotFound, "the server does not know it"), now);
    /// assert_eq!((dispatcher.render(id), dispatcher.attempts(id)), (Render::Auto, 2));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_unknown(&mut self, id: CallId, error: Error, now: Instant) {
        let Some(entry) = self.exchanging(id) else { return };
        entry.sent = entry.sent_before;
        entry.timings.head_at = None;
        if entry.options.render == Render::Skip {
            entry.options.render = Render::Auto;
            return self.resend_or_hold(id, now);
        }
        match entry.options.skew {
            Skew::Recover if entry.options.named && !entry.recovered => {
                entry.phase = Phase::Recovering(error);
                self.arm(id, |alarms| (alarms.timeout, alarms.stall) = (Some(now.plus(Recovery::TIMEOUT)), None));
                self.effects.push_back(Effect::Recover(id));
            }
            Skew::Reload => {
                self.navigating = true;
                self.end_and_advance(id, error, now);
                self.effects.push_back(Effect::Reload);
            }
            Skew::Recover | Skew::Fail => self.end_and_advance(id, error, now),
        }
    }

    /// Reports the result of [`Effect::Recover`]: resends the call, or fails it.
    pub fn handle_recovered(&mut self, id: CallId, recovery: Recovery, now: Instant) {
        let Some(entry) = self.in_state(id, State::Running) else { return };
        let Phase::Recovering(error) = &entry.phase else { return };
        match recovery {
            Recovery::Found => {
                entry.recovered = true;
                self.resend_or_hold(id, now);
            }
            Recovery::NotFound(why) => {
                let error = with_reason(error, &why);
                self.end_and_advance(id, error, now);
            }
        }
    }

    /// Makes the error of a call whose attempt, or whose search for the action, took too long.
    pub(super) fn timeout_error(&self, id: CallId) -> Error {
        let entry = self.calls.get(&id);
        match entry.map(|entry| &entry.phase) {
            Some(Phase::Recovering(error)) => {
                with_reason(error, &["could not be looked up within ", &millis(Recovery::TIMEOUT), " ms"].concat())
            }
            _ => {
                let limit = entry.and_then(|entry| entry.options.timeout).unwrap_or_default();
                Error::new(Kind::Timeout, ["no value within ", &millis(limit), " ms"].concat())
            }
        }
    }
}

/// Adds the reason to the error's message.
fn with_reason(error: &Error, why: &str) -> Error {
    let longer = Error::new(error.kind(), [error.message(), ", and ", why].concat());
    match error.http_status() {
        Some(status) => longer.with_status(status),
        None => longer,
    }
}
