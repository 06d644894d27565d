//! Holds or fails calls while there is no network, and decides when to probe for it.
//!
//! The browser's `navigator.onLine` is only a hint, wrong on loopback and on some VPNs. It counts once a request has
//! failed, and a probe can prove it wrong. Must not make requests; the driver does, on [`Effect::Probe`].

use std::time::Duration;

use super::{Dispatcher, Effect, Entry, Phase};
use crate::call::{CallId, State};
use crate::{Error, Instant, Kind};

/// Time from the first probe, which is made at once, to the second. It doubles after each probe. No probe is made while
/// no call needs the network; the next call makes up for it.
const FIRST_PROBE_DELAY: Duration = Duration::from_secs(1);
/// Longest time between two probes.
const MAX_PROBE_DELAY: Duration = Duration::from_secs(30);

/// Handling of calls while there is no network.
///
/// ```
/// use actionlane::{Call, CallId, Config, Dispatcher, Effect, Error, Instant, Kind, OfflineMode, Options};
///
/// let mut dispatcher = Dispatcher::new(Config { offline: OfflineMode::Fail, ..Config::default() });
/// let now = Instant::from_millis(0.0);
/// for id in [CallId(1), CallId(2)] {
///     dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
/// }
/// dispatcher.handle_offline(now);
/// dispatcher.handle_failure(CallId(1), Error::new(Kind::Network, "no answer"), now);
/// dispatcher.handle_timeout(now);
/// assert!(std::iter::from_fn(|| dispatcher.poll_effect()).any(|effect| effect == Effect::Probe));
/// assert_eq!(dispatcher.pending(), 1, "the second call waits for the probe");
/// dispatcher.handle_probed(Some(false), now);
/// assert_eq!(dispatcher.pending(), 0, "it failed");
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OfflineMode {
    /// Calls keep their places, and nothing is sent.
    #[default]
    Wait,
    /// Calls fail with [`Kind::Offline`], instead of waiting or being retried, once a probe has failed too. Durable
    /// calls wait.
    Fail,
}

/// State of a dispatcher whose network counts as lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offline {
    /// When to probe next, if a call needs the network then. `None` while a probe is under way.
    probe_at: Option<Instant>,
    /// Number of probes that did not get through.
    probes: u32,
}

impl Dispatcher {
    /// Reports that the browser says there is no network. Must be called just before
    /// [`handle_failure`](Self::handle_failure) of a request that got no answer, and at no other time.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Error, Instant, Kind, Options, State};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let now = Instant::from_millis(0.0);
    /// for id in [CallId(1), CallId(2)] {
    ///     let call = Call { id, options: Options::default(), queued_at: now, visit: None, ready: true };
    ///     dispatcher.enqueue(call, now)?;
    /// }
    /// dispatcher.handle_offline(now);
    /// dispatcher.handle_failure(CallId(1), Error::new(Kind::Network, "no answer"), now);
    /// assert!(dispatcher.is_offline());
    /// assert_eq!(dispatcher.state(CallId(2)), State::Waiting);
    /// dispatcher.handle_online(now);
    /// assert_eq!(dispatcher.state(CallId(2)), State::Running);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_offline(&mut self, now: Instant) {
        if self.offline.is_some() || self.closed {
            return;
        }
        self.offline = Some(Offline { probe_at: Some(now), probes: 0 });
        self.release_unused_leases();
    }

    /// Reports that the network is back. Sends what was held.
    pub fn handle_online(&mut self, now: Instant) {
        if self.offline.take().is_none() {
            return;
        }
        // The retry budget does not count the time without a network.
        self.calls.values_mut().filter(|entry| matches!(entry.phase, Phase::Held)).for_each(|entry| entry.retry_budget_from = now);
        self.resume_held(now);
    }

    /// Reports the result of [`Effect::Probe`]: true if an answer arrived. `None`: the driver cannot probe. As the
    /// first result, `None` causes another probe 1 s later; as a later result, it counts as true.
    pub fn handle_probed(&mut self, reached: Option<bool>, now: Instant) {
        let Some(offline) = self.offline.as_mut().filter(|offline| offline.probe_at.is_none()) else { return };
        if reached == Some(true) || (reached.is_none() && offline.probes > 0) {
            return self.handle_online(now);
        }
        let after = FIRST_PROBE_DELAY.saturating_mul(1 << offline.probes.min(20)).min(MAX_PROBE_DELAY);
        offline.probes += 1;
        offline.probe_at = Some(now.plus(after));
        for id in self.ids(&needs_network) {
            if self.fails_offline(id, now) {
                self.abort_and_end(id, no_network(), now);
            }
        }
    }

    /// True if a call must fail instead of waiting: under [`OfflineMode::Fail`], if the last probe failed and the next
    /// is not due yet or under way. Durable calls always wait.
    pub(super) fn fails_offline(&self, id: CallId, now: Instant) -> bool {
        let proved = |offline: Offline| offline.probes > 0 && offline.probe_at.is_none_or(|at| at > now);
        self.offline.is_some_and(proved)
            && self.rules.offline == OfflineMode::Fail
            && self.calls.get(&id).is_some_and(|entry| !entry.options.durable)
    }

    /// True if nothing is sent because the network counts as lost.
    pub fn is_offline(&self) -> bool {
        self.offline.is_some()
    }

    /// Returns when to probe next. `None` while a probe is under way, no call needs the network, or it is not lost.
    pub(super) fn probe_at(&self) -> Option<Instant> {
        let at = self.offline?.probe_at?;
        self.calls.values().any(|entry| needs_network(entry) || matches!(entry.phase, Phase::AwaitingRetry)).then_some(at)
    }

    /// Requests a probe from the driver if one is due.
    pub(super) fn probe_if_due(&mut self, now: Instant) {
        if self.probe_at().is_some_and(|at| at <= now)
            && let Some(offline) = self.offline.as_mut()
        {
            offline.probe_at = None;
            self.effects.push_back(Effect::Probe);
        }
    }

    /// Sends a call again whose time has come. Holds it, or fails it, if nothing may be sent now.
    pub(super) fn resend_or_hold(&mut self, id: CallId, now: Instant) {
        if !self.is_on_hold() {
            return self.start_next_attempt(id, now);
        }
        if self.fails_offline(id, now) {
            return self.abort_and_end(id, no_network(), now);
        }
        if let Some(entry) = self.in_state(id, State::Running) {
            entry.phase = Phase::Held;
            self.arm(id, |alarms| (alarms.timeout, alarms.stall) = (None, None));
            self.emit(id);
        }
    }
}

/// True if the call needs the network now: it waits, prepares, or its retry is held.
fn needs_network(entry: &Entry) -> bool {
    let idle = matches!(entry.phase, Phase::Held) || matches!(entry.state, State::Preparing | State::Waiting);
    idle && entry.leader.is_none()
}

pub(super) fn no_network() -> Error {
    Error::new(Kind::Offline, "there is no network")
}
