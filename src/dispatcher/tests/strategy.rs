//! Tests strategies: replacing, refusing and joining calls of one key. Also tests options of lanes.

use crate::call::{Options, Strategy};
use crate::dispatcher::sim::{Script, Sim};
use crate::dispatcher::*;
use std::collections::HashMap;
use std::num::NonZeroU32;

fn of(strategy: Strategy) -> Options {
    Options { strategy: Some(strategy), key: "key".into(), ..Options::default() }
}

fn equal(to: &str) -> Options {
    Options { identity: Some(to.into()), ..of(Strategy::Join) }
}

/// Moves a call to another lane than `main`.
fn beside(options: Options) -> Options {
    Options { lane: "beside".into(), ..options }
}

/// Makes four calls with these options, and returns the log.
fn stories(options: &Options) -> Vec<String> {
    let mut sim = Sim::new();
    for id in 1..=4 {
        sim.call(id, options.clone(), Script::answers(100));
    }
    sim.run_until(1000);
    sim.log
}

#[test]
fn queue_runs_all_calls_in_order() {
    assert_eq!(
        stories(&of(Strategy::Queue)),
        ["0 send 1", "100 settle 1", "100 send 2", "200 settle 2", "200 send 3", "300 settle 3", "300 send 4", "400 settle 4"]
    );
}

#[test]
fn drop_refuses_a_call_while_another_is_pending() {
    let log = stories(&of(Strategy::Drop));
    assert_eq!(log, ["0 send 1", "0 settle 2 DROPPED no", "0 settle 3 DROPPED no", "0 settle 4 DROPPED no", "100 settle 1"]);
}

#[test]
fn drop_accepts_the_next_call_after_the_value() {
    let mut sim = Sim::new();
    sim.call(1, of(Strategy::Drop), Script { end: Some(500), ..Script::answers(100) });
    sim.run_until(100);
    sim.call(2, of(Strategy::Drop), Script::answers(100));
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "100 settle 1", "100 send 2", "200 settle 2"]);
}

#[test]
fn queue_last_keeps_only_the_newest_waiting_call() {
    let log = stories(&of(Strategy::QueueLast));
    assert_eq!(log, ["0 send 1", "0 settle 2 REPLACED no", "0 settle 3 REPLACED no", "100 settle 1", "100 send 4", "200 settle 4"]);
}

#[test]
fn replace_aborts_the_running_call_too() {
    let mut sim = Sim::new();
    sim.call(1, of(Strategy::Queue), Script::answers(100));
    sim.call(2, of(Strategy::Queue), Script::answers(100));
    sim.run_until(50);
    sim.call(3, of(Strategy::Replace), Script::answers(100));
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "50 abort 1", "50 settle 1 REPLACED unknown", "50 settle 2 REPLACED no", "50 send 3", "150 settle 3"]);
}

#[test]
fn calls_of_other_keys_are_not_affected() {
    let mut sim = Sim::new();
    sim.call(1, of(Strategy::Queue), Script::answers(100));
    for (id, strategy) in [(2, Strategy::Drop), (3, Strategy::Replace), (4, Strategy::QueueLast)] {
        sim.call(id, Options { key: format!("key {id}").into(), ..of(strategy) }, Script::answers(100));
    }
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "settle 1", "send 2", "settle 2", "send 3", "settle 3", "send 4", "settle 4"]);
}

#[test]
fn a_key_reaches_over_lanes() {
    let mut sim = Sim::new();
    sim.call(1, of(Strategy::Queue), Script::answers(100));
    sim.call(2, beside(of(Strategy::Drop)), Script::answers(100));
    sim.call(3, beside(of(Strategy::Replace)), Script::answers(100));
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "settle 2 DROPPED no", "abort 1", "settle 1 REPLACED unknown", "send 3", "settle 3"]);
}

#[test]
fn a_call_without_a_strategy_has_that_of_its_lane() {
    let lane = LaneOptions { strategy: Some(Strategy::Drop), ..LaneOptions::default() };
    let mut sim = Sim::with(Config { lanes: HashMap::from([("cart".into(), lane)]), ..Config::default() });
    let cart = |strategy| Options { lane: "cart".into(), strategy, ..Options::default() };
    sim.call(1, cart(None), Script::answers(100));
    sim.call(2, cart(None), Script::answers(100));
    sim.call(3, cart(Some(Strategy::Queue)), Script::answers(100));
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "settle 2 DROPPED no", "settle 1", "send 3", "settle 3"]);
}

