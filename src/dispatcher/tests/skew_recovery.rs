//! Tests calls of an action that the server does not know: looked up by name, and resent under the id found.

use std::time::Duration;

use crate::call::Options;
use crate::call::{Render, Skew};
use crate::dispatcher::sim::{Script, Sim};
use crate::dispatcher::*;

fn named() -> Options {
    Options { named: true, ..Options::default() }
}

fn found(after: u64) -> Option<(u64, Recovery)> {
    Some((after, Recovery::Found))
}

#[test]
fn an_unknown_action_is_looked_up_and_resent_before_the_next_call_of_its_lane() {
    let mut sim = Sim::new();
    sim.call(1, named(), Script { recovery: found(30), ..Script::answers(10).unknown(5, 1) });
    sim.call(2, named(), Script::answers(10));
    sim.run_until(100);
    assert_eq!(sim.log, ["0 send 1", "5 recover 1", "35 send 1", "45 settle 1", "45 send 2", "55 settle 2"]);
}

#[test]
fn a_call_found_while_the_document_is_hidden_is_resent_when_it_is_back() {
    let mut sim = Sim::new();
    let limits = Options { timeout: Some(Duration::from_millis(100)), ..named() };
    sim.call(1, limits.clone(), Script { recovery: found(30), ..Script::answers(10).unknown(5, 1) });
    let skip = Options { render: Render::Skip, lane: "cart".into(), ..limits };
    sim.call(2, skip, Script::answers(10).unknown(20, 1));
    sim.run_until(10);
    sim.core.handle_hidden();
    sim.run_until(50_000);
    sim.with_core(Dispatcher::handle_returned);
    sim.run_until(60_000);
    let sent = ["0 send 1", "0 send 2 skip", "5 recover 1", "50000 send 1", "50000 send 2", "50010 settle 1", "50010 settle 2"];
    assert_eq!(sim.log, sent);
}

#[test]
fn a_call_found_without_a_network_fails_if_a_probe_fails() {
    let mut sim = Sim::with(Config { offline: OfflineMode::Fail, ..Config::default() });
    sim.call(1, named(), Script { recovery: found(30), ..Script::answers(10).unknown(5, 1) });
    sim.call(2, Options { lane: "cart".into(), ..named() }, Script { recovery: found(60), ..Script::answers(10).unknown(5, 1) });
    sim.run_until(10);
    sim.with_core(Dispatcher::handle_offline);
    sim.run_until(40);
    sim.with_core(|core, now| core.handle_probed(Some(false), now));
    sim.run_until(100);
    assert_eq!(sim.story()[4..], ["probe", "abort 1", "settle 1 OFFLINE no", "abort 2", "settle 2 OFFLINE no"]);
}

#[test]
fn a_second_refusal_is_final() {
    let mut sim = Sim::new();
    let only = sim.call(1, named(), Script { recovery: found(30), ..Script::answers(10).unknown(5, 2) });
    sim.run_until(100);
    assert_eq!(sim.log, ["0 send 1", "5 recover 1", "35 send 1", "40 settle 1 ACTION_NOT_FOUND no"]);
    assert_eq!(sim.kind(only), Some(Kind::ActionNotFound));
}

#[test]
fn an_action_that_is_not_found_says_why() {
    let mut sim = Sim::new();
    let gone = Recovery::NotFound("the page has no action of this name any more".to_owned());
    let only = sim.call(1, named(), Script { recovery: Some((30, gone)), ..Script::answers(10).unknown(5, 1) });
    sim.call(2, named(), Script::answers(10));
    sim.run_until(100);
    assert_eq!(sim.story(), ["send 1", "recover 1", "settle 1 ACTION_NOT_FOUND no", "send 2", "settle 2"]);
    let error = sim.settled[&only].as_ref().unwrap_err();
    assert_eq!(error.message(), "scripted, and the page has no action of this name any more");
}

#[test]
fn looking_an_action_up_has_a_limit_of_its_own() {
    let mut sim = Sim::new();
    let options = Options { timeout: Some(Duration::from_millis(100)), ..named() };
    let only = sim.call(1, options, Script::answers(10).unknown(50, 1));
    sim.run_until(20_000);
    assert_eq!(sim.log, ["0 send 1", "50 recover 1", "10050 abort 1", "10050 settle 1 ACTION_NOT_FOUND no"]);
    assert_eq!(sim.settled[&only].as_ref().unwrap_err().message(), "scripted, and could not be looked up within 10000 ms");
}

