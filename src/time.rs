//! Defines moments on the driver's clock.
//!
//! Must not read `performance.now()`; time is an argument of every input.

use std::time::Duration;

use crate::text::digits;

/// Moment on the driver's clock, in whole microseconds. The core has no clock: every input says when it happened.
///
/// ```
/// use actionlane::Instant;
/// use std::time::Duration;
///
/// let start = Instant::from_millis(1.5);
/// let end = start.plus(Duration::from_secs(2));
/// assert_eq!(end.as_millis(), 2001.5);
/// assert_eq!(end.since(start), Duration::from_secs(2));
/// assert_eq!(start.since(end), Duration::ZERO, "never negative");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// Makes a moment from milliseconds, as `performance.now()` returns them. Negative numbers and NaN count as 0.
    pub fn from_millis(ms: f64) -> Self {
        // `as` saturates, and makes NaN 0.
        Self((ms * 1000.0).round() as u64)
    }

    /// Returns the milliseconds, as `performance.now()` would return them.
    pub fn as_millis(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// Returns the moment that is `after` later, or the last moment if it would overflow.
    #[must_use]
    pub fn plus(self, after: Duration) -> Self {
        Self(self.0.saturating_add(micros(after)))
    }

    /// Returns the time since `earlier`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

/// Returns a time in whole microseconds, or the largest number. The numbers of `Duration` have 128 bits, which take
/// much wasm code.
#[inline(never)]
pub(crate) fn micros(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1_000_000).saturating_add(time.subsec_micros().into())
}

/// Writes a time in whole milliseconds, for messages.
pub(crate) fn millis(time: Duration) -> String {
    digits(micros(time) / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_are_exact() {
        assert_eq!(Instant::from_millis(1.234).as_millis(), 1.234);
    }

    #[test]
    fn odd_numbers_saturate() {
        assert_eq!(Instant::from_millis(f64::NAN), Instant::default());
        assert_eq!(Instant::from_millis(-5.0), Instant::default());
        let end = Instant::from_millis(f64::INFINITY);
        assert_eq!(end.plus(Duration::MAX), end);
    }

    #[test]
    fn the_time_since_a_later_moment_is_zero() {
        assert_eq!(Instant::from_millis(1.0).since(Instant::from_millis(2.0)), Duration::ZERO);
    }
}
