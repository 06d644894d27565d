//! Holds the timers of each call: its deadline, timeouts, the next retry, and the moment it is reported late.
//!
//! Must not read a clock; time is an argument.

use std::time::Duration;

use super::{Dispatcher, Effect, Entry, Phase};
use crate::call::{CallId, Event, State};
use crate::lane::Lane;
use crate::time::millis;
use crate::{Error, Instant, Kind};

/// Time after which listeners are notified that a call still waits, or that an attempt still has no value.
pub(super) const LATE_AFTER: Duration = Duration::from_secs(30);

/// Timers of one call. `None`: not set.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Alarms {
    /// End of the call's deadline.
    pub(super) deadline: Option<Instant>,
    /// End of the attempt's time, or of the search for the action.
    pub(super) timeout: Option<Instant>,
    /// Next check for a stall. A byte only moves [`Alarms::last_byte`]; the check sets this timer again if it was
    /// early.
    pub(super) stall: Option<Instant>,
    pub(super) last_byte: Instant,
    /// True while the answer cannot be read on because the codec is being loaded.
    waits_for_codec: bool,
    /// Start of the next attempt.
    pub(super) retry: Option<Instant>,
    /// When to report that the call is late.
    pub(super) late: Option<Instant>,
    /// Earliest of these timers, as it stands in [`Dispatcher::alarms`].
    listed_at: Option<Instant>,
}

/// A timer that has run out. If several have, the first in this order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timer {
    Deadline,
    Timeout,
    Stall,
    Retry,
    Late,
}

impl Alarms {
    fn all(&mut self) -> [(Timer, &mut Option<Instant>); 5] {
        [
            (Timer::Deadline, &mut self.deadline),
            (Timer::Timeout, &mut self.timeout),
            (Timer::Stall, &mut self.stall),
            (Timer::Retry, &mut self.retry),
            (Timer::Late, &mut self.late),
        ]
    }

    /// Stops all timers but the stall check, which watches the rest of the answer.
    pub(super) fn keep_only_stall(&mut self) {
        (self.deadline, self.timeout, self.retry, self.late) = (None, None, None, None);
    }

    /// Returns the same alarms with all timers stopped.
    pub(super) fn stopped(self) -> Self {
        Self { listed_at: self.listed_at, ..Self::default() }
    }

    fn next(&mut self) -> Option<Instant> {
        self.all().into_iter().filter_map(|(_, at)| *at).min()
    }

    /// Takes a timer that has run out.
    fn take_expired(&mut self, now: Instant) -> Option<Timer> {
        self.all().into_iter().find(|(_, at)| at.is_some_and(|at| at <= now)).and_then(|(timer, at)| at.take().map(|_| timer))
    }
}

