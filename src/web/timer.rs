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
    /// Rings once, at `at` or, where it was set to an earlier moment before, then: a moment that moves on with every call takes no call of the
    /// host's. Never for none. `setTimeout` may be the page's own: nothing is borrowed meanwhile.
    pub(crate) fn set(&self, at: Option<Instant>, ring: impl FnOnce() + 'static) {
        let before = self.armed.borrow().as_ref().map(|(at, _)| *at);
        if before == at || before.is_some_and(|before| at.is_some_and(|at| before <= at)) {
            return;
        }
        drop(self.armed.take());
        let armed = at.map(|at| {
            // Rounded up: a timer that rings early would only be set again.
            let wait = at.since(now()).min(LONGEST).as_secs_f64() * 1000.0;
            (at, Timeout::new(wait.ceil() as u32, ring))
        });
        drop(self.armed.replace(armed));
    }

    /// It has rung.
    pub(crate) fn rang(&self) {
        drop(self.armed.take());
    }
}
