//! Gives a caller a call as a builder, and then as a future. Runs nothing: the driver's tasks do.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use serde::de::DeserializeOwned;

use super::arguments::Given;
use super::driver::Driver;
use super::order::{Idempotency, Order, ReadValue, Settings};
use super::outcome::{Outcome, Settled, Waiter};
use super::settings::{action_setters, setters};
use crate::call::{CallId, LaneName, Options};
use crate::flight::Received;
use crate::protocol::ActionId;
use crate::{Error, Kind};

/// A call of an action, made by [`Client::call`](crate::Client::call). It does nothing yet.
///
/// It takes its place in the lane when its future is polled for the first time, or at [`detach`](Self::detach). So a
/// call that nothing polls holds no lane. From then on the client's own tasks do the work: the future only waits, and a
/// lane goes on although the caller polls late or never again. Arguments are encoded at once, so they may be borrowed.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
/// use actionlane::{Kind, Retry};
/// use std::cell::Cell;
/// use std::time::Duration;
///
/// const PAY: &str = "60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
///
/// let first = Cell::new(true);
/// let sim = Sim::new(move |_| if first.replace(false) { Reply::lost() } else { Reply::value("\"paid\"") });
/// let client = sim.builder().build()?;
/// let call = client
///     .call::<String>(PAY, ("order", 12))
///     .lane("payment")
///     .timeout(Duration::from_secs(5))
///     .retry(Retry { limit: 2, ..Retry::default() })
///     .idempotent();
/// let outcome = sim.run(call)?;
/// assert_eq!((outcome.value.as_deref(), outcome.attempts), (Some("paid"), 2));
///
/// let [first, second] = &sim.requests()[..] else { panic!("two requests") };
/// assert_eq!(first.headers, second.headers, "both have the same key");
/// # Ok::<(), actionlane::Error>(())
/// ```
///
/// The compiler warns of a call that is neither awaited nor detached:
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// # let client = actionlane::client::sim::Sim::new(|_| actionlane::client::sim::Reply::silent()).builder().build()?;
/// client.call::<()>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ());
/// # Ok::<(), actionlane::Error>(())
/// ```
#[must_use = "a call does nothing until it is awaited or detached"]
pub struct Call<R> {
    driver: Rc<Driver>,
    action: Result<ActionId, Error>,
    arguments: Result<Given, Error>,
    settings: Settings,
    /// Reads the answer.
    read: ReadValue,
    /// Names the type of the value, and the way to read it.
    type_name: &'static str,
    answer: PhantomData<fn() -> R>,
}

impl<R: DeserializeOwned + 'static> Call<R> {
    pub(super) fn new(
        driver: Rc<Driver>,
        action: Result<ActionId, Error>,
        arguments: Result<Given, Error>,
        read: ReadValue,
        type_name: &'static str,
    ) -> Self {
        Self { driver, action, arguments, settings: Settings::default(), read, type_name, answer: PhantomData }
    }

    /// Sets the lane. Default: that of the client, or `main`.
    pub fn lane(mut self, lane: impl Into<LaneName>) -> Self {
        self.settings.lane = Some(lane.into());
        self
    }

    /// Sets the key by which its strategy finds other calls, across lanes and actions. Default: lane and action.
    pub fn key(mut self, key: &str) -> Self {
        self.settings.key = Some(key.into());
        self
    }

    /// Sets the idempotency key. [`idempotent`](Self::idempotent) makes one.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.settings.idempotency = Some(Idempotency::Given(key.into()));
        self
    }

    setters!();
    action_setters!();

    /// Makes the call and lets it go on by itself. Nothing receives its answer; [events](crate::Client::events) show
    /// its end, unless it fails before it enters its lane.
    ///
    /// ```
    /// use actionlane::client::sim::{Reply, Sim};
    ///
    /// const TRACK: &str = "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    ///
    /// let sim = Sim::new(|_| Reply::value("null"));
    /// let client = sim.builder().build()?;
    /// let id = client.call::<()>(TRACK, ("seen",)).detach();
    /// drop(client.call::<()>(TRACK, ("never",)));
    /// sim.idle();
    /// assert_eq!((id.to_string(), sim.requests().len()), ("1".to_owned(), 1));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn detach(self) -> CallId {
        self.enter().detach()
    }

    fn enter(self) -> Pending {
        let Self { driver, action, arguments, settings, read, type_name, .. } = self;
        let order = Order { action, arguments, settings, type_name };
        let prepared = order.prepare(&driver.world.wire, &|| driver.world.random());
        Pending::new(driver, prepared, read)
    }
}

