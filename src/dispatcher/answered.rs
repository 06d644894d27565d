//! A request that somebody else has built, whose caller reads the answer: it has it with the head, and the slot is kept until the value has
//! gone by.

use super::navigation::News;
use super::{Dispatcher, Effect, Phase};
use crate::call::{CallId, State};
use crate::retry::of_key;
use crate::{Error, Instant, Sent};

impl Dispatcher {
    /// The caller has its answer with the head, and does with it as it likes: whatever the head says of the page is its own affair. The slot is
    /// kept until [`handle_value`](Self::handle_value), which settles nothing then, or until the end.
    pub fn handle_answered(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.exchanging(id) else { return };
        (entry.phase, entry.news) = (Phase::Answered, News::default());
        self.settle(id, Ok(()), now);
        self.emit(id);
    }

    /// The head is there of an answer that is no action's, and that the caller can read, too. It is sent again where that may help, else that
    /// is the value. `error`: what it would be for others.
    pub fn handle_foreign(&mut self, id: CallId, error: Error, now: Instant) {
        let Some(entry) = self.exchanging(id) else { return };
        let error = if entry.options.keyed { of_key(error) } else { error };
        match self.next_attempt(id, &error, now) {
            Some(after) => {
                self.effects.push_back(Effect::Abort(id));
                self.rest(id, now.plus(after), now);
            }
            None => self.handle_value(id, Ok(()), now),
        }
    }

    /// Says whether its caller has the answer, of which the value has not gone by.
    pub(super) fn is_answered(&self, id: CallId) -> bool {
        self.calls.get(&id).is_some_and(|entry| entry.state == State::Running && matches!(entry.phase, Phase::Answered))
    }

    /// Frees the slot of a call whose caller has the answer: its value has gone by, or nothing more comes. False where that is no such call.
    pub(super) fn let_go(&mut self, id: CallId, value_at: Option<Instant>, now: Instant) -> bool {
        let Some(entry) = self.in_state(id, State::Running).filter(|entry| matches!(entry.phase, Phase::Answered)) else { return false };
        (entry.state, entry.timings.value_at) = (State::Draining, value_at);
        let lane = entry.options.lane.clone();
        self.running -= 1;
        self.arm(id, |alarms| *alarms = alarms.quiet());
        let at = self.effects.len();
        self.lane_mut(&lane).free();
        self.spend(&lane);
        self.advance(&lane, now);
        self.pay(at, now);
        true
    }

    /// The exchange under way is of no more use, for this reason: whoever reads its answer already is told.
    pub(super) fn break_off(&mut self, id: CallId, why: &Error) {
        if self.is_answered(id) {
            self.effects.push_back(Effect::Break { id, error: why.clone().sent(Sent::Yes) });
        } else {
            self.abandon(id);
        }
    }

    /// The attempt under way has taken too long. What the caller has is not asked for again.
    pub(super) fn give_out(&mut self, id: CallId, error: Error, now: Instant) {
        if self.is_answered(id) {
            return self.fail(id, error, now);
        }
        self.effects.push_back(Effect::Abort(id));
        self.attempt_failed(id, error, now);
    }
}
