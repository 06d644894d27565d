//! Tests lanes that all tabs share: leases requested, held, released and lost. Also tests calls while the document is
//! hidden.

use std::collections::{HashMap, VecDeque};

use crate::call::{Options, Strategy};
use crate::dispatcher::sim::{Script, Sim, ms};
use crate::dispatcher::*;
use crate::protocol::Revalidated;
use crate::retry::Retry;
use std::num::NonZeroU32;

fn tab() -> Sim {
    Sim::with(Config { scope: Scope::Origin, ..Config::default() })
}

fn lane(name: &str) -> Options {
    Options { lane: name.into(), ..Options::default() }
}

fn grant(sim: &mut Sim, name: &str) {
    sim.with_core(|core, now| core.handle_lease(&name.into(), now));
}

fn lose(sim: &mut Sim, name: &str) {
    sim.with_core(|core, now| core.handle_lease_taken(&name.into(), now));
}

#[test]
fn a_call_starts_only_under_the_lease_of_its_lane_and_releases_it() {
    let mut sim = tab();
    sim.call(1, lane("main"), Script { end: Some(500), ..Script::answers(100) });
    sim.call(2, lane("main"), Script::answers(100));
    sim.run_until(50);
    grant(&mut sim, "main");
    sim.run_until(1000);
    grant(&mut sim, "main");
    sim.run_until(2000);
    assert_eq!(sim.log, ["0 ask main", "50 send 1", "150 settle 1", "150 ask main", "1000 send 2", "1100 settle 2", "1100 release main"]);
    assert!(sim.core.leases.is_empty());
}

#[test]
fn each_lane_has_a_lease_of_its_own_and_parallel_has_none() {
    let mut sim = tab();
    sim.call(1, lane("main"), Script::answers(100));
    sim.call(2, lane("cart"), Script::answers(100));
    sim.call(3, lane("parallel"), Script::answers(100));
    grant(&mut sim, "cart");
    assert_eq!(sim.log, ["0 ask main", "0 ask cart", "0 send 3", "0 send 2"]);
}

#[test]
fn a_parallel_lane_with_a_limit_has_a_lease() {
    let one = LaneOptions { concurrency: NonZeroU32::new(1), strategy: None };
    let lanes = HashMap::from([(LaneName::Parallel, one)]);
    let mut sim = Sim::with(Config { scope: Scope::Origin, lanes, ..Config::default() });
    sim.call(1, lane("parallel"), Script::answers(100));
    assert_eq!(sim.log, ["0 ask parallel"]);
}

#[test]
fn no_lease_is_requested_for_a_call_that_is_not_ready() {
    let mut sim = tab();
    let first = sim.prepare(1, lane("main"), Script::answers(100));
    sim.call(2, lane("main"), Script::answers(100));
    assert_eq!(sim.log, [""; 0]);
    sim.with_core(|core, now| core.handle_ready(first, now));
    assert_eq!(sim.log, ["0 ask main"]);
}

#[test]
fn a_lane_that_does_not_need_its_lease_any_more_releases_it() {
    type Stop = fn(&mut Dispatcher, Instant);
    let stops: [(&str, Stop); 6] = [
        ("abort", |core, now| assert!(core.abort(CallId(1), now))),
        ("clear", |core, now| assert_eq!(core.clear(None, now).len(), 1)),
        ("close", |core, now| core.close(now)),
        ("pause", |core, _| core.pause(None)),
        ("pause of the lane", |core, _| core.pause(Some(&"main".into()))),
        ("leaving", |core, now| core.handle_leaving(now)),
    ];
    for (what, stop) in stops {
        let mut sim = tab();
        sim.call(1, lane("main"), Script::answers(100));
        sim.with_core(stop);
        let lines: Vec<_> = sim.story().into_iter().filter(|line| !line.starts_with("settle")).collect();
        assert_eq!(lines, ["ask main", "release main"], "{what}");
        // A grant that was already on its way is released at once.
        sim.log.clear();
        grant(&mut sim, "main");
        assert_eq!(sim.story(), ["release main"], "{what}");
    }
}

#[test]
fn a_request_stays_while_another_call_waits() {
    let mut sim = tab();
    let first = sim.call(1, lane("main"), Script::answers(100));
    sim.call(2, lane("main"), Script::answers(100));
    sim.with_core(|core, now| core.abort(first, now));
    grant(&mut sim, "main");
    assert_eq!(sim.log, ["0 ask main", "0 settle 1 ABORTED no", "0 send 2"]);
}

