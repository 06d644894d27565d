//! Tests the order of lanes, and the ways in which a call ends.

use std::time::Duration;

use crate::call::{Call, Options};
use crate::dispatcher::sim::{Script, Sim, ms};
use crate::dispatcher::*;

fn lane(name: &str) -> Options {
    Options { lane: name.into(), ..Options::default() }
}

fn limit(timeout: u64) -> Options {
    Options { timeout: Some(Duration::from_millis(timeout)), ..Options::default() }
}

#[test]
fn main_is_first_in_first_out_one_at_a_time() {
    let mut sim = Sim::new();
    for id in 1..=3 {
        sim.call(id, lane("main"), Script::answers(100));
    }
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "100 settle 1", "100 send 2", "200 settle 2", "200 send 3", "300 settle 3"]);
}

#[test]
fn other_lanes_do_not_wait_for_main() {
    let mut sim = Sim::new();
    sim.call(1, lane("main"), Script::answers(2300));
    sim.call(2, lane("payment"), Script::answers(380));
    sim.call(3, lane("payment"), Script::answers(380));
    sim.call(4, lane("parallel"), Script::answers(50));
    sim.call(5, lane("parallel"), Script::answers(50));
    sim.run_until(5000);
    assert_eq!(
        sim.log,
        [
            "0 send 1",
            "0 send 2",
            "0 send 4",
            "0 send 5",
            "50 settle 4",
            "50 settle 5",
            "380 settle 2",
            "380 send 3",
            "760 settle 3",
            "2300 settle 1",
        ]
    );
}

#[test]
fn the_value_frees_the_slot_while_the_rest_drains() {
    let mut sim = Sim::new();
    let first = sim.call(1, lane("main"), Script { end: Some(500), ..Script::answers(100) });
    sim.call(2, lane("main"), Script::answers(100));
    sim.run_until(100);
    assert_eq!((sim.core.state(first), sim.core.pending()), (State::Draining, 1));
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "100 settle 1", "100 send 2", "200 settle 2"]);
    assert_eq!(sim.core.state(first), State::Done);
}

#[test]
fn a_failure_does_not_block_the_lane() {
    let mut sim = Sim::new();
    let fails = sim.call(1, lane("main"), Script::fails(10));
    let throws = sim.call(2, lane("main"), Script::throws(10));
    let last = sim.call(3, lane("main"), Script::answers(10));
    sim.run_until(100);
    assert_eq!((sim.kind(fails), sim.kind(throws), sim.kind(last)), (Some(Kind::Network), Some(Kind::ActionThrew), None));
    assert_eq!(sim.settled[&fails].as_ref().unwrap_err().sent(), Sent::Unknown);
    assert_eq!(sim.settled[&throws].as_ref().unwrap_err().sent(), Sent::Yes);
}

#[test]
fn a_call_that_prepares_holds_its_lane() {
    let mut sim = Sim::new();
    let first = sim.prepare(1, lane("main"), Script::answers(10));
    sim.call(2, lane("main"), Script::answers(10));
    sim.call(3, lane("other"), Script::answers(10));
    sim.run_until(50);
    assert_eq!(sim.story(), ["send 3", "settle 3"]);
    sim.with_core(|core, now| core.handle_ready(first, now));
    sim.run_until(100);
    assert_eq!(sim.story(), ["send 3", "settle 3", "send 1", "settle 1", "send 2", "settle 2"]);
}

#[test]
fn an_aborted_waiting_call_is_not_sent() {
    let mut sim = Sim::new();
    sim.call(1, lane("main"), Script::answers(100));
    let second = sim.call(2, lane("main"), Script::answers(100));
    sim.call(3, lane("main"), Script::answers(100));
    assert!(sim.with_core(|core, now| core.abort(second, now)));
    sim.run_until(1000);
    assert_eq!(sim.story(), ["send 1", "settle 2 ABORTED no", "settle 1", "send 3", "settle 3"]);
}

#[test]
fn aborting_a_running_call_frees_its_slot_at_once() {
    let mut sim = Sim::new();
    let first = sim.call(1, lane("main"), Script { head: Some(30), ..Script::answers(100) });
    sim.call(2, lane("main"), Script::answers(100));
    sim.run_until(20);
    assert!(sim.with_core(|core, now| core.abort(first, now)));
    sim.run_until(1000);
    assert_eq!(sim.log, ["0 send 1", "20 abort 1", "20 settle 1 ABORTED unknown", "20 send 2", "120 settle 2"]);
}

