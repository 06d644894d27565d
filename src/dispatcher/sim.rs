//! A server and a clock made of numbers. Scenarios run in virtual time: nothing here sleeps.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::*;

/// How the server treats one call, in milliseconds from the request.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub head: Option<u64>,
    pub value: Option<(u64, Result<(), Kind>)>,
    pub end: Option<u64>,
    pub failure: Option<(u64, Kind)>,
}

impl Script {
    /// Head, value and end at the same moment.
    pub(super) fn answers(after: u64) -> Self {
        Self { head: Some(after), value: Some((after, Ok(()))), end: Some(after), failure: None }
    }

    pub(super) fn throws(after: u64) -> Self {
        Self { value: Some((after, Err(Kind::ActionThrew))), ..Self::answers(after) }
    }

    pub(super) fn fails(after: u64) -> Self {
        Self { failure: Some((after, Kind::Network)), ..Self::silent() }
    }

    /// Nothing, ever.
    pub(super) fn silent() -> Self {
        Self { head: None, value: None, end: None, failure: None }
    }
}

#[derive(Clone, Debug)]
enum Arrival {
    Head,
    Value(Result<(), Kind>),
    End,
    Failure(Kind),
}

/// A dispatcher, its driver and its server.
pub(super) struct Sim {
    pub core: Dispatcher,
    pub now: Instant,
    /// What happened, a line each: "12 send 1".
    pub log: Vec<String>,
    pub settled: HashMap<CallId, Result<(), Error>>,
    scripts: HashMap<CallId, Script>,
    agenda: BTreeMap<(Instant, u64), (CallId, Arrival)>,
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
        self.core.enqueue(Call { id, options, queued_at: self.now, ready }, self.now).unwrap();
        self.drive();
        id
    }

    /// Lets time pass up to `at`, everything due happening in order; at one moment, arrivals come before timeouts.
    pub(super) fn run_until(&mut self, at: u64) {
        let end = ms(at);
        loop {
            let arrival = self.agenda.first_key_value().map(|(&(at, _), _)| at);
            let timeout = self.core.poll_timeout();
            let next = arrival.into_iter().chain(timeout).min().filter(|&next| next <= end);
            let Some(next) = next else { break };
            self.now = self.now.max(next);
            if arrival == Some(next) {
                if let Some((_, (id, arrival))) = self.agenda.pop_first() {
                    self.arrive(id, arrival);
                }
            } else {
                self.core.handle_timeout(self.now);
            }
            self.drive();
        }
        self.now = self.now.max(end);
    }

    pub(super) fn with_core<R>(&mut self, act: impl FnOnce(&mut Dispatcher, Instant) -> R) -> R {
        let result = act(&mut self.core, self.now);
        self.drive();
        result
    }

    /// The lines of the log that begin a request or settle a call, without the time.
    pub(super) fn story(&self) -> Vec<&str> {
        self.log.iter().map(|line| line.split_once(' ').unwrap().1).collect()
    }

    pub(super) fn kind(&self, id: CallId) -> Option<Kind> {
        self.settled.get(&id)?.as_ref().err().map(Error::kind)
    }

    fn arrive(&mut self, id: CallId, arrival: Arrival) {
        match arrival {
            Arrival::Head => self.core.handle_head(id, self.now),
            Arrival::Value(value) => self.core.handle_value(id, value.map_err(|kind| Error::new(kind, "scripted")), self.now),
            Arrival::End => self.core.handle_end(id, self.now),
            Arrival::Failure(kind) => self.core.handle_failure(id, Error::new(kind, "scripted"), self.now),
        }
    }

    /// Carries the effects out. Aborted exchanges still arrive: the core must not mind.
    fn drive(&mut self) {
        while let Some(effect) = self.core.poll_effect() {
            match effect {
                Effect::Send(id) => {
                    self.core.handle_sent(id);
                    self.note(format!("send {id}"));
                    let Script { head, value, end, failure } = self.scripts[&id].clone();
                    self.plan(id, head, Arrival::Head);
                    if let Some((after, value)) = value {
                        self.plan(id, Some(after), Arrival::Value(value));
                    }
                    self.plan(id, end, Arrival::End);
                    if let Some((after, kind)) = failure {
                        self.plan(id, Some(after), Arrival::Failure(kind));
                    }
                }
                Effect::Abort(id) => self.note(format!("abort {id}")),
                Effect::Settle { id, result, .. } => {
                    self.note(match &result {
                        Ok(()) => format!("settle {id}"),
                        Err(error) => format!("settle {id} {} {}", error.kind().code(), error.was_sent().as_str()),
                    });
                    assert!(self.settled.insert(id, result).is_none(), "call {id} settled twice");
                }
                Effect::Forget(id) => assert!(self.settled.contains_key(&id), "call {id} forgotten before it settled"),
                Effect::Emit(_) => {}
            }
        }
    }

    fn plan(&mut self, id: CallId, after: Option<u64>, arrival: Arrival) {
        if let Some(after) = after {
            self.count += 1;
            self.agenda.insert((self.now.plus(Duration::from_millis(after)), self.count), (id, arrival));
        }
    }

    fn note(&mut self, what: String) {
        self.log.push(format!("{} {what}", self.now.as_millis()));
    }
}

pub(super) fn ms(at: u64) -> Instant {
    Instant::from_millis(at as f64)
}
