//! Orders the calls of one lane: who waits, how many run, and who starts next.

use std::collections::VecDeque;
use std::num::NonZeroU32;

use crate::CallId;

/// The order of one lane: who waits, how many run, whether anything may start. It schedules; it does not know calls.
#[derive(Debug)]
pub(crate) struct Lane {
    order: Order,
    /// In order of calling. Calls that left early stay until they come to the front.
    queue: VecDeque<CallId>,
    waiting: usize,
    running: usize,
    paused: bool,
}

/// Who may start next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// So many at a time, in order of calling; a first call that is not ready holds those behind it.
    Serial(NonZeroU32),
    /// Whoever is ready.
    Parallel,
}

impl Order {
    pub(crate) const ONE: Self = Self::Serial(NonZeroU32::MIN);
}

/// What the lane must know of a call to let it start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Ready,
    NotReady,
    /// It waits here no more.
    Left,
}

impl Lane {
    pub(crate) fn new(order: Order) -> Self {
        Self { order, queue: VecDeque::new(), waiting: 0, running: 0, paused: false }
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting
    }

    /// Nothing in it, and nothing set on it: it can be dropped and made anew without a difference.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting == 0 && self.running == 0 && !self.paused
    }

    pub(crate) fn push(&mut self, id: CallId) {
        self.queue.push_back(id);
        self.waiting += 1;
    }

    /// A waiting call has left: the next [`Lane::start`] is told so by `Place::Left`.
    pub(crate) fn leave(&mut self) {
        self.waiting -= 1;
        if self.waiting == 0 {
            self.queue.clear();
        }
    }

    /// A running call has given its slot back.
    pub(crate) fn free(&mut self) {
        self.running -= 1;
    }

    pub(crate) fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// Whether its calls start in order, so many at a time.
    pub(crate) fn is_serial(&self) -> bool {
        matches!(self.order, Order::Serial(_))
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running > 0
    }

    /// The next call that may start.
    pub(crate) fn next(&mut self, place: impl Fn(CallId) -> Place) -> Option<CallId> {
        if self.paused || matches!(self.order, Order::Serial(at_once) if self.running >= at_once.get() as usize) {
            return None;
        }
        while self.queue.front().is_some_and(|&id| place(id) == Place::Left) {
            self.queue.pop_front();
        }
        match self.order {
            Order::Serial(_) => self.queue.front().copied().filter(|&id| place(id) == Place::Ready),
            Order::Parallel => self.queue.iter().copied().find(|&id| place(id) == Place::Ready),
        }
    }

    /// Takes the next call that may start, and a slot for it.
    pub(crate) fn start(&mut self, place: impl Fn(CallId) -> Place) -> Option<CallId> {
        let id = self.next(place)?;
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
    fn serial_holds_behind_a_call_that_is_not_ready() {
        let mut lane = Lane::new(Order::ONE);
        lane.push(CallId(1));
        lane.push(CallId(2));
        let one_prepares = |id| if id == CallId(1) { Place::NotReady } else { Place::Ready };
        assert_eq!(lane.start(one_prepares), None);
        assert_eq!(lane.start(|_| Place::Ready), Some(CallId(1)));
        assert_eq!(lane.start(|_| Place::Ready), None, "one at a time");
        lane.free();
        assert_eq!(lane.start(|_| Place::Ready), Some(CallId(2)));
    }

    #[test]
    fn so_many_at_a_time_and_in_order() {
        let mut lane = Lane::new(Order::Serial(NonZeroU32::new(2).unwrap()));
        (1..=4).for_each(|id| lane.push(CallId(id)));
        let ready = |_| Place::Ready;
        assert_eq!([lane.start(ready), lane.start(ready), lane.start(ready)], [Some(CallId(1)), Some(CallId(2)), None]);
        lane.free();
        assert_eq!(lane.start(|id| if id == CallId(3) { Place::NotReady } else { Place::Ready }), None, "the third comes first");
        assert_eq!(lane.start(ready), Some(CallId(3)));
    }

    #[test]
    fn parallel_lets_whoever_is_ready_go() {
        let mut lane = Lane::new(Order::Parallel);
        (1..=3).for_each(|id| lane.push(CallId(id)));
        let one_prepares = |id| if id == CallId(1) { Place::NotReady } else { Place::Ready };
        assert_eq!(lane.start(one_prepares), Some(CallId(2)));
        assert_eq!(lane.start(one_prepares), Some(CallId(3)));
        assert_eq!(lane.start(one_prepares), None);
        assert_eq!(lane.len(), 1);
    }

    #[test]
    fn those_who_left_are_passed_over() {
        let mut lane = Lane::new(Order::ONE);
        (1..=3).for_each(|id| lane.push(CallId(id)));
        lane.leave();
        let first_left = |id| if id == CallId(1) { Place::Left } else { Place::Ready };
        assert_eq!((lane.len(), lane.start(first_left)), (2, Some(CallId(2))));
    }

    #[test]
    fn a_paused_lane_starts_nothing() {
        let mut lane = Lane::new(Order::Parallel);
        lane.push(CallId(1));
        lane.set_paused(true);
        assert_eq!(lane.start(|_| Place::Ready), None);
        lane.set_paused(false);
        assert_eq!(lane.start(|_| Place::Ready), Some(CallId(1)));
    }
}
