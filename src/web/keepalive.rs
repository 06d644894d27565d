use std::cell::RefCell;

use super::host::Host;
use super::timer;
use crate::keepalive::Places;

thread_local! {
    /// Of all dispatchers of the page.
    static PLACES: RefCell<Places> = RefCell::default();
}

/// Leave for one request to outlive the page. Dropped without [`Keepalive::over`], the request was given up.
#[must_use = "dropping this counts as giving the request up"]
pub(crate) struct Keepalive<'a> {
    host: &'a Host,
    bytes: f64,
    over: bool,
}

impl<'a> Keepalive<'a> {
    /// For a body of this size; none where that is too much beside those that are open.
    pub(crate) fn take(bytes: f64, host: &'a Host) -> Option<Self> {
        PLACES.with_borrow_mut(|places| places.take(bytes, timer::now())).then(|| {
            let _ = host.outlives(1);
            Self { host, bytes, over: false }
        })
    }

    /// The answer has begun, or the request has failed: from now on it ends when it is given up.
    pub(crate) fn over(&mut self) {
        self.over = true;
    }
}

impl Drop for Keepalive<'_> {
    fn drop(&mut self) {
        PLACES.with_borrow_mut(|places| match self.over {
            true => places.give_back(self.bytes),
            false => places.give_up(self.bytes, timer::now()),
        });
        let _ = self.host.outlives(-1);
    }
}
