//! Code of the program that runs inside the client may use the client: nothing is borrowed then.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread::LocalKey;

use super::*;
use crate::client::{Host, Moved, Response, Runtime, Target, Task, Transport};
use crate::protocol::{RedirectType, Revalidated};

/// Code to run in a waker, which must be `Send` and so cannot hold it.
type Hook = RefCell<Option<Box<dyn FnOnce()>>>;

thread_local! {
    static IN_WAKER: Hook = const { RefCell::new(None) };
}

fn run(hook: &'static LocalKey<Hook>) {
    let hook = hook.with_borrow_mut(Option::take);
    if let Some(hook) = hook {
        hook();
    }
}

struct Hooked;

impl Wake for Hooked {
    fn wake(self: Arc<Self>) {
        run(&IN_WAKER);
    }
}

/// Polls a call with a waker that runs `code` inside the client.
fn poll_with<R: serde::de::DeserializeOwned + 'static>(call: &mut CallFuture<R>, code: impl FnOnce() + 'static) {
    IN_WAKER.set(Some(Box::new(code)));
    let waker = Waker::from(Arc::new(Hooked));
    assert!(Pin::new(call).poll(&mut Context::from_waker(&waker)).is_pending());
}

#[test]
fn a_waker_may_call_abort_and_drop() {
    let (sim, client) = echo(MS);
    let other = Rc::new(RefCell::new(Some(client.call::<u8>(ACTION, (9,)).lane("slow").into_future())));
    assert!(!poke(&sim, other.borrow_mut().as_mut().unwrap()));
    let mut call = client.call::<u8>(ACTION, (1,)).into_future();
    let (inner, dropped) = (client.clone(), Rc::clone(&other));
    poll_with(&mut call, move || {
        inner.call::<u8>(ACTION, (2,)).detach();
        drop(dropped.take());
        inner.pause();
        inner.resume();
        assert_eq!(inner.snapshot().len(), 2, "the first drains, the new one runs");
    });
    sim.idle();
    assert_eq!((sent(&sim), client.pending()), (["9", "1", "2"].map(str::to_owned).into(), 0));
    assert!(poke(&sim, &mut call));
}

#[test]
fn a_waker_of_events_may_call_and_close() {
    let (sim, client) = echo(MS);
    let mut events = client.events();
    let inner = client.clone();
    IN_WAKER.set(Some(Box::new(move || {
        inner.call::<u8>(ACTION, (2,)).detach();
        inner.close();
    })));
    let waker = Waker::from(Arc::new(Hooked));
    assert!(futures_core::Stream::poll_next(Pin::new(&mut events), &mut Context::from_waker(&waker)).is_pending());
    assert_eq!(kind(sim.run(client.call::<u8>(ACTION, (1,)))), Kind::Closed);
    assert_eq!(client.pending(), 0);
}

/// Sends through a world, and runs code at each step of a request.
#[derive(Clone)]
struct Noisy {
    sim: Sim,
    client: Rc<RefCell<Option<Client>>>,
    step: Rc<Cell<&'static str>>,
}

impl Noisy {
    fn at(&self, step: &str) {
        if self.step.get() == step {
            self.step.set("");
            let client = self.client.borrow().clone().expect("a client");
            client.call::<u8>(ACTION, (2,)).detach();
            client.lane("main").clear();
            drop(client.call::<u8>(ACTION, (3,)).lane("x").into_future());
            client.abort(crate::CallId(1));
        }
    }
}

/// Runs code when it is dropped.
struct Noise(Noisy, &'static str);

impl Drop for Noise {
    fn drop(&mut self) {
        self.0.at(self.1);
    }
}

struct NoisyBody(Pin<Box<crate::client::sim::Replying>>, Noise);

impl futures_core::Stream for NoisyBody {
    type Item = Result<Vec<u8>, crate::client::sim::Lost>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.1.0.at("body");
        self.0.as_mut().poll_next(context)
    }
}

impl Transport for Noisy {
    type Error = crate::client::sim::Lost;
    type Chunk = Vec<u8>;
    type Body = NoisyBody;