#[test]
fn aborting_after_the_head_says_that_the_server_answered() {
    let mut sim = Sim::new();
    let only = sim.call(1, lane("main"), Script { head: Some(10), ..Script::silent() });
    sim.run_until(20);
    sim.with_core(|core, now| core.abort(only, now));
    assert_eq!(sim.story(), ["send 1", "abort 1", "settle 1 ABORTED yes"]);
}

#[test]
fn aborting_a_draining_call_ends_its_exchange_and_does_not_settle_it_again() {
    let mut sim = Sim::new();
    let only = sim.call(1, lane("main"), Script { end: None, ..Script::answers(10) });
    sim.run_until(20);
    assert!(sim.with_core(|core, now| core.abort(only, now)));
    assert!(!sim.with_core(|core, now| core.abort(only, now)), "it is over");
    assert_eq!(sim.story(), ["send 1", "settle 1", "abort 1"]);
}

#[test]
fn a_timeout_counts_from_the_start_of_the_attempt() {
    let mut sim = Sim::new();
    sim.call(1, lane("main"), Script::answers(500));
    let second = sim.call(2, limit(100), Script::answers(200));
    sim.call(3, lane("main"), Script::answers(10));
    sim.run_until(2000);
    assert_eq!(
        sim.log,
        ["0 send 1", "500 settle 1", "500 send 2", "600 abort 2", "600 settle 2 TIMEOUT unknown", "600 send 3", "610 settle 3"]
    );
    assert_eq!(sim.settled[&second].as_ref().unwrap_err().message(), "no value within 100 ms");
}

#[test]
fn a_value_in_time_disarms_the_timeout() {
    let mut sim = Sim::new();
    sim.call(1, limit(100), Script { end: None, ..Script::answers(100) });
    sim.run_until(100);
    assert_eq!(sim.core.poll_timeout(), None);
    sim.with_core(|core, _| core.handle_timeout(ms(5000)));
    assert_eq!(sim.story(), ["send 1", "settle 1"]);
}

#[test]
fn a_wake_up_that_comes_early_does_nothing() {
    let mut sim = Sim::new();
    sim.call(1, limit(100), Script::silent());
    sim.with_core(Dispatcher::handle_timeout);
    assert_eq!((sim.story(), sim.core.poll_timeout()), (vec!["send 1"], Some(ms(100))));
}

#[test]
fn clear_rejects_waiting_calls_and_lets_running_ones_go_on() {
    let mut sim = Sim::new();
    sim.call(1, lane("main"), Script::answers(10));
    sim.call(2, lane("main"), Script::answers(10));
    sim.call(3, lane("cart"), Script::answers(10));
    sim.call(4, lane("cart"), Script::answers(10));
    assert_eq!(sim.with_core(|core, now| core.clear(Some(&"cart".into()), now)), [CallId(4)]);
    assert_eq!(sim.with_core(|core, now| core.clear(None, now)), [CallId(2)]);
    sim.run_until(100);
    assert_eq!(sim.story(), ["send 1", "send 3", "settle 4 CLEARED no", "settle 2 CLEARED no", "settle 1", "settle 3"]);
}

#[test]
fn clear_starts_no_call_behind_one_that_prepares() {
    let mut sim = Sim::new();
    sim.prepare(1, lane("main"), Script::answers(10));
    sim.call(2, lane("main"), Script::answers(10));
    sim.with_core(|core, now| core.clear(None, now));
    assert_eq!(sim.story(), ["settle 1 CLEARED no", "settle 2 CLEARED no"]);
}

#[test]
fn a_paused_lane_keeps_its_order() {
    let mut sim = Sim::new();
    sim.with_core(|core, _| core.pause(Some(&"main".into())));
    sim.call(1, lane("main"), Script::answers(10));
    sim.call(2, lane("main"), Script::answers(10));
    sim.run_until(50);
    assert_eq!((sim.story().len(), sim.core.waiting_in(&"main".into())), (0, 2));
    sim.with_core(|core, now| core.resume(Some(&"main".into()), now));
    sim.run_until(100);
    assert_eq!(sim.story(), ["send 1", "settle 1", "send 2", "settle 2"]);
}