#[test]
fn a_resent_call_has_its_full_timeout_again() {
    let mut sim = Sim::new();
    let options = Options { timeout: Some(Duration::from_millis(100)), ..named() };
    sim.call(1, options, Script { recovery: found(500), ..Script::silent().unknown(50, 1) });
    sim.run_until(20_000);
    assert_eq!(sim.log, ["0 send 1", "50 recover 1", "550 send 1", "650 abort 1", "650 settle 1 TIMEOUT unknown"]);
}

#[test]
fn a_call_that_skips_the_render_is_resent_without_that_first() {
    let mut sim = Sim::new();
    let skip = Options { render: Render::Skip, ..named() };
    sim.call(1, skip.clone(), Script::answers(10).unknown(5, 1));
    sim.run_until(100);
    sim.call(2, skip.clone(), Script { recovery: found(5), ..Script::answers(10).unknown(5, 2) });
    sim.run_until(200);
    sim.call(3, Options { skew: Skew::Fail, ..skip }, Script::answers(10).unknown(5, 2));
    sim.run_until(300);
    let story = [
        "send 1 skip",
        "send 1",
        "settle 1",
        "send 2 skip",
        "send 2",
        "recover 2",
        "send 2",
        "settle 2",
        "send 3 skip",
        "send 3",
        "settle 3 ACTION_NOT_FOUND no",
    ];
    assert_eq!(sim.story(), story);
}

#[test]
fn an_action_without_a_name_or_with_another_skew_is_not_looked_up() {
    let mut sim = Sim::new();
    sim.call(1, Options::default(), Script::answers(10).unknown(5, 1));
    sim.run_until(10);
    sim.call(2, Options { skew: Skew::Fail, ..named() }, Script::answers(10).unknown(5, 1));
    sim.run_until(20);
    sim.call(3, Options { skew: Skew::Reload, ..named() }, Script::answers(10).unknown(5, 1));
    sim.run_until(30);
    let not_found = |id| format!("settle {id} ACTION_NOT_FOUND no");
    assert_eq!(sim.story(), ["send 1", &not_found(1), "send 2", &not_found(2), "send 3", &not_found(3), "reload"]);
}

#[test]
fn a_call_aborted_while_its_action_is_looked_up_is_not_resent() {
    let mut sim = Sim::new();
    let only = sim.call(1, named(), Script { recovery: found(30), ..Script::answers(10).unknown(5, 1) });
    sim.run_until(20);
    sim.with_core(|core, now| core.abort(only, now));
    sim.run_until(100);
    assert_eq!(sim.log, ["0 send 1", "5 recover 1", "20 abort 1", "20 settle 1 ABORTED no"]);
}

#[test]
fn an_earlier_attempt_may_have_run_even_if_the_last_did_not() {
    let mut sim = Sim::new();
    let retry = crate::Retry { limit: 1, first_delay: Duration::ZERO, ..crate::Retry::default() };
    let id = sim.call(1, Options { keyed: true, retry, ..Options::default() }, Script::silent());
    sim.with_core(|core, now| core.handle_failure(id, Error::new(Kind::Network, "scripted"), now));
    sim.run_until(10);
    sim.with_core(|core, now| core.handle_unknown(id, Error::new(Kind::ActionNotFound, "scripted"), now));
    assert_eq!(sim.story(), ["send 1", "send 1", "settle 1 ACTION_NOT_FOUND unknown"]);
}

#[test]
fn the_stall_timer_of_a_refused_answer_does_not_end_the_next_attempt() {
    let mut sim = Sim::new();
    let options = Options { render: Render::Skip, stall_timeout: Some(Duration::from_millis(200)), ..named() };
    let id = sim.call(1, options, Script::answers(600).unknown(10, 1));
    sim.with_core(|core, now| core.handle_head(id, HeadFacts::default(), now));
    sim.run_until(2000);
    assert_eq!(sim.log, ["0 send 1 skip", "10 send 1", "610 settle 1"]);
}

#[test]
fn no_call_starts_while_the_page_reloads() {
    let mut sim = Sim::new();
    sim.leaves = true;
    sim.call(1, Options { skew: Skew::Reload, ..named() }, Script::answers(10).unknown(5, 1));
    sim.call(2, Options::default(), Script::answers(10));
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "settle 1 ACTION_NOT_FOUND no", "reload"]);
}
