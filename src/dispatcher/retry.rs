//! Retries calls: sends a failed call again when `src/retry.rs` allows it.
//!
//! The call holds its lane between attempts, which keeps the order. Must not decide what may be retried; `src/retry.rs`
//! does.

use std::time::Duration;

use super::alarm::LATE_AFTER;
use super::{Dispatcher, Effect, Phase};
use crate::call::{CallId, State};
use crate::protocol::Revalidated;
use crate::retry::{Failure, detect_key_conflict, is_temporary};
use crate::{Error, Instant, Sent};

impl Dispatcher {
    /// Retries a running call whose exchange failed and is over, or fails it.
    pub(super) fn retry_or_end(&mut self, id: CallId, error: Error, now: Instant) {
        let Some(entry) = self.in_state(id, State::Running) else { return };
        let error = if entry.options.keyed { detect_key_conflict(error) } else { error };
        match self.retry_delay(id, &error, now) {
            Some(after) => self.schedule_retry(id, now.plus(after), now),
            None => self.end_and_advance(id, error, now),
        }
    }

    /// Returns how long a running call waits before its next attempt. `None` if it may not be retried after this error.
    pub(super) fn retry_delay(&mut self, id: CallId, error: &Error, now: Instant) -> Option<Duration> {
        let entry = self.in_state(id, State::Running)?;
        let failure = Failure {
            error,
            sent: entry.sent,
            harmless: entry.options.keyed || entry.options.safe,
            retries: entry.retries,
            elapsed: now.since(entry.retry_budget_from),
        };
        let retry = entry.options.retry;
        retry.delay_after(&failure, self.roll())
    }

    /// True if the value only says that the first request with the idempotency key is still under way. If so, this
    /// fails the attempt.
    pub(super) fn fail_if_in_progress(&mut self, id: CallId, value: &Result<(), Error>, now: Instant) -> bool {
        let Err(error) = value else { return false };
        let keyed = self.calls.get(&id).is_some_and(|entry| entry.options.keyed);
        let conflict = detect_key_conflict(error.clone().with_sent(Sent::Yes));
        if !keyed || !is_temporary(&conflict) {
            return false;
        }
        self.effects.push_back(Effect::Abort(id));
        self.retry_or_end(id, conflict, now);
        true
    }

    /// Holds a call whose attempt failed until the time of its retry.
    pub(super) fn schedule_retry(&mut self, id: CallId, until: Instant, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        entry.phase = Phase::AwaitingRetry;
        // A failure for lack of a network does not count against the limit.
        if self.offline.is_none() {
            entry.retries += 1;
        }
        entry.timings.head_at = None;
        let stale: Option<Revalidated> = std::mem::take(&mut entry.facts).revalidated;
        self.arm(id, |alarms| (alarms.timeout, alarms.stall, alarms.retry) = (None, None, Some(until)));
        // The head of the answer has arrived: the data that it named are stale although the attempt failed.
        if let Some(what) = stale {
            self.refresh.owe(what, now);
        }
        self.emit(id);
    }

    /// Starts the next attempt.
    pub(super) fn start_next_attempt(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.in_state(id, State::Running) else { return };
        entry.phase = Phase::Sending;
        entry.sent_before = entry.sent;
        entry.attempts += 1;
        entry.timings.started_at = Some(now);
        let timeout = entry.options.timeout.map(|limit| now.plus(limit));
        let late = (!entry.reported_late).then(|| now.plus(LATE_AFTER));
        self.arm(id, |alarms| (alarms.timeout, alarms.stall, alarms.retry, alarms.late) = (timeout, None, None, late));
        self.emit(id);
        self.effects.push_back(Effect::Send(id));
    }

    /// Draws the next random number, from 0 to below 1 (SplitMix64 over the seed).
    fn roll(&mut self) -> f64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.dice;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