#[test]
fn close_rejects_all_calls_in_order_and_refuses_later_ones() {
    let mut sim = Sim::new();
    sim.call(1, lane("parallel"), Script { end: None, ..Script::answers(10) });
    sim.run_until(20);
    sim.call(2, lane("main"), Script::answers(10));
    sim.call(3, lane("main"), Script::answers(10));
    sim.with_core(Dispatcher::close);
    let late = sim.call(4, lane("main"), Script::answers(10));
    sim.run_until(100);
    assert_eq!(
        sim.story(),
        ["send 1", "settle 1", "send 2", "abort 1", "abort 2", "settle 2 CLOSED unknown", "settle 3 CLOSED no", "settle 4 CLOSED no"]
    );
    assert_eq!((sim.core.state(late), sim.core.pending()), (State::Done, 0));
}

#[test]
fn a_full_queue_refuses_the_next() {
    let mut sim = Sim::with(Config { max_queued: 1, ..Config::default() });
    sim.call(9, lane("parallel"), Script::answers(5));
    sim.call(1, lane("main"), Script::answers(10));
    sim.call(2, lane("main"), Script::answers(10));
    let third = sim.call(3, lane("main"), Script::answers(10));
    assert_eq!(sim.kind(third), Some(Kind::QueueFull));
    let elsewhere = sim.call(4, lane("cart"), Script::answers(10));
    assert_eq!(sim.core.state(elsewhere), State::Running, "a call that need not wait is not refused");
    sim.run_until(100);
    assert_eq!(sim.kind(CallId(2)), None);
}

#[test]
fn a_replayed_call_is_accepted_by_a_full_queue() {
    let mut sim = Sim::with(Config { max_queued: 1, ..Config::default() });
    let replayed = || Options { replayed: true, durable: true, ..lane("main") };
    for id in 1..=4 {
        sim.call(id, replayed(), Script::answers(10));
    }
    let new = sim.call(5, lane("main"), Script::answers(10));
    assert_eq!(sim.kind(new), Some(Kind::QueueFull), "replayed calls that wait count");
    sim.run_until(100);
    let sent: Vec<_> = sim.story().into_iter().filter(|line| line.starts_with("send")).collect();
    assert_eq!(sent, ["send 1", "send 2", "send 3", "send 4"]);
}

#[test]
fn an_answer_that_ends_without_a_value_is_an_error() {
    let mut sim = Sim::new();
    let only = sim.call(1, lane("main"), Script { value: None, ..Script::answers(10) });
    sim.run_until(100);
    assert_eq!(sim.kind(only), Some(Kind::Decode));
}

#[test]
fn an_action_not_found_did_not_run() {
    let mut sim = Sim::new();
    sim.call(1, lane("main"), Script { head: Some(10), failure: Some((10, Kind::ActionNotFound)), ..Script::silent() });
    sim.run_until(100);
    assert_eq!(sim.story(), ["send 1", "settle 1 ACTION_NOT_FOUND no"]);
}

#[test]
fn a_known_id_is_refused() {
    let mut sim = Sim::new();
    let id = sim.call(1, lane("main"), Script::answers(10));
    let twice = Call { id, options: Options::default(), queued_at: sim.now, visit: Some(Visit::default()), ready: true };
    assert_eq!(sim.core.enqueue(twice, sim.now).unwrap_err().kind(), Kind::Internal);
}

#[test]
fn events_carry_times_and_the_result() {
    let mut core = Dispatcher::default();
    let id = CallId(7);
    core.enqueue(Call { id, options: lane("cart"), queued_at: ms(1), visit: Some(Visit::default()), ready: false }, ms(2)).unwrap();
    core.handle_ready(id, ms(3));
    core.handle_sent(id);
    core.handle_head(id, HeadFacts::default(), ms(4));
    core.handle_value(id, Ok(()), ms(5));
    core.handle_end(id, ms(6));
    let events: Vec<_> = std::iter::from_fn(|| core.poll_effect())
        .filter_map(|effect| if let Effect::Emit(event) = effect { Some(event) } else { None })
        .collect();
    let states: Vec<_> = events.iter().map(|event| event.state.as_str()).collect();
    assert_eq!(states, ["preparing", "waiting", "running", "draining", "done"]);
    let last = events.last().unwrap();
    let t = last.timings;
    assert_eq!(
        (t.queued_at, t.started_at, t.head_at, t.value_at, t.settled_at),
        (ms(1), Some(ms(3)), Some(ms(4)), Some(ms(5)), Some(ms(5)))
    );
    assert_eq!((last.result.clone(), last.lane.as_str()), (Some(Ok(())), "cart"));
}