#[test]
fn a_lane_may_run_several_at_once() {
    let two = |name: &str| (name.into(), LaneOptions { concurrency: NonZeroU32::new(2), ..LaneOptions::default() });
    let mut sim = Sim::with(Config { lanes: HashMap::from([two("cart"), two("parallel")]), ..Config::default() });
    for (first, lane) in [(1, "cart"), (4, "parallel")] {
        for id in first..first + 3 {
            sim.call(id, Options { lane: lane.into(), ..Options::default() }, Script::answers(100));
        }
    }
    sim.run_until(150);
    assert_eq!(sim.story()[..4], ["send 1", "send 2", "send 4", "send 5"]);
    assert_eq!(sim.story().iter().filter(|line| line.starts_with("send")).count(), 6);
}

#[test]
fn a_lane_may_have_its_calls_join() {
    let join = LaneOptions { strategy: Some(Strategy::Join), ..LaneOptions::default() };
    let mut sim = Sim::with(Config { lanes: HashMap::from([("cart".into(), join)]), ..Config::default() });
    let equal = Options { identity: Some("same".into()), strategy: None, lane: "cart".into(), ..Options::default() };
    assert_eq!(sim.core.strategy_of(&equal), Strategy::Join);
    assert_eq!(
        sim.core.strategy_of(&Options { strategy: Some(Strategy::Queue), ..equal.clone() }),
        Strategy::Queue,
        "its own strategy wins"
    );
    assert_eq!(sim.core.strategy_of(&Options::default()), Strategy::Queue);
    for id in 1..=3 {
        sim.call(id, equal.clone(), Script::answers(100));
    }
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "join 2 to 1", "join 3 to 1", "settle 1", "settle 2", "settle 3"]);
}

#[test]
fn joined_calls_share_one_answer() {
    let mut sim = Sim::new();
    for id in 1..=3 {
        sim.call(id, equal("same"), Script::answers(100));
    }
    sim.call(4, equal("other"), Script::throws(100));
    sim.call(5, equal("other"), Script::throws(100));
    assert_eq!((sim.core.pending(), sim.core.waiting_in(&LaneName::Main)), (5, 1));
    sim.run_until(1000);
    assert_eq!(
        sim.log,
        [
            "0 send 1",
            "0 join 2 to 1",
            "0 join 3 to 1",
            "0 join 5 to 4",
            "100 settle 1",
            "100 settle 2",
            "100 settle 3",
            "100 send 4",
            "200 settle 4 ACTION_THREW yes",
            "200 settle 5 ACTION_THREW yes",
        ]
    );
    assert_eq!(sim.core.pending(), 0);
}

#[test]
fn a_call_without_an_identity_does_not_join() {
    let mut sim = Sim::new();
    for id in 1..=2 {
        sim.call(id, of(Strategy::Join), Script::answers(100));
    }
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "settle 1", "send 2", "settle 2"]);
}

#[test]
fn an_aborted_call_leaves_those_that_share_its_answer() {
    let mut sim = Sim::new();
    let ids: Vec<_> = (1..=3).map(|id| sim.call(id, equal("same"), Script::answers(100))).collect();
    sim.run_until(50);
    assert!(sim.with_core(|core, now| core.abort(ids[1], now)));
    assert!(sim.with_core(|core, now| core.abort(ids[0], now)), "the call that was sent can be aborted too");
    assert_eq!(sim.core.state(ids[0]), State::Draining);
    assert!(!sim.with_core(|core, now| core.abort(ids[0], now)), "twice");
    sim.call(4, equal("same"), Script::answers(100));
    sim.run_until(1000);
    let joins = ["0 send 1", "0 join 2 to 1", "0 join 3 to 1"];
    let rest = ["50 settle 2 ABORTED unknown", "50 settle 1 ABORTED unknown", "50 join 4 to 1", "100 settle 3", "100 settle 4"];
    assert_eq!(sim.log, [joins.as_slice(), rest.as_slice()].concat());
    assert_eq!(sim.core.state(ids[0]), State::Done);
}

