//! Timeouts, retries, keys, and errors of the network.

use std::error::Error as _;

use super::*;
use crate::Retry;

fn key(request: &Request) -> Option<String> {
    request.headers.iter().find(|(name, _)| name == "idempotency-key").map(|(_, key)| key.clone())
}

#[test]
fn a_request_that_got_no_answer_is_sent_again_only_with_a_key() {
    let (sim, client) = script([Reply::lost(), Reply::value("1")]);
    let error = sim.run(client.call::<u8>(ACTION, ()).retry(2)).unwrap_err();
    assert_eq!((error.kind(), error.sent(), sim.requests().len()), (Kind::Network, Sent::Unknown, 1));
    let (sim, client) = script([Reply::lost(), Reply::lost(), Reply::value("1")]);
    let outcome = sim.run(client.call::<u8>(ACTION, ()).retry(2).idempotent()).unwrap();
    let keys: Vec<_> = sim.requests().iter().map(key).collect();
    assert_eq!((outcome.attempts, outcome.idempotency_key.clone()), (3, keys[0].clone()));
    assert!(keys[0].is_some() && keys.iter().all(|key| *key == keys[0]));
}

/// Lets a simulated server answer, and says that what failed was never sent.
struct Refusing(Sim);

impl crate::client::Transport for Refusing {
    type Error = <Sim as crate::client::Transport>::Error;
    type Chunk = <Sim as crate::client::Transport>::Chunk;
    type Body = <Sim as crate::client::Transport>::Body;

    async fn send(&self, request: Request) -> Result<crate::client::Response<Self::Body>, Self::Error> {
        crate::client::Transport::send(&self.0, request).await
    }

    fn was_sent(&self, _: &Self::Error) -> bool {
        false
    }
}

#[test]
fn a_request_that_was_never_sent_needs_no_key() {
    let (sim, _) = script([Reply::lost(), Reply::lost(), Reply::lost()]);
    let client = Client::builder().transport(Refusing(sim.clone())).runtime(sim.clone()).url("https://shop.example/").build().unwrap();
    let error = sim.run(client.call::<u8>(ACTION, ()).retry(2)).unwrap_err();
    assert_eq!((error.kind(), error.sent(), sim.requests().len()), (Kind::Network, Sent::No, 3));
    assert!(format!("{error:?}").contains("Lost"), "{error:?}");
}

