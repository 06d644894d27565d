//! Calls Server Actions from programs in Rust: typed, in lanes, with timeouts and retries. Must not touch JavaScript, a
//! clock, a socket or an executor: the program's three parts have those.
//!
//! Needs the feature `client`. It is pure Rust and runs on every target: a [`Transport`] sends the requests, a
//! [`Runtime`] has time and an executor, and a [`Host`] is the page or the window that redirects go to. Arguments and
//! answers go straight between your types and React's encoding, through serde.
//!
//! ```
//! use actionlane::client::sim::{Reply, Sim};
//! use actionlane::Client;
//! use serde::{Deserialize, Serialize};
//! use std::time::Duration;
//!
//! #[derive(Serialize)]
//! struct Order {
//!     sku: String,
//! }
//!
//! #[derive(Deserialize)]
//! struct Receipt {
//!     number: u32,
//! }
//!
//! const PAY: &str = "60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
//!
//! // A simulated server and clock. A real program has a transport over HTTP, and its executor.
//! let sim = Sim::new(|_| Reply::value(r#"{"number":7}"#).after(Duration::from_millis(80)));
//! let client = Client::builder().transport(sim.clone()).runtime(sim.clone()).url("https://shop.example/").build()?;
//!
//! let order = Order { sku: "book".to_owned() };
//! let receipt = sim.run(async {
//!     let outcome = client.call::<Receipt>(PAY, (&order, 12)).lane("payment").timeout(Duration::from_secs(5)).await?;
//!     outcome.into_value()
//! })?;
//! assert_eq!(receipt.number, 7);
//! # Ok::<(), actionlane::Error>(())
//! ```
//!
//! # What runs when
//!
//! A call takes its place in its lane when its future is first polled, or when it is detached: a call that nothing
//! polls holds no lane. From then on tasks of the client do all the work, spawned by the [`Runtime`]. The future only
//! waits, so a lane goes on although a caller stops polling. Dropping the future aborts the call.
//!
//! A client stays on its thread. It may be used from everywhere there, also from inside a waker, a host, a transport or
//! a value's `drop`: nothing of it is borrowed while code of yours runs.

mod arguments;
mod attempt;
mod builder;
mod call;
mod driver;
mod events;
mod exchange;
mod host;
mod http_date;
mod lane;
mod multipart;
mod order;
mod outcome;
mod route;
mod runtime;
mod settings;
pub mod sim;
mod task;
mod transport;
pub(crate) mod values;

#[cfg(test)]
mod tests;

use std::fmt;
use std::rc::Rc;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::attempt::Attempt;
pub use self::builder::{Builder, Missing};
pub use self::call::{Call, CallFuture};
pub use self::events::{Event, Events};
pub use self::host::{Host, Moved, Target};
pub use self::lane::Lane;
pub use self::outcome::{Outcome, Redirected};
pub use self::route::{Route, RouteFuture};
pub use self::runtime::Runtime;
pub use self::task::Task;
pub use self::transport::{Body, Incoming, Request, Response, Transport};
pub use crate::javascript::Form;

use self::arguments::Given;
use self::driver::Driver;
use crate::call::{CallId, LaneName};
use crate::flight;
use crate::protocol::ActionId;

/// A client of one server. Clones are the same client.
///
/// The [module](self) has an example.
#[derive(Clone)]
pub struct Client {
    calls: Rc<Driver>,
    routes: Rc<Driver>,
}

impl Client {
    /// Begins a client.
    pub fn builder() -> Builder<Missing, Missing> {
        Builder::new()
    }

