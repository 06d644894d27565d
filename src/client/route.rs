//! Sends a request that the caller built: with timeouts, retries and events, but without a lane. Knows no actions.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::call::Pending;
use super::driver::Driver;
use super::order::{Settings, prepare_route};
use super::settings::setters;
use super::transport::{Incoming, Request, Response};
use crate::{Error, Kind};

/// A request to a route, made by [`Client::route`](crate::Client::route). It does nothing yet.
///
/// Any answer is a success, also one of status 404 or 500, unless it is retried. `timeout` and `deadline` run until the
/// head is there. `GET` and `HEAD` may be retried without an idempotency key.
///
/// ```
/// use actionlane::client::Request;
/// use actionlane::client::sim::{Reply, Sim};
/// use std::cell::Cell;
///
/// let first = Cell::new(true);
/// let sim = Sim::new(move |_| Reply::status(if first.replace(false) { 503 } else { 404 }));
/// let client = sim.builder().build()?;
/// let response = sim.run(client.route(Request::get("https://shop.example/api")).retry(1))?;
/// assert_eq!((response.status(), sim.requests().len()), (404, 2));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[must_use = "a request is not sent until it is awaited"]
pub struct Route {
    driver: Rc<Driver>,
    request: Request,
    settings: Settings,
}

impl Route {
    pub(super) fn new(driver: Rc<Driver>, request: Request) -> Self {
        Self { driver, request, settings: Settings::default() }
    }

    setters!();
}

impl IntoFuture for Route {
    type Output = Result<Response<Incoming>, Error>;
    type IntoFuture = RouteFuture;

    fn into_future(self) -> RouteFuture {
        RouteFuture(Some(Stage::New(Box::new(self))))
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route").field("request", &self.request).finish_non_exhaustive()
    }
}

/// A request to a route, as a future. It is sent when it is polled for the first time. Dropping it aborts the request.
///
/// ```
/// use actionlane::client::Request;
/// use actionlane::client::sim::{Reply, Sim};
///
/// let sim = Sim::new(|_| Reply::status(204));
/// let client = sim.builder().build()?;
/// let future: actionlane::client::RouteFuture = client.route(Request::get("https://shop.example/api")).into_future();
/// assert_eq!(sim.run(future)?.status(), 204);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[must_use = "a request is not sent until it is polled, and is aborted when its future is dropped"]
pub struct RouteFuture(Option<Stage>);

enum Stage {
    New(Box<Route>),
    Pending(Pending),
}

impl Future for RouteFuture {
    type Output = Result<Response<Incoming>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let pending = match self.0.take() {
            Some(Stage::New(route)) => {
                let Route { driver, request, settings } = *route;
                let prepared = prepare_route(request, &settings, &driver.world.wire, &|| driver.world.random());
                Pending::new(driver, prepared, |_| Err(Error::new(Kind::Internal, "a route has no value")))
            }
            Some(Stage::Pending(pending)) => pending,
            None => return Poll::Ready(Err(Error::new(Kind::Internal, "the request was polled after its end"))),
        };
        match pending.poll(context) {
            Ok(settled) => {
                let response = settled.into_outcome::<Response<Incoming>>();
                Poll::Ready(response.and_then(|outcome| outcome.value.ok_or_else(|| Error::new(Kind::Internal, "no response"))))
            }
            Err(pending) => {
                self.0 = Some(Stage::Pending(pending));
                Poll::Pending
            }
        }
    }
}

impl fmt::Debug for RouteFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteFuture").finish_non_exhaustive()
    }
}
