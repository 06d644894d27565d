//! Models the rules for calls as plainly as possible: every question is answered by looking at all calls.

use std::collections::BTreeSet;

use super::hold::Offline;
use super::{LANES, MAX_QUEUED};
use crate::Sent;
use crate::call::{Skew, Strategy};

/// Activity of a call. Times are in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Activity {
    #[default]
    Preparing,
    Waiting,
    Running,
    /// Its attempt failed; the next one starts at this time.
    AwaitingRetry(u64),
    /// Its action is being looked up, at the longest until this time.
    Recovering(u64),
    /// It is ready to be sent again, but nothing may be sent now.
    Held,
    Over,
}

/// A call of the model. Times are in milliseconds.
#[derive(Clone, Debug, Default)]
pub(super) struct ModelCall {
    pub lane: usize,
    pub strategy: Strategy,
    pub key: u64,
    pub identity: Option<u64>,
    pub timeout: Option<u64>,
    pub stall: Option<u64>,
    /// When the last byte of its answer arrived, while more may arrive.
    pub last_byte: Option<u64>,
    pub deadline: Option<u64>,
    pub retries: u32,
    pub activity: Activity,
    pub attempt_at: u64,
    pub settled: bool,
    pub sent: Sent,
    /// `sent` before the last attempt.
    pub sent_before: Sent,
    /// True if it is stored in the outbox before it is sent. While it prepares, it is being stored.
    pub durable: bool,
    /// Visit on which it was made; `u64::MAX` if another page made it.
    pub visit: u64,
    /// True if its answer redirects.
    pub redirects: bool,
    /// True if its answer makes data stale.
    pub stale: bool,
    /// True if its redirect is thrown instead of followed.
    pub throws: bool,
    /// True if the next attempt skips the render.
    pub skips: bool,
    pub skew: Skew,
    /// True if its action can still be looked up, which happens once.
    pub named: bool,
    /// Call whose answer it shares.
    pub leader: Option<usize>,
    /// True if it was made with a ready request.
    pub built: bool,
    /// True if its caller has the response and the value has not passed through.
    pub read_along: bool,
}

impl ModelCall {
    pub(super) fn waits(&self) -> bool {
        matches!(self.activity, Activity::Preparing | Activity::Waiting)
    }

    pub(super) fn has_a_slot(&self) -> bool {
        matches!(self.activity, Activity::Running | Activity::AwaitingRetry(_) | Activity::Recovering(_) | Activity::Held)
    }
}

/// Effect on which the model and the dispatcher must agree. Calls are numbered from 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ModelEffect {
    Send(usize),
    Join { id: usize, leader: usize },
    Settle(usize, &'static str, Sent),
    Redirect(usize),
    Recover(usize),
    Reload,
    Stall(usize),
    Break(usize, &'static str),
    Probe,
}

/// Timer of the model. If several run out at one moment, the first in this order comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Stayed,
    Probe,
    Deadline(usize),
    Timeout(usize),
    Stall(usize),
    Retry(usize),
}

impl Due {
    /// Orders timers of all calls before those of one call, and those call by call.
    fn rank(self) -> (usize, Self) {
        match self {
            Self::Stayed | Self::Probe => (0, self),
            Self::Deadline(id) | Self::Timeout(id) | Self::Stall(id) | Self::Retry(id) => (id + 1, self),
        }
    }
}

#[derive(Default)]
pub(super) struct Model {
    pub calls: Vec<ModelCall>,
    /// Lanes that are paused.
    pub paused: BTreeSet<usize>,
    pub all_paused: bool,
    pub offline: Option<Offline>,
    /// True if calls fail instead of waiting without a network.
    pub fails_offline: bool,
    /// True if each lane but `parallel` runs one call at a time over all tabs.
    pub of_all_tabs: bool,
    /// Lanes that hold their lease.
    pub leased: BTreeSet<usize>,
    /// End of the time in which nothing starts because the document is being left.
    pub leaving: Option<u64>,
    /// True while the document is out of the window.
    pub hidden: bool,
    /// Visit that the user is on.
    pub visit: u64,
    /// Latest call whose redirect was followed or thrown.
    pub redirected: Option<usize>,
    /// True if a redirect or a reload ends the document.
    pub leaves: bool,
    /// Since when the page is owed fresh data. `World` clears it when the dispatcher asks for that.
    pub owed: Option<u64>,
    pub now: u64,
    /// Calls that were sent since the last [`Model::hand_to_fetch`].
    pub sending: Vec<usize>,
    pub effects: Vec<ModelEffect>,
}

