//! Decides if a call that failed is retried, and when.
//!
//! | failure | [`Sent`] | temporary |
//! |---|---|---|
//! | `fetch` rejected | unknown | yes |
//! | the attempt's `timeout`, before a head | unknown | yes |
//! | … after the head, or no byte for `stallTimeout` | yes | yes |
//! | the answer broke off, or ended before the value | yes | yes |
//! | the page's own `fetch` returned a body that cannot be read | yes | no |
//! | … or something that is no response | unknown | no |
//! | not Flight, status 408, 425, 429 or 5xx | yes | yes |
//! | not Flight, any other status | yes | no |
//! | Flight that cannot be read | yes | no |
//! | the key's first request is still under way: 409, or the digest `IDEMPOTENCY_IN_PROGRESS` | yes | yes |
//! | the key belongs to another request: 422, or the digest `IDEMPOTENCY_MISMATCH` | yes | no |
//! | anything else that the action threw, such as `notFound()` | yes | no: it is the answer |
//!
//! A call is retried only after a temporary failure, only if its author allows retries (`limit` above 0), and only if
//! that is harmless. It is harmless if the call did not run (`Sent::No`), carries an idempotency key, or changes
//! nothing (a `'use cache'` function; `GET` and `HEAD`).
//!
//! `pkg/lib/route/retry.js` has the same rules for routes, which are retried without wasm. `tests/vectors/retry.json`
//! tests both. Must not read a clock or draw random numbers; both are arguments.

use std::time::Duration;

use crate::time::micros;
use crate::{Error, Kind, Sent};

/// Limits of the retries of one call.
///
/// The wait before a retry is random, between nothing and an upper limit that doubles each time; a `Retry-After` in the
/// answer makes it longer.
///
/// ```
/// use actionlane::{Call, CallId, Dispatcher, Error, Instant, Kind, Options, Retry};
/// use std::time::Duration;
///
/// let mut dispatcher = Dispatcher::default();
/// let retry = Retry { limit: 3, ..Retry::default() };
/// let options = Options { keyed: true, retry, ..Options::default() };
/// let (id, at) = (CallId(1), Instant::from_millis);
/// dispatcher.enqueue(Call { id, options, queued_at: at(0.0), visit: None, ready: true }, at(0.0))?;
/// let busy = Error::new(Kind::Http, "the server answered 503").with_status(503);
/// dispatcher.handle_failure(id, busy.with_retry_after(Duration::from_secs(2)), at(0.0));
/// assert_eq!(dispatcher.poll_timeout(), Some(at(2000.0)), "Retry-After is longer than the random wait");
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Largest number of attempts after the first. Default: 0.
    pub limit: u32,
    /// Longest time from the start of the first attempt to the start of the last. Default: 30 s.
    pub budget: Duration,
    /// Longest wait before the second attempt; it doubles before each later one. Default: 300 ms.
    pub first_delay: Duration,
    /// Longest wait before any attempt, without `Retry-After`. Default: 10 s.
    pub max_delay: Duration,
    /// Longest `Retry-After` that is honoured; a longer one counts as this. Default: 60 s.
    pub max_retry_after: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            limit: 0,
            budget: Duration::from_secs(30),
            first_delay: Duration::from_millis(300),
            max_delay: Duration::from_secs(10),
            max_retry_after: Duration::from_secs(60),
        }
    }
}

/// Makes the default with this many attempts after the first.
///
/// ```
/// # use actionlane::Retry;
/// assert_eq!(Retry::from(3), Retry { limit: 3, ..Retry::default() });
/// ```
impl From<u32> for Retry {
    fn from(limit: u32) -> Self {
        Self { limit, ..Self::default() }
    }
}

/// An attempt that failed.
pub(crate) struct Failure<'a> {
    pub(crate) error: &'a Error,
    pub(crate) sent: Sent,
    /// True if the call carries an idempotency key, or changes nothing.
    pub(crate) harmless: bool,
    /// Number of retries before.
    pub(crate) retries: u32,
    /// Time since the start of the first attempt.
    pub(crate) elapsed: Duration,
}

