//! Decides whether a call that failed is sent again, and when.
//!
//! | what failed | [`Sent`] | over by itself |
//! |---|---|---|
//! | `fetch` rejected | unknown | yes |
//! | the attempt's `timeout`, before a head | unknown | yes |
//! | … after the head, or no byte for `stallTimeout` | yes | yes |
//! | the answer broke off, or ended before the value | yes | yes |
//! | the page's own `fetch` gave a body that cannot be read | yes | no |
//! | … or something that is no response | unknown | no |
//! | not Flight, status 408, 425, 429 or 5xx | yes | yes |
//! | not Flight, any other status | yes | no |
//! | Flight that cannot be read | yes | no |
//! | the key's first request is still under way: 409, or the digest `IDEMPOTENCY_IN_PROGRESS` | yes | yes |
//! | the key belongs to another request: 422, or the digest `IDEMPOTENCY_MISMATCH` | yes | no |
//! | whatever else the action threw, `notFound()` and its like | yes | no: it is the answer |
//!
//! What is not over by itself is never sent again. What is, is sent again if its author allows retries (`limit` above 0) and that is
//! harmless: it did not run (`Sent::No`), it carries an idempotency key, or it changes nothing (a `'use cache'` function; `GET` and `HEAD`).
//!
//! Routes are retried without wasm: `pkg/lib/retry.js` has the same rules. `tests/vectors/retry.json` holds both to them.

use std::time::Duration;

use crate::{Error, Kind, Sent};

/// How often a call may be sent again, and how long to wait before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Attempts after the first. 0, the default: none.
    pub limit: u32,
    /// From the first attempt to the start of the last. Default: 30 s.
    pub budget: Duration,
    /// The longest wait before the second attempt; twice as long before each one after. Default: 300 ms.
    pub first: Duration,
    /// What that does not grow beyond. Default: 10 s.
    pub longest: Duration,
    /// The longest that `Retry-After` is waited for; what says more counts as this. Default: 60 s.
    pub longest_after: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            limit: 0,
            budget: Duration::from_secs(30),
            first: Duration::from_millis(300),
            longest: Duration::from_secs(10),
            longest_after: Duration::from_secs(60),
        }
    }
}

/// An attempt that failed.
pub(crate) struct Failure<'a> {
    pub(crate) error: &'a Error,
    pub(crate) sent: Sent,
    /// It carries an idempotency key, or changes nothing.
    pub(crate) harmless: bool,
    /// How often it has been sent again before.
    pub(crate) retries: u32,
    /// Since the first attempt.
    pub(crate) spent: Duration,
}

impl Retry {
    /// How long to wait before the next attempt; `None` if there is to be none. `dice`: from 0 to below 1.
    ///
    /// Anything from nothing to the longest wait (full jitter), so that clients that failed together do not come back together; at the least
    /// what `Retry-After` says, up to its longest.
    pub(crate) fn after(&self, failure: &Failure<'_>, dice: f64) -> Option<Duration> {
        let Failure { error, sent, harmless, retries, spent } = failure;
        if *retries >= self.limit || !(*harmless || *sent == Sent::No) || !is_passing(error) {
            return None;
        }
        let told = error.retry_after().unwrap_or_default().min(self.longest_after);
        let longest = self.first.saturating_mul(1 << (*retries).min(20)).min(self.longest);
        let after = told.max(part(longest, dice.clamp(0.0, 1.0)));
        (spent.saturating_add(after) <= self.budget).then_some(after)
    }
}

/// This part, from 0 to 1, of a time.
fn part(time: Duration, of: f64) -> Duration {
    Duration::try_from_secs_f64(time.as_secs_f64() * of).unwrap_or(time)
}

