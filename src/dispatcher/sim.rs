//! Simulates a driver, a server and a clock for the tests of the dispatcher. Scenarios run in virtual time: nothing
//! sleeps.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::*;
use crate::call::{Call, Options, RedirectMode, Render};
use crate::protocol::Revalidated;

/// The server's answer to one call. Times are in milliseconds from the request; `None`: never.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub head: Option<u64>,
    pub value: Option<(u64, Result<(), Kind>)>,
    pub end: Option<u64>,
    pub failure: Option<(u64, Kind)>,
    /// When the caller receives the response, if it reads the body itself.
    pub answered: Option<u64>,
    /// Answers that do not come from the action: their time, the error of each, and the number of such attempts.
    pub foreign: Option<(u64, Error, usize)>,
    /// HeadFacts in the head.
    pub facts: HeadFacts,
    /// Answers that say the action is unknown: their time, and the number of such attempts.
    pub unknown: Option<(u64, usize)>,
    /// Failures of the exchange: their time, the error of each, and the number of such attempts.
    pub failing: Option<(u64, Error, usize)>,
    /// Times at which bytes of the body arrive.
    pub chunks: Vec<u64>,
    /// Time that looking the action up takes, and its result.
    pub recovery: Option<(u64, Recovery)>,
}

impl Script {
    /// Sends head, value and end at the same moment.
    pub(super) fn answers(after: u64) -> Self {
        Self { head: Some(after), value: Some((after, Ok(()))), end: Some(after), ..Self::silent() }
    }

    pub(super) fn throws(after: u64) -> Self {
        Self { value: Some((after, Err(Kind::ActionThrew))), ..Self::answers(after) }
    }

    pub(super) fn fails(after: u64) -> Self {
        Self { failure: Some((after, Kind::Network)), ..Self::silent() }
    }

    /// Answers, and says that data is stale.
    pub(super) fn revalidates(after: u64, what: Revalidated) -> Self {
        Self { facts: HeadFacts { revalidated: Some(what), ..HeadFacts::default() }, ..Self::answers(after) }
    }

    pub(super) fn redirects(after: u64) -> Self {
        Self { facts: HeadFacts { redirects: true, ..HeadFacts::default() }, ..Self::answers(after) }
    }

    /// Does not know the action in the first `times` attempts.
    pub(super) fn unknown(mut self, after: u64, times: usize) -> Self {
        self.unknown = Some((after, times));
        self
    }

    /// Fails the first `times` attempts with `error`.
    pub(super) fn failing(mut self, after: u64, error: Error, times: usize) -> Self {
        self.failing = Some((after, error, times));
        self
    }

    /// Never answers.
    pub(super) fn silent() -> Self {
        Self {
            head: None,
            value: None,
            end: None,
            failure: None,
            answered: None,
            foreign: None,
            facts: HeadFacts::default(),
            unknown: None,
            failing: None,
            chunks: Vec::new(),
            recovery: None,
        }
    }
}

#[derive(Clone, Debug)]
enum Arrival {
    Head(HeadFacts),
    Answered,
    Foreign(Error),
    Unknown,
    Recovered(Recovery),
    Value(Result<(), Kind>),
    End,
    Failure(Error),
    Chunk,
}

/// A dispatcher with its driver and its server.
pub(super) struct Sim {
    pub core: Dispatcher,
    pub now: Instant,
    /// Log of the effects, with the time in milliseconds: "12 send 1".
    pub log: Vec<String>,
    pub settled: HashMap<CallId, Result<(), Error>>,
    /// Visit that the user is on.
    pub visit: Visit,
    /// True if a redirect or a reload ends the document.
    pub leaves: bool,
    /// True if the user stays although a redirect was followed.
    pub stays: bool,
    /// Leases that were requested (true) or released (false), in order.
    pub leases: Vec<(LaneName, bool)>,
    /// Events of calls that hold their lane for long: the time in milliseconds, the call, and the number that wait
    /// behind it.
    pub holding: Vec<(f64, CallId, usize)>,
    scripts: HashMap<CallId, Script>,
    agenda: BTreeMap<(Instant, u64), (CallId, u32, Arrival)>,
    count: u64,
}

impl Sim {
    pub(super) fn new() -> Self {
        Self::with(Config::default())
    }

