//! Runs random operations on the dispatcher and on a naive model. Both must agree on every request, settlement and
//! lease.
//!
//! The model does not know retry budgets, keys that conflict, or waits that are random.

mod built;
mod hold;
mod lease;
mod outbox;
mod rules;
mod world;

use std::time::Duration;

use crate::Sent;
use crate::call::{Options, RedirectMode, Render, Skew, Strategy};
use crate::dispatcher::*;
use crate::protocol::Revalidated;
use crate::retry::Retry;
use lease::Lease;
use rules::{Activity, ModelCall};
use world::World;

/// Number of runs.
const SEEDS: u64 = 12_000;
/// Number of operations in each run.
const OPERATIONS: u64 = 100;
const MAX_QUEUED: usize = 8;
const LANES: [&str; 4] = ["main", "cart", "two", "parallel"];

/// Operation on the dispatcher and the model.
#[derive(Clone, Copy, Debug)]
enum Operation {
    /// Makes a call.
    Call,
    /// Completes the body of a call.
    Ready,
    /// Fails the body of a call.
    Spoil,
    /// Delivers the head of an answer, which may say that data is stale.
    Head,
    /// Delivers the value of an answer.
    Answer,
    /// Delivers an error that the action threw.
    Throw,
    /// Delivers bytes of all answers that have begun.
    Chunk,
    /// Ends all answers whose value has arrived.
    End,
    /// Fails an exchange.
    Fail,
    /// Delivers an answer that is not Flight and not temporary.
    Refusal,
    Abort,
    Clear,
    Pause,
    Resume,
    /// Reports inputs for a call without an exchange.
    Late,
    /// Lets time pass.
    Pass,
    /// Takes the network away or brings it back; the browser may say so.
    Network,
    /// Reports the result of a probe.
    Probed,
    /// Takes the network away for minutes.
    Away,
    /// Grants a lease that a lane has requested, or grants it too late.
    Grant,
    /// Lets another tab take the lease of a lane.
    Steal,
    /// Reports that the lease of a lane cannot be obtained.
    Refuse,
    /// Delivers the head of an answer that redirects.
    Redirect,
    /// Moves the user to another page.
    Go,
    /// Takes the document out of the window.
    Hide,
    /// Brings the document back.
    Return,
    /// Reports that the server does not know the action of a call.
    Unknown,
    /// Reports the result of looking an action up.
    Recovered,
    /// Gives the response to the caller of a call made with a ready request.
    HandOut,
    /// Ends or breaks off that response before its value.
    Break,
    /// Delivers an answer that is not Flight to a call made with a ready request.
    Foreign,
}

/// Operations of every run, with their frequencies.
const USUAL: [(Operation, usize); 16] = [
    (Operation::Call, 48),
    (Operation::Ready, 8),
    (Operation::Spoil, 2),
    (Operation::Head, 4),
    (Operation::Answer, 14),
    (Operation::Throw, 2),
    (Operation::Chunk, 3),
    (Operation::End, 3),
    (Operation::Fail, 8),
    (Operation::Refusal, 1),
    (Operation::Abort, 8),
    (Operation::Clear, 1),
    (Operation::Pause, 3),
    (Operation::Resume, 8),
    (Operation::Late, 4),
    (Operation::Pass, 24),
];
/// Groups of operations that are each added to every other run.
const UNUSUAL: [&[(Operation, usize)]; 5] = [&OFFLINE, &ALL_TABS, &LEFT, &DEPLOYED, &BUILT];
const OFFLINE: [(Operation, usize); 4] = [(Operation::Fail, 8), (Operation::Network, 4), (Operation::Probed, 10), (Operation::Away, 2)];
const ALL_TABS: [(Operation, usize); 3] = [(Operation::Grant, 40), (Operation::Steal, 6), (Operation::Refuse, 2)];
const LEFT: [(Operation, usize); 4] = [(Operation::Redirect, 20), (Operation::Go, 2), (Operation::Hide, 5), (Operation::Return, 6)];
const BUILT: [(Operation, usize); 3] = [(Operation::HandOut, 20), (Operation::Break, 3), (Operation::Foreign, 5)];
const DEPLOYED: [(Operation, usize); 2] = [(Operation::Unknown, 14), (Operation::Recovered, 12)];

/// Random numbers, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Draws a number from 0 to below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.roll(many) == 0
    }
}

#[test]
fn the_dispatcher_agrees_with_the_model() {
    let only = std::env::var("ACTIONLANE_MODEL_SEED").ok().and_then(|seed| seed.parse().ok());
    for seed in only.map_or(1..=SEEDS, |seed| seed..=seed) {
        run(seed);
    }
}

