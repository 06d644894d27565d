use std::cell::RefCell;

use super::timer;
use crate::keepalive::Places;

thread_local! {
    /// Of all dispatchers of the page.
    static PLACES: RefCell<Places> = RefCell::default();
}

/// Leave for one request to outlive the page. Dropped without [`Keepalive::over`], the request was given up.
#[must_use = "dropping this counts as giving the request up"]
pub(crate) struct Keepalive {
    bytes: f64,
    over: bool,
}

impl Keepalive {
    /// For a body of this size; none where that is too much beside those that are open.
    pub(crate) fn take(bytes: f64) -> Option<Self> {
        PLACES.with_borrow_mut(|places| places.take(bytes, timer::now())).then(|| Self { bytes, over: false })
    }

    /// The answer has begun, or the request has failed: from now on it ends when it is given up.
    pub(crate) fn over(&mut self) {
        self.over = true;
    }
}

impl Drop for Keepalive {
    fn drop(&mut self) {
        PLACES.with_borrow_mut(|places| match self.over {
            true => places.give_back(self.bytes),
            false => places.give_up(self.bytes, timer::now()),
        });
    }
}
