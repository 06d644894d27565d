//! Tests redirects and refreshes: which redirects are followed, and when the page asks for fresh data.

use std::collections::HashMap;

use crate::call::{Options, RedirectMode};
use crate::dispatcher::sim::{Script, Sim};
use crate::dispatcher::*;
use crate::protocol::Revalidated;

fn lane(name: &str) -> Options {
    Options { lane: name.into(), ..Options::default() }
}

fn stale(after: u64) -> Script {
    Script::revalidates(after, Revalidated::All)
}

#[test]
fn an_answer_that_revalidated_asks_for_fresh_data_before_it_settles() {
    let mut sim = Sim::new();
    sim.call(1, lane("main"), Script::revalidates(10, Revalidated::Dynamic));
    sim.run_until(100);
    assert_eq!(sim.log, ["0 send 1", "10 refresh dynamic", "10 settle 1"]);
}

#[test]
fn a_burst_asks_once_and_before_its_last_call_settles() {
    let mut sim = Sim::new();
    for id in 1..=10 {
        sim.call(id, lane("parallel"), if id % 2 == 0 { stale(id * 10) } else { Script::revalidates(id * 10, Revalidated::Dynamic) });
    }
    sim.run_until(1000);
    let refreshes: Vec<_> = sim.log.iter().filter(|line| line.contains("refresh")).collect();
    assert_eq!(refreshes, ["100 refresh all"]);
    assert_eq!(sim.story().iter().rev().take(2).rev().copied().collect::<Vec<_>>(), ["refresh all", "settle 10"]);
}

#[test]
fn calls_of_one_queue_count_as_one_burst() {
    let mut sim = Sim::new();
    for id in 1..=3 {
        sim.call(id, lane("main"), stale(100));
    }
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "settle 1", "send 2", "settle 2", "send 3", "refresh all", "settle 3"]);
}

#[test]
fn no_refresh_waits_longer_than_half_a_second() {
    let mut sim = Sim::new();
    for id in 1..=20 {
        sim.call(id, lane("main"), if id == 1 { stale(100) } else { Script::answers(100) });
    }
    sim.run_until(5000);
    let refreshes: Vec<_> = sim.log.iter().filter(|line| line.contains("refresh")).collect();
    assert_eq!(refreshes, ["600 refresh all"]);
}

#[test]
fn a_call_that_failed_owes_a_refresh_too() {
    let mut sim = Sim::new();
    let facts = stale(0).facts;
    sim.call(1, lane("parallel"), Script { facts, ..Script::throws(10) });
    sim.run_until(20);
    sim.call(2, lane("parallel"), Script { facts, head: Some(5), failure: Some((10, Kind::Network)), ..Script::silent() });
    sim.run_until(40);
    let aborted = sim.call(3, lane("parallel"), Script { facts, head: Some(5), ..Script::silent() });
    sim.run_until(50);
    sim.with_core(|core, now| core.abort(aborted, now));
    let story = [
        "send 1",
        "refresh all",
        "settle 1 ACTION_THREW yes",
        "send 2",
        "refresh all",
        "settle 2 NETWORK yes",
        "send 3",
        "abort 3",
        "refresh all",
        "settle 3 ABORTED yes",
    ];
    assert_eq!(sim.story(), story);
}

#[test]
fn stale_data_that_only_the_body_shows_owes_a_refresh() {
    let mut sim = Sim::new();
    let only = sim.call(1, lane("main"), Script { head: Some(2), ..Script::throws(10) });
    sim.run_until(5);
    sim.with_core(|core, _| core.handle_stale(only, Revalidated::All));
    sim.run_until(20);
    sim.with_core(|core, _| core.handle_stale(only, Revalidated::All));
    assert_eq!(sim.story(), ["send 1", "refresh all", "settle 1 ACTION_THREW yes"]);
}

#[test]
fn a_page_that_was_left_is_owed_nothing() {
    let mut sim = Sim::new();
    sim.call(1, lane("parallel"), stale(10));
    sim.call(2, lane("parallel"), Script::answers(100));
    sim.run_until(50);
    sim.visit_page(2);
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "send 2", "settle 1", "settle 2"]);
}

#[test]
fn an_answer_that_arrives_on_the_next_page_asks_for_fresh_data_there() {
    let mut sim = Sim::new();
    sim.call(1, lane("main"), stale(100));
    sim.run_until(50);
    sim.visit_page(2);
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "refresh all", "settle 1"], "that page may have been rendered before the action ran");
}