/// Runs one seed. Its lowest bits choose the groups of operations.
fn run(seed: u64) {
    let mut dice = Dice::new(seed);
    let has = |feature: u32| seed >> feature & 1 == 1;
    let unusual = (0..).zip(UNUSUAL).filter(|(feature, _)| has(*feature)).flat_map(|(_, more)| more);
    let operations: Vec<Operation> = USUAL.iter().chain(unusual).flat_map(|&(operation, times)| vec![operation; times]).collect();
    let (scope, has_outbox) = (if has(1) { Scope::Origin } else { Scope::Dispatcher }, has(5));
    let mut world = World::new(if dice.one_in(2) { OfflineMode::Fail } else { OfflineMode::Wait }, scope);
    let mut at = Progress { seed, step: 0, operation: None };
    for step in 0..OPERATIONS {
        let operation = operations[dice.roll(operations.len() as u64) as usize];
        (at.step, at.operation) = (step, Some(operation));
        operate(&mut world, operation, (has_outbox, has(4)), &mut dice);
        world.check();
    }
    at.operation = None;
    let end = if dice.one_in(2) { World::settle_all } else { World::close };
    end(&mut world);
    assert!(world.is_empty(), "something is left");
}

/// Prints the seed and the operation if the test panics.
struct Progress {
    seed: u64,
    step: u64,
    /// Current operation. `None`: the run is at its end.
    operation: Option<Operation>,
}

impl Drop for Progress {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("ACTIONLANE_MODEL_SEED={}, operation {}: {:?}", self.seed, self.step, self.operation);
        }
    }
}

fn operate(world: &mut World, operation: Operation, (has_outbox, has_built): (bool, bool), dice: &mut Dice) {
    let count = world.model.calls.len() as u64;
    // One of the last twelve: those before are mostly over.
    let id = count.saturating_sub(1 + dice.roll(12)) as usize;
    let chosen = world.model.calls.get(id).filter(|call| call.leader.is_none());
    let (activity, built, read_along) = chosen.map_or((Activity::Over, false, false), |call| (call.activity, call.built, call.read_along));
    let runs = activity == Activity::Running && !read_along;
    let lane = dice.roll(4) as usize;
    let lease = world.lease(lane);
    world.model.leaves = dice.one_in(3);
    match operation {
        Operation::Call if has_outbox && dice.one_in(3) => durable(world, dice),
        Operation::Call => call(world, has_built && dice.one_in(2), dice),
        Operation::Ready if activity == Activity::Preparing => world.ready(id),
        Operation::Spoil if activity == Activity::Preparing => world.spoil(id),
        Operation::Head if runs => world.head(id, facts(false, dice)),
        Operation::Answer if activity == Activity::Running => world.answer(id, Ok(()), !dice.one_in(3)),
        Operation::Throw if activity == Activity::Running => world.answer(id, Err(Kind::ActionThrew), true),
        Operation::Chunk => world.chunk(),
        Operation::End => world.end(),
        Operation::Fail if runs => world.fail(id, dice.one_in(4), dice.roll(30)),
        Operation::Refusal if runs => world.refuse_for_good(id),
        Operation::Abort if count > 0 => {
            world.model.end_for_caller(id, "ABORTED");
            world.with_core(|core, now| core.abort(CallId(id as u64 + 1), now));
        }
        Operation::Clear => {
            world.model.clear(lane);
            world.with_core(|core, now| core.clear(Some(&LANES[lane].into()), now));
        }
        Operation::Pause => {
            let lane = dice.one_in(2).then_some(lane);
            match lane {
                Some(lane) => drop(world.model.paused.insert(lane)),
                None => world.model.all_paused = true,
            }
            world.with_core(|core, _| core.pause(lane.map(|lane| LANES[lane].into()).as_ref()));
        }
        Operation::Resume => world.resume(lane),
        Operation::Late if count > 0 => world.late(id),
        Operation::Network if world.network => world.network = false,
        Operation::Network if dice.one_in(2) => world.online(),
        Operation::Network => world.network = true,
        Operation::Probed if world.model.is_probing() || dice.one_in(8) => {
            let reached = (!dice.one_in(4)).then_some(world.network);
            world.probed(reached);
        }
        Operation::Away => world.away(),
        Operation::Grant if lease == Lease::Requested || (lease == Lease::None && dice.one_in(8)) => world.grant_lease(lane),
        Operation::Steal if lease == Lease::Held => world.steal_lease(lane),
        Operation::Refuse if lease == Lease::Requested => world.refuse_lease(lane),
        Operation::Unknown if runs => world.unknown(id),
        Operation::Recovered if matches!(activity, Activity::Recovering(_)) => world.recovered(id, !dice.one_in(4)),
        Operation::Redirect if runs => world.head(id, facts(true, dice)),
        Operation::HandOut if runs && built => world.hand_out(id, facts(dice.one_in(2), dice)),
        Operation::Break if read_along => world.break_response(id, dice.one_in(2)),
        Operation::Foreign if runs && built => world.foreign(id, dice.roll(30)),
        Operation::Go => world.visit_next_page(),
        Operation::Hide => world.hide(),
        Operation::Return => world.come_back(),
        _ => {
            let by = if dice.one_in(12) { dice.roll(40_000) } else { dice.roll(30) };
            world.pass(by);
        }
    }
}

