//! Models the times in which no lane sends: without a network, and while the document is left or hidden.

use super::rules::{Activity, Model, ModelEffect};

/// State of a client whose network counts as lost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Offline {
    /// When to probe next. `None` while a probe is under way.
    pub probe_at: Option<u64>,
    /// Number of probes that did not get through.
    pub failed: u32,
}

impl Model {
    pub(super) fn is_on_hold(&self) -> bool {
        self.offline.is_some() || self.leaving.is_some() || self.hidden
    }

    /// Sends the retries that were held, then starts waiting calls.
    fn resume_held(&mut self) {
        if self.is_on_hold() {
            return;
        }
        for id in 0..self.calls.len() {
            if self.calls[id].activity == Activity::Held {
                self.send(id);
            }
        }
        self.advance();
    }

    /// Follows a redirect or reloads the page; the document ends if `leaves` is true.
    pub(super) fn navigate(&mut self) {
        if self.leaves {
            self.leaving = Some(self.now + 30_000);
        }
    }

    /// Ends the wait for a document that was not left.
    pub(super) fn stayed(&mut self) {
        self.leaving = None;
        self.resume_held();
    }

    pub(super) fn returned(&mut self) {
        self.hidden = false;
        self.stayed();
    }

    pub(super) fn lose_network(&mut self) {
        self.offline.get_or_insert(Offline { probe_at: Some(self.now), failed: 0 });
    }

    pub(super) fn online(&mut self) {
        self.offline = None;
        self.resume_held();
    }

    pub(super) fn probe(&mut self) {
        self.offline.as_mut().unwrap().probe_at = None;
        self.effects.push(ModelEffect::Probe);
    }

    pub(super) fn is_probing(&self) -> bool {
        self.offline.is_some_and(|offline| offline.probe_at.is_none())
    }

    /// Reports the result of a probe. `None`: the driver cannot probe.
    pub(super) fn probed(&mut self, reached: Option<bool>) {
        let Some(mut offline) = self.offline.filter(|offline| offline.probe_at.is_none()) else { return };
        if reached == Some(true) || (reached.is_none() && offline.failed > 0) {
            return self.online();
        }
        let seconds = [1, 2, 4, 8, 16, 30][offline.failed.min(5) as usize];
        offline = Offline { probe_at: Some(self.now + seconds * 1000), failed: offline.failed + 1 };
        self.offline = Some(offline);
        for id in 0..self.calls.len() {
            if self.is_idle(id) && self.must_fail_offline(id) {
                self.end(id, "OFFLINE");
            }
        }
    }

    /// True if a call fails instead of waiting: the last probe failed and the next is not due yet. Durable calls wait.
    pub(super) fn must_fail_offline(&self, id: usize) -> bool {
        let proved = |offline: Offline| offline.failed > 0 && offline.probe_at.is_none_or(|at| at > self.now);
        self.fails_offline && !self.calls[id].durable && self.offline.is_some_and(proved)
    }

    /// True if a call needs the network; otherwise no probe is made.
    pub(super) fn waits_for_network(&self) -> bool {
        (0..self.calls.len()).any(|id| self.is_idle(id) || matches!(self.calls[id].activity, Activity::AwaitingRetry(_)))
    }

    /// True if the call needs the network now: it waits, prepares, or its retry is held.
    fn is_idle(&self, id: usize) -> bool {
        self.calls[id].leader.is_none() && matches!(self.calls[id].activity, Activity::Preparing | Activity::Waiting | Activity::Held)
    }
}
