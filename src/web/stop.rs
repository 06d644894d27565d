//! Spawns work that can be stopped. Knows nothing of what the work does.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Stops the work spawned with it. Work that stops itself runs on to its next `await`.
#[derive(Clone, Default)]
pub(crate) struct Stop(Rc<Stage>);

#[derive(Default)]
struct Stage {
    stopped: Cell<bool>,
    waker: Cell<Option<Waker>>,
}

impl Stop {
    /// Starts the work in the next microtask.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + 'static) {
        let stage = Rc::clone(&self.0);
        wasm_bindgen_futures::spawn_local(async move {
            let mut work = pin!(work);
            poll_fn(|context| {
                if stage.stopped.get() || work.as_mut().poll(context).is_ready() || stage.stopped.get() {
                    return Poll::Ready(());
                }
                stage.waker.set(Some(context.waker().clone()));
                Poll::Pending
            })
            .await;
        });
    }

    /// Stops the work; it is dropped at its next poll. Does nothing if it is over.
    pub(crate) fn stop(&self) {
        self.0.stopped.set(true);
        if let Some(waker) = self.0.waker.take() {
            waker.wake();
        }
    }
}
