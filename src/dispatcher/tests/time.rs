//! Tests timeouts, deadlines, stalls and late calls.

use std::time::Duration;

use crate::call::{Call, Options, Strategy};
use crate::dispatcher::sim::{Script, Sim, ms};
use crate::dispatcher::*;

fn within(deadline: u64) -> Options {
    Options { deadline: Some(Duration::from_millis(deadline)), ..Options::default() }
}

fn stalls(limit: u64) -> Options {
    Options { stall_timeout: Some(Duration::from_millis(limit)), ..Options::default() }
}

#[test]
fn a_deadline_counts_while_the_call_waits() {
    let mut sim = Sim::new();
    sim.call(1, Options::default(), Script::answers(100));
    sim.call(2, within(50), Script::answers(10));
    sim.prepare(3, within(60), Script::answers(10));
    sim.call(4, Options { lane: "beside".into(), ..within(70) }, Script::silent());
    sim.run_until(1000);
    assert_eq!(
        sim.log,
        [
            "0 send 1",
            "0 send 4",
            "50 settle 2 DEADLINE no",
            "60 settle 3 DEADLINE no",
            "70 abort 4",
            "70 settle 4 DEADLINE unknown",
            "100 settle 1"
        ]
    );
}

#[test]
fn a_deadline_counts_from_the_moment_of_calling() {
    let mut sim = Sim::new();
    sim.run_until(100);
    for (id, queued_at) in [(1, 40), (2, 60)] {
        let call = Call { id: CallId(id), options: within(50), queued_at: ms(queued_at), visit: Some(sim.visit), ready: true };
        sim.with_core(|core, now| core.enqueue(call, now)).unwrap();
    }
    sim.run_until(1000);
    assert_eq!(sim.log, ["100 settle 1 DEADLINE no", "100 send 2", "110 abort 2", "110 settle 2 DEADLINE unknown"]);
}

#[test]
fn a_value_in_time_disarms_the_deadline() {
    let mut sim = Sim::new();
    sim.call(1, within(100), Script { end: Some(500), ..Script::answers(99) });
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "99 settle 1"]);
}

#[test]
fn a_stall_is_a_timeout() {
    let mut sim = Sim::new();
    sim.call(1, stalls(50), Script { head: Some(200), chunks: vec![240, 280], ..Script::silent() });
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "330 abort 1", "330 settle 1 TIMEOUT yes"], "the head has no limit");
}

#[test]
fn a_stall_after_the_value_ends_the_exchange_and_does_not_settle_again() {
    let mut sim = Sim::new();
    sim.call(1, stalls(50), Script { end: None, chunks: vec![10, 40, 80], ..Script::answers(10) });
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "10 settle 1", "130 stall 1"]);
    assert_eq!(sim.core.state(CallId(1)), State::Done);
}

#[test]
fn bytes_in_time_prevent_a_stall() {
    let mut sim = Sim::new();
    let chunks: Vec<_> = (1..20).map(|n| n * 40).collect();
    sim.call(1, stalls(50), Script { head: Some(10), chunks, ..Script::answers(790) });
    sim.run_until(2000);
    assert_eq!(sim.log, ["0 send 1", "790 settle 1"]);
}

#[test]
fn no_limit_of_an_attempt_runs_while_its_answer_waits_for_the_codec() {
    let limits = Options { timeout: Some(Duration::from_millis(100)), ..stalls(50) };
    let (id, mut core) = (CallId(1), Dispatcher::default());
    let call = Call { id, options: limits, queued_at: ms(0), visit: None, ready: true };
    core.enqueue(call, ms(0)).expect("room");
    core.handle_sent(id);
    core.handle_head(id, HeadFacts::default(), ms(10));
    core.handle_waiting(id);
    assert!(core.watches_chunks(id));
    core.handle_timeout(ms(5000));
    assert_eq!(core.state(id), State::Running);
    core.handle_chunk(id, ms(5000));
    core.handle_timeout(ms(5049));
    assert_eq!(core.state(id), State::Running);
    core.handle_timeout(ms(5050));
    assert_eq!(core.state(id), State::Done, "the limits run again");
}

