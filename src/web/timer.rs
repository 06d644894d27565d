//! The clock of the page, and the one timer of a dispatcher.

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

/// The page's monotonic clock.
#[inline(never)]
pub(crate) fn now() -> Instant {
    Instant::from_millis(performance_now())
}

pub(crate) struct Timer {
    embedder: Rc<Embedder>,
    armed: Cell<Option<Instant>>,
}

impl Timer {
    pub(crate) fn new(embedder: Rc<Embedder>) -> Self {
        Self { embedder, armed: Cell::default() }
    }

    /// Rings once, at `at` or, where it was set to an earlier moment before, then: a moment that moves on with every call takes no call of the
    /// page's. Never for none.
    pub(crate) fn set(&self, at: Option<Instant>) {
        let before = self.armed.get();
        if before == at || before.is_some_and(|before| at.is_some_and(|at| before <= at)) {
            return;
        }
        self.armed.set(at);
        let _ = self.embedder.alarm(at.map(Instant::as_millis));
    }

    /// It has rung.
    pub(crate) fn rang(&self) {
        self.armed.set(None);
    }
}