#[test]
fn the_exchange_ends_once_all_calls_that_share_it_are_aborted() {
    for waiting in [false, true] {
        let mut sim = Sim::new();
        if waiting {
            sim.call(9, Options::default(), Script::answers(20));
        }
        let ids: Vec<_> = (1..=2).map(|id| sim.call(id, equal("same"), Script::answers(100))).collect();
        sim.run_until(10);
        for &id in &ids {
            assert!(sim.with_core(|core, now| core.abort(id, now)));
        }
        sim.call(3, Options::default(), Script::answers(10));
        sim.run_until(1000);
        assert_eq!(sim.log.iter().any(|line| line == "10 abort 1"), !waiting, "{:?}", sim.log);
        assert_eq!(sim.story().last(), Some(&"settle 3"));
        assert_eq!((sim.core.pending(), sim.core.waiting, sim.core.running, sim.core.calls.len(), sim.core.alarms.len()), (0, 0, 0, 0, 0));
    }
}

#[test]
fn clear_leaves_a_call_that_another_lane_has_joined() {
    let mut sim = Sim::new();
    sim.call(9, Options::default(), Script::answers(50));
    sim.call(1, equal("same"), Script::answers(100));
    sim.call(2, beside(equal("same")), Script::answers(100));
    sim.call(3, equal("same"), Script::answers(100));
    assert_eq!(sim.with_core(|core, now| core.clear(Some(&LaneName::Main), now)), [CallId(1), CallId(3)]);
    assert_eq!(sim.with_core(|core, now| core.clear(Some(&LaneName::Main), now)), []);
    sim.run_until(1000);
    let story = ["send 9", "join 2 to 1", "join 3 to 1", "settle 3 CLEARED no", "settle 1 CLEARED no", "settle 9", "send 1", "settle 2"];
    assert_eq!(sim.story(), story);
}

#[test]
fn clear_and_close_reject_joined_calls_too() {
    let mut sim = Sim::new();
    sim.call(1, Options::default(), Script::answers(100));
    for id in 2..=3 {
        sim.call(id, equal("same"), Script::answers(100));
    }
    sim.with_core(|core, now| core.clear(None, now));
    for id in 4..=5 {
        sim.call(id, equal("same"), Script::answers(100));
    }
    sim.with_core(Dispatcher::close);
    let codes: Vec<_> = (1..=5).map(|id| sim.kind(CallId(id)).map(Kind::code)).collect();
    assert_eq!(codes, [Some("CLOSED"), Some("CLEARED"), Some("CLEARED"), Some("CLOSED"), Some("CLOSED")]);
}

#[test]
fn replacing_the_last_joined_call_ends_the_exchange() {
    let mut sim = Sim::new();
    for id in 1..=2 {
        sim.call(id, equal("same"), Script::answers(100));
    }
    sim.with_core(|core, now| core.abort(CallId(1), now));
    sim.call(3, of(Strategy::Replace), Script::answers(100));
    sim.run_until(1000);
    let story = ["send 1", "join 2 to 1", "settle 1 ABORTED unknown", "settle 2 REPLACED unknown", "abort 1", "send 3", "settle 3"];
    assert_eq!(sim.story(), story);
}

#[test]
fn all_lanes_can_be_paused_at_once() {
    let mut sim = Sim::new();
    sim.with_core(|core, _| core.pause(None));
    sim.with_core(|core, _| core.pause(Some(&"cart".into())));
    sim.call(1, Options::default(), Script::answers(10));
    sim.call(2, beside(Options::default()), Script::answers(10));
    sim.call(3, Options { lane: "cart".into(), ..Options::default() }, Script::answers(10));
    sim.run_until(100);
    assert!(sim.log.is_empty(), "{:?}", sim.log);
    sim.with_core(|core, now| core.resume(None, now));
    sim.run_until(200);
    assert_eq!(sim.log, ["100 send 1", "100 send 2", "110 settle 1", "110 settle 2"]);
}
