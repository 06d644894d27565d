//! Looks an action up that the server does not know. It did not run then, so it may be sent again.

use std::time::Duration;

use super::{Dispatcher, Effect, Phase};
use crate::call::{CallId, Render, Skew, State};
use crate::time::millis;
use crate::{Error, Instant, Kind};

/// What came of looking an action up in the page as deployed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// It has another id there, under which it is to be sent.
    Found,
    /// Why it cannot be sent again: a clause for the message.
    NotFound(String),
}

impl Recovery {
    /// How long looking an action up may take.
    pub const LONGEST: Duration = Duration::from_secs(10);
}

impl Dispatcher {
    /// What is to be asked of the server when this call is sent.
    pub fn render(&self, id: CallId) -> Render {
        self.calls.get(&id).map_or(Render::Auto, |entry| entry.options.render)
    }

    /// The server does not know the action of this call. Sends it without [`Render::Skip`] if it asked for that, because a page that
    /// does not own an action refuses only then; has it looked up if that may help; fails with `error` otherwise.
    pub fn handle_unknown(&mut self, id: CallId, error: Error, now: Instant) {
        let Some(entry) = self.exchanging(id) else { return };
        entry.sent = entry.sent_before;
        entry.timings.head_at = None;
        if entry.options.render == Render::Skip {
            entry.options.render = Render::Auto;
            return self.rested(id, now);
        }
        match entry.options.skew {
            Skew::Recover if entry.options.named && !entry.recovered => {
                entry.phase = Phase::Looking(error);
                self.arm(id, |alarms| (alarms.timeout, alarms.stall) = (Some(now.plus(Recovery::LONGEST)), None));
                self.effects.push_back(Effect::Recover(id));
            }
            Skew::Reload => {
                self.moving = true;
                self.end_and_advance(id, error, now);
                self.effects.push_back(Effect::Reload);
            }
            Skew::Recover | Skew::Fail => self.end_and_advance(id, error, now),
        }
    }

    /// What [`Effect::Recover`] came to.
    pub fn handle_recovered(&mut self, id: CallId, recovery: Recovery, now: Instant) {
        let Some(entry) = self.in_state(id, State::Running) else { return };
        let Phase::Looking(error) = &entry.phase else { return };
        match recovery {
            Recovery::Found => {
                entry.recovered = true;
                self.rested(id, now);
            }
            Recovery::NotFound(why) => {
                let error = because(error, &why);
                self.end_and_advance(id, error, now);
            }
        }
    }

    /// The error of a call whose time is up.
    pub(super) fn overdue(&self, id: CallId) -> Error {
        let entry = self.calls.get(&id);
        match entry.map(|entry| &entry.phase) {
            Some(Phase::Looking(error)) => because(error, &["could not be looked up within ", &millis(Recovery::LONGEST), " ms"].concat()),
            _ => {
                let limit = entry.and_then(|entry| entry.options.timeout).unwrap_or_default();
                Error::new(Kind::Timeout, ["no value within ", &millis(limit), " ms"].concat())
            }
        }
    }
}

fn because(error: &Error, why: &str) -> Error {
    let longer = Error::new(error.kind(), [error.message(), ", and ", why].concat());
    match error.http_status() {
        Some(status) => longer.status(status),
        None => longer,
    }
}
