use std::cell::RefCell;
use std::time::Duration;

use gloo_timers::callback::Timeout;
use wasm_bindgen::prelude::*;

use crate::Instant;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// The page's monotonic clock.
pub(crate) fn now() -> Instant {
    Instant::from_millis(performance_now())
}

/// The one timer of a dispatcher.
#[derive(Default)]
pub(crate) struct Timer {
    armed: RefCell<Option<(Instant, Timeout)>>,
}

/// What `setTimeout` can hold; a later moment takes several wake-ups.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

impl Timer {
    /// Rings once at `at`, or never; what was set before is forgotten.
    pub(crate) fn set(&self, at: Option<Instant>, ring: impl FnOnce() + 'static) {
        let mut armed = self.armed.borrow_mut();
        if armed.as_ref().map(|(at, _)| *at) == at {
            return;
        }
        *armed = at.map(|at| {
            // Rounded up: a timer that rings early would only be set again.
            let wait = at.since(now()).min(LONGEST).as_secs_f64() * 1000.0;
            (at, Timeout::new(wait.ceil() as u32, ring))
        });
    }

    /// It has rung.
    pub(crate) fn rang(&self) {
        if let Some((_, timeout)) = self.armed.borrow_mut().take() {
            // Dropping it here would only cancel what has happened; forgetting would leak the closure.
            drop(timeout);
        }
    }
}
