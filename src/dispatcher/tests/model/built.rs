//! Requests that somebody else has built: the caller has the answer with its head, and the slot is kept until the value has gone by.

use super::rules::{Doing, Model, Said};
use super::world::World;
use crate::Sent;
use crate::call::CallId;
use crate::dispatcher::*;
use std::time::Duration;

impl Model {
    /// Its caller has the answer; what the head said of the page is nobody else's affair.
    fn hand_out(&mut self, id: usize) {
        let call = &mut self.calls[id];
        (call.read_along, call.redirects, call.stale) = (true, false, false);
        self.settle(id, "ok");
    }

    /// Whoever reads the answer hears that nothing more comes of it.
    pub(super) fn break_off(&mut self, id: usize, code: &'static str) {
        if std::mem::take(&mut self.calls[id].read_along) {
            self.said.push(Said::Break(id, code));
        }
    }

    pub(super) fn is_read_along(&self, id: usize) -> bool {
        self.calls.get(id).is_some_and(|call| call.read_along && call.doing == Doing::Running)
    }
}

impl World {
    pub(super) fn hand_out(&mut self, id: usize, news: News) {
        self.head(id, news);
        self.model.hand_out(id);
        self.tell(|core, now| core.handle_answered(CallId(id as u64 + 1), now));
    }

    /// Nothing more comes of an answer that its caller reads, and no value has gone by.
    pub(super) fn breaks(&mut self, id: usize, broken: bool) {
        self.model.calls[id].read_along = false;
        self.model.ends(id, "ok");
        let call = CallId(id as u64 + 1);
        self.over(call);
        self.tell(|core, now| match broken {
            true => core.handle_failure(call, Error::new(Kind::Network, "scripted"), now),
            false => core.handle_end(call, now),
        });
    }

    /// The server is busy; after how long it wants to be asked again. What is not sent again is the caller's to read.
    pub(super) fn foreign(&mut self, id: usize, after: u64) {
        self.head(id, News::default());
        let call = CallId(id as u64 + 1);
        if self.model.calls[id].retries == 0 {
            self.model.answer(id, "ok");
            self.draining.push(call);
        } else {
            self.model.fails(id, after, "HTTP");
        }
        let error = Error::new(Kind::Http, "scripted").status(503).after(Duration::from_millis(after)).sent(Sent::Yes);
        self.tell(|core, now| core.handle_foreign(call, error, now));
        self.end();
    }
}
