//! Counts the requests that may go on when the page is left.

use std::time::Duration;

use crate::Instant;

/// The places of a page for requests that may outlive it.
#[derive(Debug, Default)]
pub(crate) struct Places {
    bytes: f64,
    open: usize,
    /// Until when each of those that were given up counts on.
    held: Vec<Instant>,
}

/// Bytes that the bodies of all of them take at the most: more, and the browser rejects the request
/// (<https://fetch.spec.whatwg.org/#http-network-or-cache-fetch>).
const MOST_BYTES: f64 = 65_536.0;
/// How many there are at the most: over HTTP/1.1 a browser has six connections to an origin, and two of them stay free of what is [`HELD`].
const MOST: usize = 4;
/// How long one counts on that was given up before its answer began. Chromium (156) does not cancel such a request: it keeps its connection,
/// or its turn to get one, until the answer begins or this has passed.
const HELD: Duration = Duration::from_secs(30);

impl Places {
    /// Whether time matters for the next to come.
    pub(crate) fn waits(&self) -> bool {
        !self.held.is_empty()
    }

    /// Whether there is a place for a request with a body of this size; if so, it is taken.
    pub(crate) fn take(&mut self, bytes: f64, now: Instant) -> bool {
        self.held.retain(|until| *until > now);
        let fits = self.bytes + bytes <= MOST_BYTES && self.open + self.held.len() < MOST;
        if fits {
            self.bytes += bytes;
            self.open += 1;
        }
        fits
    }

    /// The request that took so many bytes is over.
    pub(crate) fn give_back(&mut self, bytes: f64) {
        self.bytes -= bytes;
        self.open -= 1;
    }

    /// The request that took so many bytes was given up before its answer began.
    pub(crate) fn give_up(&mut self, bytes: f64, now: Instant) {
        self.give_back(bytes);
        self.held.push(now.plus(HELD));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u32) -> Instant {
        Instant::from_millis(f64::from(seconds) * 1000.0)
    }

    #[test]
    fn bodies_take_64_kib_together() {
        let mut places = Places::default();
        assert!(!places.take(65_537.0, at(0)));
        assert!(places.take(40_000.0, at(0)));
        assert!(!places.take(25_537.0, at(0)));
        assert!(places.take(25_536.0, at(0)));
        assert!(!places.take(1.0, at(0)));
        places.give_back(40_000.0);
        assert!(places.take(40_000.0, at(0)));
    }

    #[test]
    fn there_are_four_at_once() {
        let mut places = Places::default();
        assert!((0..4).all(|_| places.take(0.0, at(0))));
        assert!(!places.take(0.0, at(0)));
        places.give_back(0.0);
        assert!(places.take(0.0, at(0)));
    }

    #[test]
    fn what_is_given_up_holds_its_place_but_no_bytes_for_30_seconds() {
        let mut places = Places::default();
        for second in 0..4 {
            assert_eq!(places.waits(), second > 0);
            assert!(places.take(65_536.0, at(second)));
            places.give_up(65_536.0, at(second));
        }
        assert!(!places.take(0.0, at(29)));
        assert!(places.take(0.0, at(30)));
        assert!(!places.take(0.0, at(30)), "one of the four is free again, and taken");
        assert!(places.take(0.0, at(31)));
    }
}