#[test]
fn a_call_that_replaces_a_waiting_one_inherits_its_place_among_the_tabs() {
    for strategy in [Strategy::Replace, Strategy::QueueLast] {
        let mut sim = tab();
        let typing = || Options { strategy: Some(strategy), key: "search".into(), ..lane("main") };
        for id in 1..=3 {
            sim.call(id, typing(), Script::answers(100));
        }
        grant(&mut sim, "main");
        assert_eq!(sim.log, ["0 ask main", "0 settle 1 REPLACED no", "0 settle 2 REPLACED no", "0 send 3"], "{strategy:?}");
    }
}

#[test]
fn a_call_that_replaces_a_running_one_requests_the_next_lease_before_the_release() {
    let mut sim = tab();
    let search = || Options { strategy: Some(Strategy::Replace), key: "search".into(), ..lane("main") };
    sim.call(1, search(), Script::answers(100));
    grant(&mut sim, "main");
    sim.call(2, search(), Script::answers(100));
    assert_eq!(sim.log[2..], ["0 abort 1", "0 settle 1 REPLACED unknown", "0 ask main"]);
}

#[test]
fn a_resumed_lane_requests_its_lease() {
    let mut sim = tab();
    sim.core.pause(None);
    sim.call(1, lane("main"), Script::answers(100));
    assert_eq!(sim.log, [""; 0]);
    sim.with_core(|core, now| core.resume(None, now));
    assert_eq!(sim.log, ["0 ask main"]);
}

#[test]
fn no_lease_is_requested_without_a_network() {
    let mut sim = tab();
    sim.call(1, lane("main"), Script::answers(100));
    sim.with_core(Dispatcher::handle_offline);
    sim.with_core(Dispatcher::handle_online);
    assert_eq!(sim.log, ["0 ask main", "0 release main", "0 ask main"]);
}

#[test]
fn a_running_call_holds_its_lease_while_paused_and_over_its_retries() {
    let mut sim = tab();
    let retry = Retry { limit: 1, ..Retry::default() };
    let busy = Error::new(Kind::Http, "scripted").with_status(503).with_retry_after(std::time::Duration::from_millis(500));
    sim.call(1, Options { retry, keyed: true, ..lane("main") }, Script::answers(100).failing(100, busy, 1));
    sim.call(2, lane("main"), Script::answers(100));
    grant(&mut sim, "main");
    sim.core.pause(None);
    sim.run_until(2000);
    assert_eq!(sim.log, ["0 ask main", "0 send 1", "600 send 1", "700 settle 1", "700 release main"]);
}

#[test]
fn an_aborted_call_frees_the_lease() {
    let mut sim = tab();
    let first = sim.call(1, lane("main"), Script::silent());
    sim.call(2, lane("main"), Script::answers(100));
    grant(&mut sim, "main");
    sim.with_core(|core, now| core.abort(first, now));
    assert_eq!(sim.log[2..], ["0 abort 1", "0 settle 1 ABORTED unknown", "0 ask main"]);
}

#[test]
fn after_a_steal_the_running_call_goes_on_and_the_next_requests_a_lease() {
    let mut sim = tab();
    sim.call(1, lane("main"), Script::answers(100));
    sim.call(2, lane("main"), Script::answers(100));
    grant(&mut sim, "main");
    lose(&mut sim, "main");
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 ask main", "0 send 1", "100 settle 1", "100 ask main"]);
    grant(&mut sim, "main");
    sim.run_until(2000);
    assert_eq!(sim.log[4..], ["1000 send 2", "1100 settle 2", "1100 release main"]);
}

#[test]
fn a_lease_that_cannot_be_had_fails_the_calls_that_wait() {
    let mut sim = tab();
    sim.call(1, lane("main"), Script::answers(100));
    sim.call(2, lane("main"), Script::answers(100));
    let later = sim.prepare(3, lane("main"), Script::answers(100));
    sim.call(4, lane("cart"), Script::answers(100));
    let error = Error::new(Kind::InvalidOption, "scripted");
    let failed = sim.with_core(|core, now| core.handle_lease_failed(&"main".into(), &error, now));
    assert_eq!(failed, [CallId(1), CallId(2)]);
    assert_eq!(sim.log, ["0 ask main", "0 ask cart", "0 settle 1 INVALID_OPTION no", "0 settle 2 INVALID_OPTION no"]);
    sim.with_core(|core, now| core.handle_ready(later, now));
    sim.with_core(|core, now| core.handle_lease_failed(&"main".into(), &error, now));
    assert_eq!(sim.log[4..], ["0 ask main", "0 settle 3 INVALID_OPTION no"]);
    assert_eq!(sim.core.pending(), 1);
}