    async fn send(&self, request: Request) -> Result<Response<NoisyBody>, Self::Error> {
        self.at("send");
        let _noise = Noise(self.clone(), "dropped request");
        let response = Transport::send(&self.sim, request).await?;
        self.at("head");
        let content_type = response.header_value("content-type").unwrap_or_default().to_owned();
        let status = response.status();
        let body = NoisyBody(Box::pin(response.into_body()), Noise(self.clone(), "dropped body"));
        Ok(Response::new(status, body).header("content-type", content_type))
    }
}

#[test]
fn a_transport_may_use_the_client_at_each_step() {
    for step in ["send", "head", "body", "dropped request", "dropped body"] {
        let sim = Sim::new(|_| Reply::value("1").after(MS));
        let noisy = Noisy { sim: sim.clone(), client: Rc::default(), step: Rc::new(Cell::new(step)) };
        let client = Client::builder().transport(noisy.clone()).runtime(sim.clone()).url("https://shop.example/").build().unwrap();
        *noisy.client.borrow_mut() = Some(client.clone());
        let result = sim.run(client.call::<u8>(ACTION, (1,)));
        match step {
            "dropped body" => assert_eq!(result.unwrap().value, Some(1), "{step}: its value is there"),
            _ => assert_eq!(kind(result), Kind::Aborted, "{step}"),
        }
        sim.idle();
        assert_eq!((client.pending(), client.snapshot().len(), noisy.step.get()), (0, 0, ""), "{step}");
        assert_eq!(sim.run(client.call::<u8>(ACTION, (4,))).unwrap().value, Some(1), "{step}: the client goes on");
    }
}

#[test]
fn nothing_more_is_read_once_a_waker_has_aborted_the_rest() {
    let (sim, client) = echo(MS);
    let mut call = client.call::<u8>(ACTION, (1,)).into_future();
    let inner = client.clone();
    poll_with(&mut call, move || assert!(inner.abort(crate::CallId(1))));
    sim.idle();
    assert_eq!((sim.aborted(), client.snapshot().len()), (1, 0));
    assert!(poke(&sim, &mut call), "its value was there");
}

#[test]
fn a_request_that_is_aborted_before_it_is_sent_is_not_sent() {
    let (sim, client) = echo(MS);
    let mut events = client.events();
    let mut call = client.call::<u8>(ACTION, (1,)).into_future();
    poke(&sim, &mut call);
    drop(call);
    sim.idle();
    assert_eq!(sim.requests().len(), 0, "its task was not polled yet");
    assert!(futures_core::Stream::poll_next(Pin::new(&mut events), &mut Context::from_waker(Waker::noop())).is_ready());
}

/// A value that uses the client while it is read and when it is dropped.
struct Loud;

thread_local! {
    static IN_VALUE: RefCell<Option<Client>> = const { RefCell::new(None) };
}

fn use_client() {
    let client = IN_VALUE.with_borrow(Clone::clone);
    if let Some(client) = client {
        client.call::<()>(OTHER, (1,)).lane("values").detach();
        client.snapshot();
    }
}

impl<'de> serde::Deserialize<'de> for Loud {
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(reader)?;
        use_client();
        Ok(Self)
    }
}

impl Drop for Loud {
    fn drop(&mut self) {
        use_client();
    }
}

#[test]
fn a_value_may_use_the_client_while_it_is_read_and_dropped() {
    let (sim, client) = world(|request| Reply::value(if request.headers[1].1 == ACTION { "1" } else { "null" }));
    IN_VALUE.set(Some(client.clone()));
    drop(sim.run(client.call::<Loud>(ACTION, ())).unwrap());
    client.call::<Loud>(ACTION, ()).detach();
    sim.idle();
    IN_VALUE.set(None);
    assert_eq!((sim.requests().len(), client.pending()), (6, 0), "two calls, and two more for each value");
}

/// A host that panics or uses the client when the user is redirected.
struct Wild(RefCell<Option<Client>>, Cell<bool>);

impl Host for Wild {
    fn resolve(&self, url: &str, _: &str) -> Option<Target> {
        Some(Target { url: url.to_owned(), scheme: "https:".to_owned(), path: "/".to_owned(), same_origin: true })
    }

    fn redirect(&self, _: &str, _: Option<RedirectType>, _: Option<Revalidated>) -> Moved {
        assert!(!self.1.get(), "scripted");
        if let Some(client) = &*self.0.borrow() {
            client.call::<()>(OTHER, (1,)).detach();
        }
        Moved::Moved
    }
}