    pub(super) fn with(config: Config) -> Self {
        Self {
            core: Dispatcher::new(config),
            now: Instant::default(),
            log: Vec::new(),
            settled: HashMap::new(),
            // Differs from the visit with which the core begins, as on a real page.
            visit: Visit(1),
            leaves: false,
            stays: false,
            leases: Vec::new(),
            holding: Vec::new(),
            scripts: HashMap::new(),
            agenda: BTreeMap::new(),
            count: 0,
        }
    }

    /// Makes a call whose body is complete.
    pub(super) fn call(&mut self, id: u64, options: Options, script: Script) -> CallId {
        self.enqueue(id, options, script, true)
    }

    /// Makes a call whose body is not complete yet.
    pub(super) fn prepare(&mut self, id: u64, options: Options, script: Script) -> CallId {
        self.enqueue(id, options, script, false)
    }

    fn enqueue(&mut self, id: u64, options: Options, script: Script, ready: bool) -> CallId {
        let id = CallId(id);
        self.scripts.insert(id, script);
        self.core.enqueue(Call { id, options, queued_at: self.now, visit: Some(self.visit), ready }, self.now).unwrap();
        self.carry_out_effects();
        id
    }

    /// Lets time pass up to `at` (milliseconds). All that is due happens in order; at one moment, arrivals come before
    /// timeouts.
    pub(super) fn run_until(&mut self, at: u64) {
        let end = ms(at);
        loop {
            let arrival = self.agenda.first_key_value().map(|(&(at, _), _)| at);
            let timeout = self.core.poll_timeout();
            let next = arrival.into_iter().chain(timeout).min().filter(|&next| next <= end);
            let Some(next) = next else { break };
            self.now = self.now.max(next);
            if arrival == Some(next) {
                // An aborted exchange may still arrive, but not during the next attempt: the driver prevents that.
                if let Some((_, (id, attempt, arrival))) = self.agenda.pop_first()
                    && self.core.attempts(id) <= attempt
                {
                    self.arrive(id, arrival);
                }
            } else {
                self.core.handle_visit(self.visit);
                self.core.handle_timeout(self.now);
            }
            self.carry_out_effects();
        }
        self.now = self.now.max(end);
    }

    /// Gives the core an input and carries out its effects.
    pub(super) fn with_core<R>(&mut self, act: impl FnOnce(&mut Dispatcher, Instant) -> R) -> R {
        self.report_visit(None);
        let result = act(&mut self.core, self.now);
        self.carry_out_effects();
        result
    }

    /// Moves the user to another page. The core is notified only when it wants to know.
    pub(super) fn visit_page(&mut self, visit: u64) {
        self.visit = Visit(visit);
    }

    /// Returns the lines of the log without the time.
    pub(super) fn story(&self) -> Vec<&str> {
        self.log.iter().map(|line| line.split_once(' ').unwrap().1).collect()
    }

    /// Returns the kind of the error with which a call settled.
    pub(super) fn kind(&self, id: CallId) -> Option<Kind> {
        self.settled.get(&id)?.as_ref().err().map(Error::kind)
    }

    /// Reports the visit to the core, if it wants to know.
    fn report_visit(&mut self, id: Option<CallId>) {
        if self.core.watches_visit(id) {
            self.core.handle_visit(self.visit);
        }
    }

    fn arrive(&mut self, id: CallId, arrival: Arrival) {
        if matches!(arrival, Arrival::Value(_) | Arrival::Failure(_)) {
            self.report_visit(Some(id));
        }
        match arrival {
            Arrival::Head(facts) => self.core.handle_head(id, facts, self.now),
            Arrival::Answered => self.core.handle_answered(id, self.now),
            Arrival::Foreign(error) => self.core.handle_foreign(id, error, self.now),
            Arrival::Unknown => self.core.handle_unknown(id, Error::new(Kind::ActionNotFound, "scripted"), self.now),
            Arrival::Recovered(recovery) => self.core.handle_recovered(id, recovery, self.now),
            Arrival::Value(value) => self.core.handle_value(id, value.map_err(|kind| Error::new(kind, "scripted")), self.now),
            Arrival::End => self.core.handle_end(id, self.now),
            Arrival::Failure(error) => self.core.handle_failure(id, error, self.now),
            Arrival::Chunk => self.core.handle_chunk(id, self.now),
        }
    }