#[test]
fn each_call_has_a_key_of_its_own_unless_it_is_given() {
    let sim = Sim::new(|_| Reply::value("1"));
    let client = sim.builder().idempotent().idempotency_header("X-Key").build().unwrap();
    sim.run(client.call::<u8>(ACTION, ())).unwrap();
    sim.run(client.call::<u8>(ACTION, ())).unwrap();
    sim.run(client.call::<u8>(ACTION, ()).idempotency_key("mine")).unwrap();
    let keys: Vec<_> = sim.requests().iter().flat_map(|request| request.headers.clone()).filter(|(name, _)| name == "x-key").collect();
    assert_eq!((keys.len(), &*keys[2].1), (3, "mine"));
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_cached_function_needs_no_key() {
    let (sim, client) = script([Reply::lost(), Reply::value("1")]);
    assert_eq!(sim.run(client.call::<u8>(CACHED, ()).retry(1)).unwrap().attempts, 2);
}

#[test]
fn the_source_of_an_error_is_kept() {
    let (sim, client) = world(|_| Reply::lost());
    let error = sim.run(client.call::<u8>(ACTION, ())).unwrap_err();
    assert_eq!(error.source().and_then(|source| source.downcast_ref()), Some(&crate::client::sim::Lost));
    let (sim, client) = world(|_| Reply::flight("0:{").breaks_off());
    let error = sim.run(client.call::<u8>(ACTION, ())).unwrap_err();
    assert_eq!((error.kind(), error.sent(), error.source().is_some()), (Kind::Network, Sent::Yes, true));
}

#[test]
fn a_timeout_aborts_the_attempt_and_the_next_one_gets_the_whole_time() {
    let (sim, client) = script([Reply::silent(), Reply::value("1").after(90 * MS)]);
    let retry = Retry { limit: 1, first_delay: Duration::ZERO, ..Retry::default() };
    let outcome = sim.run(client.call::<u8>(ACTION, ()).timeout(100 * MS).retry(retry).idempotent()).unwrap();
    assert_eq!((outcome.attempts, sim.now(), sim.aborted()), (2, 190 * MS, 1));
}

#[test]
fn a_timeout_rings_although_the_future_is_not_polled() {
    let (sim, client) = world(|_| Reply::silent());
    let mut call = client.call::<u8>(ACTION, ()).timeout(100 * MS).into_future();
    poke(&sim, &mut call);
    pass(&sim, 101 * MS);
    assert_eq!((sim.aborted(), client.pending()), (1, 0));
    assert_eq!(kind(sim.run(call)), Kind::Timeout);
}

/// A machine that may sleep: then its clock jumps.
#[derive(Clone)]
struct Machine(Sim, Rc<Cell<Duration>>);

impl crate::client::Runtime for Machine {
    fn now(&self) -> crate::Instant {
        crate::client::Runtime::now(&self.0).plus(self.1.get())
    }

    async fn sleep(&self, time: Duration) {
        self.0.sleep(time).await;
    }

    fn spawn(&self, task: crate::client::Task) {
        self.0.spawn(task);
    }

    fn random(&self) -> u64 {
        4
    }
}

#[test]
fn an_answer_that_arrived_while_the_machine_slept_goes_before_the_timeout() {
    for (after, slept, result) in [(101, true, Ok(Some(1))), (101, false, Err(Kind::Timeout)), (151, true, Err(Kind::Timeout))] {
        let sim = Sim::new(move |_| Reply::value("1").after(after * MS));
        let machine = Machine(sim.clone(), Rc::default());
        let client = Client::builder().transport(sim.clone()).runtime(machine.clone()).url("https://shop.example/").build().unwrap();
        for hour in [1, 2] {
            let mut call = client.call::<u8>(ACTION, ()).timeout(100 * MS).into_future();
            poke(&sim, &mut call);
            pass(&sim, 50 * MS);
            if slept {
                machine.1.set(Duration::from_secs(3600 * hour));
            }
            let got = sim.run(call).map(|outcome| outcome.value).map_err(|error| error.kind());
            assert_eq!(got, result, "after {after} ms, slept: {slept}, {hour}");
        }
    }
}

#[test]
fn a_body_that_stalls_times_out() {
    let (sim, client) = world(|_| Reply::flight("0:{\"a\":\"$@1\"}\n").then(60 * MS, "9:1\n").stalls());
    let error = sim.run(client.call::<u8>(ACTION, ()).stall_timeout(100 * MS)).unwrap_err();
    assert_eq!((error.kind(), error.sent(), sim.now(), sim.aborted()), (Kind::Timeout, Sent::Yes, 160 * MS, 1));
}

#[test]
fn a_deadline_counts_all_attempts_and_the_time_in_the_lane() {
    let (sim, client) = world(|_| Reply::value("1").after(80 * MS));
    let mut first = client.call::<u8>(ACTION, ()).into_future();
    poke(&sim, &mut first);
    let error = sim.run(client.call::<u8>(ACTION, ()).deadline(100 * MS)).unwrap_err();
    assert_eq!((error.kind(), sim.now()), (Kind::Deadline, 100 * MS));
}

#[test]
fn a_call_overrides_the_limits_of_its_client() {
    let sim = Sim::new(|_| Reply::value("1").after(50 * MS));
    let client = sim.builder().timeout(10 * MS).build().unwrap();
    assert_eq!(kind(sim.run(client.call::<u8>(ACTION, ()))), Kind::Timeout);
    assert!(sim.run(client.call::<u8>(ACTION, ()).timeout(Duration::MAX)).is_ok());
}

#[test]
fn retry_after_is_read_as_seconds_and_as_a_date() {
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    for (after, seconds) in [("3", 3), ("Wed, 21 Oct 2026 07:28:05 GMT", 5)] {
        let (sim, client) = script([Reply::status(503).header("retry-after", after).header("date", date), Reply::value("1")]);
        assert_eq!(sim.run(client.call::<u8>(ACTION, ()).retry(1).idempotent()).unwrap().attempts, 2);
        assert_eq!(sim.now(), Duration::from_secs(seconds));
        let (sim, client) = world(move |_| Reply::status(429).header("retry-after", after).header("date", date));
        let error = sim.run(client.call::<u8>(ACTION, ())).unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
    }
}
