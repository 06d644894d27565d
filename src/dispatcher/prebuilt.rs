//! Handles calls that were made with a ready request, as by `d.fetch()`. The caller receives the response at the head
//! and reads the body itself; the call keeps its slot until the value has passed through.
//!
//! Must not act on the head: redirects and revalidation in it are left to the caller.

use super::navigation::HeadFacts;
use super::{Dispatcher, Effect, Phase};
use crate::call::{CallId, State};
use crate::retry::detect_key_conflict;
use crate::{Error, Instant, Sent};

impl Dispatcher {
    /// Reports that the caller received the response with its head. Settles the call and ignores the head's redirect
    /// and revalidation.
    ///
    /// The call keeps its slot until [`Dispatcher::handle_value`], which then settles nothing, or until the exchange
    /// ends.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, HeadFacts, Instant, Options, State};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let now = Instant::from_millis(0.0);
    /// for id in [CallId(1), CallId(2)] {
    ///     let call = Call { id, options: Options::default(), queued_at: now, visit: None, ready: true };
    ///     dispatcher.enqueue(call, now)?;
    /// }
    /// dispatcher.handle_head(CallId(1), HeadFacts::default(), now);
    /// dispatcher.handle_answered(CallId(1), now);
    /// assert_eq!((dispatcher.pending(), dispatcher.state(CallId(2))), (1, State::Waiting));
    /// dispatcher.handle_value(CallId(1), Ok(()), now);
    /// assert_eq!(dispatcher.state(CallId(2)), State::Running);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_answered(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.exchanging(id) else { return };
        (entry.phase, entry.facts) = (Phase::Answered, HeadFacts::default());
        self.settle(id, Ok(()), now);
        self.emit(id);
    }

    /// Reports the head of an answer that does not come from the action, for a caller that can read it. Retries the
    /// call if `error`, with which other calls would fail, allows it; otherwise the caller gets the answer.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Effect, Error, HeadFacts, Instant, Kind, Options};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
    /// dispatcher.handle_head(id, HeadFacts::default(), now);
    /// dispatcher.handle_foreign(id, Error::new(Kind::Http, "the server answered 401").with_status(401), now);
    /// let settles = |effect| matches!(effect, Effect::Settle { result: Ok(()), .. });
    /// assert!(std::iter::from_fn(|| dispatcher.poll_effect()).any(settles), "a 401 is the caller's to read");
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_foreign(&mut self, id: CallId, error: Error, now: Instant) {
        let Some(entry) = self.exchanging(id) else { return };
        let error = if entry.options.keyed { detect_key_conflict(error) } else { error };
        match self.retry_delay(id, &error, now) {
            Some(after) => {
                self.effects.push_back(Effect::Abort(id));
                self.schedule_retry(id, now.plus(after), now);
            }
            None => self.handle_value(id, Ok(()), now),
        }
    }

    /// True if the caller has the response and the value has not passed through yet.
    pub(super) fn is_answered(&self, id: CallId) -> bool {
        self.calls.get(&id).is_some_and(|entry| entry.state == State::Running && matches!(entry.phase, Phase::Answered))
    }

    /// Frees the slot of a call whose caller has the response, once the value has passed through or the exchange is
    /// over. Returns false for other calls.
    pub(super) fn free_answered(&mut self, id: CallId, value_at: Option<Instant>, now: Instant) -> bool {
        let Some(entry) = self.in_state(id, State::Running).filter(|entry| matches!(entry.phase, Phase::Answered)) else { return false };
        (entry.state, entry.timings.value_at) = (State::Draining, value_at);
        let lane = entry.options.lane.clone();
        self.running -= 1;
        self.arm(id, |alarms| *alarms = alarms.stopped());
        let at = self.effects.len();
        self.lane_mut(&lane).free_slot();
        self.spend_lease(&lane);
        self.advance(&lane, now);
        self.request_refresh_if_due(at, now);
        true
    }

    /// Ends the exchange of a call. A caller that reads the response gets `why` as the error of the body.
    pub(super) fn end_exchange(&mut self, id: CallId, why: &Error) {
        if self.is_answered(id) {
            self.effects.push_back(Effect::Break { id, error: why.clone().with_sent(Sent::Yes) });
        } else {
            self.abort_exchange(id);
        }
    }

    /// Ends an attempt that took too long, and retries it if allowed. A caller that has the response is not sent
    /// another.
    pub(super) fn end_overdue_attempt(&mut self, id: CallId, error: Error, now: Instant) {
        if self.is_answered(id) {
            return self.abort_and_end(id, error, now);
        }
        self.effects.push_back(Effect::Abort(id));
        self.retry_or_end(id, error, now);
    }
}