    /// Carries out the effects. Aborted exchanges still arrive; the core must ignore them.
    fn carry_out_effects(&mut self) {
        while let Some(effect) = self.core.poll_effect() {
            match effect {
                Effect::Send(id) => {
                    self.core.handle_sent(id);
                    let how = if self.core.render(id) == Render::Skip { " skip" } else { "" };
                    self.log_line(format!("send {id}{how}"));
                    let Some(script) = self.scripts.get_mut(&id) else { continue };
                    if let Some((after, times @ 1..)) = &mut script.unknown {
                        *times -= 1;
                        let after = *after;
                        self.plan(id, Some(after), Arrival::Unknown);
                        continue;
                    }
                    if let Some((after, error, times @ 1..)) = &mut script.failing {
                        *times -= 1;
                        let (after, error) = (*after, error.clone());
                        if error.http_status().is_some() {
                            self.plan(id, Some(after), Arrival::Head(HeadFacts::default()));
                        }
                        self.plan(id, Some(after), Arrival::Failure(error));
                        continue;
                    }
                    if let Some((after, error, times @ 1..)) = &mut script.foreign {
                        *times -= 1;
                        let (after, error) = (*after, error.clone());
                        self.plan(id, Some(after), Arrival::Head(HeadFacts::default()));
                        self.plan(id, Some(after), Arrival::Foreign(error));
                        continue;
                    }
                    let Script { head, answered, value, end, failure, facts, chunks, .. } = script.clone();
                    for after in chunks {
                        self.plan(id, Some(after), Arrival::Chunk);
                    }
                    self.plan(id, head, Arrival::Head(facts));
                    self.plan(id, answered, Arrival::Answered);
                    if let Some((after, value)) = value {
                        self.plan(id, Some(after), Arrival::Value(value));
                    }
                    self.plan(id, end, Arrival::End);
                    if let Some((after, kind)) = failure {
                        self.plan(id, Some(after), Arrival::Failure(Error::new(kind, "scripted")));
                    }
                }
                Effect::Recover(id) => {
                    self.log_line(format!("recover {id}"));
                    if let Some((after, recovery)) = self.scripts[&id].recovery.clone() {
                        self.plan(id, Some(after), Arrival::Recovered(recovery));
                    }
                }
                Effect::Redirect { id, mode, refresh } => {
                    let word = if mode == RedirectMode::Throw { "throw" } else { "redirect" };
                    let and = refresh.map_or(String::new(), |what| format!(" and refresh {}", what.as_str()));
                    self.log_line(format!("{word} {id}{and}"));
                    if mode == RedirectMode::Follow {
                        let (leaving, owed) = (self.leaves, refresh.filter(|_| self.stays));
                        self.core.handle_moved(leaving, owed, self.now);
                    }
                }
                Effect::Refresh(what) => self.log_line(format!("refresh {}", what.as_str())),
                Effect::Break { id, error } => self.log_line(format!("break {id} {}", error.kind().code())),
                Effect::Stall(id) => self.log_line(format!("stall {id}")),
                Effect::Join { id, leader } => self.log_line(format!("join {id} to {leader}")),
                Effect::Probe => self.log_line("probe".to_owned()),
                Effect::Reload => {
                    self.log_line("reload".to_owned());
                    self.core.handle_moved(self.leaves, None, self.now);
                }
                Effect::Abort(id) => self.log_line(format!("abort {id}")),
                Effect::Settle { id, result, .. } => {
                    self.log_line(match &result {
                        Ok(()) => format!("settle {id}"),
                        Err(error) => format!("settle {id} {} {}", error.kind().code(), error.sent().as_str()),
                    });
                    assert!(self.settled.insert(id, result).is_none(), "call {id} settled twice");
                }
                Effect::Forget(id) => assert!(self.settled.contains_key(&id), "call {id} forgotten before it settled"),
                Effect::Lease(lane) => {
                    self.log_line(format!("ask {}", lane.as_str()));
                    self.leases.push((lane, true));
                }
                Effect::Release(lane) => {
                    self.log_line(format!("release {}", lane.as_str()));
                    self.leases.push((lane, false));
                }
                Effect::Emit(event) => self.holding.extend(event.behind.map(|behind| (self.now.as_millis(), event.id, behind))),
            }
        }
    }

    /// Schedules an arrival for the current attempt of a call.
    fn plan(&mut self, id: CallId, after: Option<u64>, arrival: Arrival) {
        if let Some(after) = after {
            self.count += 1;
            self.agenda.insert((self.now.plus(Duration::from_millis(after)), self.count), (id, self.core.attempts(id), arrival));
        }
    }

    fn log_line(&mut self, what: String) {
        self.log.push(format!("{} {what}", self.now.as_millis()));
    }
}

pub(super) fn ms(at: u64) -> Instant {
    Instant::from_millis(at as f64)
}
