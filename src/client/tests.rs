//! Tests the client in a simulated world: virtual time, no sleep, no network.

mod abort;
mod answers;
mod events;
mod lanes;
mod reentrancy;
mod requests;
mod retries;
mod routes;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use super::sim::{Reply, Sim};
use super::{Body, CallFuture, Client, Outcome, Request};
use crate::{Error, Kind, Sent, State};

pub(super) const ACTION: &str = "7faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub(super) const OTHER: &str = "7fbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
/// A `'use cache'` function.
pub(super) const CACHED: &str = "ffcccccccccccccccccccccccccccccccccccccccc";

pub(super) const MS: Duration = Duration::from_millis(1);

/// Makes a world whose server answers each action with its first argument, after `time`.
pub(super) fn echo(time: Duration) -> (Sim, Client) {
    world(move |request| Reply::value(&first_argument(request)).after(time))
}

/// Makes a world with a client.
pub(super) fn world(server: impl Fn(&Request) -> Reply + 'static) -> (Sim, Client) {
    let sim = Sim::new(server);
    let client = sim.builder().build().unwrap();
    (sim, client)
}

/// Makes a world whose server gives these replies in turn, the last again and again.
pub(super) fn script(replies: impl IntoIterator<Item = Reply>) -> (Sim, Client) {
    let replies: Vec<_> = replies.into_iter().collect();
    let next = Cell::new(0);
    world(move |_| {
        let at = next.get();
        next.set((at + 1).min(replies.len() - 1));
        replies[at].clone()
    })
}

/// Returns the first argument of a request, in JSON.
pub(super) fn first_argument(request: &Request) -> String {
    let body = String::from_utf8(request.body.as_ref().and_then(Body::as_bytes).expect("a body").to_vec()).unwrap();
    let list: Vec<serde_json::Value> = serde_json::from_str(&body).unwrap();
    list[0].to_string()
}

/// Returns the first arguments of all requests so far, in JSON.
pub(super) fn sent(sim: &Sim) -> Vec<String> {
    sim.requests().iter().map(first_argument).collect()
}

/// Polls a call once, which makes it. Returns true if it is over.
pub(super) fn poke<R: serde::de::DeserializeOwned + 'static>(sim: &Sim, call: &mut CallFuture<R>) -> bool {
    sim.run(poll_fn(|context| Poll::Ready(Pin::new(&mut *call).poll(context).is_ready())))
}

/// Lets the world go on for this time.
pub(super) fn pass(sim: &Sim, time: Duration) {
    sim.run(sim.sleep(time));
}

/// Waits for all of these at once.
pub(super) async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    poll_fn(|context| {
        for (future, output) in &mut futures {
            if output.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *output = Some(ready);
            }
        }
        if futures.iter().all(|(_, output)| output.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    futures.into_iter().filter_map(|(_, output)| output).collect()
}

pub(super) fn kind<T>(result: Result<T, Error>) -> Kind {
    match result {
        Ok(_) => panic!("the call did not fail"),
        Err(error) => error.kind(),
    }
}
