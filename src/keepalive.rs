//! Limits the requests with `keepalive`, which go on when the page is left.
//!
//! Must not read a clock: `src/web/net/keepalive.rs` passes the time.

use std::time::Duration;

use crate::Instant;

/// Slots of a page for requests with `keepalive`.
#[derive(Debug, Default)]
pub(crate) struct KeepaliveSlots {
    /// Bytes of the bodies of open requests.
    bytes: f64,
    /// Number of open requests.
    open: usize,
    /// Ends of [`HELD_AFTER_ABORT`] for requests that were aborted.
    held: Vec<Instant>,
}

/// Largest sum of the bodies, in bytes. The browser rejects a request that exceeds it
/// (<https://fetch.spec.whatwg.org/#http-network-or-cache-fetch>).
const MAX_BYTES: f64 = 65_536.0;
/// Largest number of requests. Over HTTP/1.1 a browser has six connections to an origin; this leaves two of them free
/// even if aborted requests keep theirs for [`HELD_AFTER_ABORT`].
const MAX_REQUESTS: usize = 4;
/// Time for which a request keeps its slot if it was aborted before its answer began. Chromium (156) does not cancel
/// such a request: it keeps its connection, or its place in the queue for one, until the answer begins or this time has
/// passed.
const HELD_AFTER_ABORT: Duration = Duration::from_secs(30);

impl KeepaliveSlots {
    /// True if the next [`KeepaliveSlots::take`] depends on the time; otherwise the caller need not read the clock.
    pub(crate) fn needs_time(&self) -> bool {
        !self.held.is_empty()
    }

    /// Takes a slot for a request with a body of so many bytes. Returns false if none is free.
    pub(crate) fn take(&mut self, bytes: f64, now: Instant) -> bool {
        self.held.retain(|until| *until > now);
        let fits = self.bytes + bytes <= MAX_BYTES && self.open + self.held.len() < MAX_REQUESTS;
        if fits {
            self.bytes += bytes;
            self.open += 1;
        }
        fits
    }

    /// Frees the slot of a request that is over.
    pub(crate) fn release(&mut self, bytes: f64) {
        self.bytes -= bytes;
        self.open -= 1;
    }

    /// Frees the bytes of a request that was aborted before its answer began; its slot stays taken for
    /// [`HELD_AFTER_ABORT`].
    pub(crate) fn release_aborted(&mut self, bytes: f64, now: Instant) {
        self.release(bytes);
        self.held.push(now.plus(HELD_AFTER_ABORT));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u32) -> Instant {
        Instant::from_millis(f64::from(seconds) * 1000.0)
    }

    #[test]
    fn bodies_may_have_64_kib_together() {
        let mut slots = KeepaliveSlots::default();
        assert!(!slots.take(65_537.0, at(0)));
        assert!(slots.take(40_000.0, at(0)));
        assert!(!slots.take(25_537.0, at(0)));
        assert!(slots.take(25_536.0, at(0)));
        assert!(!slots.take(1.0, at(0)));
        slots.release(40_000.0);
        assert!(slots.take(40_000.0, at(0)));
    }

    #[test]
    fn four_requests_may_be_open_at_once() {
        let mut slots = KeepaliveSlots::default();
        assert!((0..4).all(|_| slots.take(0.0, at(0))));
        assert!(!slots.take(0.0, at(0)));
        slots.release(0.0);
        assert!(slots.take(0.0, at(0)));
    }

    #[test]
    fn an_aborted_request_keeps_its_slot_but_no_bytes_for_30_seconds() {
        let mut slots = KeepaliveSlots::default();
        for second in 0..4 {
            assert_eq!(slots.needs_time(), second > 0);
            assert!(slots.take(65_536.0, at(second)));
            slots.release_aborted(65_536.0, at(second));
        }
        assert!(!slots.take(0.0, at(29)));
        assert!(slots.take(0.0, at(30)));
        assert!(!slots.take(0.0, at(30)), "one of the four is free again, and taken");
        assert!(slots.take(0.0, at(31)));
    }
}
