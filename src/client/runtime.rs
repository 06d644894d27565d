//! Declares what a client needs of the program around it: time, chance, and an executor.
//!
//! Implements none of these; `sim.rs` has one in virtual time.

use std::rc::Rc;
use std::time::Duration;

use super::Task;
use super::task::Work;
use crate::Instant;

/// Time, chance and an executor, as the program has them.
///
/// An executor is needed because a future may be polled once and then left alone. If each call drove its own request,
/// such a call would hold its lane, and its timeout would never ring. So the client's tasks do the work, and a call's
/// future only waits for the result.
///
/// ```
/// use actionlane::Instant;
/// use actionlane::client::sim::Sim;
/// use actionlane::client::{Runtime, Task};
/// use std::time::Duration;
///
/// struct Mine {
///     executor: Sim,
///     start: std::time::Instant,
/// }
///
/// impl Runtime for Mine {
///     fn now(&self) -> Instant {
///         Instant::from_millis(self.start.elapsed().as_secs_f64() * 1000.0)
///     }
///     async fn sleep(&self, time: Duration) {
///         self.executor.sleep(time).await; // with tokio: `tokio::time::sleep(time).await`
///     }
///     fn spawn(&self, task: Task) {
///         self.executor.spawn(task); // with tokio: `drop(tokio::task::spawn_local(task))`
///     }
///     fn random(&self) -> u64 {
///         4 // with the crate rand: `rand::random()`
///     }
/// }
/// ```
pub trait Runtime {
    /// Returns the time of a clock that never goes back. Only differences count, so it may begin anywhere.
    fn now(&self) -> Instant;

    /// Waits. May wait longer than asked.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()>;

    /// Runs a task beside the caller's futures, on the same thread. Dropping the task ends its call.
    fn spawn(&self, task: Task);

    /// Returns a random number that others cannot guess: idempotency keys are made of it.
    fn random(&self) -> u64;
}

/// A [`Runtime`] of any type.
pub(super) trait AnyRuntime {
    fn now(&self) -> Instant;
    fn sleep(self: Rc<Self>, time: Duration) -> Work;
    fn spawn(&self, task: Task);
    fn random(&self) -> u64;
}

impl<R: Runtime + 'static> AnyRuntime for R {
    fn now(&self) -> Instant {
        Runtime::now(self)
    }

    fn sleep(self: Rc<Self>, time: Duration) -> Work {
        Box::pin(async move { Runtime::sleep(&*self, time).await })
    }

    fn spawn(&self, task: Task) {
        Runtime::spawn(self, task);
    }

    fn random(&self) -> u64 {
        Runtime::random(self)
    }
}

/// Returns 16 random bytes.
pub(super) fn random_bytes(runtime: &dyn AnyRuntime) -> [u8; 16] {
    let mut bytes = [0; 16];
    let (first, second) = bytes.split_at_mut(8);
    first.copy_from_slice(&runtime.random().to_le_bytes());
    second.copy_from_slice(&runtime.random().to_le_bytes());
    bytes
}
