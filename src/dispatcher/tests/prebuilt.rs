//! Tests calls made with a ready request: they settle at the head and hold their lane until the value.

use std::time::Duration;

use crate::Retry;
use crate::call::{Options, Strategy};
use crate::dispatcher::sim::{Script, Sim};
use crate::dispatcher::*;
use crate::protocol::Revalidated;

/// Answers with a response after 10 ms, the value after 50 ms, and the end after 80 ms.
fn read_along() -> Script {
    Script { answered: Some(10), value: Some((50, Ok(()))), end: Some(80), ..Script::answers(10) }
}

#[test]
fn the_call_settles_at_the_head_and_frees_its_slot_at_the_value() {
    let mut sim = Sim::new();
    let id = sim.call(1, Options::default(), read_along());
    sim.call(2, Options::default(), Script::answers(5));
    sim.run_until(20);
    assert_eq!((sim.core.state(id), sim.core.waiting_in(&LaneName::Main), sim.core.pending()), (State::Draining, 1, 1));
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "10 settle 1", "50 send 2", "55 settle 2"]);
    assert_eq!(sim.core.state(id), State::Done);
}

#[test]
fn an_answer_without_a_value_frees_the_slot_at_its_end() {
    for script in [
        Script { value: None, end: Some(60), ..read_along() },
        Script { value: None, end: None, failure: Some((60, Kind::Network)), ..read_along() },
    ] {
        let mut sim = Sim::new();
        sim.call(1, keyed(3), script);
        sim.call(2, Options::default(), Script::answers(5));
        sim.run_until(1000);
        assert_eq!(sim.log, ["0 send 1", "10 settle 1", "60 send 2", "65 settle 2"], "and it is not sent again");
    }
}

#[test]
fn redirects_and_revalidation_in_the_head_are_left_to_the_caller() {
    let facts = HeadFacts { redirects: true, revalidated: Some(Revalidated::All) };
    for script in [read_along(), Script { value: None, ..read_along() }] {
        let mut sim = Sim::new();
        sim.call(1, Options::default(), Script { facts, ..script });
        sim.run_until(2000);
        assert_eq!(sim.log, ["0 send 1", "10 settle 1"]);
    }
    let mut sim = Sim::new();
    let id = sim.call(1, Options::default(), Script { facts, ..read_along() });
    sim.run_until(20);
    sim.with_core(|core, now| core.abort(id, now));
    sim.run_until(2000);
    assert_eq!(sim.log, ["0 send 1", "10 settle 1", "20 break 1 ABORTED"], "no refresh is owed if it breaks off either");
}

#[test]
fn time_limits_run_until_the_value() {
    let within = Some(Duration::from_millis(30));
    for (options, code) in [
        (Options { timeout: within, ..keyed(3) }, "TIMEOUT"),
        (Options { deadline: within, ..keyed(3) }, "DEADLINE"),
        (Options { stall_timeout: Some(Duration::from_millis(20)), ..keyed(3) }, "TIMEOUT"),
    ] {
        let mut sim = Sim::new();
        sim.call(1, options.clone(), read_along());
        sim.call(2, Options::default(), Script::answers(5));
        sim.run_until(1000);
        assert_eq!(sim.log, ["0 send 1", "10 settle 1", &format!("30 break 1 {code}"), "30 send 2", "35 settle 2"]);
        // After the value no limit runs any more.
        let mut sim = Sim::new();
        sim.call(1, options, Script { answered: Some(10), value: Some((15, Ok(()))), end: Some(500), ..Script::answers(10) });
        sim.run_until(1000);
        assert_eq!(sim.log, ["0 send 1", "10 settle 1"]);
    }
}

#[test]
fn bytes_prevent_a_stall() {
    let mut sim = Sim::new();
    let options = Options { stall_timeout: Some(Duration::from_millis(25)), ..Options::default() };
    sim.call(1, options, Script { chunks: vec![30], ..read_along() });
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "10 settle 1"]);
}

#[test]
fn the_call_can_be_aborted_until_its_end() {
    for (at, log) in [(20, ["break 1 ABORTED", "send 2", "settle 2"]), (60, ["send 2", "settle 2", "abort 1"])] {
        let mut sim = Sim::new();
        let id = sim.call(1, Options::default(), read_along());
        sim.call(2, Options::default(), Script::answers(5));
        sim.run_until(at);
        assert!(sim.with_core(|core, now| core.abort(id, now)));
        assert!(!sim.with_core(|core, now| core.abort(id, now)));
        sim.run_until(1000);
        assert_eq!(sim.story()[2..], log, "at {at}");
    }
}

#[test]
fn closing_breaks_off_the_body_that_the_caller_reads() {
    let mut sim = Sim::new();
    sim.call(1, Options::default(), read_along());
    sim.run_until(20);
    sim.with_core(Dispatcher::close);
    assert_eq!(sim.log, ["0 send 1", "10 settle 1", "20 break 1 CLOSED"]);
    assert_eq!(sim.core.poll_timeout(), None);
}

#[test]
fn strategies_ignore_a_call_that_has_settled() {
    for strategy in [Strategy::Drop, Strategy::Replace, Strategy::QueueLast] {
        let mut sim = Sim::new();
        sim.call(1, Options::default(), read_along());
        sim.run_until(20);
        sim.call(2, Options { strategy: Some(strategy), ..Options::default() }, Script::answers(5));
        sim.run_until(1000);
        assert_eq!(sim.log, ["0 send 1", "10 settle 1", "50 send 2", "55 settle 2"], "{strategy:?}");
    }
}

#[test]
fn a_call_with_a_foreign_answer_is_retried_if_that_may_help() {
    let busy = || Error::new(Kind::Http, "scripted").with_status(503);
    let foreign = |error, times| Script { foreign: Some((10, error, times)), ..read_along() };
    let story = |options, script| {
        let mut sim = Sim::new();
        sim.call(1, options, script);
        sim.run_until(5000);
        sim.log.iter().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(story(keyed(3), foreign(busy(), 2)), ["send 1", "abort 1", "send 1", "abort 1", "send 1", "settle 1"]);
    assert_eq!(story(keyed(1), foreign(busy(), 9)), ["send 1", "abort 1", "send 1", "settle 1"], "the last is the caller's to read");
    assert_eq!(story(Options { keyed: false, ..keyed(3) }, foreign(busy(), 9)), ["send 1", "settle 1"], "it may have run");
    assert_eq!(story(keyed(3), foreign(Error::new(Kind::Http, "scripted").with_status(401), 9)), ["send 1", "settle 1"]);
    let conflict = Error::new(Kind::Http, "scripted").with_status(409);
    assert_eq!(story(keyed(3), foreign(conflict, 1)), ["send 1", "abort 1", "send 1", "settle 1"], "its first request is under way");
}

#[test]
fn listeners_are_notified_of_a_call_that_holds_its_lane() {
    let mut sim = Sim::new();
    let id = sim.call(1, Options::default(), Script { value: None, end: None, ..read_along() });
    sim.call(2, Options::default(), Script::answers(5));
    sim.run_until(60_000);
    assert_eq!(sim.holding, [(30_000.0, id, 1)]);
}

fn keyed(limit: u32) -> Options {
    Options { keyed: true, retry: Retry { limit, ..Retry::default() }, ..Options::default() }
}