impl Model {
    /// Makes a call.
    pub(super) fn enqueue(&mut self, call: ModelCall) {
        let id = self.calls.len();
        let pending: Vec<usize> = (0..id).filter(|&other| self.calls[other].key == call.key && !self.calls[other].settled).collect();
        let (strategy, identity, key) = (call.strategy, call.identity, call.key);
        self.calls.push(call);
        if self.calls[id].deadline.is_some_and(|at| at <= self.now) {
            return self.end(id, self.deadline_code(id));
        }
        if self.must_fail_offline(id) {
            return self.end(id, "OFFLINE");
        }
        match strategy {
            Strategy::Queue => {}
            Strategy::Drop if pending.is_empty() => {}
            Strategy::Drop => {
                self.calls[id].activity = Activity::Over;
                return self.settle(id, "DROPPED");
            }
            Strategy::Replace => pending.iter().for_each(|&other| self.end(other, "REPLACED")),
            Strategy::QueueLast => {
                let waiting: Vec<usize> = pending.into_iter().filter(|&other| self.seems_to_wait(other)).collect();
                waiting.iter().for_each(|&other| self.end(other, "REPLACED"));
            }
            Strategy::Join => {
                let equal = |&other: &usize| {
                    let call = &self.calls[other];
                    call.key == key
                        && call.leader.is_none()
                        && call.activity != Activity::Over
                        && identity.is_some()
                        && call.identity == identity
                };
                let found = (0..id).find(equal);
                if let Some(leader) = found {
                    self.calls[id].leader = Some(leader);
                    self.effects.push(ModelEffect::Join { id, leader });
                    return;
                }
            }
        }
        self.advance();
        let waiting = self.calls.iter().filter(|call| call.leader.is_none() && call.waits()).count();
        // A replayed call is never refused.
        let replayed = self.calls[id].sent == Sent::Unknown;
        if waiting > MAX_QUEUED && self.calls[id].waits() && !replayed {
            self.end(id, "QUEUE_FULL");
        }
    }

    /// Starts all calls that may start.
    pub(super) fn advance(&mut self) {
        while let Some(id) = (0..self.calls.len()).find(|&id| self.may_start(id)) {
            self.send(id);
        }
    }

    /// Starts an attempt.
    pub(super) fn send(&mut self, id: usize) {
        self.calls[id].activity = Activity::Running;
        (self.calls[id].attempt_at, self.calls[id].last_byte) = (self.now, None);
        self.calls[id].sent_before = self.calls[id].sent;
        self.sending.push(id);
        self.effects.push(ModelEffect::Send(id));
    }

    /// Hands the requests to `fetch`: from now on they may have run. A call that was aborted by the same input has
    /// settled before, as not sent.
    pub(super) fn hand_to_fetch(&mut self) {
        for id in std::mem::take(&mut self.sending) {
            self.calls[id].sent = self.calls[id].sent.max(Sent::Unknown);
        }
    }

    fn may_start(&self, id: usize) -> bool {
        self.would_start(id) && self.has_its_lease(self.calls[id].lane)
    }

    /// True if the call may start, provided that its lane holds its lease.
    pub(super) fn would_start(&self, id: usize) -> bool {
        let call = &self.calls[id];
        call.activity == Activity::Waiting
            && call.leader.is_none()
            && !self.is_on_hold()
            && !self.all_paused
            && !self.paused.contains(&call.lane)
            && self.has_its_turn(id)
    }

    fn has_its_turn(&self, id: usize) -> bool {
        let call = &self.calls[id];
        let here = |other: &ModelCall| other.lane == call.lane && other.leader.is_none();
        let running = self.calls.iter().filter(|other| here(other) && other.has_a_slot()).count();
        let before = self.calls[..id].iter().any(|other| here(other) && other.waits());
        match LANES[call.lane] {
            "parallel" => true,
            "two" if !self.of_all_tabs => running < 2 && !before,
            _ => running < 1 && !before,
        }
    }

    /// True if the call waits, or has joined one that waits.
    fn seems_to_wait(&self, id: usize) -> bool {
        self.calls[self.calls[id].leader.unwrap_or(id)].waits()
    }