#[test]
fn a_redirect_carries_the_refresh_that_is_owed() {
    let mut sim = Sim::new();
    sim.call(
        1,
        lane("parallel"),
        Script { facts: HeadFacts { redirects: true, revalidated: Some(Revalidated::All) }, ..Script::answers(10) },
    );
    sim.call(2, lane("parallel"), Script::answers(20));
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "send 2", "redirect 1 and refresh all", "settle 1", "settle 2"]);
}

#[test]
fn a_late_redirect_does_not_move_a_user_who_has_moved_on() {
    let mut sim = Sim::new();
    sim.call(1, lane("main"), Script::redirects(100));
    sim.run_until(50);
    sim.visit_page(2);
    sim.run_until(200);
    assert_eq!(sim.story(), ["send 1", "settle 1"]);
}

#[test]
fn the_redirect_of_the_call_made_later_wins() {
    let mut sim = Sim::new();
    sim.call(1, lane("a"), Script::redirects(100));
    sim.call(2, lane("b"), Script::redirects(50));
    sim.run_until(200);
    assert_eq!(sim.story(), ["send 1", "send 2", "redirect 2", "settle 2", "settle 1"]);
    sim.call(3, lane("a"), Script::redirects(50));
    sim.call(4, lane("b"), Script::redirects(100));
    sim.run_until(400);
    assert_eq!(sim.story()[5..], ["send 3", "send 4", "redirect 3", "settle 3", "redirect 4", "settle 4"]);
}

#[test]
fn a_redirect_may_be_thrown_for_nexts_router() {
    let mut sim = Sim::new();
    let options = Options { redirect: RedirectMode::Throw, ..Options::default() };
    sim.call(1, options.clone(), Script::redirects(100));
    sim.run_until(200);
    sim.call(2, options, Script::redirects(100));
    sim.visit_page(2);
    sim.run_until(400);
    assert_eq!(sim.story(), ["send 1", "throw 1", "settle 1", "send 2", "settle 2"]);
}

#[test]
fn no_call_starts_while_the_document_is_left() {
    let mut sim = Sim::new();
    sim.leaves = true;
    sim.call(1, lane("main"), Script::redirects(99));
    sim.call(2, lane("main"), Script::answers(100));
    sim.run_until(20_000);
    assert_eq!(sim.story(), ["send 1", "redirect 1", "settle 1"]);
    sim.call(3, lane("other"), Script::answers(1));
    sim.run_until(30_098);
    assert_eq!(sim.story().len(), 3);
    sim.run_until(40_000);
    assert_eq!(sim.log[3..], ["30099 send 2", "30099 send 3", "30100 settle 3", "30199 settle 2"]);
}

#[test]
fn calls_start_at_once_when_the_document_is_back() {
    let mut sim = Sim::new();
    sim.with_core(Dispatcher::handle_leaving);
    sim.call(1, lane("main"), Script::answers(10));
    sim.run_until(100);
    sim.with_core(Dispatcher::handle_returned);
    sim.run_until(200);
    assert_eq!(sim.log, ["100 send 1", "110 settle 1"]);
}

#[test]
fn a_closed_dispatcher_does_not_wait_for_the_document() {
    let mut sim = Sim::new();
    sim.with_core(Dispatcher::handle_leaving);
    sim.with_core(Dispatcher::close);
    assert_eq!(sim.core.poll_timeout(), None);
}

#[test]
fn closing_asks_for_the_fresh_data_that_is_owed() {
    let mut sim = Sim::new();
    sim.call(1, lane("parallel"), stale(10));
    sim.call(2, lane("parallel"), Script::silent());
    sim.run_until(50);
    sim.with_core(Dispatcher::close);
    assert_eq!(sim.story(), ["send 1", "send 2", "settle 1", "abort 2", "settle 2 CLOSED unknown", "refresh all"]);
}

/// Models the refresh that the page is owed, as plainly as possible. Times are in milliseconds.
#[derive(Default)]
struct Model {
    owed_since: Option<f64>,
    what: Option<Revalidated>,
}

impl Model {
    fn owe(&mut self, what: Revalidated, now: f64) {
        self.owed_since = Some(self.owed_since.map_or(now, |since| since.min(now)));
        self.what = self.what.max(Some(what));
    }

    fn due(&self, running: bool, now: f64) -> bool {
        self.owed_since.is_some_and(|since| !running || now >= since + 500.0)
    }
}

