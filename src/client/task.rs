//! Wraps work so that it can be stopped at once, from outside and from within.
//!
//! Knows nothing of what the work does, and runs nothing by itself: the [`Runtime`](super::Runtime) polls it.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Work for a task.
pub(super) type Work = Pin<Box<dyn Future<Output = ()>>>;

/// A piece of a client's work, to be polled by a [`Runtime`](super::Runtime) until it is over.
///
/// It is not `Send`: a client stays on its thread. Dropping a task before it is over ends the call that it works for,
/// with [`Kind::Internal`](crate::Kind::Internal).
///
/// ```
/// use actionlane::client::{Runtime, Task};
/// use actionlane::client::sim::Sim;
///
/// // A runtime hands each task to its executor, such as `tokio::task::spawn_local` or
/// // `wasm_bindgen_futures::spawn_local`.
/// fn spawn(executor: &Sim, task: Task) {
///     executor.spawn(task);
/// }
/// ```
#[must_use = "a task does nothing until it is polled"]
pub struct Task {
    stage: Rc<Stage>,
    lost: Option<Box<dyn FnOnce()>>,
}

/// Stops a task. Clones stop the same one.
#[derive(Clone, Default)]
pub(super) struct Stop(Rc<Stage>);

#[derive(Default)]
struct Stage {
    /// The work, except while it is polled and once it is over.
    work: RefCell<Option<Work>>,
    stopped: Cell<bool>,
    waker: Cell<Option<Waker>>,
}

impl Stop {
    /// Makes the task that this stops. `lost`: called if the task is dropped before the work is over or stopped.
    pub(super) fn task(&self, work: Work, lost: impl FnOnce() + 'static) -> Task {
        *self.0.work.borrow_mut() = Some(work);
        Task { stage: Rc::clone(&self.0), lost: Some(Box::new(lost)) }
    }

    /// Drops the work at once or, if it stops itself, once it next waits. Does nothing if it is over.
    pub(super) fn stop(&self) {
        self.0.stopped.set(true);
        drop(self.0.work.take());
        if let Some(waker) = self.0.waker.take() {
            waker.wake();
        }
    }

    /// True once the work was stopped. Work checks this after each step that may have stopped it.
    pub(super) fn is_stopped(&self) -> bool {
        self.0.stopped.get()
    }
}

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(mut work) = self.stage.work.take() else {
            self.lost = None;
            return Poll::Ready(());
        };
        self.stage.waker.set(Some(context.waker().clone()));
        let over = work.as_mut().poll(context).is_ready();
        if over || self.stage.stopped.get() {
            self.lost = None;
            return Poll::Ready(());
        }
        *self.stage.work.borrow_mut() = Some(work);
        Poll::Pending
    }
}

impl Drop for Task {
    /// Reports work that can no longer end.
    fn drop(&mut self) {
        if let Some(lost) = self.lost.take().filter(|_| !self.stage.stopped.get()) {
            drop(self.stage.work.take());
            lost();
        }
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").finish_non_exhaustive()
    }
}