fn call(world: &mut World, built: bool, dice: &mut Dice) {
    use Strategy::{Drop, Join, Queue, QueueLast, Replace};
    let ready = !dice.one_in(5);
    let call = ModelCall {
        strategy: [Queue, Queue, QueueLast, Drop, Replace, Join, Join][dice.roll(7) as usize],
        identity: (ready && !built && !dice.one_in(4)).then(|| dice.roll(2)),
        built,
        timeout: dice.one_in(3).then(|| 1 + dice.roll(100)),
        deadline: dice.one_in(4).then(|| world.model.now + dice.roll(80)),
        retries: dice.roll(3) as u32,
        activity: if ready { Activity::Waiting } else { Activity::Preparing },
        sent: Sent::No,
        durable: false,
        visit: world.model.visit,
        throws: dice.one_in(8),
        skips: dice.one_in(2),
        skew: [Skew::Recover, Skew::Recover, Skew::Recover, Skew::Fail, Skew::Reload][dice.roll(5) as usize],
        ..random_call(dice)
    };
    enqueue(world, call);
}

/// Makes a durable call: a new one, or one that another page made.
fn durable(world: &mut World, dice: &mut Dice) {
    use Strategy::{Drop, Queue, QueueLast, Replace};
    let replayed = dice.one_in(4);
    let ttl = if dice.one_in(2) { dice.roll(80) } else { dice.roll(20_000) };
    let call = ModelCall {
        strategy: if replayed { Queue } else { [Queue, Queue, QueueLast, Drop, Replace][dice.roll(5) as usize] },
        identity: None,
        timeout: dice.one_in(3).then(|| 1000 + dice.roll(3000)),
        deadline: Some(world.model.now + ttl),
        retries: u32::MAX,
        activity: if replayed { Activity::Waiting } else { Activity::Preparing },
        sent: if replayed { Sent::Unknown } else { Sent::No },
        durable: true,
        // The redirect of a replayed call is not followed.
        visit: if replayed { u64::MAX } else { world.model.visit },
        ..random_call(dice)
    };
    enqueue(world, call);
}

fn facts(redirects: bool, dice: &mut Dice) -> HeadFacts {
    HeadFacts { redirects, revalidated: dice.one_in(2).then_some(Revalidated::All) }
}

/// Draws the properties that every call has.
fn random_call(dice: &mut Dice) -> ModelCall {
    ModelCall {
        lane: dice.roll(4) as usize,
        key: dice.roll(5),
        named: dice.one_in(2),
        stall: dice.one_in(4).then(|| 1 + dice.roll(60)),
        ..ModelCall::default()
    }
}

fn enqueue(world: &mut World, call: ModelCall) {
    let options = Options {
        lane: LANES[call.lane].into(),
        strategy: Some(call.strategy),
        key: call.key.to_string().into(),
        identity: call.identity.map(|identity| identity.to_string().into()),
        timeout: call.timeout.map(Duration::from_millis),
        deadline: call.deadline.map(|at| Duration::from_millis(at - world.model.now)),
        redirect: if call.throws { RedirectMode::Throw } else { RedirectMode::Follow },
        render: if call.skips { Render::Skip } else { Render::Auto },
        skew: call.skew,
        named: call.named,
        durable: call.durable,
        replayed: call.sent != Sent::No,
        retry: Retry { limit: call.retries, budget: Duration::MAX, first_delay: Duration::ZERO, ..Retry::default() },
        keyed: true,
        stall_timeout: call.stall.map(Duration::from_millis),
        ..Options::default()
    };
    world.enqueue(call, options);
}
