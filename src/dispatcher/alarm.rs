//! Keeps what happens to a call by itself, and when.

use std::time::Duration;

use super::{Dispatcher, Effect, Entry, Phase};
use crate::call::{CallId, Event, State};
use crate::lane::Lane;
use crate::time::millis;
use crate::{Error, Instant, Kind};

/// How long a call waits, or an attempt at it has no value, until listeners are told that it is late.
pub(super) const LATE: Duration = Duration::from_secs(30);

/// When what is to happen to one call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Alarms {
    /// It has no value yet, whatever it does.
    pub(super) deadline: Option<Instant>,
    /// The attempt has no value yet, or the action is still being looked up.
    pub(super) timeout: Option<Instant>,
    /// No byte has come since long. Looked at anew when it rings: bytes that come only move [`Alarms::last_byte`].
    pub(super) stall: Option<Instant>,
    pub(super) last_byte: Instant,
    /// Its answer is not read on until what reads it is there.
    waits: bool,
    /// It is sent again.
    pub(super) retry: Option<Instant>,
    /// It waits still, or has no value yet.
    pub(super) late: Option<Instant>,
    /// For when it is among the dispatcher's alarms.
    set: Option<Instant>,
}

/// Which of them rings. Of several at one moment the one that says most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ring {
    Deadline,
    Timeout,
    Stall,
    Retry,
    Late,
}

impl Alarms {
    fn all(&mut self) -> [(Ring, &mut Option<Instant>); 5] {
        [
            (Ring::Deadline, &mut self.deadline),
            (Ring::Timeout, &mut self.timeout),
            (Ring::Stall, &mut self.stall),
            (Ring::Retry, &mut self.retry),
            (Ring::Late, &mut self.late),
        ]
    }

    /// It has its value: nothing more can happen to it but that the rest of the answer does not come.
    pub(super) fn keep_stall(&mut self) {
        (self.deadline, self.timeout, self.retry, self.late) = (None, None, None, None);
    }

    /// Nothing more can happen to it.
    pub(super) fn quiet(self) -> Self {
        Self { set: self.set, ..Self::default() }
    }

    fn next(&mut self) -> Option<Instant> {
        self.all().into_iter().filter_map(|(_, at)| *at).min()
    }

    /// Takes one that rings.
    fn ring(&mut self, now: Instant) -> Option<Ring> {
        self.all().into_iter().find(|(_, at)| at.is_some_and(|at| at <= now)).and_then(|(ring, at)| at.take().map(|_| ring))
    }
}