impl Retry {
    /// Returns how long to wait before the next attempt. `None`: no retry. `dice`: a random number from 0 to below 1.
    ///
    /// The wait is random up to its limit (full jitter), so that clients that failed together do not retry together. It
    /// is at least the `Retry-After` of the answer, up to `max_retry_after`.
    pub(crate) fn delay_after(&self, failure: &Failure<'_>, dice: f64) -> Option<Duration> {
        let Failure { error, sent, harmless, retries, elapsed } = failure;
        if *retries >= self.limit || !(*harmless || *sent == Sent::No) || !is_temporary(error) {
            return None;
        }
        let requested = error.retry_after().unwrap_or_default().min(self.max_retry_after);
        let upper = self.first_delay.saturating_mul(1 << (*retries).min(20)).min(self.max_delay);
        let after = requested.max(scale(upper, dice.clamp(0.0, 1.0)));
        (elapsed.saturating_add(after) <= self.budget).then_some(after)
    }
}

/// Multiplies a time by a factor from 0 to 1.
fn scale(time: Duration, factor: f64) -> Duration {
    Duration::from_micros((micros(time) as f64 * factor) as u64)
}

/// Turns the failure of a call with an idempotency key into [`Kind::KeyConflict`] if the server says that the key is in
/// use (draft-ietf-httpapi-idempotency-key-header). Returns other failures unchanged.
pub(crate) fn detect_key_conflict(error: Error) -> Error {
    let as_conflict = |error: &Error, message: &str| {
        let conflict = Error::new(Kind::KeyConflict, message).with_sent(error.sent());
        match error.http_status() {
            Some(status) => conflict.with_status(status),
            None => conflict,
        }
    };
    match (error.kind(), error.http_status(), error.server_digest()) {
        (Kind::Http, Some(409), _) | (Kind::ActionThrew, _, Some("IDEMPOTENCY_IN_PROGRESS")) => {
            let conflict = as_conflict(&error, "the first request with this idempotency key is still under way").temporary();
            match error.retry_after() {
                Some(after) => conflict.with_retry_after(after),
                None => conflict,
            }
        }
        (Kind::Http, Some(422), _) | (Kind::ActionThrew, _, Some("IDEMPOTENCY_MISMATCH")) => {
            as_conflict(&error, "this idempotency key belongs to another request")
        }
        _ => error,
    }
}

/// True if the failure is temporary, by the table at the top of this file.
pub(crate) fn is_temporary(error: &Error) -> bool {
    match error.kind() {
        Kind::Network | Kind::Timeout => true,
        Kind::Http => matches!(error.http_status(), Some(408 | 425 | 429 | 500..=599)),
        Kind::Decode | Kind::KeyConflict => error.is_temporary(),
        _ => false,
    }
}

