//! Runs one call at a time over all tabs of an origin: a lane starts a call only while it holds its lease.
//!
//! One tab holds the lease of a lane at a time. The lane requests it when a call is ready to start, holds it over all
//! attempts of that call, and releases it when the slot is free. It does so even if more calls wait: tabs that
//! requested it meanwhile come first.
//!
//! Must not know Web Locks; the driver turns [`Effect::Lease`] and [`Effect::Release`] into locks.

use super::{Dispatcher, Effect, Entry};
use crate::call::{CallId, LaneName, State};
use crate::lane::{Lane, Readiness};
use crate::{Error, Instant};

/// Range over which a lane runs its calls in order.
///
/// ```
/// use actionlane::{Call, CallId, Config, Dispatcher, Effect, Instant, LaneName, Options, Scope, State};
///
/// let mut dispatcher = Dispatcher::new(Config { scope: Scope::Origin, ..Config::default() });
/// let (id, now, lane) = (CallId(1), Instant::from_millis(0.0), LaneName::Main);
/// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
/// assert_eq!(dispatcher.state(id), State::Waiting);
/// assert!(std::iter::from_fn(|| dispatcher.poll_effect()).any(|effect| effect == Effect::Lease(lane.clone())));
/// dispatcher.handle_lease(&lane, now);
/// assert_eq!(dispatcher.state(id), State::Running);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One dispatcher.
    #[default]
    Dispatcher,
    /// All dispatchers of this scope in every tab of the origin, by the name of the lane. `"parallel"` needs no lease
    /// unless its concurrency is limited.
    Origin,
}

/// State of a lane's lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lease {
    /// Requested and not granted yet.
    Requested,
    /// Granted; a call runs under it.
    Held,
    /// The slot of that call is free. Released at once if no call is ready, otherwise after the next lease was
    /// requested: if it were requested later, other tabs could get two turns first.
    Spent,
}

impl Dispatcher {
    /// Reports that the lease of this lane was granted. Releases it at once if no call needs it any more.
    pub fn handle_lease(&mut self, lane: &LaneName, now: Instant) {
        match self.leases.get_mut(lane) {
            Some(lease) => {
                *lease = Lease::Held;
                self.advance(lane, now);
            }
            None => self.effects.push_back(Effect::Release(lane.clone())),
        }
    }

    /// Reports that another tab took the lease of this lane. The call that runs goes on, with its retries; the next
    /// call needs a new lease.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Config, Dispatcher, Instant, LaneName, Options, Scope, State};
    ///
    /// let mut dispatcher = Dispatcher::new(Config { scope: Scope::Origin, ..Config::default() });
    /// let (now, lane) = (Instant::from_millis(0.0), LaneName::Main);
    /// for id in [CallId(1), CallId(2)] {
    ///     let call = Call { id, options: Options::default(), queued_at: now, visit: None, ready: true };
    ///     dispatcher.enqueue(call, now)?;
    /// }
    /// dispatcher.handle_lease(&lane, now);
    /// dispatcher.handle_lease_taken(&lane, now);
    /// assert_eq!(dispatcher.state(CallId(1)), State::Running);
    /// dispatcher.handle_value(CallId(1), Ok(()), now);
    /// assert_eq!(dispatcher.state(CallId(2)), State::Waiting);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_lease_taken(&mut self, lane: &LaneName, now: Instant) {
        self.leases.remove(lane);
        self.advance(lane, now);
    }

    /// Reports that the lease of this lane cannot be obtained. Fails the calls that waited for it with `error` and
    /// returns their ids: without the lease, they could run beside those of another tab. A later call requests it
    /// again.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Config, Dispatcher, Error, Instant, Kind, LaneName, Options, Scope};
    ///
    /// let mut dispatcher = Dispatcher::new(Config { scope: Scope::Origin, ..Config::default() });
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
    /// let error = Error::new(Kind::InvalidOption, "locks are not allowed here");
    /// assert_eq!(dispatcher.handle_lease_failed(&LaneName::Main, &error, now), [id]);
    /// assert_eq!(dispatcher.pending(), 0);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_lease_failed(&mut self, lane: &LaneName, error: &Error, now: Instant) -> Vec<CallId> {
        if self.leases.remove(lane).is_none() {
            return Vec::new();
        }
        let ids = self.ids(&|entry| entry.state == State::Waiting && entry.leader.is_none() && entry.options.lane == *lane);
        for &id in &ids {
            self.end(id, error.clone(), now);
        }
        self.advance(lane, now);
        ids
    }

    /// True if the lane may start a call that is ready, given a free slot. Requests the lease if only that is missing,
    /// and releases a lease that no call needs.
    pub(super) fn try_open(&mut self, name: &LaneName) -> bool {
        let stopped = self.paused || self.is_on_hold();
        if self.rules.scope == Scope::Dispatcher || self.lanes.get(name).is_some_and(|lane| !lane.is_serial()) {
            return !stopped;
        }
        let calls = &self.calls;
        let lane = self.lanes.get_mut(name);
        let running = lane.as_deref().is_some_and(Lane::is_running);
        let readiness = |id| calls.get(&id).map_or(Readiness::Left, Entry::readiness);
        let ready = !stopped && lane.is_some_and(|lane| lane.peek_next(readiness).is_some());
        match self.leases.get(name) {
            Some(Lease::Held) if ready => return true,
            Some(_) if !ready && !running => {
                self.leases.remove(name);
                self.effects.push_back(Effect::Release(name.clone()));
            }
            Some(Lease::Spent) | None if ready => {
                self.leases.insert(name.clone(), Lease::Requested);
                self.effects.push_back(Effect::Lease(name.clone()));
            }
            _ => {}
        }
        false
    }

    /// Marks the lease of a lane as spent, when its slot is free: it may not be used for another call.
    pub(super) fn spend_lease(&mut self, name: &LaneName) {
        if let Some(lease) = self.leases.get_mut(name) {
            *lease = Lease::Spent;
        }
    }

    /// Releases the leases, and withdraws the requests, of lanes in which no call runs and none may start now.
    pub(super) fn release_unused_leases(&mut self) {
        let names: Vec<_> = self.leases.keys().cloned().collect();
        for name in names {
            // Releases the lease if no call needs it.
            self.try_open(&name);
        }
    }
}
