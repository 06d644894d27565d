//! Holds moments on the driver's clock.

use std::time::Duration;

use crate::text::digits;

/// A moment on a clock of the driver's choosing, to the microsecond. The core has no clock: every input says when it happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// From milliseconds, as `performance.now()` gives them. Negative and NaN count as 0.
    pub fn from_millis(ms: f64) -> Self {
        // `as` saturates, and makes NaN 0.
        Self((ms * 1000.0).round() as u64)
    }

    /// Milliseconds, as `performance.now()` would give them.
    pub fn as_millis(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// The moment `after` later; stays at the end of time rather than overflow.
    #[must_use]
    pub fn plus(self, after: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(after.as_micros()).unwrap_or(u64::MAX)))
    }

    /// How long after `earlier` this is; zero if it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

/// Gives the milliseconds of it, for people.
pub(crate) fn millis(time: Duration) -> String {
    digits(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_microseconds() {
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
    fn a_clock_going_backwards_gives_zero() {
        assert_eq!(Instant::from_millis(1.0).since(Instant::from_millis(2.0)), Duration::ZERO);
    }
}
