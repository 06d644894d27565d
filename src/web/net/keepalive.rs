//! Holds the places of all dispatchers of the page for requests that may go on when it is left.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::Instant;
use crate::keepalive::Places;
use crate::web::embedder::Embedder;
use crate::web::timer;

thread_local! {
    static PLACES: RefCell<Places> = RefCell::default();
    /// Whether requests are to be counted here: the same for all of the page.
    static COUNTS: OnceCell<bool> = const { OnceCell::new() };
}

/// Leave for one request to outlive the page. Dropped without [`Keepalive::over`], the request was given up.
#[must_use = "dropping this counts as giving the request up"]
pub(crate) struct Keepalive {
    /// Who counts the requests, if that is needed.
    counts: Option<Rc<Embedder>>,
    bytes: f64,
    over: bool,
}

impl Keepalive {
    /// For a body of this size; none where that is too much beside those that are open.
    pub(crate) fn take(bytes: f64, embedder: &Rc<Embedder>) -> Option<Self> {
        PLACES
            .with_borrow_mut(|places| {
                let now = if places.waits() { timer::now() } else { Instant::default() };
                places.take(bytes, now)
            })
            .then(|| {
                let counts = COUNTS.with(|counts| *counts.get_or_init(|| embedder.counts_outliving()));
                let counts = counts.then(|| Rc::clone(embedder));
                if let Some(embedder) = &counts {
                    let _ = embedder.outlives(1);
                }
                Self { counts, bytes, over: false }
            })
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
        if let Some(embedder) = &self.counts {
            let _ = embedder.outlives(-1);
        }
    }
}