/// The failure of a call that carries a key, as the key's protocol reads it (draft-ietf-httpapi-idempotency-key-header).
pub(crate) fn of_key(error: Error) -> Error {
    let as_conflict = |error: &Error, message: &str| {
        let conflict = Error::new(Kind::KeyConflict, message).sent(error.was_sent());
        match error.http_status() {
            Some(status) => conflict.status(status),
            None => conflict,
        }
    };
    match (error.kind(), error.http_status(), error.server_digest()) {
        (Kind::Http, Some(409), _) | (Kind::ActionThrew, _, Some("IDEMPOTENCY_IN_PROGRESS")) => {
            let conflict = as_conflict(&error, "the first request with this idempotency key is still under way").passing();
            match error.retry_after() {
                Some(after) => conflict.after(after),
                None => conflict,
            }
        }
        (Kind::Http, Some(422), _) | (Kind::ActionThrew, _, Some("IDEMPOTENCY_MISMATCH")) => {
            as_conflict(&error, "this idempotency key belongs to another request")
        }
        _ => error,
    }
}

/// Whether what failed may be over by itself.
pub(crate) fn is_passing(error: &Error) -> bool {
    match error.kind() {
        Kind::Network | Kind::Timeout => true,
        Kind::Http => matches!(error.http_status(), Some(408 | 425 | 429 | 500..=599)),
        Kind::Decode | Kind::KeyConflict => error.is_passing(),
        _ => false,
    }
}