impl Dispatcher {
    /// Time has passed. A spurious wake-up does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.leaving.is_some_and(|at| at <= now) {
            self.stop_leaving(now);
        }
        self.pay(self.effects.len(), now);
        self.probe(now);
        while let Some(&(at, id)) = self.alarms.first().filter(|(at, _)| *at <= now) {
            self.alarms.remove(&(at, id));
            let Some(entry) = self.calls.get_mut(&id) else { continue };
            entry.alarms.set = None;
            if let Some(ring) = entry.alarms.ring(now) {
                self.rang(id, ring, now);
            }
            self.arm(id, |_| ());
        }
    }

    /// When to call [`Dispatcher::handle_timeout`] next. Changes with every input.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let call = self.alarms.first().map(|&(at, _)| at);
        call.into_iter().chain(self.refresh.deadline()).chain(self.leaving).chain(self.probe_at()).min()
    }

    /// Changes a call's alarms.
    pub(super) fn arm(&mut self, id: CallId, change: impl FnOnce(&mut Alarms)) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        change(&mut entry.alarms);
        let next = entry.alarms.next();
        let before = std::mem::replace(&mut entry.alarms.set, next);
        if before != next {
            if let Some(at) = before {
                self.alarms.remove(&(at, id));
            }
            if let Some(at) = next {
                self.alarms.insert((at, id), ());
            }
        }
    }

    /// Nothing more happens to a call by itself.
    pub(super) fn forget_alarm(&mut self, alarms: &Alarms, id: CallId) {
        if let Some(at) = alarms.set {
            self.alarms.remove(&(at, id));
        }
    }

    fn rang(&mut self, id: CallId, ring: Ring, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        match ring {
            Ring::Deadline => {
                let error = self.too_late(id);
                self.give_up(id, error, now);
            }
            Ring::Timeout if matches!(entry.phase, Phase::Looking(_)) => {
                let error = self.overdue(id);
                self.fail(id, error, now);
            }
            Ring::Timeout => {
                let error = self.overdue(id);
                self.give_out(id, error, now);
            }
            Ring::Stall => self.look_at_stall(id, now),
            Ring::Retry => self.rested(id, now),
            Ring::Late => {
                entry.late = true;
                self.emit_late(id);
            }
        }
    }

    /// Tells that a call is late. One that its caller has given up is told of only as far as it holds its lane, for those who joined it.
    fn emit_late(&mut self, id: CallId) {
        let behind = self.behind(id);
        if let Some(entry) = self.calls.get(&id).filter(|entry| behind.is_some() || entry.result.is_none()) {
            self.effects.push_back(Effect::Emit(Event { behind, ..entry.event(id) }));
        }
    }

    /// How many wait behind a call that holds its lane: the first time this is asked only. What waits itself holds nothing, nor does what shares
    /// another's answer.
    fn behind(&mut self, id: CallId) -> Option<usize> {
        let holds = |entry: &&mut Entry| matches!(entry.state, State::Preparing | State::Running) && entry.leader.is_none() && !entry.told;
        let entry = self.calls.get_mut(&id).filter(holds)?;
        entry.told = true;
        let lane = entry.options.lane.clone();
        let serial = self.lanes.get(&lane).is_some_and(Lane::is_serial);
        let waits = |other: &Entry| matches!(other.state, State::Preparing | State::Waiting) && other.leader.is_none();
        Some(self.ids(&|other| serial && waits(other) && other.options.lane == lane).into_iter().filter(|&other| other > id).count())
    }

    /// The error of a call whose deadline is over.
    pub(super) fn too_late(&self, id: CallId) -> Error {
        let options = self.calls.get(&id).map(|entry| &entry.options);
        let limit = options.and_then(|options| options.deadline).unwrap_or_default();
        let limit = millis(limit);
        match options.is_some_and(|options| options.durable) {
            true => Error::new(Kind::Expired, ["no answer in the ", &limit, " ms that were left (ttl)"].concat()),
            false => Error::new(Kind::Deadline, ["no value within ", &limit, " ms of the call"].concat()),
        }
    }

    /// Whether [`Dispatcher::handle_chunk`] is of any use for this call.
    pub fn watches_chunks(&self, id: CallId) -> bool {
        self.calls.get(&id).is_some_and(|entry| entry.options.stall_timeout.is_some() || entry.alarms.waits)
    }

    /// Bytes of the answer's body arrived, or are read on.
    pub fn handle_chunk(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        entry.alarms.last_byte = now;
        if std::mem::take(&mut entry.alarms.waits) {
            let again = |limit: Option<Duration>| limit.map(|limit| now.plus(limit));
            let (timeout, stall) = (again(entry.options.timeout), again(entry.options.stall_timeout));
            let timeout = timeout.filter(|_| entry.state == State::Running);
            self.arm(id, |alarms| (alarms.timeout, alarms.stall) = (timeout, stall));
        }
    }

    /// The server has answered, and what reads the answer is loaded first: until the next [chunk](Self::handle_chunk) neither the attempt's time nor
    /// that between bytes runs, as sending again would bring the same.
    pub fn handle_waiting(&mut self, id: CallId) {
        self.arm(id, |alarms| (alarms.timeout, alarms.stall, alarms.waits) = (None, None, true));
    }

    fn look_at_stall(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        let Some(limit) = entry.options.stall_timeout else { return };
        let due = entry.alarms.last_byte.plus(limit);
        if due > now {
            return self.arm(id, |alarms| alarms.stall = Some(due));
        }
        match entry.state {
            State::Running => {
                self.give_out(id, Error::new(Kind::Timeout, ["no byte for ", &millis(limit), " ms"].concat()), now);
            }
            State::Draining => {
                self.effects.push_back(Effect::Stall(id));
                self.finish(id);
            }
            _ => {}
        }
    }
}