    pub(super) fn settle(&mut self, id: usize, code: &'static str) {
        if !std::mem::replace(&mut self.calls[id].settled, true) {
            let sent = self.calls[self.calls[id].leader.unwrap_or(id)].sent;
            self.effects.push(ModelEffect::Settle(id, code, sent));
        }
    }

    /// Lists the calls that share the answer of this one.
    fn joined(&self, id: usize) -> Vec<usize> {
        (0..self.calls.len())
            .filter(|&other| self.calls[other].leader == Some(id) && self.calls[other].activity != Activity::Over)
            .collect()
    }

    /// Ends a call, and the calls that joined it, with a code.
    pub(super) fn end(&mut self, id: usize, code: &'static str) {
        if self.calls[id].activity == Activity::Over {
            return;
        }
        if let Some(leader) = self.calls[id].leader {
            return self.leave_leader(id, leader, code);
        }
        self.end_exchange(id, code);
        self.settle(id, code);
        for other in self.joined(id) {
            self.settle(other, code);
            self.calls[other].activity = Activity::Over;
        }
        self.mark_over(id);
    }

    /// Owes a refresh if the head of its answer said that data is stale.
    fn owe(&mut self, id: usize) {
        if std::mem::take(&mut self.calls[id].stale) {
            self.owed.get_or_insert(self.now);
        }
    }

    /// Frees the slot of a call that is over.
    fn mark_over(&mut self, id: usize) {
        if self.calls[id].has_a_slot() {
            self.leased.remove(&self.calls[id].lane);
            self.owe(id);
        }
        (self.calls[id].activity, self.calls[id].last_byte) = (Activity::Over, None);
    }

    /// Ends a joined call alone. The exchange ends if no call needs it any more.
    fn leave_leader(&mut self, id: usize, leader: usize, code: &'static str) {
        self.settle(id, code);
        self.calls[id].activity = Activity::Over;
        if self.joined(leader).is_empty() && self.calls[leader].settled {
            self.mark_over(leader);
        }
    }

    /// Ends a call for its caller alone.
    pub(super) fn end_for_caller(&mut self, id: usize, code: &'static str) {
        if self.calls[id].activity == Activity::Over {
            // The rest of the answer is not read any more.
            self.calls[id].last_byte = None;
        }
        if self.calls[id].settled && !self.is_read_along(id) {
            return;
        }
        if self.calls[id].leader.is_none() && !self.joined(id).is_empty() {
            self.settle(id, code);
        } else {
            self.end(id, code);
        }
        self.advance();
    }

    pub(super) fn clear(&mut self, lane: usize) {
        for joined in [true, false] {
            for id in 0..self.calls.len() {
                let own = self.calls[id].lane == lane && self.calls[id].leader.is_some() == joined;
                if own && self.seems_to_wait(id) && self.calls[id].activity != Activity::Over {
                    // A call that calls of another lane have joined goes on for them.
                    if self.joined(id).is_empty() { self.end(id, "CLEARED") } else { self.settle(id, "CLEARED") }
                }
            }
        }
        self.advance();
    }

    pub(super) fn close(&mut self) {
        (self.offline, self.leaving) = (None, None);
        (0..self.calls.len()).for_each(|id| self.end(id, "CLOSED"));
        self.calls.iter_mut().for_each(|call| call.last_byte = None);
    }

    /// Ends a call with a code, and starts the calls that may start then.
    pub(super) fn end_and_advance(&mut self, id: usize, code: &'static str) {
        self.end(id, code);
        self.advance();
    }

    /// Delivers the value, or an error that the action threw.
    pub(super) fn answer(&mut self, id: usize, code: &'static str) {
        self.calls[id].sent = Sent::Yes;
        let ModelCall { redirects, visit, throws, .. } = self.calls[id];
        // The rest of the answer is still to come. No stall timer runs for it if the caller reads the response.
        let last_byte = self.calls[id].last_byte.filter(|_| !std::mem::take(&mut self.calls[id].read_along));
        self.owe(id);
        if redirects && code == "ok" && visit == self.visit && self.redirected.is_none_or(|later| later < id) {
            self.redirected = Some(id);
            self.effects.push(ModelEffect::Redirect(id));
            if !throws {
                // The target of the redirect is fetched fresh.
                self.owed = None;
                self.navigate();
            }
        }
        self.end_and_advance(id, code);
        self.calls[id].last_byte = last_byte;
    }

