//! The order of calls, and the lanes they wait in.

use super::*;
use crate::{LaneOptions, Strategy};

#[test]
fn calls_of_a_lane_run_one_after_the_other_in_order_of_polling() {
    let (sim, client) = echo(10 * MS);
    let calls = (0..4).map(|number| client.call::<u32>(ACTION, (number,)).into_future());
    let values: Vec<_> = sim.run(all(calls)).into_iter().map(|outcome| outcome.unwrap().value).collect();
    assert_eq!(values, [0, 1, 2, 3].map(Some));
    assert_eq!((sent(&sim), sim.now()), (["0", "1", "2", "3"].map(str::to_owned).into(), 40 * MS));
}

#[test]
fn lanes_run_beside_each_other_and_parallel_calls_beside_all() {
    let (sim, client) = echo(10 * MS);
    let lanes = ["main", "cart", "parallel", "parallel"];
    let calls = lanes.map(|lane| client.call::<u32>(ACTION, (1,)).lane(lane).into_future());
    assert!(sim.run(all(calls)).iter().all(Result::is_ok));
    assert_eq!(sim.now(), 10 * MS);
}

#[test]
fn a_lane_runs_as_many_calls_at_once_as_it_is_set_to() {
    let sim = Sim::new(|_| Reply::value("1").after(10 * MS));
    let client = sim.builder().lane("uploads", 2).build().unwrap();
    let calls = (0..5).map(|_| client.call::<u32>(ACTION, ()).lane("uploads").into_future());
    sim.run(all(calls));
    assert_eq!(sim.now(), 30 * MS);
}

#[test]
fn a_call_that_nothing_polls_holds_no_lane() {
    let (sim, client) = echo(10 * MS);
    let first = client.call::<u32>(ACTION, (1,)).into_future();
    let second = sim.run(client.call::<u32>(ACTION, (2,))).unwrap();
    assert_eq!((second.value, sim.now()), (Some(2), 10 * MS));
    assert_eq!(sim.run(first).unwrap().value, Some(1));
}

#[test]
fn a_call_that_was_polled_once_does_not_stop_its_lane() {
    let (sim, client) = echo(10 * MS);
    let mut first = client.call::<u32>(ACTION, (1,)).into_future();
    assert!(!poke(&sim, &mut first));
    assert_eq!(sim.run(client.call::<u32>(ACTION, (2,))).unwrap().value, Some(2));
    assert_eq!(sim.now(), 20 * MS, "the first ran although nothing polled it");
    assert!(poke(&sim, &mut first), "its answer is there");
}

#[test]
fn a_future_wakes_the_task_that_polled_it_last() {
    let (sim, client) = echo(10 * MS);
    let mut call = client.call::<u32>(ACTION, (1,)).into_future();
    assert!(Pin::new(&mut call).poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending());
    assert_eq!(sim.run(call).unwrap().value, Some(1));
}

#[test]
fn an_error_does_not_stop_the_lane() {
    let (sim, client) = script([Reply::throws("1"), Reply::lost(), Reply::page(500, "text/html", "no"), Reply::value("4")]);
    let calls = (0..4).map(|_| client.call::<u32>(ACTION, ()).into_future());
    let results = sim.run(all(calls));
    let kinds: Vec<_> = results.into_iter().map(|result| result.map_err(|error| error.kind()).map(|outcome| outcome.value)).collect();
    assert_eq!(kinds, [Err(Kind::ActionThrew), Err(Kind::Network), Err(Kind::Http), Ok(Some(4))]);
}

#[test]
fn a_thousand_calls_come_back_in_order_and_leave_nothing() {
    let (sim, client) = echo(MS);
    let calls = (0..1000).map(|number| client.call::<u32>(ACTION, (number,)).into_future());
    let values: Vec<_> = sim.run(all(calls)).into_iter().map(|outcome| outcome.unwrap().value.unwrap()).collect();
    assert_eq!((values, sim.now()), ((0..1000).collect(), 1000 * MS));
    sim.idle();
    assert_eq!((client.pending(), client.snapshot().len(), sim.aborted()), (0, 0, 0));
}

