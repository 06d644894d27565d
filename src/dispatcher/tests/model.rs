//! Random operations on the dispatcher and on a model so plain that it can be read: they must agree on every request and every settlement.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::call::{Options, Strategy};
use crate::dispatcher::sim::ms;
use crate::dispatcher::*;
use crate::retry::Retry;
use std::num::NonZeroU32;

/// 10⁶ operations.
const SEEDS: u64 = 10_000;
const OPERATIONS: u64 = 100;
const MAX_QUEUED: usize = 8;
const LANES: [&str; 4] = ["main", "cart", "two", "parallel"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    Preparing,
    Waiting,
    Running,
    /// It failed, and is sent again then.
    Resting(u64),
    Over,
}

/// One call, with times in milliseconds.
#[derive(Clone, Debug)]
struct Plain {
    lane: usize,
    strategy: Strategy,
    key: u64,
    identity: Option<u64>,
    timeout: Option<u64>,
    deadline: Option<u64>,
    repeats: u32,
    doing: Doing,
    attempt_at: u64,
    settled: bool,
    leader: Option<usize>,
}

/// Everything is found by looking at all calls.
#[derive(Default)]
struct Model {
    /// By id, from 1.
    calls: Vec<Plain>,
    paused: BTreeSet<usize>,
    all_paused: bool,
    now: u64,
    said: Vec<String>,
}

impl Model {
    fn enter(&mut self, call: Plain) {
        let id = self.calls.len();
        let pending: Vec<usize> = (0..id).filter(|&other| self.calls[other].key == call.key && !self.calls[other].settled).collect();
        let (strategy, identity, key) = (call.strategy, call.identity, call.key);
        self.calls.push(call);
        match strategy {
            Strategy::Queue => {}
            Strategy::Drop if pending.is_empty() => {}
            Strategy::Drop => {
                self.calls[id].doing = Doing::Over;
                return self.settle(id, "DROPPED");
            }
            Strategy::Replace => pending.iter().for_each(|&other| self.end(other, "REPLACED")),
            Strategy::QueueLast => {
                let waits = |&other: &usize| matches!(self.shown(other), Doing::Preparing | Doing::Waiting);
                let waiting: Vec<usize> = pending.into_iter().filter(waits).collect();
                waiting.iter().for_each(|&other| self.end(other, "REPLACED"));
            }
            Strategy::Join => {
                let equal = |&other: &usize| {
                    let call = &self.calls[other];
                    call.key == key && call.leader.is_none() && call.doing != Doing::Over && identity.is_some() && call.identity == identity
                };
                let found = (0..id).find(equal);
                if let Some(leader) = found {
                    self.calls[id].leader = Some(leader);
                    self.said.push(format!("join {} to {}", id + 1, leader + 1));
                    return;
                }
            }
        }
        self.advance();
        let waiting =
            self.calls.iter().filter(|call| call.leader.is_none() && matches!(call.doing, Doing::Preparing | Doing::Waiting)).count();
        if waiting > MAX_QUEUED && matches!(self.calls[id].doing, Doing::Preparing | Doing::Waiting) {
            self.end(id, "QUEUE_FULL");
        }
    }

    /// Starts whatever may start.
    fn advance(&mut self) {
        while let Some(id) = (0..self.calls.len()).find(|&id| self.may_start(id)) {
            self.calls[id].doing = Doing::Running;
            self.calls[id].attempt_at = self.now;
            self.said.push(format!("send {}", id + 1));
        }
    }

    fn may_start(&self, id: usize) -> bool {
        let call = &self.calls[id];
        let here = |other: &Plain| other.lane == call.lane && other.leader.is_none();
        let running = self.calls.iter().filter(|other| here(other) && matches!(other.doing, Doing::Running | Doing::Resting(_))).count();
        let before = self.calls[..id].iter().any(|other| here(other) && matches!(other.doing, Doing::Preparing | Doing::Waiting));
        let free = match LANES[call.lane] {
            "parallel" => true,
            "two" => running < 2 && !before,
            _ => running < 1 && !before,
        };
        call.doing == Doing::Waiting && call.leader.is_none() && free && !self.all_paused && !self.paused.contains(&call.lane)
    }

    fn shown(&self, id: usize) -> Doing {
        self.calls[id].leader.map_or(self.calls[id].doing, |leader| self.calls[leader].doing)
    }

    fn settle(&mut self, id: usize, code: &str) {
        if !std::mem::replace(&mut self.calls[id].settled, true) {
            self.said.push(format!("settle {} {code}", id + 1));
        }
    }