    /// Fails an attempt: the call is retried after `after` milliseconds, or ends with `code`.
    pub(super) fn fail_attempt(&mut self, id: usize, after: u64, code: &'static str) {
        if self.calls[id].retries == 0 || self.is_read_along(id) {
            return self.end_and_advance(id, code);
        }
        // A failure for lack of a network does not count against the limit.
        if self.offline.is_none() {
            self.calls[id].retries -= 1;
        }
        (self.calls[id].redirects, self.calls[id].last_byte) = (false, None);
        self.owe(id);
        self.calls[id].activity = Activity::AwaitingRetry(self.now + after);
    }

    /// Reports that the server does not know the action.
    pub(super) fn unknown(&mut self, id: usize) {
        let call = &mut self.calls[id];
        (call.sent, call.last_byte) = (call.sent_before, None);
        if std::mem::take(&mut call.skips) {
            return self.resend_or_hold(id);
        }
        match call.skew {
            Skew::Recover if std::mem::take(&mut call.named) => {
                call.activity = Activity::Recovering(self.now + 10_000);
                self.effects.push(ModelEffect::Recover(id));
            }
            Skew::Recover | Skew::Fail => self.end_and_advance(id, "ACTION_NOT_FOUND"),
            Skew::Reload => {
                self.effects.push(ModelEffect::Reload);
                self.navigate();
                self.end_and_advance(id, "ACTION_NOT_FOUND");
            }
        }
    }

    pub(super) fn recovered(&mut self, id: usize, found: bool) {
        if found { self.resend_or_hold(id) } else { self.end_and_advance(id, "ACTION_NOT_FOUND") }
    }

    /// Sends a call again, or holds or fails it if nothing may be sent now.
    fn resend_or_hold(&mut self, id: usize) {
        if !self.is_on_hold() {
            self.send(id);
        } else if self.must_fail_offline(id) {
            self.end_and_advance(id, "OFFLINE");
        } else {
            self.calls[id].activity = Activity::Held;
        }
    }

    fn deadline_code(&self, id: usize) -> &'static str {
        if self.calls[id].durable { "EXPIRED" } else { "DEADLINE" }
    }

    /// Returns the next timer that runs out, and when.
    fn due(&self) -> Option<(u64, Due)> {
        let mut due: Vec<(u64, Due)> = Vec::new();
        due.extend(self.leaving.map(|at| (at, Due::Stayed)));
        due.extend(self.offline.and_then(|offline| offline.probe_at).filter(|_| self.waits_for_network()).map(|at| (at, Due::Probe)));
        for (id, call) in self.calls.iter().enumerate().filter(|(_, call)| call.activity != Activity::Over || call.last_byte.is_some()) {
            due.extend(call.last_byte.zip(call.stall).map(|(last, limit)| (last + limit, Due::Stall(id))));
            if call.activity == Activity::Over {
                continue;
            }
            due.extend(call.deadline.filter(|_| !call.settled || call.read_along).map(|at| (at, Due::Deadline(id))));
            match call.activity {
                Activity::Running if call.leader.is_none() => {
                    due.extend(call.timeout.map(|limit| (call.attempt_at + limit, Due::Timeout(id))));
                }
                Activity::Recovering(until) => due.push((until, Due::Timeout(id))),
                Activity::AwaitingRetry(until) => due.push((until, Due::Retry(id))),
                _ => {}
            }
        }
        due.into_iter().min_by_key(|&(at, what)| (at, what.rank()))
    }

    /// Lets time pass until `until`.
    pub(super) fn pass(&mut self, until: u64) {
        while let Some((at, what)) = self.due().filter(|&(at, _)| at <= until) {
            if at > self.now {
                self.hand_to_fetch();
                self.now = at;
            }
            match what {
                Due::Stayed => self.stayed(),
                Due::Probe => self.probe(),
                Due::Deadline(id) => self.end_for_caller(id, self.deadline_code(id)),
                Due::Timeout(id) if matches!(self.calls[id].activity, Activity::Recovering(_)) => self.recovered(id, false),
                // A timeout has no `Retry-After`, and the tests set the random wait to zero.
                Due::Timeout(id) => self.fail_attempt(id, 0, "TIMEOUT"),
                Due::Stall(id) if self.calls[id].activity == Activity::Over => {
                    self.calls[id].last_byte = None;
                    self.effects.push(ModelEffect::Stall(id));
                }
                Due::Stall(id) => self.fail_attempt(id, 0, "TIMEOUT"),
                Due::Retry(id) => self.resend_or_hold(id),
            }
        }
        self.now = until;
    }
}