#[test]
fn a_thousand_parallel_calls_are_dropped_at_once() {
    let (sim, client) = world(|_| Reply::silent());
    let mut calls: Vec<_> = (0..1000).map(|_| client.call::<u32>(ACTION, ()).lane("parallel").into_future()).collect();
    for call in &mut calls {
        poke(&sim, call);
    }
    sim.run(async {});
    pass(&sim, MS);
    assert_eq!(sim.requests().len(), 1000);
    drop(calls);
    assert_eq!((client.pending(), sim.aborted()), (0, 1000));
}

#[test]
fn paused_lanes_wait_and_cleared_calls_fail() {
    let (sim, client) = echo(MS);
    client.lane("cart").pause();
    let mut waits = client.call::<u32>(ACTION, (1,)).lane("cart").into_future();
    let mut dropped = client.call::<u32>(ACTION, (2,)).lane("cart").into_future();
    poke(&sim, &mut waits);
    client.resume();
    pass(&sim, MS);
    assert_eq!((client.lane("cart").waiting(), sim.requests().len()), (1, 0), "it was paused by its own name");
    client.lane("cart").resume();
    poke(&sim, &mut dropped);
    assert_eq!(client.clear(), 1);
    assert_eq!(kind(sim.run(dropped)), Kind::Cleared);
    assert_eq!(sim.run(waits).unwrap().value, Some(1));
}

#[test]
fn strategies_are_those_of_the_lane_or_of_the_call() {
    let sim = Sim::new(|request| Reply::value(&first_argument(request)).after(10 * MS));
    let search = LaneOptions { strategy: Some(Strategy::Replace), ..LaneOptions::default() };
    let client = sim.builder().lane("search", search).build().unwrap();
    let find = |text: &str| client.call::<String>(ACTION, (text,)).lane("search").into_future();
    let results = sim.run(all([find("a"), find("ab")]));
    assert_eq!(results.into_iter().map(kind_or_value).collect::<Vec<_>>(), [Err(Kind::Replaced), Ok("ab".to_owned())]);
    let save = |text: &str| client.call::<String>(ACTION, (text,)).strategy(Strategy::Drop).into_future();
    let results = sim.run(all([save("a"), save("b")]));
    assert_eq!(results.into_iter().map(kind_or_value).collect::<Vec<_>>(), [Ok("a".to_owned()), Err(Kind::Dropped)]);
}

#[test]
fn identical_calls_that_join_share_one_request() {
    let (sim, client) = echo(10 * MS);
    let get = |id: u32| client.call::<u32>(ACTION, (id,)).strategy(Strategy::Join).into_future();
    let values: Vec<_> = sim.run(all([get(1), get(1), get(2)])).into_iter().map(kind_or_value).collect();
    assert_eq!((values, sent(&sim)), ([Ok(1), Ok(1), Ok(2)].into(), vec!["1".to_owned(), "2".to_owned()]));
}

#[test]
fn calls_for_different_types_never_join() {
    let (sim, client) = echo(10 * MS);
    let mut number = client.call::<u32>(ACTION, (1,)).strategy(Strategy::Join).into_future();
    poke(&sim, &mut number);
    let wrong = sim.run(client.call::<String>(ACTION, (1,)).strategy(Strategy::Join));
    assert_eq!((kind(wrong), sim.requests().len()), (Kind::Decode, 2));
    assert_eq!(sim.run(number).unwrap().value, Some(1));
}

#[test]
fn a_leader_that_is_dropped_leaves_its_answer_to_those_that_joined() {
    let (sim, client) = echo(10 * MS);
    let get = || client.call::<u32>(ACTION, (5,)).strategy(Strategy::Join).into_future();
    let (mut leader, mut joined) = (get(), get());
    poke(&sim, &mut leader);
    poke(&sim, &mut joined);
    drop(leader);
    assert_eq!((sim.run(joined).unwrap().value, sim.requests().len(), sim.aborted()), (Some(5), 1, 0));
}

fn kind_or_value<T>(result: Result<Outcome<T>, Error>) -> Result<T, Kind> {
    result.map_err(|error| error.kind()).map(|outcome| outcome.value.expect("a value"))
}