    fn joined(&self, id: usize) -> Vec<usize> {
        (0..self.calls.len()).filter(|&other| self.calls[other].leader == Some(id) && self.calls[other].doing != Doing::Over).collect()
    }

    /// For everybody who wants its answer.
    fn end(&mut self, id: usize, code: &str) {
        if self.calls[id].doing == Doing::Over {
            return;
        }
        if let Some(leader) = self.calls[id].leader {
            return self.leave(id, leader, code);
        }
        self.settle(id, code);
        for other in self.joined(id) {
            self.settle(other, code);
            self.calls[other].doing = Doing::Over;
        }
        self.calls[id].doing = Doing::Over;
    }

    fn leave(&mut self, id: usize, leader: usize, code: &str) {
        self.settle(id, code);
        self.calls[id].doing = Doing::Over;
        if self.joined(leader).is_empty() && self.calls[leader].settled {
            self.calls[leader].doing = Doing::Over;
        }
    }

    /// For its caller alone.
    fn give_up(&mut self, id: usize, code: &str) {
        if self.calls[id].leader.is_none() && !self.joined(id).is_empty() {
            self.settle(id, code);
        } else {
            self.end(id, code);
        }
        self.advance();
    }

    fn fails(&mut self, id: usize, after: u64, code: &str) {
        if self.calls[id].repeats == 0 {
            self.end(id, code);
            return self.advance();
        }
        self.calls[id].repeats -= 1;
        self.calls[id].doing = Doing::Resting(self.now + after);
    }

    /// The next thing that happens by itself: when, to whom, and what; a deadline before anything else of the same moment.
    fn due(&self) -> Option<(u64, usize, &'static str)> {
        let mut due = Vec::new();
        for (id, call) in self.calls.iter().enumerate().filter(|(_, call)| call.doing != Doing::Over) {
            if let Some(at) = call.deadline.filter(|_| !call.settled) {
                due.push((at, id, "deadline"));
            }
            match call.doing {
                Doing::Running if call.leader.is_none() => due.extend(call.timeout.map(|limit| (call.attempt_at + limit, id, "timeout"))),
                Doing::Resting(until) => due.push((until, id, "send")),
                _ => {}
            }
        }
        due.into_iter().min()
    }

    fn pass(&mut self, until: u64) {
        while let Some((at, id, what)) = self.due().filter(|&(at, ..)| at <= until) {
            self.now = self.now.max(at);
            match what {
                "deadline" => self.give_up(id, "DEADLINE"),
                // A timeout has no `Retry-After`: tests let nothing else take its turn meanwhile.
                "timeout" => self.fails(id, 0, "TIMEOUT"),
                _ => {
                    self.calls[id].doing = Doing::Running;
                    self.calls[id].attempt_at = self.now;
                    self.said.push(format!("send {}", id + 1));
                }
            }
        }
        self.now = until;
    }
}

/// What the dispatcher wants done, as the model says it.
fn said(core: &mut Dispatcher) -> Vec<String> {
    let mut said = Vec::new();
    while let Some(effect) = core.poll_effect() {
        match effect {
            Effect::Send(id) => {
                core.handle_sent(id);
                said.push(format!("send {id}"));
            }
            Effect::Join { id, leader } => said.push(format!("join {id} to {leader}")),
            Effect::Settle { id, result, .. } => {
                said.push(format!("settle {id} {}", result.err().map_or("ok", |error| error.kind().code())));
            }
            _ => {}
        }
    }
    said
}

fn pass(core: &mut Dispatcher, until: u64) -> Vec<String> {
    let mut all = said(core);
    while let Some(at) = core.poll_timeout().filter(|&at| at <= ms(until)) {
        core.handle_timeout(at);
        all.extend(said(core));
    }
    all
}

#[test]
fn agrees_with_the_model() {
    let only = std::env::var("ACTIONLANE_MODEL_SEED").ok().and_then(|seed| seed.parse().ok());
    for seed in only.map_or(1..=SEEDS, |seed| seed..=seed) {
        run(seed);
    }
}

