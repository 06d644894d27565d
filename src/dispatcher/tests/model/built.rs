//! Models calls made with a ready request: the caller receives the response at its head, and the call keeps its slot
//! until the value has passed through.

use super::rules::{Activity, Model, ModelEffect};
use super::world::World;
use crate::Sent;
use crate::call::CallId;
use crate::dispatcher::*;
use std::time::Duration;

impl Model {
    /// Gives the response to the caller. Redirect and revalidation in the head are left to it.
    fn hand_out(&mut self, id: usize) {
        let call = &mut self.calls[id];
        (call.read_along, call.redirects, call.stale) = (true, false, false);
        self.settle(id, "ok");
    }

    /// Ends the exchange; a caller that reads the response gets an error.
    pub(super) fn end_exchange(&mut self, id: usize, code: &'static str) {
        if std::mem::take(&mut self.calls[id].read_along) {
            self.effects.push(ModelEffect::Break(id, code));
        }
    }

    pub(super) fn is_read_along(&self, id: usize) -> bool {
        self.calls.get(id).is_some_and(|call| call.read_along && call.activity == Activity::Running)
    }
}

impl World {
    pub(super) fn hand_out(&mut self, id: usize, facts: HeadFacts) {
        self.head(id, facts);
        self.model.hand_out(id);
        self.with_core(|core, now| core.handle_answered(CallId(id as u64 + 1), now));
    }

    /// Ends or breaks off a response that its caller reads, before the value.
    pub(super) fn break_response(&mut self, id: usize, broken: bool) {
        self.model.calls[id].read_along = false;
        self.model.end_and_advance(id, "ok");
        let call = CallId(id as u64 + 1);
        self.end_exchange(call);
        self.with_core(|core, now| match broken {
            true => core.handle_failure(call, Error::new(Kind::Network, "scripted"), now),
            false => core.handle_end(call, now),
        });
    }

    /// Answers that the server is busy, with `after` milliseconds in `Retry-After`. The caller reads the answer if
    /// there is no retry.
    pub(super) fn foreign(&mut self, id: usize, after: u64) {
        self.head(id, HeadFacts::default());
        let call = CallId(id as u64 + 1);
        if self.model.calls[id].retries == 0 {
            self.model.answer(id, "ok");
            self.draining.push(call);
        } else {
            self.model.fail_attempt(id, after, "HTTP");
        }
        let error = Error::new(Kind::Http, "scripted").with_status(503).with_retry_after(Duration::from_millis(after)).with_sent(Sent::Yes);
        self.with_core(|core, now| core.handle_foreign(call, error, now));
        self.end();
    }
}
