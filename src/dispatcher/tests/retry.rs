//! Tests retries: after which failures a call is sent again, when, and how often.

use std::time::Duration;

use crate::call::{Options, Strategy};
use crate::dispatcher::sim::{Script, Sim};
use crate::dispatcher::*;
use crate::protocol::Revalidated;
use crate::retry::Retry;

/// Makes options with an idempotency key and `limit` retries.
fn keyed(limit: u32) -> Options {
    let retry = Retry { limit, budget: Duration::from_secs(30), ..Retry::default() };
    Options { keyed: true, retry, ..Options::default() }
}

fn network() -> Error {
    Error::new(Kind::Network, "scripted")
}

fn unavailable(seconds: u64) -> Error {
    Error::new(Kind::Http, "scripted").with_status(503).with_retry_after(Duration::from_secs(seconds))
}

#[test]
fn a_call_with_a_key_is_retried_and_holds_its_lane() {
    let mut sim = Sim::new();
    sim.call(1, keyed(2), Script::answers(10).failing(5, unavailable(1), 2));
    sim.call(2, Options::default(), Script::answers(10));
    sim.run_until(10_000);
    assert_eq!(sim.log, ["0 send 1", "1005 send 1", "2010 send 1", "2020 settle 1", "2020 send 2", "2030 settle 2"]);
}

#[test]
fn events_count_attempts_and_say_when_the_next_one_starts() {
    let mut sim = Sim::new();
    let id = sim.call(1, keyed(1), Script::answers(10).failing(5, unavailable(1), 1));
    sim.run_until(500);
    let event = sim.core.snapshot().next().unwrap();
    assert_eq!((event.state, event.attempts, event.retry_at), (State::Running, 1, Some(sim::ms(1005))));
    sim.run_until(1005);
    let event = sim.core.snapshot().next().unwrap();
    assert_eq!((event.attempts, event.retry_at, sim.core.attempts(id)), (2, None, 2));
}

#[test]
fn a_call_fails_with_its_last_failure() {
    let mut sim = Sim::new();
    let id = sim.call(1, keyed(2), Script::answers(10).failing(5, unavailable(1), 9));
    sim.run_until(10_000);
    assert_eq!(sim.log, ["0 send 1", "1005 send 1", "2010 send 1", "2015 settle 1 HTTP yes"]);
    assert_eq!(sim.settled[&id].as_ref().unwrap_err().retry_after(), Some(Duration::from_secs(1)));
}

#[test]
fn a_call_without_a_key_that_may_have_run_is_not_retried() {
    let mut sim = Sim::new();
    sim.call(1, Options { keyed: false, ..keyed(3) }, Script::answers(10).failing(5, network(), 1));
    sim.call(2, Options { keyed: false, safe: true, ..keyed(3) }, Script::answers(10).failing(5, unavailable(1), 1));
    sim.run_until(10_000);
    assert_eq!(sim.story(), ["send 1", "settle 1 NETWORK unknown", "send 2", "send 2", "settle 2"]);
}

/// Uses the vectors with which `pkg/lib/route/retry.js` is tested too.
#[test]
fn requests_are_retried_as_the_vectors_say() {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../../../tests/vectors/retry.json")).unwrap();
    let requests = vectors["requests"].as_array().unwrap();
    for row in requests {
        let mut sim = Sim::new();
        let options = Options { keyed: row["keyed"] == true, safe: row["safe"] == true, ..keyed(1) };
        sim.call(1, options, Script::answers(10).failing(5, unavailable(1), 1));
        sim.run_until(10_000);
        let sent = sim.story().iter().filter(|line| **line == "send 1").count();
        assert_eq!(sent, if row["retried"] == true { 2 } else { 1 }, "{row}");
    }
    assert!(!requests.is_empty());
}

#[test]
fn an_error_that_the_action_threw_is_not_retried() {
    let mut sim = Sim::new();
    sim.call(1, keyed(3), Script::throws(10));
    sim.run_until(10_000);
    assert_eq!(sim.story(), ["send 1", "settle 1 ACTION_THREW yes"]);
}

