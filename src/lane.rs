//! Orders the calls of one lane: which wait, how many run, and which starts next.
//!
//! Must not know calls beyond their ids; the dispatcher says which are ready.

use std::collections::VecDeque;
use std::num::NonZeroU32;

use crate::CallId;

/// The queue and the slots of one lane.
#[derive(Debug)]
pub(crate) struct Lane {
    order: Order,
    /// Waiting calls, in order of calling. A call that left stays in the queue until it is at the front.
    queue: VecDeque<CallId>,
    /// Number of calls that wait, without those that left.
    waiting: usize,
    running: usize,
    paused: bool,
}

/// Rule for the call that may start next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// In order of calling, at most this many at a time. A first call that is not ready holds those behind it.
    Serial(NonZeroU32),
    /// Any call that is ready, without a limit.
    Parallel,
}

impl Order {
    /// One call at a time.
    pub(crate) const ONE: Self = Self::Serial(NonZeroU32::MIN);
}

/// State of a queued call, as the dispatcher tells the lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// The call may start.
    Ready,
    /// The body of the call is not complete.
    NotReady,
    /// The call does not wait here any more.
    Left,
}

impl Lane {
    pub(crate) fn new(order: Order) -> Self {
        Self { order, queue: VecDeque::new(), waiting: 0, running: 0, paused: false }
    }

    /// Returns the number of calls that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting
    }

    /// True if the lane is empty and not paused, so that it can be dropped and made again without a difference.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting == 0 && self.running == 0 && !self.paused
    }

    pub(crate) fn push(&mut self, id: CallId) {
        self.queue.push_back(id);
        self.waiting += 1;
    }

    /// Removes one call from the count of those that wait. From then on `readiness` must return [`Readiness::Left`] for
    /// it.
    pub(crate) fn remove_one_waiting(&mut self) {
        self.waiting -= 1;
        if self.waiting == 0 {
            self.queue.clear();
        }
    }

    /// Frees the slot of a running call.
    pub(crate) fn free_slot(&mut self) {
        self.running -= 1;
    }

    pub(crate) fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// True if its calls start in order, with a limit.
    pub(crate) fn is_serial(&self) -> bool {
        matches!(self.order, Order::Serial(_))
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running > 0
    }

    /// Returns the next call that may start. `readiness` tells the state of a queued call.
    pub(crate) fn peek_next(&mut self, readiness: impl Fn(CallId) -> Readiness) -> Option<CallId> {
        if self.paused || matches!(self.order, Order::Serial(at_once) if self.running >= at_once.get() as usize) {
            return None;
        }
        while self.queue.front().is_some_and(|&id| readiness(id) == Readiness::Left) {
            self.queue.pop_front();
        }
        match self.order {
            Order::Serial(_) => self.queue.front().copied().filter(|&id| readiness(id) == Readiness::Ready),
            Order::Parallel => self.queue.iter().copied().find(|&id| readiness(id) == Readiness::Ready),
        }
    }

    /// Takes the next call that may start out of the queue, and a slot for it.
    pub(crate) fn take_next(&mut self, readiness: impl Fn(CallId) -> Readiness) -> Option<CallId> {
        let id = self.peek_next(readiness)?;
        match self.order {
            Order::Serial(_) => drop(self.queue.pop_front()),
            Order::Parallel => self.queue.retain(|&other| other != id),
        }
        self.waiting -= 1;
        self.running += 1;
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_is_not_ready_holds_a_serial_lane() {
        let mut lane = Lane::new(Order::ONE);
        lane.push(CallId(1));
        lane.push(CallId(2));
        let one_prepares = |id| if id == CallId(1) { Readiness::NotReady } else { Readiness::Ready };
        assert_eq!(lane.take_next(one_prepares), None);
        assert_eq!(lane.take_next(|_| Readiness::Ready), Some(CallId(1)));
        assert_eq!(lane.take_next(|_| Readiness::Ready), None, "one at a time");
        lane.free_slot();
        assert_eq!(lane.take_next(|_| Readiness::Ready), Some(CallId(2)));
    }

    #[test]
    fn a_lane_with_two_slots_starts_two_calls_in_order() {
        let mut lane = Lane::new(Order::Serial(NonZeroU32::new(2).unwrap()));
        (1..=4).for_each(|id| lane.push(CallId(id)));
        let ready = |_| Readiness::Ready;
        assert_eq!([lane.take_next(ready), lane.take_next(ready), lane.take_next(ready)], [Some(CallId(1)), Some(CallId(2)), None]);
        lane.free_slot();
        assert_eq!(
            lane.take_next(|id| if id == CallId(3) { Readiness::NotReady } else { Readiness::Ready }),
            None,
            "the third comes first"
        );
        assert_eq!(lane.take_next(ready), Some(CallId(3)));
    }

    #[test]
    fn a_parallel_lane_starts_every_call_that_is_ready() {
        let mut lane = Lane::new(Order::Parallel);
        (1..=3).for_each(|id| lane.push(CallId(id)));
        let one_prepares = |id| if id == CallId(1) { Readiness::NotReady } else { Readiness::Ready };
        assert_eq!(lane.take_next(one_prepares), Some(CallId(2)));
        assert_eq!(lane.take_next(one_prepares), Some(CallId(3)));
        assert_eq!(lane.take_next(one_prepares), None);
        assert_eq!(lane.waiting(), 1);
    }

    #[test]
    fn a_call_that_left_is_skipped() {
        let mut lane = Lane::new(Order::ONE);
        (1..=3).for_each(|id| lane.push(CallId(id)));
        lane.remove_one_waiting();
        let first_left = |id| if id == CallId(1) { Readiness::Left } else { Readiness::Ready };
        assert_eq!((lane.waiting(), lane.take_next(first_left)), (2, Some(CallId(2))));
    }

    #[test]
    fn a_paused_lane_starts_nothing() {
        let mut lane = Lane::new(Order::Parallel);
        lane.push(CallId(1));
        lane.set_paused(true);
        assert_eq!(lane.take_next(|_| Readiness::Ready), None);
        lane.set_paused(false);
        assert_eq!(lane.take_next(|_| Readiness::Ready), Some(CallId(1)));
    }
}