/// Gives random inputs for random calls. Every call must settle exactly once (`Sim` asserts "not twice"), lanes must
/// stay serial, and nothing may be left of calls that are over.
#[test]
fn random_orders_settle_every_call_exactly_once() {
    for seed in 1..=400u64 {
        let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut roll = move |sides: u64| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            dice % sides
        };
        let mut sim = Sim::with(Config { max_queued: 12, ..Config::default() });
        let mut made = Vec::new();
        for step in 0..60u64 {
            let target = CallId(1 + roll(step + 1));
            match roll(14) {
                0..=4 => {
                    let name = ["main", "cart", "parallel"][roll(3) as usize];
                    let timeout = (roll(3) == 0).then(|| Duration::from_millis(roll(40)));
                    let script = Script {
                        head: (roll(4) > 0).then(|| roll(30)),
                        value: (roll(4) > 0).then(|| (roll(60), if roll(3) == 0 { Err(Kind::ActionThrew) } else { Ok(()) })),
                        end: (roll(3) > 0).then(|| roll(90)),
                        failure: (roll(4) == 0).then(|| (roll(50), Kind::Network)),
                        unknown: (roll(5) == 0).then(|| (roll(20), roll(3) as usize)),
                        recovery: (roll(2) == 0).then(|| (roll(30), Recovery::Found)),
                        ..Script::silent()
                    };
                    let options = Options { lane: name.into(), timeout, named: roll(2) == 0, ..Options::default() };
                    let id = made.len() as u64 + 1;
                    made.push(if roll(4) == 0 { sim.prepare(id, options, script) } else { sim.call(id, options, script) });
                }
                5 => sim.with_core(|core, now| core.handle_ready(target, now)),
                6 => sim.with_core(|core, now| core.handle_value(target, Ok(()), now)),
                7 => sim.with_core(|core, now| core.handle_end(target, now)),
                8 => drop(sim.with_core(|core, now| core.abort(target, now))),
                9 if roll(6) == 0 => drop(sim.with_core(|core, now| core.clear(None, now))),
                10 => sim.with_core(|core, _| core.pause(Some(&"cart".into()))),
                11 => sim.with_core(|core, now| core.resume(Some(&"cart".into()), now)),
                _ => {
                    let until = sim.now.as_millis() as u64 + roll(20);
                    sim.run_until(until);
                }
            }
            let running = |name| {
                let lane = LaneName::from(name);
                sim.core.snapshot().filter(|event| event.lane == lane && event.state == State::Running).count()
            };
            assert!(running("main") <= 1 && running("cart") <= 1, "seed {seed}: two calls at once in a serial lane");
        }
        sim.with_core(Dispatcher::close);
        assert!(made.iter().all(|id| sim.settled.contains_key(id)), "seed {seed}: a call never settled");
        assert_eq!(
            (sim.core.pending(), sim.core.waiting, sim.core.running, sim.core.calls.len(), sim.core.alarms.len()),
            (0, 0, 0, 0, 0),
            "seed {seed}: leak"
        );
    }
}

#[test]
fn alarms_of_settled_calls_do_not_pile_up() {
    let mut sim = Sim::new();
    sim.call(1, Options { lane: "parallel".into(), ..limit(10) }, Script::silent());
    for id in 2..500 {
        sim.call(id, Options { lane: "parallel".into(), ..limit(60_000) }, Script::answers(1));
    }
    sim.run_until(5);
    assert!(sim.core.alarms.len() < 40, "{} alarms are left", sim.core.alarms.len());
    sim.run_until(10);
    assert_eq!((sim.kind(CallId(1)), sim.core.poll_timeout()), (Some(Kind::Timeout), None));
}

#[test]
fn a_lane_is_dropped_once_it_is_empty() {
    let mut sim = Sim::new();
    for id in 1..=100 {
        sim.call(id, lane(&format!("cart-{id}")), Script::answers(10));
    }
    sim.run_until(100);
    assert!(sim.core.lanes.is_empty());
}
