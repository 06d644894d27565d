//! Holds calls back while there is no network. The browser's word that there is none is a hint only, wrong on loopback and some VPNs: it counts
//! once a request has failed, and a probe may prove it wrong.

use std::time::Duration;

use super::{Dispatcher, Effect, Entry, Phase};
use crate::call::{CallId, State};
use crate::{Error, Instant, Kind};

/// The first probe is made at once, as the hint may be wrong. How long until the second; twice as long until each one after. None is made
/// while no call waits for it: the next call then makes up for it.
const FIRST: Duration = Duration::from_secs(1);
/// What that does not grow beyond.
const LONGEST: Duration = Duration::from_secs(30);

/// What becomes of calls while there is no network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OfflineMode {
    /// They keep their places; nothing is sent.
    #[default]
    Wait,
    /// They fail with [`Kind::Offline`], those that wait too, once a probe has not got through either.
    Fail,
}

/// There is no network, as far as is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offline {
    /// When to ask for a probe, if a call waits then; `None` while one is under way.
    probe_at: Option<Instant>,
    probes: u32,
}

impl Dispatcher {
    /// The browser says that there is no network. To be told before the failure of a request that got no answer, and only then.
    pub fn handle_offline(&mut self, now: Instant) {
        if self.offline.is_some() || self.closed {
            return;
        }
        self.offline = Some(Offline { probe_at: Some(now), probes: 0 });
        self.release_unused();
    }

    /// The network is there again.
    pub fn handle_online(&mut self, now: Instant) {
        if self.offline.take().is_none() {
            return;
        }
        // The time without network is not the server's.
        self.calls.values_mut().filter(|entry| matches!(entry.phase, Phase::Held)).for_each(|entry| entry.first_at = now);
        self.go_on(now);
    }

    /// What [`Effect::Probe`] came to: whether anything could be reached. What cannot be probed is tried, after as long as until the second.
    pub fn handle_probed(&mut self, reached: Option<bool>, now: Instant) {
        let Some(offline) = self.offline.as_mut().filter(|offline| offline.probe_at.is_none()) else { return };
        if reached == Some(true) || (reached.is_none() && offline.probes > 0) {
            return self.handle_online(now);
        }
        let after = FIRST.saturating_mul(1 << offline.probes.min(20)).min(LONGEST);
        offline.probes += 1;
        offline.probe_at = Some(now.plus(after));
        for id in self.ids(&waits) {
            if self.fails_offline(id, now) {
                self.fail(id, no_network(), now);
            }
        }
    }

    /// Whether a call fails rather than waits, as a probe has found no network either, and not too long ago. A durable one waits: that is
    /// what it is for.
    pub(super) fn fails_offline(&self, id: CallId, now: Instant) -> bool {
        let proved = |offline: Offline| offline.probes > 0 && offline.probe_at.is_none_or(|at| at > now);
        self.offline.is_some_and(proved)
            && self.rules.offline == OfflineMode::Fail
            && self.calls.get(&id).is_some_and(|entry| !entry.options.durable)
    }

    /// Whether nothing is sent because there is no network.
    pub fn is_offline(&self) -> bool {
        self.offline.is_some()
    }

    /// When to ask for the next probe.
    pub(super) fn probe_at(&self) -> Option<Instant> {
        let at = self.offline?.probe_at?;
        self.calls.values().any(|entry| waits(entry) || matches!(entry.phase, Phase::Resting)).then_some(at)
    }

    pub(super) fn probe(&mut self, now: Instant) {
        if self.probe_at().is_some_and(|at| at <= now)
            && let Some(offline) = self.offline.as_mut()
        {
            offline.probe_at = None;
            self.effects.push_back(Effect::Probe);
        }
    }

    /// The time to send a call again has come.
    pub(super) fn rested(&mut self, id: CallId, now: Instant) {
        if !self.is_still() {
            return self.retry(id, now);
        }
        if self.fails_offline(id, now) {
            return self.fail(id, no_network(), now);
        }
        if let Some(entry) = self.in_state(id, State::Running) {
            entry.phase = Phase::Held;
            self.arm(id, |alarms| (alarms.timeout, alarms.stall) = (None, None));
            self.emit(id);
        }
    }
}

/// Whether it would be sent sooner or later, were there a network.
fn waits(entry: &Entry) -> bool {
    let idle = matches!(entry.phase, Phase::Held) || matches!(entry.state, State::Preparing | State::Waiting);
    idle && entry.leader.is_none()
}

pub(super) fn no_network() -> Error {
    Error::new(Kind::Offline, "there is no network")
}