#[test]
fn random_interleavings_agree_with_the_model() {
    let mut refreshes = 0;
    for seed in 0..400u64 {
        let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut roll = move |sides: u64| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            dice % sides
        };
        let mut sim = Sim::new();
        let mut model = Model::default();
        let mut facts = HashMap::new();
        let (mut count, mut visit, mut read) = (0, 1, 0);
        for _ in 0..300 {
            match roll(8) {
                0..=2 => {
                    count += 1;
                    let what = [None, None, Some(Revalidated::Dynamic), Some(Revalidated::All)][roll(4) as usize];
                    let redirects = roll(12) == 0;
                    let head = roll(80);
                    let mut script = Script { facts: HeadFacts { redirects, revalidated: what }, ..Script::answers(head + roll(120)) };
                    script.head = Some(head);
                    if roll(5) == 0 {
                        script.value = script.value.map(|(at, _)| (at, Err(Kind::ActionThrew)));
                    }
                    facts.insert(CallId(count), (visit, what, script.value, redirects));
                    let name = ["main", "cart", "parallel"][roll(3) as usize];
                    sim.call(count, lane(name), script);
                }
                3 if roll(4) == 0 => {
                    visit += 1;
                    sim.visit_page(visit);
                    model = Model::default();
                }
                _ => {}
            }
            // Passes one millisecond at a time, so that the log can be compared with the model step by step.
            for _ in 0..roll(60) {
                let now = sim.now.as_millis() + 1.0;
                sim.run_until(now as u64);
                let mut paid = None;
                for (at, line) in sim.log[read..].iter().enumerate() {
                    let words: Vec<_> = line.split(' ').collect();
                    match words[1] {
                        "settle" => {
                            let id = CallId(words[2].parse().unwrap());
                            if let (Some(what), false) = (facts[&id].1, paid == Some(id)) {
                                model.owe(what, now);
                            }
                        }
                        "redirect" => {
                            let id = CallId(words[2].parse().unwrap());
                            let (made_on, _, value, redirects) = &facts[&id];
                            assert!(*redirects && matches!(value, Some((_, Ok(())))), "seed {seed}: {line}");
                            assert_eq!(*made_on, visit, "seed {seed}: {line}: the user has moved on");
                            paid = Some(id);
                            model = Model::default();
                        }
                        "refresh" => {
                            // The refresh comes before the call that owes it settles.
                            let next =
                                sim.log[read + at + 1..].first().and_then(|next| next.strip_prefix(&format!("{} settle ", words[0])));
                            let next = next.map(|next| CallId(next.split(' ').next().unwrap().parse().unwrap()));
                            let owes = next.is_some_and(|id| facts[&id].1.is_some());
                            assert!(
                                model.what.is_some() || owes,
                                "seed {seed}: at {now} a refresh that was not owed: {:?}",
                                &sim.log[sim.log.len().saturating_sub(8)..]
                            );
                            refreshes += 1;
                            model = Model::default();
                            paid = next;
                        }
                        _ => {}
                    }
                }
                read = sim.log.len();
                let in_flight = sim.core.snapshot().any(|event| event.state == State::Running);
                assert!(!model.due(in_flight, now), "seed {seed}: at {now} a refresh is owed and was not asked for");
            }
        }
    }
    assert!(refreshes > 1000, "only {refreshes} refreshes in all");
}

#[test]
fn no_retry_is_sent_while_the_document_is_left() {
    let mut sim = Sim::new();
    let retry = crate::Retry { limit: 1, ..crate::Retry::default() };
    let busy = Error::new(Kind::Http, "scripted").with_status(503).with_retry_after(std::time::Duration::from_secs(1));
    sim.call(1, Options { keyed: true, retry, ..lane("cart") }, Script::answers(10).failing(10, busy, 1));
    sim.leaves = true;
    sim.call(2, lane("main"), Script::redirects(100));
    sim.run_until(20_000);
    assert_eq!(sim.story(), ["send 1", "send 2", "redirect 2", "settle 2"]);
    sim.with_core(Dispatcher::handle_returned);
    sim.run_until(21_000);
    assert_eq!(sim.story()[4..], ["send 1", "settle 1"]);
}

#[test]
fn a_redirect_that_goes_nowhere_still_owes_the_refresh() {
    let mut sim = Sim::new();
    sim.stays = true;
    let facts = HeadFacts { redirects: true, revalidated: Some(Revalidated::All) };
    sim.call(1, lane("main"), Script { facts, ..Script::answers(10) });
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "10 redirect 1 and refresh all", "10 settle 1", "10 refresh all"]);
}