#[test]
fn timeouts_stalls_and_cut_off_answers_are_retried() {
    let mut sim = Sim::new();
    let limits = Options { timeout: Some(Duration::from_millis(100)), stall_timeout: Some(Duration::from_millis(50)), ..keyed(1) };
    sim.call(1, limits.clone(), Script::silent());
    sim.call(2, limits, Script { head: Some(10), ..Script::silent() });
    sim.call(3, keyed(1), Script { head: Some(10), end: Some(20), ..Script::silent() });
    sim.run_until(10_000);
    let story = [
        "send 1",
        "abort 1",
        "send 1",
        "abort 1",
        "settle 1 TIMEOUT unknown",
        "send 2",
        "abort 2",
        "send 2",
        "abort 2",
        "settle 2 TIMEOUT yes",
        "send 3",
        "abort 3",
        "send 3",
        "abort 3",
        "settle 3 DECODE yes",
    ];
    assert_eq!(sim.story(), story);
}

#[test]
fn the_budget_ends_the_retries() {
    let mut sim = Sim::new();
    let retry = Retry { limit: 100, budget: Duration::from_secs(5), ..Retry::default() };
    sim.call(1, Options { retry, ..keyed(0) }, Script::answers(10).failing(0, unavailable(2), 100));
    sim.run_until(100_000);
    assert_eq!(sim.log, ["0 send 1", "2000 send 1", "4000 send 1", "4000 settle 1 HTTP yes"]);
}

#[test]
fn a_deadline_ends_a_call_between_attempts() {
    let mut sim = Sim::new();
    let options = Options { deadline: Some(Duration::from_millis(500)), ..keyed(3) };
    sim.call(1, options, Script::answers(10).failing(5, unavailable(1), 1));
    sim.call(2, Options::default(), Script::answers(10));
    sim.run_until(10_000);
    assert_eq!(sim.log, ["0 send 1", "500 abort 1", "500 settle 1 DEADLINE yes", "500 send 2", "510 settle 2"]);
}

#[test]
fn abort_ends_a_call_between_attempts() {
    let mut sim = Sim::new();
    let id = sim.call(1, keyed(3), Script::answers(10).failing(5, unavailable(1), 1));
    sim.run_until(100);
    assert!(sim.with_core(|core, now| core.abort(id, now)));
    sim.run_until(10_000);
    assert_eq!(sim.log, ["0 send 1", "100 abort 1", "100 settle 1 ABORTED yes"]);
}

#[test]
fn a_call_whose_key_is_still_in_progress_is_retried() {
    let mut sim = Sim::new();
    let conflict = Error::new(Kind::Http, "scripted").with_status(409).with_retry_after(Duration::from_secs(1));
    sim.call(1, keyed(1), Script::answers(10).failing(5, conflict.clone(), 1));
    sim.call(2, Options { lane: "beside".into(), ..keyed(0) }, Script::answers(10).failing(5, conflict.clone(), 1));
    sim.call(3, Options { keyed: false, lane: "third".into(), ..keyed(3) }, Script::answers(10).failing(5, conflict, 1));
    sim.run_until(10_000);
    let log = ["0 send 1", "0 send 2", "0 send 3", "5 settle 2 KEY_CONFLICT yes", "5 settle 3 HTTP yes", "1005 send 1", "1015 settle 1"];
    assert_eq!(sim.log, log);
}

#[test]
fn a_thrown_in_progress_digest_is_a_key_conflict() {
    let mut sim = Sim::new();
    let id = sim.call(1, keyed(1), Script::silent());
    sim.run_until(5);
    let thrown = Error::new(Kind::ActionThrew, "scripted").with_digest("IDEMPOTENCY_IN_PROGRESS");
    sim.with_core(|core, now| {
        core.handle_head(id, HeadFacts::default(), now);
        core.handle_value(id, Err(thrown.clone()), now);
    });
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "abort 1", "send 1"]);
    sim.with_core(|core, now| core.handle_value(id, Err(thrown), now));
    assert_eq!(sim.kind(id), Some(Kind::KeyConflict), "no retry is left");
}