fn wild(panics: bool) -> (Sim, Client) {
    let sim = Sim::new(|request| if request.headers[1].1 == ACTION { Reply::redirect("/a") } else { Reply::value("null") });
    let host = Rc::new(Wild(RefCell::default(), Cell::new(panics)));
    let client = sim.builder().host(Rc::clone(&host)).build().unwrap();
    *host.0.borrow_mut() = Some(client.clone());
    (sim, client)
}

#[test]
fn a_host_may_use_the_client() {
    let (sim, client) = wild(false);
    assert!(sim.run(client.call::<()>(ACTION, ())).unwrap().redirect.unwrap().followed);
    sim.idle();
    assert_eq!((sim.requests().len(), client.pending()), (2, 0));
}

#[test]
fn a_panic_of_the_host_does_not_stop_the_client() {
    let (sim, client) = wild(true);
    let result = catch_unwind(AssertUnwindSafe(|| sim.run(client.call::<()>(ACTION, ()))));
    assert!(result.is_err(), "the panic is passed on");
    assert_eq!(client.pending(), 0);
    client.close();
    assert_eq!(kind(sim.run(client.call::<()>(OTHER, ()))), Kind::Closed);
}

/// A value that cannot be read without a panic.
#[derive(Debug)]
struct Broken;

impl<'de> serde::Deserialize<'de> for Broken {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        panic!("scripted")
    }
}

#[test]
fn a_panic_while_a_value_is_read_ends_that_call_alone() {
    let (sim, client) = echo(MS);
    let mut call = client.call::<Broken>(ACTION, (1,)).into_future();
    let mut next = client.call::<u8>(ACTION, (2,)).into_future();
    assert!(!poke(&sim, &mut call) && !poke(&sim, &mut next));
    assert!(catch_unwind(AssertUnwindSafe(|| sim.idle())).is_err(), "the panic is passed on");
    let error = sim.run(call).unwrap_err();
    assert_eq!((error.kind(), error.sent()), (Kind::Internal, Sent::Yes));
    assert_eq!(sim.run(next).unwrap().value, Some(2), "the lane is free");
}

/// Polls each task once where it is spawned, as some executors do.
#[derive(Clone)]
struct Eager(Sim);

impl Runtime for Eager {
    fn now(&self) -> crate::Instant {
        Runtime::now(&self.0)
    }

    async fn sleep(&self, time: Duration) {
        self.0.sleep(time).await;
    }

    fn spawn(&self, mut task: Task) {
        if Pin::new(&mut task).poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            self.0.spawn(task);
        }
    }

    fn random(&self) -> u64 {
        4
    }
}

#[test]
fn a_call_that_a_listener_ends_before_it_is_sent_is_not_sent() {
    let sim = Sim::new(|_| Reply::value("1"));
    let client = Client::builder().transport(sim.clone()).runtime(Eager(sim.clone())).url("https://shop.example/").build().unwrap();
    let (mut events, inner) = (client.events(), client.clone());
    IN_WAKER.set(Some(Box::new(move || assert!(inner.abort(crate::CallId(1))))));
    let waker = Waker::from(Arc::new(Hooked));
    assert!(futures_core::Stream::poll_next(Pin::new(&mut events), &mut Context::from_waker(&waker)).is_pending());
    let error = sim.run(client.call::<u8>(ACTION, (1,))).unwrap_err();
    assert_eq!((error.kind(), error.sent(), sim.requests().len()), (Kind::Aborted, Sent::No, 0));
}

#[test]
fn a_runtime_may_poll_a_task_where_it_is_spawned() {
    let sim = Sim::new(|request| Reply::value(&first_argument(request)));
    let client = Client::builder().transport(sim.clone()).runtime(Eager(sim.clone())).url("https://shop.example/").build().unwrap();
    let calls = (0..3).map(|number| client.call::<u8>(ACTION, (number,)).timeout(MS).into_future());
    let values: Vec<_> = sim.run(all(calls)).into_iter().map(|outcome| outcome.unwrap().value).collect();
    assert_eq!(values, [Some(0), Some(1), Some(2)]);
}
