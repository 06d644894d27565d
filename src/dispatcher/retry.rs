//! Retries a call: sends it again, when `src/retry.rs` says so. The lane is held meanwhile, so that order holds.

use std::time::Duration;

use super::alarm::LATE;
use super::{Dispatcher, Effect, Phase};
use crate::call::{CallId, State};
use crate::protocol::Revalidated;
use crate::retry::{Failure, is_passing, of_key};
use crate::{Error, Instant, Sent};

impl Dispatcher {
    /// The exchange of a running call failed and is over: it is sent again later, or has failed.
    pub(super) fn attempt_failed(&mut self, id: CallId, error: Error, now: Instant) {
        let Some(entry) = self.in_state(id, State::Running) else { return };
        let error = if entry.options.keyed { of_key(error) } else { error };
        match self.next_attempt(id, &error, now) {
            Some(after) => self.rest(id, now.plus(after), now),
            None => self.end_and_advance(id, error, now),
        }
    }

    /// After how long a running call is sent again, if that may help against this error.
    pub(super) fn next_attempt(&mut self, id: CallId, error: &Error, now: Instant) -> Option<Duration> {
        let entry = self.in_state(id, State::Running)?;
        let failure = Failure {
            error,
            sent: entry.sent,
            harmless: entry.options.keyed || entry.options.safe,
            retries: entry.retries,
            spent: now.since(entry.first_at),
        };
        let retry = entry.options.retry;
        retry.after(&failure, self.roll())
    }

    /// Whether a value is no answer but says that the key's first request is still under way; then the call is dealt with.
    pub(super) fn is_in_progress(&mut self, id: CallId, value: &Result<(), Error>, now: Instant) -> bool {
        let Err(error) = value else { return false };
        let keyed = self.calls.get(&id).is_some_and(|entry| entry.options.keyed);
        let conflict = of_key(error.clone().sent(Sent::Yes));
        if !keyed || !is_passing(&conflict) {
            return false;
        }
        self.effects.push_back(Effect::Abort(id));
        self.attempt_failed(id, conflict, now);
        true
    }

    pub(super) fn rest(&mut self, id: CallId, until: Instant, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        entry.phase = Phase::Resting;
        // The time without network is not the server's.
        if self.offline.is_none() {
            entry.retries += 1;
        }
        entry.timings.head_at = None;
        let stale: Option<Revalidated> = std::mem::take(&mut entry.news).revalidated;
        self.arm(id, |alarms| (alarms.timeout, alarms.stall, alarms.retry) = (None, None, Some(until)));
        // It answered, and then the answer broke off: what it made stale is stale.
        if let Some(what) = stale {
            self.refresh.owe(what, now);
        }
        self.emit(id);
    }

    /// Starts the next attempt.
    pub(super) fn retry(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.in_state(id, State::Running) else { return };
        entry.phase = Phase::Sending;
        entry.sent_before = entry.sent;
        entry.attempts += 1;
        entry.timings.started_at = Some(now);
        let timeout = entry.options.timeout.map(|limit| now.plus(limit));
        let late = (!entry.late).then(|| now.plus(LATE));
        self.arm(id, |alarms| (alarms.timeout, alarms.stall, alarms.retry, alarms.late) = (timeout, None, None, late));
        self.emit(id);
        self.effects.push_back(Effect::Send(id));
    }

    /// Chance: the next number from 0 to below 1 (SplitMix64 over the seed).
    fn roll(&mut self) -> f64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.dice;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
