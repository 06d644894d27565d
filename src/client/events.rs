//! Shows what happens to calls: as events, and as a list of those that are open. Never shows arguments or answers.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::driver::Driver;
use crate::Instant;
use crate::protocol::ActionId;

/// Most events that wait to be read. The oldest are dropped beyond that: [`Events::missed`] counts them.
const MOST_UNREAD: usize = 10_000;

/// A change of a call, or its present state.
///
/// It serializes to the object that the npm package shows: `id`, `actionId`, `lane`, `state`, `queuedAt`, … and, once
/// the call has its result, `code` (`"ok"` or that of the error).
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
///
/// const ACTION: &str = "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
///
/// let sim = Sim::new(|_| Reply::value("null"));
/// let client = sim.builder().build()?;
/// client.call::<()>(ACTION, ()).lane("cart").detach();
/// let shown = serde_json::to_value(&client.snapshot()[0]).expect("plain");
/// assert_eq!((&shown["actionId"], &shown["lane"]), (&ACTION.into(), &"cart".into()));
/// assert_eq!(shown["state"], "running");
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Id of the action that was called. `None` for a route.
    pub action: Option<ActionId>,
    /// State of the call.
    pub call: crate::Event,
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let call = &self.call;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &call.id.0)?;
        if let Some(action) = &self.action {
            map.serialize_entry("actionId", action.as_str())?;
        }
        map.serialize_entry("lane", call.lane.as_str())?;
        map.serialize_entry("state", call.state.as_str())?;
        if call.attempts > 0 {
            map.serialize_entry("attempt", &call.attempts)?;
        }
        let timings = &call.timings;
        for (name, at) in [
            ("queuedAt", Some(timings.queued_at)),
            ("startedAt", timings.started_at),
            ("headAt", timings.head_at),
            ("valueAt", timings.value_at),
            ("settledAt", timings.settled_at),
            ("retryAt", call.retry_at),
        ] {
            if let Some(at) = at.map(Instant::as_millis) {
                map.serialize_entry(name, &at)?;
            }
        }
        if call.late {
            map.serialize_entry("late", &true)?;
        }
        if let Some(behind) = call.behind {
            map.serialize_entry("behind", &behind)?;
        }
        if let Some(result) = &call.result {
            map.serialize_entry("code", result.as_ref().err().map_or("ok", |error| error.kind().code()))?;
        }
        map.end()
    }
}

/// The events of a client, from the moment it was made. Ends with the client. [`Client::events`](crate::Client::events)
/// has a longer example.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
///
/// let events = Sim::new(|_| Reply::silent()).builder().build()?.events();
/// assert_eq!(events.missed(), 0);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a stream gives nothing until it is polled"]
pub struct Events(Rc<Queue>);

#[derive(Debug, Default)]
struct Queue {
    unread: RefCell<VecDeque<Event>>,
    missed: Cell<u64>,
    over: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Events {
    /// Returns the number of events that were dropped because 10 000 waited to be read.
    ///
    /// ```
    /// use actionlane::client::sim::{Reply, Sim};
    ///
    /// let client = Sim::new(|_| Reply::silent()).builder().build()?;
    /// let events = client.events();
    /// for _ in 0..10_000 {
    ///     client.call::<()>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ()).detach();
    /// }
    /// assert_eq!(events.missed(), 1, "each waits, and the first runs besides");
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn missed(&self) -> u64 {
        self.0.missed.get()
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let next = self.0.unread.borrow_mut().pop_front();
        if next.is_some() || self.0.over.get() {
            return Poll::Ready(next);
        }
        let waker = context.waker().clone();
        drop(self.0.waker.replace(Some(waker)));
        Poll::Pending
    }
}

/// Receives the events of a client. A program that reads none does not link this.
pub(super) trait Listen {
    /// Makes a stream of the events from now on.
    fn listen(&self) -> Events;

    /// Gives an event to every stream.
    fn emit(&self, driver: &Driver, call: crate::Event);
}

/// Makes a stream of the events from now on.
pub(super) fn listen(listeners: &OnceCell<Box<dyn Listen>>) -> Events {
    listeners.get_or_init(|| Box::new(Listeners::default())).listen()
}

/// The streams that receive a client's events.
#[derive(Debug, Default)]
struct Listeners(RefCell<Vec<Weak<Queue>>>);

impl Listen for Listeners {
    fn listen(&self) -> Events {
        let queue = Rc::default();
        let mut queues = self.0.borrow_mut();
        queues.retain(|queue| queue.strong_count() > 0);
        queues.push(Rc::downgrade(&queue));
        Events(queue)
    }

    fn emit(&self, driver: &Driver, call: crate::Event) {
        let queues = self.queues();
        if queues.is_empty() {
            return;
        }
        let event = driver.show(call);
        for queue in queues {
            let oldest = {
                let mut unread = queue.unread.borrow_mut();
                unread.push_back(event.clone());
                if unread.len() > MOST_UNREAD { unread.pop_front() } else { None }
            };
            if oldest.is_some() {
                queue.missed.set(queue.missed.get() + 1);
            }
            queue.wake();
        }
    }
}

impl Listeners {
    fn queues(&self) -> Vec<Rc<Queue>> {
        self.0.borrow().iter().filter_map(Weak::upgrade).collect()
    }
}

impl Queue {
    fn wake(&self) {
        let waker = self.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Drop for Listeners {
    /// Ends every stream.
    fn drop(&mut self) {
        for queue in self.queues() {
            queue.over.set(true);
            queue.wake();
        }
    }
}
