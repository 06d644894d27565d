//! Shares among all dispatchers of the page the room for requests that may outlive it. Decides no limits:
//! `crate::keepalive` does.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::Instant;
use crate::keepalive::KeepaliveSlots;
use crate::web::embedder::Embedder;
use crate::web::timer;

thread_local! {
    static SLOTS: RefCell<KeepaliveSlots> = RefCell::default();
    /// True if requests must be counted for the page's side. The same for all dispatchers of a page.
    static COUNTS: OnceCell<bool> = const { OnceCell::new() };
}

/// Permission for one request to outlive the page. Dropped before [`Keepalive::mark_over`], it counts as aborted: a
/// browser may still hold its connection for a while.
#[must_use = "dropping this before `mark_over` counts as an abort"]
pub(crate) struct Keepalive {
    /// Counts the request, if that is needed.
    counts: Option<Rc<Embedder>>,
    bytes: f64,
    over: bool,
}

impl Keepalive {
    /// Takes room for a body of this size, in bytes. `None` if the open requests leave too little.
    pub(crate) fn take(bytes: f64, embedder: &Rc<Embedder>) -> Option<Self> {
        SLOTS
            .with_borrow_mut(|slots| {
                let now = if slots.needs_time() { timer::now() } else { Instant::default() };
                slots.take(bytes, now)
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

    /// Marks that the answer has begun or the request has failed. From now on an abort frees the room at once.
    pub(crate) fn mark_over(&mut self) {
        self.over = true;
    }
}

impl Drop for Keepalive {
    fn drop(&mut self) {
        SLOTS.with_borrow_mut(|slots| match self.over {
            true => slots.release(self.bytes),
            false => slots.release_aborted(self.bytes, timer::now()),
        });
        if let Some(embedder) = &self.counts {
            let _ = embedder.outlives(-1);
        }
    }
}
