//! Tests calls without a network: held, probed for, resumed or failed.

use crate::call::Options;
use crate::dispatcher::sim::{Script, Sim};
use crate::dispatcher::*;
use crate::retry::Retry;

fn keyed() -> Options {
    Options { keyed: true, retry: Retry { limit: 1, ..Retry::default() }, ..Options::default() }
}

/// Fails a call without an answer, while the browser says that there is no network.
fn lose(sim: &mut Sim, id: CallId) {
    sim.with_core(|core, now| {
        core.handle_offline(now);
        core.handle_failure(id, Error::new(Kind::Network, "scripted"), now);
    });
}

/// Lets the first probe, which is made at once, fail.
fn prove(sim: &mut Sim) {
    let now = sim.now.as_millis() as u64;
    sim.run_until(now);
    sim.with_core(|core, now| core.handle_probed(Some(false), now));
}

/// Returns the log without times and without probes.
fn story(sim: &Sim) -> Vec<&str> {
    sim.story().into_iter().filter(|line| *line != "probe").collect()
}

#[test]
fn calls_keep_their_places_until_the_network_is_back() {
    let mut sim = Sim::new();
    let first = sim.call(1, Options::default(), Script::silent());
    sim.call(2, Options::default(), Script::answers(10));
    sim.call(3, Options { lane: "cart".into(), ..Options::default() }, Script::answers(500));
    lose(&mut sim, first);
    sim.call(4, Options { lane: "other".into(), ..Options::default() }, Script::answers(10));
    sim.run_until(600);
    assert_eq!(story(&sim), ["send 1", "send 3", "settle 1 NETWORK unknown", "settle 3"]);
    sim.with_core(Dispatcher::handle_online);
    sim.run_until(700);
    assert_eq!(story(&sim)[4..], ["send 2", "send 4", "settle 2", "settle 4"]);
}

#[test]
fn a_call_with_a_key_is_retried_once_the_network_is_back() {
    let mut sim = Sim::new();
    let first = sim.call(1, keyed(), Script::answers(10).failing(9_999_999, Error::new(Kind::Network, ""), 1));
    sim.call(2, Options::default(), Script::answers(10));
    lose(&mut sim, first);
    sim.run_until(120_000);
    assert!(!sim.story().contains(&"send 2"), "{:?}", sim.log);
    let probes = sim.log.iter().filter(|line| line.ends_with("probe")).count();
    assert_eq!(probes, 1, "the next probe waits for the first to be over");
    sim.with_core(Dispatcher::handle_online);
    sim.run_until(121_000);
    assert_eq!(sim.story().iter().rev().take(4).rev().copied().collect::<Vec<_>>(), ["send 1", "settle 1", "send 2", "settle 2"]);
}

#[test]
fn probes_become_rarer_and_one_that_gets_through_ends_the_wait() {
    let mut sim = Sim::new();
    let first = sim.call(1, Options::default(), Script::silent());
    sim.call(2, Options::default(), Script::answers(10));
    lose(&mut sim, first);
    let mut at = Vec::new();
    for second in 0..=130 {
        sim.run_until(second * 1000);
        if sim.log.last().is_some_and(|line| line.ends_with("probe"))
            && at.len() < sim.log.iter().filter(|line| line.ends_with("probe")).count()
        {
            at.push(second);
            sim.with_core(|core, now| core.handle_probed(Some(false), now));
        }
    }
    assert_eq!(at, [0, 1, 3, 7, 15, 31, 61, 91, 121]);
    sim.run_until(151_000);
    sim.with_core(|core, now| core.handle_probed(Some(true), now));
    sim.run_until(152_000);
    assert!(!sim.core.is_offline());
    assert_eq!(sim.story().last(), Some(&"settle 2"));
}

#[test]
fn calls_are_sent_after_a_second_if_the_driver_cannot_probe() {
    let mut sim = Sim::new();
    let first = sim.call(1, Options::default(), Script::silent());
    sim.call(2, Options::default(), Script::answers(10));
    lose(&mut sim, first);
    for at in [0, 1000] {
        sim.run_until(at);
        sim.with_core(|core, now| core.handle_probed(None, now));
    }
    sim.run_until(2000);
    assert_eq!(sim.log, ["0 send 1", "0 settle 1 NETWORK unknown", "0 probe", "1000 probe", "1000 send 2", "1010 settle 2"]);
}

#[test]
fn calls_can_fail_instead_of_waiting() {
    let mut sim = Sim::with(Config { offline: OfflineMode::Fail, ..Config::default() });
    let first = sim.call(1, Options::default(), Script::silent());
    sim.call(2, Options::default(), Script::answers(10));
    sim.call(3, Options { lane: "cart".into(), ..Options::default() }, Script::answers(10));
    lose(&mut sim, first);
    prove(&mut sim);
    sim.call(4, Options::default(), Script::answers(10));
    sim.run_until(100);
    sim.with_core(Dispatcher::handle_online);
    sim.call(5, Options::default(), Script::answers(10));
    sim.run_until(200);
    let expected =
        ["send 1", "send 3", "settle 1 NETWORK unknown", "settle 2 OFFLINE no", "settle 4 OFFLINE no", "settle 3", "send 5", "settle 5"];
    assert_eq!(story(&sim), expected);
}

