//! Holds the data of one call from its start to its end.
//!
//! Must not hold the body or the answer; those stay with the driver.

use super::alarm::Alarms;
use super::navigation::HeadFacts;
use crate::call::{CallId, Event, Options, State, Timings, Visit};
use crate::lane::Readiness;
use crate::{Error, Instant, Sent};

/// A call that is not over.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) options: Options,
    pub(super) visit: Option<Visit>,
    pub(super) state: State,
    pub(super) phase: Phase,
    /// True once skew recovery found the action's new id. It is tried once per call.
    pub(super) recovered: bool,
    pub(super) timings: Timings,
    /// Start of the first attempt, or the moment the network came back; the retry budget counts from here.
    pub(super) retry_budget_from: Instant,
    /// Number of attempts.
    pub(super) attempts: u32,
    /// Number of retries that count against the limit; those after a failure without a network do not.
    pub(super) retries: u32,
    pub(super) sent: Sent,
    /// `sent` before the current attempt. An action-not-found restores it: only earlier attempts may have run then.
    pub(super) sent_before: Sent,
    pub(super) facts: HeadFacts,
    pub(super) alarms: Alarms,
    /// True once the call was reported late; false again when it starts.
    pub(super) reported_late: bool,
    /// True once an event has said that the call holds its lane for long.
    pub(super) reported_holding: bool,
    /// Result with which the promise settled. The call may go on for calls that joined it.
    pub(super) result: Option<Result<(), Error>>,
    /// The call whose answer this one shares.
    pub(super) leader: Option<CallId>,
    /// Calls that share the answer of this one.
    pub(super) joined: Vec<CallId>,
}

/// Activity of a call that has a slot.
#[derive(Debug)]
pub(super) enum Phase {
    /// Its exchange is under way.
    Sending,
    /// Its exchange is under way, and its caller already has the response.
    Answered,
    /// The server does not know its action, which is being looked up. The call fails with this error if it is not
    /// found.
    Recovering(Error),
    /// Its exchange failed, and it waits for the time of its retry.
    AwaitingRetry,
    /// It is ready to be sent again, but nothing may be sent now: see
    /// [`Dispatcher::is_on_hold`](super::Dispatcher::is_on_hold).
    Held,
}

impl Entry {
    pub(super) fn event(&self, id: CallId) -> Event {
        let running = self.state == State::Running;
        Event {
            id,
            lane: self.options.lane.clone(),
            state: self.shown_state(),
            timings: self.timings,
            attempts: self.attempts,
            recovered: running && self.recovered,
            retry_at: self.alarms.retry.filter(|_| running),
            late: self.reported_late && matches!(self.shown_state(), State::Preparing | State::Waiting | State::Running),
            behind: None,
            result: self.result.clone(),
        }
    }

    /// Returns the state that the caller sees: a settled call is draining, even if it goes on for calls that joined it.
    pub(super) fn shown_state(&self) -> State {
        if self.result.is_some() && self.state != State::Done { State::Draining } else { self.state }
    }

    pub(super) fn readiness(&self) -> Readiness {
        match self.state {
            State::Waiting => Readiness::Ready,
            State::Preparing => Readiness::NotReady,
            State::Running | State::Draining | State::Done => Readiness::Left,
        }
    }
}