impl<R: DeserializeOwned + 'static> IntoFuture for Call<R> {
    type Output = Result<Outcome<R>, Error>;
    type IntoFuture = CallFuture<R>;

    fn into_future(self) -> CallFuture<R> {
        CallFuture(Some(Stage::New(Box::new(self))))
    }
}

impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("action", &self.action).finish_non_exhaustive()
    }
}

/// Reads a value into the type that the caller asked for.
pub(super) fn read<R: DeserializeOwned + 'static>(received: &dyn Any) -> Result<Box<dyn Any>, Error> {
    let Some(received) = received.downcast_ref::<Received>() else {
        return Err(Error::new(Kind::Internal, "the answer was read in another way"));
    };
    received.read::<R>().map(|value| Box::new(value) as _)
}

/// A call as a future. Dropping it aborts the call: a request that runs is aborted at once, and a call that waits
/// leaves its lane.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
/// use std::future::poll_fn;
/// use std::pin::Pin;
/// use std::task::Poll;
///
/// const SLOW: &str = "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
///
/// let sim = Sim::new(|_| Reply::silent());
/// let client = sim.builder().build()?;
/// let mut call = client.call::<()>(SLOW, ()).into_future();
/// assert_eq!(call.id(), None, "it has no place in a lane yet");
/// sim.run(poll_fn(|context| Poll::Ready(Pin::new(&mut call).poll(context).is_pending())));
/// sim.idle();
/// assert!(call.id().is_some());
/// drop(call);
/// assert_eq!((sim.aborted(), client.pending()), (1, 0));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[must_use = "a call does nothing until it is polled, and is aborted when its future is dropped"]
pub struct CallFuture<R>(Option<Stage<R>>);

enum Stage<R> {
    New(Box<Call<R>>),
    Pending(Pending),
}

impl<R: DeserializeOwned + 'static> CallFuture<R> {
    /// Returns the id of the call, which its events have. `None` before it has its place in a lane, and once the
    /// future has returned its output.
    pub fn id(&self) -> Option<CallId> {
        match &self.0 {
            Some(Stage::Pending(pending)) => Some(pending.id),
            _ => None,
        }
    }

    /// Lets the call go on by itself, and makes it if that has not happened. Returns its id; `None` if the future has
    /// returned its output.
    pub fn detach(mut self) -> Option<CallId> {
        match self.0.take()? {
            Stage::New(call) => Some(call.detach()),
            Stage::Pending(pending) => Some(pending.detach()),
        }
    }
}

impl<R: DeserializeOwned + 'static> Future for CallFuture<R> {
    type Output = Result<Outcome<R>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let pending = match self.0.take() {
            Some(Stage::New(call)) => call.enter(),
            Some(Stage::Pending(pending)) => pending,
            None => return Poll::Ready(Err(Error::new(Kind::Internal, "the call was polled after its end"))),
        };
        match pending.poll(context) {
            Ok(settled) => Poll::Ready(settled.into_outcome()),
            Err(pending) => {
                self.0 = Some(Stage::Pending(pending));
                Poll::Pending
            }
        }
    }
}

impl<R> fmt::Debug for CallFuture<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallFuture").finish_non_exhaustive()
    }
}

/// A call that has entered its lane, and that is aborted when this is dropped.
pub(super) struct Pending {
    driver: Rc<Driver>,
    id: CallId,
    waiter: Rc<Waiter>,
    detached: bool,
}

impl Pending {
    pub(super) fn new(driver: Rc<Driver>, prepared: Result<(Rc<dyn super::order::Work>, Options), Error>, read: ReadValue) -> Self {
        let (id, waiter) = driver.enter(prepared, read);
        Self { driver, id, waiter, detached: false }
    }

    /// Returns the end, or itself if the call is not over.
    pub(super) fn poll(self, context: &mut Context<'_>) -> Result<Settled, Self> {
        self.waiter.take(context.waker()).ok_or(self)
    }

    fn detach(mut self) -> CallId {
        self.detached = true;
        self.id
    }
}

impl Drop for Pending {
    /// Aborts the call, unless it has ended. The rest of an answer is still read.
    fn drop(&mut self) {
        if !self.detached && !self.waiter.is_settled() {
            self.driver.abort(self.id);
        }
    }
}
