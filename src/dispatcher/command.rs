//! Carries out the driver's commands: adds and aborts calls; clears, pauses and resumes lanes; closes the dispatcher.
//!
//! Must not handle what happens to an exchange; the inputs (`handle_*`) do.

use super::alarm::{Alarms, LATE_AFTER};
use super::entry::{Entry, Phase};
use super::offline::no_network;
use super::strategy::Admission;
use super::{Dispatcher, HeadFacts};
use crate::call::{Call, CallId, LaneName, State, Timings};
use crate::text::digits;
use crate::{Error, Instant, Kind, Sent};

impl Dispatcher {
    /// Adds a call to its lane. The call starts at once if it is ready and the lane is free.
    ///
    /// A call that cannot be accepted settles at once: with [`Kind::Closed`], [`Kind::QueueFull`], [`Kind::Dropped`],
    /// [`Kind::Offline`], [`Kind::Deadline`] or, if it is durable, [`Kind::Expired`]. Fails with [`Kind::Internal`] if
    /// the id is in use.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Config, Dispatcher, Effect, Instant, Kind, Options};
    ///
    /// let mut dispatcher = Dispatcher::new(Config { max_queued: 0, ..Config::default() });
    /// let now = Instant::from_millis(0.0);
    /// let call = |id| Call { id: CallId(id), options: Options::default(), queued_at: now, visit: None, ready: true };
    /// dispatcher.enqueue(call(1), now)?;
    /// dispatcher.enqueue(call(2), now)?;
    /// let error = std::iter::from_fn(|| dispatcher.poll_effect()).find_map(|effect| match effect {
    ///     Effect::Settle { id: CallId(2), result, .. } => result.err(),
    ///     _ => None,
    /// });
    /// assert_eq!(error.map(|error| error.kind()), Some(Kind::QueueFull), "no call may wait");
    /// assert_eq!(dispatcher.enqueue(call(1), now).unwrap_err().kind(), Kind::Internal);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn enqueue(&mut self, call: Call, now: Instant) -> Result<(), Error> {
        let Call { id, mut options, queued_at, visit, ready } = call;
        if self.calls.contains_key(&id) {
            return Err(Error::new(Kind::Internal, ["call ", &digits(id.0), " exists already"].concat()));
        }
        options.strategy = Some(self.strategy_of(&options));
        self.update_visit(visit);
        let lane = options.lane.clone();
        let sent = if options.replayed { Sent::Unknown } else { Sent::No };
        let deadline = options.deadline.map(|limit| queued_at.plus(limit));
        let entry = Entry {
            options,
            visit,
            state: if ready { State::Waiting } else { State::Preparing },
            phase: Phase::Sending,
            recovered: false,
            timings: Timings { queued_at, ..Timings::default() },
            retry_budget_from: now,
            attempts: 0,
            retries: 0,
            sent,
            sent_before: sent,
            facts: HeadFacts::default(),
            alarms: Alarms::default(),
            reported_late: false,
            reported_holding: false,
            result: None,
            leader: None,
            joined: Vec::new(),
        };
        self.calls.insert(id, entry);
        self.unsettled += 1;
        if self.closed {
            self.refuse(id, closed(), now);
        } else if deadline.is_some_and(|at| at <= now) {
            self.refuse(id, self.deadline_error(id), now);
        } else if self.fails_offline(id, now) {
            self.refuse(id, no_network(), now);
        } else {
            match self.apply_strategy(id, now) {
                Admission::Refused => return Ok(()),
                Admission::Joined => self.emit(id),
                Admission::Enter => {
                    self.lane_mut(&lane).push(id);
                    self.waiting += 1;
                    self.emit(id);
                    self.start_or_queue(id, &lane, now);
                }
            }
            let late = matches!(self.state(id), State::Preparing | State::Waiting | State::Running).then(|| now.plus(LATE_AFTER));
            self.arm(id, |alarms| (alarms.deadline, alarms.late) = (deadline, late));
        }
        Ok(())
    }

    /// Aborts a call in any state. Returns false if the call was over or unknown.
    ///
    /// If other calls have joined it, the exchange goes on for them and only this call's promise rejects.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Effect, Instant, Options};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
    /// assert!(dispatcher.abort(id, now));
    /// assert!(std::iter::from_fn(|| dispatcher.poll_effect()).any(|effect| effect == Effect::Abort(id)));
    /// assert!(!dispatcher.abort(id, now), "it is over");
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn abort(&mut self, id: CallId, now: Instant) -> bool {
        let open = |entry: &Entry| entry.result.is_none() || entry.state == State::Draining || matches!(entry.phase, Phase::Answered);
        let known = self.calls.get(&id).is_some_and(open);
        self.end_for_caller(id, Error::new(Kind::Aborted, "the call was aborted"), now);
        known
    }

    /// Rejects the calls that wait in one lane, or in all lanes for `None`, with [`Kind::Cleared`]. Returns their ids.
    ///
    /// Calls that run go on. A waiting call that calls of another lane have joined is still sent for those.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Instant, Options};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let now = Instant::from_millis(0.0);
    /// for id in [CallId(1), CallId(2)] {
    ///     let call = Call { id, options: Options::default(), queued_at: now, visit: None, ready: true };
    ///     dispatcher.enqueue(call, now)?;
    /// }
    /// assert_eq!(dispatcher.clear(None, now), [CallId(2)], "the first runs");
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn clear(&mut self, lane: Option<&LaneName>, now: Instant) -> Vec<CallId> {
        let waits = |entry: &Entry| matches!(entry.state, State::Preparing | State::Waiting);
        let here = |entry: &Entry| lane.is_none_or(|lane| *lane == entry.options.lane);
        let own = self.ids(&|entry| waits(entry) && here(entry) && entry.leader.is_none());
        let joined = self.ids(&|entry| waits(entry) && here(entry) && entry.leader.is_some());
        let ids = self.ids(&|entry| waits(entry) && here(entry) && entry.result.is_none());
        // Lanes advance last, so that no call starts that is about to be dropped. A call goes on for those of another
        // lane that joined it.
        let mut lanes: Vec<_> = joined.iter().filter_map(|&id| self.end(id, cleared(), now)).collect();
        for id in own {
            if !self.settle_if_joined(id, &cleared(), now) {
                lanes.extend(self.end(id, cleared(), now));
            }
        }
        lanes.iter().for_each(|lane| self.advance(lane, now));
        ids
    }

    /// Stops starting calls in one lane, or in all lanes for `None`. Calls that run go on.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Instant, LaneName, Options, State};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// dispatcher.pause(Some(&LaneName::Main));
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
    /// assert_eq!((dispatcher.state(id), dispatcher.waiting_in(&LaneName::Main)), (State::Waiting, 1));
    /// dispatcher.resume(Some(&LaneName::Main), now);
    /// assert_eq!((dispatcher.state(id), dispatcher.waiting_in(&LaneName::Main)), (State::Running, 0));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn pause(&mut self, lane: Option<&LaneName>) {
        match lane {
            Some(lane) => self.lane_mut(lane).set_paused(true),
            None => self.paused = true,
        }
        self.release_unused_leases();
    }

    /// Undoes [`Dispatcher::pause`] of the same lane, or of all lanes for `None`. A lane that was paused by its own
    /// name stays paused when all lanes are resumed.
    pub fn resume(&mut self, lane: Option<&LaneName>, now: Instant) {
        match lane {
            Some(lane) => {
                self.lane_mut(lane).set_paused(false);
                self.advance(lane, now);
            }
            None => {
                self.paused = false;
                self.advance_all(now);
            }
        }
    }

    /// Rejects every open call with [`Kind::Closed`] and aborts every exchange. Later calls are refused.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Instant, Options};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
    /// dispatcher.close(now);
    /// assert_eq!((dispatcher.pending(), dispatcher.poll_timeout()), (0, None));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn close(&mut self, now: Instant) {
        self.closed = true;
        (self.offline, self.leaving) = (None, None);
        for id in self.ids(&|_| true) {
            self.end_exchange(id, &closed());
            self.end(id, closed(), now);
        }
        self.lanes.clear();
        self.release_unused_leases();
        self.request_refresh_if_due(self.effects.len(), now);
    }

    /// Starts a new call or lets it wait; fails it if too many calls wait. A replayed call was accepted by another
    /// page, so it is never refused.
    fn start_or_queue(&mut self, id: CallId, lane: &LaneName, now: Instant) {
        self.advance(lane, now);
        let replayed = self.calls.get(&id).is_some_and(|entry| entry.options.replayed);
        if !replayed && self.waiting > self.rules.max_queued && matches!(self.state(id), State::Preparing | State::Waiting) {
            let message = [&*digits(self.rules.max_queued as u64), " calls wait already (maxQueued)"].concat();
            self.abort_and_end(id, Error::new(Kind::QueueFull, message), now);
        }
    }
}

fn cleared() -> Error {
    Error::new(Kind::Cleared, "the call was dropped from its lane")
}

fn closed() -> Error {
    Error::new(Kind::Closed, "the dispatcher is closed")
}