#[test]
fn a_call_that_waits_for_its_retry_fails_and_may_have_been_sent() {
    let mut sim = Sim::with(Config { offline: OfflineMode::Fail, ..Config::default() });
    let first = sim.call(1, keyed(), Script::silent());
    lose(&mut sim, first);
    prove(&mut sim);
    sim.run_until(1000);
    assert_eq!(story(&sim), ["send 1", "abort 1", "settle 1 OFFLINE unknown"]);
}

#[test]
fn a_durable_call_waits_even_if_others_fail() {
    let mut sim = Sim::with(Config { offline: OfflineMode::Fail, ..Config::default() });
    let durable = || Options { durable: true, lane: "durable".into(), ..keyed() };
    let first = sim.call(1, durable(), Script::answers(10).failing(9_999_999, Error::new(Kind::Network, ""), 1));
    sim.call(2, durable(), Script::answers(10));
    lose(&mut sim, first);
    prove(&mut sim);
    sim.call(3, durable(), Script::answers(10));
    sim.run_until(900);
    assert!(sim.settled.is_empty(), "{:?}", sim.log);
    sim.with_core(Dispatcher::handle_online);
    sim.run_until(2000);
    assert_eq!(story(&sim), ["send 1", "send 1", "settle 1", "send 2", "settle 2", "send 3", "settle 3"]);
}

#[test]
fn failures_without_a_network_do_not_count_against_the_limit() {
    let mut sim = Sim::new();
    let first = sim.call(1, keyed(), Script::silent());
    for _ in 0..5 {
        lose(&mut sim, first);
        for after in [0, 1000] {
            sim.run_until(sim.now.as_millis() as u64 + after);
            sim.with_core(|core, now| core.handle_probed(None, now));
        }
    }
    assert_eq!((sim.kind(first), sim.core.attempts(first)), (None, 6));
}

#[test]
fn a_call_that_waits_for_the_network_can_be_aborted() {
    let mut sim = Sim::new();
    let first = sim.call(1, keyed(), Script::silent());
    let second = sim.call(2, Options { deadline: Some(std::time::Duration::from_secs(2)), ..Options::default() }, Script::answers(10));
    lose(&mut sim, first);
    sim.run_until(5000);
    assert_eq!(sim.kind(second), Some(Kind::Deadline));
    assert!(sim.with_core(|core, now| core.abort(first, now)));
    sim.with_core(Dispatcher::handle_online);
    assert_eq!(sim.kind(first), Some(Kind::Aborted));
    assert_eq!((sim.core.pending(), sim.core.poll_timeout()), (0, None));
}

#[test]
fn reports_about_the_network_are_ignored_while_it_is_not_lost() {
    let mut sim = Sim::new();
    sim.with_core(Dispatcher::handle_online);
    sim.with_core(|core, now| core.handle_probed(Some(false), now));
    assert!(!sim.core.is_offline());
}

#[test]
fn a_wrong_hint_fails_no_call_and_costs_one_probe() {
    let mut sim = Sim::with(Config { offline: OfflineMode::Fail, ..Config::default() });
    let first = sim.call(1, Options::default(), Script::silent());
    sim.call(2, Options::default(), Script::answers(10));
    lose(&mut sim, first);
    sim.run_until(5);
    sim.with_core(|core, now| core.handle_probed(Some(true), now));
    sim.run_until(100);
    assert_eq!(sim.log, ["0 send 1", "0 settle 1 NETWORK unknown", "0 probe", "5 send 2", "15 settle 2"]);
}

#[test]
fn no_probe_is_made_while_no_call_waits() {
    for (offline, ends) in [(OfflineMode::Wait, None), (OfflineMode::Fail, Some("settle 2 OFFLINE no"))] {
        let mut sim = Sim::with(Config { offline, ..Config::default() });
        let first = sim.call(1, Options::default(), Script::silent());
        lose(&mut sim, first);
        sim.run_until(3_600_000);
        assert_eq!(sim.log, ["0 send 1", "0 settle 1 NETWORK unknown"]);
        assert_eq!(sim.core.poll_timeout(), None);
        // The next call does not fail before a probe.
        sim.call(2, Options::default(), Script::answers(10));
        sim.run_until(3_600_000);
        assert_eq!(sim.log[2..], ["3600000 probe"]);
        sim.with_core(|core, now| core.handle_probed(Some(false), now));
        assert_eq!(story(&sim)[2..].first().copied(), ends);
        sim.run_until(7_200_000);
        // A call that failed needs no probe. A call that waits causes one more, and none before that is over.
        assert_eq!(sim.story().iter().filter(|line| **line == "probe").count(), if ends.is_some() { 1 } else { 2 });
        sim.call(3, Options::default(), Script::answers(10));
        sim.run_until(7_200_000);
        sim.with_core(|core, now| core.handle_probed(Some(true), now));
        sim.run_until(7_201_000);
        assert_eq!(sim.story().last(), Some(&"settle 3"));
    }
}
