//! Holds what the dispatcher keeps of one call until it is over.

use super::alarm::Alarms;
use super::navigation::News;
use crate::call::{CallId, Event, Options, State, Timings, Visit};
use crate::lane::Place;
use crate::{Error, Instant, Sent};

/// A call that is not over.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) options: Options,
    pub(super) visit: Option<Visit>,
    pub(super) state: State,
    pub(super) phase: Phase,
    /// It has been looked up: not again.
    pub(super) recovered: bool,
    pub(super) timings: Timings,
    /// When the first attempt began.
    pub(super) first_at: Instant,
    /// How often it was sent.
    pub(super) attempts: u32,
    /// How often of these because the one before failed.
    pub(super) retries: u32,
    pub(super) sent: Sent,
    /// The same of the attempts before: what one of them may have done is not undone by what is said of another.
    pub(super) sent_before: Sent,
    pub(super) news: News,
    pub(super) alarms: Alarms,
    pub(super) late: bool,
    /// It has been said that it holds its lane for long.
    pub(super) told: bool,
    /// How it was settled. One that others have joined may still go on for them.
    pub(super) result: Option<Result<(), Error>>,
    /// Whose answer it shares.
    pub(super) leader: Option<CallId>,
    /// Who shares its answer.
    pub(super) joined: Vec<CallId>,
}

/// What a running call is doing.
#[derive(Debug)]
pub(super) enum Phase {
    /// Its exchange is under way.
    Sending,
    /// The same, and its caller has the answer already.
    Answered,
    /// Its action is being looked up, as the server does not know it; this is the error if that is of no use.
    Looking(Error),
    /// Its exchange failed; it waits to be sent again.
    Resting,
    /// The same, and its time has come, but nothing may be sent now.
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
            late: self.late && matches!(self.shown_state(), State::Preparing | State::Waiting | State::Running),
            behind: None,
            result: self.result.clone(),
        }
    }

    /// What its caller sees: one that was given up is settled, though it goes on for those who joined it.
    pub(super) fn shown_state(&self) -> State {
        if self.result.is_some() && self.state != State::Done { State::Draining } else { self.state }
    }

    pub(super) fn place(&self) -> Place {
        match self.state {
            State::Waiting => Place::Ready,
            State::Preparing => Place::NotReady,
            State::Running | State::Draining | State::Done => Place::Left,
        }
    }
}