/// The delay of a `Retry-After` header; `until(date)` is how long it is from now to an HTTP date, in milliseconds. `None` for what is neither
/// seconds nor a date: a browser makes a date of any text with a number in it, so it is asked only about what has letters and a time of day.
///
/// ```
/// # use std::time::Duration;
/// assert_eq!(actionlane::retry_after("120", |_| f64::NAN), Some(Duration::from_secs(120)));
/// ```
pub fn retry_after(header: &str, until: impl FnOnce(&str) -> f64) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    if !(header.bytes().any(|byte| byte.is_ascii_alphabetic()) && header.contains(':')) {
        return None;
    }
    let ms = until(header);
    Duration::try_from_secs_f64(ms.max(0.0) / 1000.0).ok().filter(|_| !ms.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    fn http(status: u16) -> Error {
        Error::new(Kind::Http, "scripted").status(status)
    }

    fn after(retry: Retry, error: &Error, change: impl FnOnce(&mut Failure<'_>)) -> Option<Duration> {
        let mut failure = Failure { error, sent: Sent::Yes, harmless: true, retries: 0, spent: Duration::ZERO };
        change(&mut failure);
        retry.after(&failure, 0.5)
    }

    const THREE: Retry = Retry {
        limit: 3,
        budget: Duration::from_secs(30),
        first: Duration::from_millis(300),
        longest: Duration::from_secs(10),
        longest_after: Duration::from_secs(60),
    };

    /// The table that `pkg/lib/retry.js` is held to, too.
    fn vectors() -> serde_json::Value {
        serde_json::from_str(include_str!("../tests/vectors/retry.json")).unwrap()
    }

    fn list<'a>(vectors: &'a serde_json::Value, name: &str) -> &'a Vec<serde_json::Value> {
        vectors[name].as_array().filter(|list| !list.is_empty()).unwrap()
    }

    /// Milliseconds of the table, where it says any.
    fn ms(value: &serde_json::Value) -> Option<Duration> {
        value.as_f64().map(|ms| Duration::from_secs_f64(ms / 1000.0))
    }

    /// The limits of one row; the defaults for those it leaves out.
    fn given(retry: &serde_json::Value) -> Retry {
        let usual = Retry::default();
        Retry {
            limit: retry["limit"].as_u64().map_or(usual.limit, |limit| limit as u32),
            budget: ms(&retry["budget"]).unwrap_or(usual.budget),
            first: ms(&retry["delay"]).unwrap_or(usual.first),
            longest: ms(&retry["backoffLimit"]).unwrap_or(usual.longest),
            longest_after: ms(&retry["maxRetryAfter"]).unwrap_or(usual.longest_after),
        }
    }

    #[test]
    fn the_defaults_of_the_vectors() {
        let defaults = &vectors()["defaults"];
        assert_eq!(defaults.as_object().unwrap().len(), 5);
        assert!(defaults.as_object().unwrap().values().all(serde_json::Value::is_u64));
        assert_eq!(given(defaults), Retry::default());
    }

    #[test]
    fn the_failures_of_the_vectors() {
        for row in list(&vectors(), "failures") {
            let error = match row["code"].as_str() {
                Some("NETWORK") => Error::new(Kind::Network, ""),
                Some("TIMEOUT") => Error::new(Kind::Timeout, ""),
                _ => http(row["status"].as_u64().unwrap() as u16),
            };
            let error = if row["keyed"] == true { of_key(error) } else { error };
            assert_eq!(after(THREE, &error, |_| {}).is_some(), row["retried"] == true, "{row}");
        }
    }

    #[test]
    fn the_waits_of_the_vectors() {
        for row in list(&vectors(), "waits") {
            let told = row["retryAfter"].as_str().and_then(|header| retry_after(header, |_| f64::NAN));
            let error = told.map_or(http(503), |told| http(503).after(told));
            let failure = Failure {
                error: &error,
                sent: Sent::Yes,
                harmless: true,
                retries: row["retries"].as_u64().unwrap_or_default() as u32,
                spent: ms(&row["spent"]).unwrap_or_default(),
            };
            let after = given(&row["retry"]).after(&failure, row["dice"].as_f64().unwrap_or(0.5));
            assert_eq!(after, ms(&row["wait"]), "{row}");
        }
    }

    #[test]
    fn the_headers_of_the_vectors() {
        for row in list(&vectors(), "retryAfter") {
            // The browser is to be asked about dates only: any other text would count as one here.
            let until = row.get("until").map_or(5.0, |until| until.as_f64().unwrap_or(f64::NAN));
            assert_eq!(retry_after(row["header"].as_str().unwrap(), |_| until), ms(&row["ms"]), "{row}");
        }
    }

    #[test]
    fn the_table() {
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
        assert!(retried(&Error::new(Kind::Decode, "cut").passing()));
    }

    #[test]
    fn only_what_is_harmless_and_allowed() {
        let error = Error::new(Kind::Network, "");
        assert_eq!(after(Retry::default(), &error, |_| {}), None, "nobody allowed it");
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
        let failure = Failure { error: &error, sent: Sent::Yes, harmless: true, retries: 0, spent: Duration::ZERO };
        assert_eq!(THREE.after(&failure, 0.0), Some(Duration::ZERO));
        assert!(THREE.after(&failure, 0.999).unwrap() < Duration::from_millis(300));
    }

    #[test]
    fn retry_after_counts_up_to_its_longest_and_within_the_budget() {
        let told = |seconds| http(503).after(S * seconds);
        assert_eq!(after(THREE, &told(2), |_| {}), Some(2 * S));
        assert_eq!(after(THREE, &told(31), |_| {}), None, "beyond the budget");
        assert_eq!(after(Retry { budget: 600 * S, ..THREE }, &told(3600), |_| {}), Some(60 * S));
        assert_eq!(after(THREE, &told(2), |failure| failure.spent = 29 * S), None);
    }

    #[test]
    fn a_retry_after_that_says_less_does_not_shorten_the_wait() {
        let now = http(503).after(Duration::ZERO);
        let waits = |retries| after(Retry { limit: 100, ..THREE }, &now, |failure| failure.retries = retries).unwrap().as_millis();
        assert_eq!([0, 1, 2, 5, 6, 50].map(waits), [150, 300, 600, 4800, 5000, 5000]);
        let soon = http(503).after(S);
        let waits = |retries| after(Retry { limit: 100, ..THREE }, &soon, |failure| failure.retries = retries).unwrap().as_millis();
        assert_eq!([0, 2, 3, 6].map(waits), [1000, 1000, 1200, 5000]);
    }

    #[test]
    fn what_a_server_says_of_a_key() {
        let thrown = |digest: &str| Error::new(Kind::ActionThrew, "").digest(digest);
        for (error, passing) in [
            (http(409).after(S), true),
            (thrown("IDEMPOTENCY_IN_PROGRESS"), true),
            (http(422), false),
            (thrown("IDEMPOTENCY_MISMATCH"), false),
        ] {
            let after = error.retry_after();
            let read = of_key(error);
            assert_eq!((read.kind(), is_passing(&read), read.retry_after()), (Kind::KeyConflict, passing, after));
        }
        assert_eq!(of_key(http(500)).kind(), Kind::Http);
        assert_eq!(of_key(thrown("123")).kind(), Kind::ActionThrew);
    }

    #[test]
    fn the_header_in_both_forms() {
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