#[test]
fn a_burst_under_leases_asks_for_fresh_data_once() {
    let mut sim = tab();
    for id in 1..=3 {
        sim.call(id, lane("main"), Script::revalidates(100, Revalidated::All));
    }
    for _ in 0..3 {
        grant(&mut sim, "main");
        sim.run_until(sim.now.as_millis() as u64 + 110);
    }
    let lines: Vec<_> = sim.story().into_iter().filter(|line| line.starts_with("refresh") || line.starts_with("settle")).collect();
    assert_eq!(lines, ["settle 1", "settle 2", "refresh all", "settle 3"]);
}

#[test]
fn three_tabs_take_turns_and_each_runs_its_calls_in_order() {
    let mut tabs = [tab(), tab(), tab()];
    for tab in &mut tabs {
        for id in 1..=100 {
            tab.call(id, lane("main"), Script::answers(1 + id % 3));
        }
    }
    let mut queue: VecDeque<usize> = VecDeque::new();
    let mut turns = Vec::new();
    for at in 0..2000 {
        for (number, tab) in tabs.iter_mut().enumerate() {
            tab.run_until(at);
            for (_, asked) in std::mem::take(&mut tab.leases) {
                queue.retain(|&other| other != number);
                queue.extend(asked.then_some(number));
            }
        }
        // The first tab in the queue holds the lease.
        if let Some(&first) = queue.front()
            && tabs[first].core.leases.get(&LaneName::Main) == Some(&Lease::Requested)
        {
            turns.push(first);
            grant(&mut tabs[first], "main");
        }
        assert!(tabs.iter().map(|tab| tab.core.running).sum::<usize>() <= 1, "two calls at once at {at} ms");
    }
    assert_eq!(turns.len(), 300);
    assert!(turns.chunks(3).all(|turn| turn.iter().sum::<usize>() == 3), "the tabs do not take turns: {turns:?}");
    for tab in &tabs {
        let sent: Vec<_> = tab.story().into_iter().filter(|line| line.starts_with("send")).map(str::to_owned).collect();
        assert_eq!(sent, (1..=100).map(|id| format!("send {id}")).collect::<Vec<_>>());
    }
}

#[test]
fn no_call_and_no_retry_starts_while_the_document_is_hidden() {
    let mut sim = Sim::new();
    let retry = Retry { limit: 1, ..Retry::default() };
    let busy = Error::new(Kind::Http, "scripted").with_status(503).with_retry_after(std::time::Duration::from_millis(500));
    sim.call(1, Options { retry, keyed: true, ..lane("main") }, Script::answers(100).failing(100, busy, 1));
    sim.run_until(200);
    sim.core.handle_hidden();
    sim.call(2, lane("main"), Script::answers(100));
    sim.call(3, lane("cart"), Script::answers(100));
    // Longer than the wait for a document that is being left.
    sim.run_until(100_000);
    assert_eq!(sim.log, ["0 send 1"]);
    sim.with_core(Dispatcher::handle_returned);
    sim.with_core(Dispatcher::handle_returned);
    sim.run_until(200_000);
    assert_eq!(sim.log[1..], ["100000 send 1", "100000 send 3", "100100 settle 1", "100100 send 2", "100100 settle 3", "100200 settle 2"]);
}

#[test]
fn a_retry_waits_for_both_the_network_and_the_document() {
    let mut sim = Sim::new();
    let retry = Retry { limit: 1, ..Retry::default() };
    let busy = Error::new(Kind::Http, "scripted").with_status(503).with_retry_after(std::time::Duration::from_millis(500));
    sim.call(1, Options { retry, keyed: true, ..lane("main") }, Script::answers(100).failing(100, busy, 1));
    sim.run_until(200);
    sim.with_core(Dispatcher::handle_offline);
    sim.run_until(700);
    sim.core.handle_hidden();
    sim.with_core(Dispatcher::handle_online);
    assert_eq!(sim.log, ["0 send 1", "200 probe"]);
    sim.with_core(Dispatcher::handle_returned);
    sim.run_until(1000);
    assert_eq!(sim.log[2..], ["700 send 1", "800 settle 1"]);
}

#[test]
fn a_call_that_runs_while_the_document_is_hidden_is_not_sent_twice() {
    let mut sim = Sim::new();
    sim.call(1, lane("main"), Script::answers(100));
    sim.core.handle_hidden();
    sim.run_until(50);
    sim.with_core(Dispatcher::handle_returned);
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "100 settle 1"]);
    assert_eq!(sim.core.poll_timeout(), None);
    assert!(sim.now > ms(0));
}