    /// Makes a call of an action, by its id. `arguments`: a tuple, `(order, amount)`; `()` for none. `R` is the type of
    /// the value.
    ///
    /// An invalid id and arguments that cannot be encoded are errors of the call.
    ///
    /// ```
    /// use actionlane::client::sim::{Reply, Sim};
    /// use actionlane::Kind;
    ///
    /// let sim = Sim::new(|_| Reply::value("[1,2]"));
    /// let client = sim.builder().build()?;
    /// let sum = |numbers: Vec<u32>| numbers.iter().sum::<u32>();
    /// let outcome = sim.run(client.call("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ("cart", None::<u8>)))?;
    /// assert_eq!(outcome.value.map(sum), Some(3));
    /// assert_eq!(sim.run(client.call::<()>("pay", ())).unwrap_err().kind(), Kind::InvalidOption);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn call<R: DeserializeOwned + 'static>(&self, action: impl AsRef<str>, arguments: impl Serialize) -> Call<R> {
        let arguments = flight::write(&arguments).map(|sent| Given::Now(Rc::new(sent)));
        Call::new(Rc::clone(&self.calls), ActionId::parse(action.as_ref()), arguments, call::read::<R>, std::any::type_name::<R>())
    }

    /// Makes a request to a route. It waits for no lane. [`Route`] has an example.
    pub fn route(&self, request: Request) -> Route {
        Route::new(Rc::clone(&self.routes), request)
    }

    /// Returns a lane. [`Lane`] has an example.
    pub fn lane(&self, name: impl Into<LaneName>) -> Lane {
        Lane::new(Rc::clone(&self.calls), name.into())
    }

    /// Stops starting calls in all lanes. Those that run go on, and so do routes.
    ///
    /// ```
    /// use actionlane::client::sim::{Reply, Sim};
    ///
    /// let sim = Sim::new(|_| Reply::value("null"));
    /// let client = sim.builder().build()?;
    /// client.pause();
    /// client.call::<()>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ()).detach();
    /// sim.idle();
    /// assert_eq!((client.pending(), sim.requests().len()), (1, 0));
    /// client.resume();
    /// sim.idle();
    /// assert_eq!((client.pending(), sim.requests().len()), (0, 1));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn pause(&self) {
        self.calls.pause(None);
    }

    /// Undoes [`pause`](Self::pause). A lane that was paused by its own name stays paused.
    pub fn resume(&self) {
        self.calls.resume(None);
    }

    /// Rejects the calls that wait in any lane with [`Kind::Cleared`](crate::Kind::Cleared). Returns their number.
    pub fn clear(&self) -> usize {
        self.calls.clear(None)
    }

    /// Rejects every open call and route with [`Kind::Closed`](crate::Kind::Closed), and all later ones.
    ///
    /// ```
    /// use actionlane::client::sim::{Reply, Sim};
    /// use actionlane::Kind;
    ///
    /// let sim = Sim::new(|_| Reply::value("null"));
    /// let client = sim.builder().build()?;
    /// client.close();
    /// let late = client.call::<()>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ());
    /// assert_eq!(sim.run(late).unwrap_err().kind(), Kind::Closed);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn close(&self) {
        for driver in [&self.calls, &self.routes] {
            driver.input(crate::Dispatcher::close);
        }
    }

    /// Aborts a call or a route by its id. Returns false if it is over.
    pub fn abort(&self, id: CallId) -> bool {
        self.calls.abort(id) || self.routes.abort(id)
    }

    /// Returns the number of calls and routes that have no result yet.
    pub fn pending(&self) -> usize {
        self.calls.look(crate::Dispatcher::pending) + self.routes.look(crate::Dispatcher::pending)
    }

    /// Lists the calls and routes that are not over, in order of calling. [`Event`] has an example.
    pub fn snapshot(&self) -> Vec<Event> {
        let mut all = [self.calls.snapshot(), self.routes.snapshot()].concat();
        all.sort_by_key(|event| event.call.id);
        all
    }

    /// Returns the events from now on, of all calls and routes.
    ///
    /// ```
    /// use actionlane::client::sim::{Reply, Sim};
    /// use actionlane::State;
    /// use futures_core::Stream;
    /// use std::future::poll_fn;
    /// use std::pin::pin;
    ///
    /// let sim = Sim::new(|_| Reply::value("null"));
    /// let client = sim.builder().build()?;
    /// let events = client.events();
    /// client.call::<()>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ()).detach();
    /// sim.idle();
    /// drop(client);
    /// let states = sim.run(async {
    ///     let (mut events, mut states) = (pin!(events), Vec::new());
    ///     while let Some(event) = poll_fn(|context| events.as_mut().poll_next(context)).await {
    ///         states.push(event.call.state);
    ///     }
    ///     states
    /// });
    /// assert_eq!(states, [State::Waiting, State::Running, State::Draining, State::Done]);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn events(&self) -> Events {
        events::listen(&self.calls.world.listeners)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("pending", &self.pending()).finish_non_exhaustive()
    }
}