#[test]
fn joined_calls_wait_for_the_retry() {
    let mut sim = Sim::new();
    let join = Options { strategy: Some(Strategy::Join), identity: Some("same".into()), ..keyed(1) };
    sim.call(1, join.clone(), Script::answers(10).failing(5, unavailable(1), 1));
    sim.call(2, join, Script::silent());
    sim.run_until(10_000);
    assert_eq!(sim.log, ["0 send 1", "0 join 2 to 1", "1005 send 1", "1015 settle 1", "1015 settle 2"]);
}

#[test]
fn an_answer_that_revalidated_and_broke_off_owes_a_refresh_before_the_retry() {
    let mut sim = Sim::new();
    let id = sim.call(1, keyed(1), Script::silent());
    sim.with_core(|core, now| {
        core.handle_head(id, HeadFacts { revalidated: Some(Revalidated::All), redirects: false }, now);
        core.handle_failure(id, unavailable(10), now);
    });
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "500 refresh all"]);
}

#[test]
fn the_waits_are_random_and_the_same_for_the_same_seed() {
    let waits = |seed: u64| {
        let mut sim = Sim::with(Config { seed, ..Config::default() });
        sim.call(1, keyed(6), Script::answers(10).failing(0, network(), 6));
        sim.run_until(60_000);
        sim.log
    };
    assert_eq!(waits(1), waits(1));
    assert_ne!(waits(1), waits(2));
}

/// Makes options of a call in the outbox with `left` milliseconds until the end of its `ttl`.
fn durable(left: u64) -> Options {
    let retry = Retry { limit: u32::MAX, budget: Duration::MAX, ..Retry::default() };
    Options { durable: true, keyed: true, deadline: Some(Duration::from_millis(left)), retry, ..Options::default() }
}

#[test]
fn a_durable_call_is_retried_until_an_answer_arrives() {
    let mut sim = Sim::new();
    let id = sim.call(1, durable(86_400_000), Script::answers(10).failing(5, unavailable(60), 500));
    sim.run_until(86_400_000);
    assert_eq!(sim.settled[&id], Ok(()));
    assert_eq!(sim.story().len(), 502);
}

#[test]
fn a_durable_call_expires_while_it_waits_rests_or_runs() {
    let mut sim = Sim::new();
    sim.call(1, durable(50_000), Script::answers(10).failing(5, unavailable(60), 9));
    sim.call(2, durable(40_000), Script::answers(10));
    sim.prepare(3, durable(30_000), Script::answers(10));
    sim.call(4, Options { lane: "other".into(), ..durable(20_000) }, Script::silent());
    sim.run_until(100_000);
    let settled: Vec<_> = sim.log.iter().filter(|line| line.contains("settle")).collect();
    assert_eq!(
        settled,
        ["20000 settle 4 EXPIRED unknown", "30000 settle 3 EXPIRED no", "40000 settle 2 EXPIRED no", "50000 settle 1 EXPIRED yes"]
    );
}

#[test]
fn a_replayed_call_may_have_been_sent_before() {
    let mut sim = Sim::new();
    sim.call(1, durable(50_000), Script::silent());
    let id = sim.call(2, Options { replayed: true, ..durable(50_000) }, Script::answers(10));
    sim.with_core(|core, now| core.abort(id, now));
    assert_eq!(sim.story(), ["send 1", "settle 2 ABORTED unknown"]);
}

#[test]
fn a_replayed_call_that_is_refused_may_have_been_sent_before() {
    let mut sim = Sim::new();
    let replayed = |left| Options { replayed: true, ..durable(left) };
    sim.call(1, replayed(0), Script::answers(10));
    sim.with_core(Dispatcher::close);
    sim.call(2, replayed(50_000), Script::answers(10));
    sim.call(3, durable(0), Script::answers(10));
    assert_eq!(sim.story(), ["settle 1 EXPIRED unknown", "settle 2 CLOSED unknown", "settle 3 CLOSED no"]);
}
