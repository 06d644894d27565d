//! Reads the page's clock and sets the one alarm of a dispatcher. The only file of the edge that reads
//! `performance.now()`.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::embedder::Embedder;
use crate::Instant;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Returns the time of the page's monotonic clock.
#[inline(never)]
pub(crate) fn now() -> Instant {
    Instant::from_millis(performance_now())
}

/// The alarm of a dispatcher.
pub(crate) struct Timer {
    embedder: Rc<Embedder>,
    armed: Cell<Option<Instant>>,
}

impl Timer {
    pub(crate) fn new(embedder: Rc<Embedder>) -> Self {
        Self { embedder, armed: Cell::default() }
    }

    /// Sets the alarm to `at`; `None` clears it. If it was set to an earlier time, it keeps that and wakes too
    /// early: this saves a call into JavaScript each time the due time moves on.
    pub(crate) fn set(&self, at: Option<Instant>) {
        let before = self.armed.get();
        if before == at || before.is_some_and(|before| at.is_some_and(|at| before <= at)) {
            return;
        }
        self.armed.set(at);
        let _ = self.embedder.alarm(at.map(Instant::as_millis));
    }

    /// Forgets the time of the alarm, which has rung.
    pub(crate) fn rang(&self) {
        self.armed.set(None);
    }
}
