//! Futures that are dropped, detached or aborted, in each phase of a call.

use super::*;

/// Rows of an answer whose value is row 1, without that row.
const HEAD: &str = "0:{\"a\":\"$@1\",\"f\":\"\"}\n";

/// Makes a call, lets `time` pass, drops its future, and lets another call of the lane run.
fn drop_after(time: Duration, server: impl Fn(&Request) -> Reply + 'static) -> (Sim, Client) {
    let (sim, client) = world(server);
    let mut call = client.call::<u32>(ACTION, (1,)).into_future();
    assert!(!poke(&sim, &mut call));
    pass(&sim, time);
    drop(call);
    assert_eq!(client.pending(), 0, "it is over at once");
    (sim, client)
}

/// Answers the first call with `reply`, and others at once.
fn first(reply: Reply) -> impl Fn(&Request) -> Reply + 'static {
    move |request| if first_argument(request) == "1" { reply.clone() } else { Reply::value("2") }
}

fn lane_is_free(sim: &Sim, client: &Client) {
    assert_eq!(sim.run(client.call::<u32>(ACTION, (2,))).unwrap().value, Some(2));
}

#[test]
fn a_future_dropped_before_it_is_polled_sends_nothing() {
    let (sim, client) = echo(MS);
    drop(client.call::<u32>(ACTION, (1,)).into_future());
    sim.idle();
    assert_eq!((sim.requests().len(), client.events().missed()), (0, 0));
}

#[test]
fn a_call_dropped_before_the_head_aborts_its_request_at_once() {
    let (sim, client) = drop_after(5 * MS, first(Reply::silent()));
    assert_eq!(sim.aborted(), 1);
    lane_is_free(&sim, &client);
}

#[test]
fn a_call_dropped_while_it_waits_is_never_sent() {
    let (sim, client) = echo(10 * MS);
    let mut runs = client.call::<u32>(ACTION, (1,)).into_future();
    let mut waits = client.call::<u32>(ACTION, (2,)).into_future();
    poke(&sim, &mut runs);
    poke(&sim, &mut waits);
    drop(waits);
    assert_eq!(sim.run(runs).unwrap().value, Some(1));
    sim.idle();
    assert_eq!((sent(&sim), sim.aborted()), (vec!["1".to_owned()], 0));
}

#[test]
fn a_call_dropped_between_head_and_value_aborts_its_request() {
    let (sim, client) = drop_after(5 * MS, first(Reply::flight(HEAD).stalls()));
    assert_eq!(sim.aborted(), 1);
    lane_is_free(&sim, &client);
}

#[test]
fn a_call_dropped_between_two_attempts_is_not_sent_again() {
    let (sim, client) = script([Reply::status(503).header("retry-after", "2"), Reply::value("2")]);
    let mut call = client.call::<u32>(ACTION, (1,)).retry(1).idempotent().into_future();
    poke(&sim, &mut call);
    pass(&sim, Duration::from_secs(1));
    assert!(client.snapshot()[0].call.retry_at.is_some());
    drop(call);
    sim.idle();
    assert_eq!((sim.requests().len(), client.pending()), (1, 0));
    lane_is_free(&sim, &client);
}

#[test]
fn a_future_dropped_after_the_value_lets_the_rest_be_read() {
    let rest = Reply::value("1").then(20 * MS, "9:\"more\"\n");
    let (sim, client) = world(move |_| rest.clone());
    let mut call = client.call::<u32>(ACTION, (1,)).into_future();
    poke(&sim, &mut call);
    pass(&sim, 10 * MS);
    assert_eq!((client.pending(), client.snapshot()[0].call.state), (0, State::Draining));
    drop(call);
    sim.idle();
    assert_eq!((sim.aborted(), client.snapshot().len()), (0, 0));
}

#[test]
fn a_detached_call_goes_on_also_after_its_client_was_dropped() {
    let (sim, client) = script([Reply::lost(), Reply::value("1")]);
    let id = client.call::<u32>(ACTION, (1,)).retry(1).idempotent().detach();
    assert_eq!(id.0, 1);
    drop(client);
    sim.idle();
    assert_eq!((sim.requests().len(), sim.aborted()), (2, 0));
}

#[test]
fn a_future_is_detached_in_any_stage() {
    let (sim, client) = echo(10 * MS);
    assert!(client.call::<u32>(ACTION, (1,)).into_future().detach().is_some());
    let mut polled = client.call::<u32>(ACTION, (2,)).into_future();
    poke(&sim, &mut polled);
    assert!(polled.detach().is_some());
    sim.idle();
    assert_eq!((sent(&sim).len(), sim.aborted(), client.pending()), (2, 0, 0));
}

#[test]
fn a_call_is_aborted_by_its_id() {
    let (sim, client) = world(|_| Reply::silent());
    let mut call = client.call::<u32>(ACTION, (1,)).into_future();
    poke(&sim, &mut call);
    pass(&sim, MS);
    assert!(client.abort(call.id().unwrap()));
    let error = sim.run(call).unwrap_err();
    assert_eq!((error.kind(), error.sent(), sim.aborted()), (Kind::Aborted, Sent::Unknown, 1));
}

#[test]
fn a_closed_client_ends_its_calls_and_routes() {
    let (sim, client) = world(|_| Reply::silent());
    let mut call = client.call::<u32>(ACTION, (1,)).into_future();
    poke(&sim, &mut call);
    pass(&sim, MS);
    client.close();
    assert_eq!((kind(sim.run(call)), sim.aborted()), (Kind::Closed, 1));
    assert_eq!(kind(sim.run(client.route(Request::get("https://shop.example/")))), Kind::Closed);
}

#[test]
fn a_task_that_the_runtime_drops_ends_its_call() {
    let (sim, client) = world(|_| Reply::silent());
    let mut call = client.call::<u32>(ACTION, (1,)).into_future();
    poke(&sim, &mut call);
    pass(&sim, MS);
    sim.drop_tasks();
    let error = sim.run(call).unwrap_err();
    assert_eq!((error.kind(), error.sent(), sim.aborted()), (Kind::Internal, Sent::Unknown, 1));
}