fn run(seed: u64) {
    let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut roll = move |sides: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        (dice >> 11) % sides
    };
    let two = LaneOptions { concurrency: NonZeroU32::new(2), strategy: None };
    let config = Config { max_queued: MAX_QUEUED, lanes: HashMap::from([("two".into(), two)]), ..Config::default() };
    let (mut core, mut model) = (Dispatcher::new(config), Model::default());
    for step in 0..OPERATIONS {
        let now = ms(model.now);
        let count = model.calls.len() as u64;
        // Mostly one of the last: those before are over.
        let target = count.saturating_sub(1 + roll(12)) as usize;
        let id = CallId(target as u64 + 1);
        let exists = count > 0;
        let running = exists && model.calls[target].doing == Doing::Running && model.calls[target].leader.is_none();
        match roll(16) {
            0..=5 => {
                use Strategy::{Drop, Join, Queue, QueueLast, Replace};
                let strategy = [Queue, Queue, QueueLast, Drop, Replace, Join, Join][roll(7) as usize];
                let ready = roll(5) > 0;
                let call = Plain {
                    lane: roll(4) as usize,
                    strategy,
                    key: roll(3),
                    identity: (ready && roll(4) > 0).then(|| roll(2)),
                    timeout: (roll(3) == 0).then(|| 1 + roll(40)),
                    deadline: (roll(4) == 0).then(|| model.now + 1 + roll(80)),
                    repeats: roll(3) as u32,
                    doing: if ready { Doing::Waiting } else { Doing::Preparing },
                    attempt_at: 0,
                    settled: false,
                    leader: None,
                };
                let options = Options {
                    lane: LANES[call.lane].into(),
                    strategy: Some(strategy),
                    key: call.key.to_string().into(),
                    identity: call.identity.map(|identity| identity.to_string().into()),
                    timeout: call.timeout.map(Duration::from_millis),
                    deadline: call.deadline.map(|at| Duration::from_millis(at - model.now)),
                    retry: Retry { limit: call.repeats, budget: Duration::MAX, first: Duration::ZERO, ..Retry::default() },
                    keyed: true,
                    ..Options::default()
                };
                core.enqueue(Call { id: CallId(count + 1), options, queued_at: now, page: Page::default(), ready }, now).unwrap();
                model.enter(call);
            }
            6 if exists && model.calls[target].doing == Doing::Preparing => {
                core.handle_ready(id, now);
                model.calls[target].doing = Doing::Waiting;
                model.advance();
            }
            7 | 8 if running => {
                core.handle_value(id, Ok(()), now);
                core.handle_end(id, now);
                model.end(target, "ok");
                model.advance();
            }
            9 if running => {
                let after = roll(30);
                core.handle_failure(id, Error::new(Kind::Network, "scripted").after(Duration::from_millis(after)), now);
                model.fails(target, after, "NETWORK");
            }
            10 if exists => {
                core.abort(id, now);
                if !model.calls[target].settled {
                    model.give_up(target, "ABORTED");
                }
            }
            11 if roll(8) == 0 => {
                let lane = roll(4) as usize;
                core.clear(Some(&LANES[lane].into()), now);
                for joined in [true, false] {
                    for id in 0..model.calls.len() {
                        let own = model.calls[id].lane == lane && model.calls[id].leader.is_some() == joined;
                        if own && matches!(model.shown(id), Doing::Preparing | Doing::Waiting) && model.calls[id].doing != Doing::Over {
                            // What others of another lane have joined goes on for them.
                            if model.joined(id).is_empty() { model.end(id, "CLEARED") } else { model.settle(id, "CLEARED") }
                        }
                    }
                }
                model.advance();
            }
            12 if roll(3) == 0 => match roll(2) {
                0 => {
                    let lane = roll(4) as usize;
                    core.pause(Some(&LANES[lane].into()));
                    model.paused.insert(lane);
                }
                _ => {
                    core.pause(None);
                    model.all_paused = true;
                }
            },
            13 => {
                let lane = roll(4) as usize;
                core.resume(Some(&LANES[lane].into()), now);
                core.resume(None, now);
                model.paused.remove(&lane);
                model.all_paused = false;
                model.advance();
            }
            _ => {
                let until = model.now + roll(30);
                model.pass(until);
            }
        }
        let mut theirs = pass(&mut core, model.now);
        let until = model.now;
        model.pass(until);
        let mut own = std::mem::take(&mut model.said);
        theirs.sort_unstable();
        own.sort_unstable();
        assert_eq!(theirs, own, "ACTIONLANE_MODEL_SEED={seed}, operation {step}, {} ms", model.now);
        let pending = model.calls.iter().filter(|call| !call.settled).count();
        assert_eq!(core.pending(), pending, "ACTIONLANE_MODEL_SEED={seed}, operation {step}");
    }
    let end = ms(model.now);
    core.close(end);
    drop(said(&mut core));
    let left = (core.pending(), core.waiting, core.running, core.calls.len(), core.alarms.len(), core.lanes.len());
    assert_eq!(left, (0, 0, 0, 0, 0, 0), "ACTIONLANE_MODEL_SEED={seed}: something is left");
}