/// Reads the delay in a `Retry-After` header: seconds, or an HTTP date. `None` if the header is neither.
///
/// `until(date)` must return the milliseconds from now to a date, or NaN. It is called only with text that has letters
/// and a time of day, because browsers parse any text with a number in it as a date.
///
/// ```
/// # use std::time::Duration;
/// use actionlane::retry_after;
///
/// assert_eq!(retry_after("120", |_| f64::NAN), Some(Duration::from_secs(120)));
/// let date = "Wed, 21 Oct 2026 07:28:00 GMT";
/// assert_eq!(retry_after(date, |_| 1500.0), Some(Duration::from_millis(1500)));
/// assert_eq!(retry_after(date, |_| -5.0), Some(Duration::ZERO), "a date that is over");
/// assert_eq!(retry_after("soon", |_| 1500.0), None);
/// ```
pub fn retry_after(header: &str, until: impl FnOnce(&str) -> f64) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    if !(header.bytes().any(|byte| byte.is_ascii_alphabetic()) && header.bytes().any(|byte| byte == b':')) {
        return None;
    }
    let ms = until(header);
    // `as` saturates: a date that is over is now.
    ms.is_finite().then(|| Duration::from_micros((ms * 1000.0) as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    fn http(status: u16) -> Error {
        Error::new(Kind::Http, "scripted").with_status(status)
    }

    fn after(retry: Retry, error: &Error, change: impl FnOnce(&mut Failure<'_>)) -> Option<Duration> {
        let mut failure = Failure { error, sent: Sent::Yes, harmless: true, retries: 0, elapsed: Duration::ZERO };
        change(&mut failure);
        retry.delay_after(&failure, 0.5)
    }

    const THREE: Retry = Retry {
        limit: 3,
        budget: Duration::from_secs(30),
        first_delay: Duration::from_millis(300),
        max_delay: Duration::from_secs(10),
        max_retry_after: Duration::from_secs(60),
    };

    /// Reads the vectors with which `pkg/lib/route/retry.js` is tested too.
    fn vectors() -> serde_json::Value {
        serde_json::from_str(include_str!("../tests/vectors/retry.json")).unwrap()
    }

    fn list<'a>(vectors: &'a serde_json::Value, name: &str) -> &'a Vec<serde_json::Value> {
        vectors[name].as_array().filter(|list| !list.is_empty()).unwrap()
    }

    /// Reads a number of milliseconds from the vectors, if present.
    fn ms(value: &serde_json::Value) -> Option<Duration> {
        value.as_f64().map(|ms| Duration::from_secs_f64(ms / 1000.0))
    }

    /// Reads the limits of one row, with defaults for those that are missing.
    fn given(retry: &serde_json::Value) -> Retry {
        let usual = Retry::default();
        Retry {
            limit: retry["limit"].as_u64().map_or(usual.limit, |limit| limit as u32),
            budget: ms(&retry["budget"]).unwrap_or(usual.budget),
            first_delay: ms(&retry["delay"]).unwrap_or(usual.first_delay),
            max_delay: ms(&retry["backoffLimit"]).unwrap_or(usual.max_delay),
            max_retry_after: ms(&retry["maxRetryAfter"]).unwrap_or(usual.max_retry_after),
        }
    }

    #[test]
    fn the_defaults_agree_with_the_vectors() {
        let defaults = &vectors()["defaults"];
        assert_eq!(defaults.as_object().unwrap().len(), 5);
        assert!(defaults.as_object().unwrap().values().all(serde_json::Value::is_u64));
        assert_eq!(given(defaults), Retry::default());
    }

    #[test]
    fn the_failures_agree_with_the_vectors() {
        for row in list(&vectors(), "failures") {
            let error = match row["code"].as_str() {
                Some("NETWORK") => Error::new(Kind::Network, ""),
                Some("TIMEOUT") => Error::new(Kind::Timeout, ""),
                _ => http(row["status"].as_u64().unwrap() as u16),
            };
            let error = if row["keyed"] == true { detect_key_conflict(error) } else { error };
            assert_eq!(after(THREE, &error, |_| {}).is_some(), row["retried"] == true, "{row}");
        }
    }

    #[test]
    fn the_waits_agree_with_the_vectors() {
        for row in list(&vectors(), "waits") {
            let requested = row["retryAfter"].as_str().and_then(|header| retry_after(header, |_| f64::NAN));
            let error = requested.map_or(http(503), |wait| http(503).with_retry_after(wait));
            let failure = Failure {
                error: &error,
                sent: Sent::Yes,
                harmless: true,
                retries: row["retries"].as_u64().unwrap_or_default() as u32,
                elapsed: ms(&row["spent"]).unwrap_or_default(),
            };
            let after = given(&row["retry"]).delay_after(&failure, row["dice"].as_f64().unwrap_or(0.5));
            assert_eq!(after, ms(&row["wait"]), "{row}");
        }
    }

    #[test]
    fn the_headers_agree_with_the_vectors() {
        for row in list(&vectors(), "retryAfter") {
            // Any text would count as a date here, so this fails if a text that is no date is passed on.
            let until = row.get("until").map_or(5.0, |until| until.as_f64().unwrap_or(f64::NAN));
            assert_eq!(retry_after(row["header"].as_str().unwrap(), |_| until), ms(&row["ms"]), "{row}");
        }
    }

    #[test]
    fn temporary_failures_are_retried() {
        let retried = |error: &Error| after(THREE, error, |_| {}).is_some();
        for status in [408, 425, 429, 500, 502, 503, 504, 599] {
            assert!(retried(&http(status)), "{status}");
        }
        for status in [400, 401, 403, 404, 409, 410, 413, 422] {
            assert!(!retried(&http(status)), "{status}");
        }
        for kind in [Kind::Network, Kind::Timeout] {
            assert!(retried(&Error::new(kind, "")), "{kind:?}");
        }
        for kind in [
            Kind::NotFlight,
            Kind::Decode,
            Kind::ActionThrew,
            Kind::NotFound,
            Kind::RedirectBlocked,
            Kind::InvalidOption,
            Kind::KeyConflict,
        ] {
            assert!(!retried(&Error::new(kind, "")), "{kind:?}");
        }
        assert!(retried(&Error::new(Kind::Decode, "cut").temporary()));
    }

    #[test]
    fn a_retry_must_be_harmless_and_allowed() {
        let error = Error::new(Kind::Network, "");
        assert_eq!(after(Retry::default(), &error, |_| {}), None, "the default allows none");
        assert_eq!(after(THREE, &error, |failure| failure.harmless = false), None);
        assert!(after(THREE, &error, |failure| (failure.harmless, failure.sent) = (false, Sent::No)).is_some());
        assert!(after(THREE, &error, |failure| failure.retries = 2).is_some());
        assert_eq!(after(THREE, &error, |failure| failure.retries = 3), None);
    }

    #[test]
    fn waits_grow_up_to_the_longest() {
        let error = Error::new(Kind::Network, "");
        let waits = |retries| after(Retry { limit: 100, ..THREE }, &error, |failure| failure.retries = retries).unwrap().as_millis();
        assert_eq!([0, 1, 2, 5, 6, 50].map(waits), [150, 300, 600, 4800, 5000, 5000]);
        let failure = Failure { error: &error, sent: Sent::Yes, harmless: true, retries: 0, elapsed: Duration::ZERO };
        assert_eq!(THREE.delay_after(&failure, 0.0), Some(Duration::ZERO));
        assert!(THREE.delay_after(&failure, 0.999).unwrap() < Duration::from_millis(300));
    }

    #[test]
    fn retry_after_has_a_longest_and_must_fit_the_budget() {
        let busy = |seconds| http(503).with_retry_after(S * seconds);
        assert_eq!(after(THREE, &busy(2), |_| {}), Some(2 * S));
        assert_eq!(after(THREE, &busy(31), |_| {}), None, "beyond the budget");
        assert_eq!(after(Retry { budget: 600 * S, ..THREE }, &busy(3600), |_| {}), Some(60 * S));
        assert_eq!(after(THREE, &busy(2), |failure| failure.elapsed = 29 * S), None);
    }

    #[test]
    fn a_short_retry_after_does_not_shorten_the_wait() {
        let now = http(503).with_retry_after(Duration::ZERO);
        let waits = |retries| after(Retry { limit: 100, ..THREE }, &now, |failure| failure.retries = retries).unwrap().as_millis();
        assert_eq!([0, 1, 2, 5, 6, 50].map(waits), [150, 300, 600, 4800, 5000, 5000]);
        let soon = http(503).with_retry_after(S);
        let waits = |retries| after(Retry { limit: 100, ..THREE }, &soon, |failure| failure.retries = retries).unwrap().as_millis();
        assert_eq!([0, 2, 3, 6].map(waits), [1000, 1000, 1200, 5000]);
    }

    #[test]
    fn a_server_that_refuses_a_key_is_a_key_conflict() {
        let thrown = |digest: &str| Error::new(Kind::ActionThrew, "").with_digest(digest);
        for (error, temporary) in [
            (http(409).with_retry_after(S), true),
            (thrown("IDEMPOTENCY_IN_PROGRESS"), true),
            (http(422), false),
            (thrown("IDEMPOTENCY_MISMATCH"), false),
        ] {
            let after = error.retry_after();
            let read = detect_key_conflict(error);
            assert_eq!((read.kind(), is_temporary(&read), read.retry_after()), (Kind::KeyConflict, temporary, after));
        }
        assert_eq!(detect_key_conflict(http(500)).kind(), Kind::Http);
        assert_eq!(detect_key_conflict(thrown("123")).kind(), Kind::ActionThrew);
    }

    #[test]
    fn the_header_may_be_seconds_or_a_date() {
        let never = |_: &str| f64::NAN;
        assert_eq!(retry_after(" 120 ", never), Some(120 * S));
        assert_eq!(retry_after("0", never), Some(Duration::ZERO));
        assert_eq!(retry_after("Wed, 21 Oct 2026 07:28:00 GMT", |_| 1500.0), Some(Duration::from_millis(1500)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT", |_| -5.0), Some(Duration::ZERO));
        assert_eq!(retry_after(&"9".repeat(40), never), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(retry_after("Sunday, 06-Nov-94 08:49:37 GMT", |_| 5.0), Some(Duration::from_millis(5)));
        assert_eq!(retry_after("Sun Nov  6 08:49:37 1994", |_| 5.0), Some(Duration::from_millis(5)));
        for odd in ["", "soon", "-1", "1.5", "+5", "1e3", "5 s", "soon 5", "2026-11-21", "07:28:00"] {
            assert_eq!(retry_after(odd, |_| 5.0), None, "{odd}");
        }
        assert_eq!(retry_after("Wed, 21 Oct 2026 07:28:00 GMT", |_| f64::INFINITY), None);
        assert_eq!(retry_after("noon: 12", never), None);
    }
}