impl Dispatcher {
    /// Does what is due at `now`. Does nothing if it is called too early.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Effect, Instant, Kind, Options};
    /// use std::time::Duration;
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let options = Options { deadline: Some(Duration::from_secs(2)), ..Options::default() };
    /// let (id, at) = (CallId(1), Instant::from_millis);
    /// dispatcher.enqueue(Call { id, options, queued_at: at(0.0), visit: None, ready: false }, at(0.0))?;
    /// assert_eq!(dispatcher.poll_timeout(), Some(at(2000.0)));
    /// dispatcher.handle_timeout(at(1999.0));
    /// assert_eq!(dispatcher.pending(), 1, "nothing was due");
    /// dispatcher.handle_timeout(at(2000.0));
    /// let error = std::iter::from_fn(|| dispatcher.poll_effect())
    ///     .find_map(|effect| if let Effect::Settle { result, .. } = effect { result.err() } else { None });
    /// assert_eq!(error.map(|error| error.kind()), Some(Kind::Deadline));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.leaving.is_some_and(|at| at <= now) {
            // The document was not left.
            self.leaving = None;
            self.resume_held(now);
        }
        self.request_refresh_if_due(self.effects.len(), now);
        self.probe_if_due(now);
        while let Some(&(at, id)) = self.alarms.first().filter(|(at, _)| *at <= now) {
            self.alarms.remove(&(at, id));
            let Some(entry) = self.calls.get_mut(&id) else { continue };
            entry.alarms.listed_at = None;
            if let Some(timer) = entry.alarms.take_expired(now) {
                self.act_on(id, timer, now);
            }
            self.arm(id, |_| ());
        }
    }

    /// Returns when to call [`Dispatcher::handle_timeout`] next; `None` if no timer runs. Any input may change it.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let call = self.alarms.first().map(|&(at, _)| at);
        call.into_iter().chain(self.refresh.deadline()).chain(self.leaving).chain(self.probe_at()).min()
    }

    /// Changes the timers of a call, and its place among the dispatcher's alarms.
    pub(super) fn arm(&mut self, id: CallId, change: impl FnOnce(&mut Alarms)) {
        if let Some(entry) = self.calls.get_mut(&id) {
            change(&mut entry.alarms);
            self.list_alarm(id);
        }
    }

    /// Puts the next timer of a call among the dispatcher's alarms.
    fn list_alarm(&mut self, id: CallId) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        let next = entry.alarms.next();
        let before = std::mem::replace(&mut entry.alarms.listed_at, next);
        if before != next {
            if let Some(at) = before {
                self.alarms.remove(&(at, id));
            }
            if let Some(at) = next {
                self.alarms.insert((at, id), ());
            }
        }
    }

    /// Takes a call that is over out of the dispatcher's alarms.
    pub(super) fn forget_alarm(&mut self, alarms: &Alarms, id: CallId) {
        if let Some(at) = alarms.listed_at {
            self.alarms.remove(&(at, id));
        }
    }

    fn act_on(&mut self, id: CallId, timer: Timer, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        match timer {
            Timer::Deadline => {
                let error = self.deadline_error(id);
                self.end_for_caller(id, error, now);
            }
            Timer::Timeout if matches!(entry.phase, Phase::Recovering(_)) => {
                let error = self.timeout_error(id);
                self.abort_and_end(id, error, now);
            }
            Timer::Timeout => {
                let error = self.timeout_error(id);
                self.end_overdue_attempt(id, error, now);
            }
            Timer::Stall => self.check_stall(id, now),
            Timer::Retry => self.resend_or_hold(id, now),
            Timer::Late => {
                entry.reported_late = true;
                self.emit_late(id);
            }
        }
    }

    /// Notifies listeners that a call is late. An aborted call that goes on for calls that joined it is reported only
    /// if it holds its lane.
    fn emit_late(&mut self, id: CallId) {
        let behind = self.count_behind_once(id);
        if let Some(entry) = self.calls.get(&id).filter(|entry| behind.is_some() || entry.result.is_none()) {
            self.effects.push_back(Effect::Emit(Event { behind, ..entry.event(id) }));
        }
    }

    /// Returns the number of calls that wait behind a call that holds its lane. `None` for a call that waits or has
    /// joined another, and after the first time: it is reported once per call.
    fn count_behind_once(&mut self, id: CallId) -> Option<usize> {
        let holds = |entry: &&mut Entry| {
            matches!(entry.state, State::Preparing | State::Running) && entry.leader.is_none() && !entry.reported_holding
        };
        let entry = self.calls.get_mut(&id).filter(holds)?;
        entry.reported_holding = true;
        let lane = entry.options.lane.clone();
        let serial = self.lanes.get(&lane).is_some_and(Lane::is_serial);
        let waits = |other: &Entry| matches!(other.state, State::Preparing | State::Waiting) && other.leader.is_none();
        Some(self.ids(&|other| serial && waits(other) && other.options.lane == lane).into_iter().filter(|&other| other > id).count())
    }

    /// Makes the error of a call whose deadline is over.
    pub(super) fn deadline_error(&self, id: CallId) -> Error {
        let options = self.calls.get(&id).map(|entry| &entry.options);
        let limit = options.and_then(|options| options.deadline).unwrap_or_default();
        let limit = millis(limit);
        match options.is_some_and(|options| options.durable) {
            true => Error::new(Kind::Expired, ["no answer in the ", &limit, " ms that were left (ttl)"].concat()),
            false => Error::new(Kind::Deadline, ["no value within ", &limit, " ms of the call"].concat()),
        }
    }

    /// True if [`Dispatcher::handle_chunk`] must be called for this call; otherwise it may be skipped.
    pub fn watches_chunks(&self, id: CallId) -> bool {
        self.calls.get(&id).is_some_and(|entry| entry.options.stall_timeout.is_some() || entry.alarms.waits_for_codec)
    }

    /// Reports that bytes of the body arrived, or that reading goes on after [`Dispatcher::handle_waiting`].
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, HeadFacts, Instant, Options, State};
    /// use std::time::Duration;
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let options = Options { stall_timeout: Some(Duration::from_secs(1)), ..Options::default() };
    /// let (id, at) = (CallId(1), Instant::from_millis);
    /// dispatcher.enqueue(Call { id, options, queued_at: at(0.0), visit: None, ready: true }, at(0.0))?;
    /// dispatcher.handle_head(id, HeadFacts::default(), at(10.0));
    /// assert!(dispatcher.watches_chunks(id), "it has a limit between bytes");
    /// dispatcher.handle_chunk(id, at(900.0));
    /// dispatcher.handle_timeout(at(1010.0));
    /// assert_eq!(dispatcher.state(id), State::Running);
    /// dispatcher.handle_timeout(at(1900.0));
    /// assert_eq!(dispatcher.state(id), State::Done);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_chunk(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        entry.alarms.last_byte = now;
        if std::mem::take(&mut entry.alarms.waits_for_codec) {
            let again = |limit: Option<Duration>| limit.map(|limit| now.plus(limit));
            let (timeout, stall) = (again(entry.options.timeout), again(entry.options.stall_timeout));
            let timeout = timeout.filter(|_| entry.state == State::Running);
            self.arm(id, |alarms| (alarms.timeout, alarms.stall) = (timeout, stall));
        }
    }

    /// Reports that the answer waits for the codec to be loaded. The attempt's timeout and the stall timeout stop,
    /// because a retry would bring the same answer. Both start again at the next [`Dispatcher::handle_chunk`].
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, HeadFacts, Instant, Options};
    /// use std::time::Duration;
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let options = Options { timeout: Some(Duration::from_secs(1)), ..Options::default() };
    /// let (id, at) = (CallId(1), Instant::from_millis);
    /// dispatcher.enqueue(Call { id, options, queued_at: at(0.0), visit: None, ready: true }, at(0.0))?;
    /// dispatcher.handle_head(id, HeadFacts::default(), at(10.0));
    /// dispatcher.handle_waiting(id);
    /// assert!(dispatcher.poll_timeout() > Some(at(1000.0)), "the timeout does not run");
    /// dispatcher.handle_chunk(id, at(3000.0));
    /// assert_eq!(dispatcher.poll_timeout(), Some(at(4000.0)));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_waiting(&mut self, id: CallId) {
        self.arm(id, |alarms| (alarms.timeout, alarms.stall, alarms.waits_for_codec) = (None, None, true));
    }

    fn check_stall(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        let Some(limit) = entry.options.stall_timeout else { return };
        let due = entry.alarms.last_byte.plus(limit);
        if due > now {
            return self.arm(id, |alarms| alarms.stall = Some(due));
        }
        match entry.state {
            State::Running => {
                self.end_overdue_attempt(id, Error::new(Kind::Timeout, ["no byte for ", &millis(limit), " ms"].concat()), now);
            }
            State::Draining => {
                self.effects.push_back(Effect::Stall(id));
                self.forget(id);
            }
            _ => {}
        }
    }
}
