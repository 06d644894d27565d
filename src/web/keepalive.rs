use std::cell::Cell;

/// Bytes that the bodies of all requests that may outlive the page take at the most: more, and the browser rejects the request
/// (<https://fetch.spec.whatwg.org/#http-network-or-cache-fetch>).
const MOST_BYTES: f64 = 65_536.0;
/// How many there are at the most. Browsers have limits of their own, by number and with headers counted in, and say no more than that the
/// request failed: this stays well below them.
const MOST: u32 = 64;

thread_local! {
    /// Bytes and number of those that are open, of all dispatchers of the page.
    static OPEN: Cell<(f64, u32)> = const { Cell::new((0.0, 0)) };
}

/// Leave for one request to outlive the page, until its answer has ended.
#[must_use = "dropping this gives its share back"]
pub(crate) struct Keepalive {
    bytes: f64,
}

impl Keepalive {
    /// For a body of this size; none where that is too much beside those that are open.
    pub(crate) fn take(bytes: f64) -> Option<Self> {
        let (sum, count) = OPEN.get();
        (sum + bytes <= MOST_BYTES && count < MOST).then(|| {
            OPEN.set((sum + bytes, count + 1));
            Self { bytes }
        })
    }
}

impl Drop for Keepalive {
    fn drop(&mut self) {
        let (sum, count) = OPEN.get();
        OPEN.set((sum - self.bytes, count - 1));
    }
}
