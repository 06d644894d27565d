//! Settles a call: passes error, value and outcome to the page's side. Must not decide the result: the core does.

use wasm_bindgen::prelude::*;

use super::Driver;
use crate::call::{CallId, State, Timings};
use crate::outbox::EntryFate;
use crate::web::call::Answer;
use crate::web::shapes;
use crate::{Error, Instant};

impl Driver {
    /// Settles the caller's promise, and before that decides over the outbox entry of a durable call.
    pub(super) fn settle(&self, id: CallId, result: Result<(), Error>, timings: &Timings, attempts: u32) {
        let goes_on = self.core.borrow().state(id) != State::Done;
        let (label, durable, answer, cause, throws_redirect, leader) = {
            let mut held = self.held.borrow_mut();
            let Some(own) = held.get(&id) else { return };
            // Joined calls share the leader's outcome unless this one was aborted.
            let shared = own.leader.and_then(|leader| held.get(&leader)).filter(|_| own.cause.is_none()).unwrap_or(own);
            let facts = (own.label.clone(), own.durable, shared.answer.clone(), shared.cause.clone(), shared.throws_redirect, own.leader);
            // The rest of the answer may still fail, for another reason.
            if let Some(own) = held.get_mut(&id).filter(|_| goes_on) {
                own.cause = None;
            }
            facts
        };
        if durable {
            let code = result.as_ref().err().map(|error| error.kind().code());
            let _ = self.embedder.fate(id.0 as f64, EntryFate::of(&result).as_str(), code);
        }
        let error = match result {
            Err(error) => shapes::error(&error, &label, &cause.unwrap_or_default()),
            Ok(()) if throws_redirect => self.redirect_error(&answer),
            Ok(()) => JsValue::UNDEFINED,
        };
        self.pass_outcome_on(id, leader.unwrap_or(id), &error, &answer, timings, attempts);
    }

    /// Passes the outcome on. `answered`: the call whose answer it is.
    fn pass_outcome_on(&self, id: CallId, answered: CallId, error: &JsValue, answer: &Answer, timings: &Timings, attempts: u32) {
        let (status, headers) = answer.head.as_ref().map_or((None, JsValue::UNDEFINED), |head| (Some(head.status), head.headers.clone()));
        let (valued, value) = answer.value.as_ref().map_or((false, JsValue::UNDEFINED), |value| (true, value.clone()));
        let &Timings { queued_at, started_at, head_at, value_at, settled_at } = timings;
        let [started_at, head_at, value_at, settled_at] = [started_at, head_at, value_at, settled_at].map(|at| at.map(Instant::as_millis));
        let _ = self.embedder.settle(
            id.0 as f64,
            answered.0 as f64,
            error,
            answer.says_anything(),
            status,
            &headers,
            answer.rendered,
            &answer.more(),
            valued,
            &value,
            answer.tape.as_ref(),
            attempts,
            queued_at.as_millis(),
            started_at,
            head_at,
            value_at,
            settled_at,
        );
    }
}