#[test]
fn a_call_that_waits_for_long_is_late() {
    let mut sim = Sim::new();
    sim.call(1, Options::default(), Script::answers(40_000));
    sim.call(2, Options::default(), Script::answers(10));
    let mut late = Vec::new();
    for at in (0..60).map(|s| ms(s * 1000)) {
        sim.run_until(at.as_millis() as u64);
        late.extend(sim.core.snapshot().filter(|event| event.late && event.id == CallId(2)).map(|_| at.as_millis()));
    }
    let expected: Vec<_> = (30..40).map(|s| f64::from(s) * 1000.0).collect();
    assert_eq!(late, expected, "from 30 s on until it starts");
}

#[test]
fn a_call_that_holds_its_lane_for_long_is_reported_once_with_the_number_behind_it() {
    let mut sim = Sim::new();
    sim.call(1, Options::default(), Script { head: Some(10), ..Script::silent() });
    sim.prepare(2, Options::default(), Script::silent());
    sim.call(3, Options::default(), Script::silent());
    sim.call(4, Options { lane: "beside".into(), ..Options::default() }, Script::answers(29_999));
    sim.call(5, Options { lane: "parallel".into(), ..Options::default() }, Script::silent());
    sim.run_until(29_999);
    assert_eq!(sim.holding, []);
    sim.run_until(200_000);
    let expected = [(30_000.0, CallId(1), 2), (30_000.0, CallId(2), 1), (30_000.0, CallId(5), 0)];
    assert_eq!(sim.holding, expected, "neither a waiting call nor one with a value holds its lane");
    assert!(sim.core.snapshot().all(|event| event.late), "the four calls that are left are late");
}

#[test]
fn the_watchdog_counts_from_the_start_of_the_attempt_and_during_the_wait_for_a_retry() {
    let busy = |after: u64| Error::new(Kind::Http, "scripted").with_status(503).with_retry_after(Duration::from_millis(after));
    let retried = |limit, budget| {
        let retry = crate::Retry { limit, budget: Duration::from_secs(budget), ..crate::Retry::default() };
        Options { keyed: true, retry, ..Options::default() }
    };
    let mut sim = Sim::new();
    sim.call(1, retried(1, 100), Script::silent().failing(20_000, busy(1000), 1));
    sim.run_until(100_000);
    assert_eq!(sim.holding, [(51_000.0, CallId(1), 0)], "30 s after the second attempt");
    let mut sim = Sim::new();
    sim.call(1, retried(2, 1000), Script::silent().failing(10, busy(60_000), 1));
    sim.run_until(200_000);
    assert_eq!(sim.holding, [(30_000.0, CallId(1), 0)], "it holds its lane for a minute, and that is reported once");
}

#[test]
fn an_aborted_call_that_goes_on_for_others_still_holds_its_lane() {
    let mut sim = Sim::new();
    let equal = || Options { identity: Some("same".into()), strategy: Some(Strategy::Join), ..Options::default() };
    sim.call(1, equal(), Script::silent());
    sim.call(2, equal(), Script::silent());
    sim.call(3, Options::default(), Script::silent());
    sim.run_until(5_000);
    sim.with_core(|core, now| core.abort(CallId(1), now));
    sim.run_until(100_000);
    assert_eq!(sim.holding, [(30_000.0, CallId(1), 1)]);
    let late: Vec<_> = sim.core.snapshot().map(|event| (event.id.0, event.late)).collect();
    assert_eq!(late, [(1, false), (2, true), (3, true)], "its own caller does not wait any more");
}

#[test]
fn a_clock_that_goes_backwards_does_no_harm() {
    let mut sim = Sim::new();
    sim.run_until(1000);
    let options = Options { timeout: Some(Duration::from_millis(100)), ..stalls(100) };
    sim.call(1, options, Script { head: Some(10), ..Script::silent() });
    sim.core.handle_timeout(ms(0));
    sim.core.handle_chunk(CallId(1), ms(5));
    sim.run_until(5000);
    assert_eq!(sim.kind(CallId(1)), Some(Kind::Timeout));
}

#[test]
fn the_longest_duration_is_no_limit() {
    let mut sim = Sim::new();
    let ever = Some(Duration::MAX);
    sim.call(1, Options { timeout: ever, stall_timeout: ever, deadline: ever, ..Options::default() }, Script::answers(1_000_000));
    sim.run_until(2_000_000);
    assert_eq!(sim.log, ["0 send 1", "1000000 settle 1"]);
}
