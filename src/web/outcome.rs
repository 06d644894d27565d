use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use super::driver::Owner;
use super::shapes;
use super::word::word;
use crate::call::{Event, Timings};
use crate::protocol::{Answer, Redirect};

/// What an answer said so far, as JavaScript will see it. `target`: where its redirect leads.
pub(crate) fn of_answer(answer: &Answer, headers: &JsValue, target: Option<&str>) -> Object {
    let outcome = shapes::said(answer.status, headers);
    if let Some(redirect) = &answer.redirect {
        set_redirect(&outcome, redirect, target);
    }
    if let Some(revalidated) = answer.revalidated {
        set(&outcome, "revalidated", &revalidated.as_str().into());
    }
    outcome
}

/// Adds where the action redirected to: `target`, if that is somewhere.
pub(crate) fn set_redirect(outcome: &Object, redirect: &Redirect, target: Option<&str>) {
    let shown = Object::new();
    set(&shown, "url", &target.unwrap_or(&redirect.url).into());
    set(&shown, "followed", &JsValue::FALSE);
    if let Some(kind) = redirect.kind {
        set(&shown, "type", &kind.as_str().into());
    }
    set(outcome, "redirect", &shown);
}

/// What is known of an attempt by what it is sent with.
pub(crate) struct Own<'a> {
    pub(crate) trace: Option<&'a Object>,
    pub(crate) idempotency_key: Option<&'a str>,
    /// It was to outlive the page, and may not.
    pub(crate) mortal: bool,
}

impl Own<'_> {
    /// The outcome while there is no answer; none if there is nothing to say.
    pub(crate) fn alone(&self) -> Option<Object> {
        (self.trace.is_some() || self.idempotency_key.is_some() || self.mortal).then(|| {
            let outcome = Object::new();
            self.add_to(&outcome);
            outcome
        })
    }

    pub(crate) fn add_to(&self, outcome: &Object) {
        if let Some(trace) = self.trace {
            set(outcome, "trace", trace);
        }
        if let Some(key) = self.idempotency_key {
            set(outcome, "idempotencyKey", &key.into());
        }
        if self.mortal {
            set(outcome, "keepalive", &JsValue::FALSE);
        }
    }
}

/// The user was sent along the redirect.
pub(crate) fn set_followed(outcome: &Object) {
    if let Ok(redirect) = Reflect::get(outcome, &"redirect".into()) {
        set(redirect.unchecked_ref(), "followed", &JsValue::TRUE);
    }
}

/// What `subscribe` and `snapshot` show of a call.
pub(crate) fn of_event(event: &Event, owner: &Owner) -> Object {
    let shown = Object::new();
    set(&shown, "id", &(event.id.0 as f64).into());
    set(&shown, "actionId", &(*owner.action).into());
    if let Some(name) = &owner.name {
        set(&shown, "name", &(**name).into());
    }
    set(&shown, "lane", &event.lane.as_str().into());
    set(&shown, "state", &event.state.as_str().into());
    set_times(&shown, &event.timings);
    if event.attempts > 0 {
        set(&shown, "attempt", &event.attempts.into());
    }
    if let Some(at) = event.retry_at {
        set(&shown, "retryAt", &at.as_millis().into());
    }
    if event.late {
        set(&shown, "late", &JsValue::TRUE);
    }
    if let Some(behind) = event.behind {
        set(&shown, "behind", &(behind as f64).into());
    }
    if event.recovered {
        set(&shown, "recovered", &JsValue::TRUE);
    }
    if let Some(result) = &event.result {
        let code = result.as_ref().err().map_or("ok", |error| error.kind().code());
        set(&shown, "code", &code.into());
    }
    shown
}

/// Fresh plain objects take every key.
pub(crate) fn set(object: &Object, key: &'static str, value: &JsValue) {
    let _ = Reflect::set(object, &word(key), value);
}

fn set_times(object: &Object, timings: &Timings) {
    set(object, "queuedAt", &timings.queued_at.as_millis().into());
    let later =
        [("startedAt", timings.started_at), ("headAt", timings.head_at), ("valueAt", timings.value_at), ("settledAt", timings.settled_at)];
    for (key, at) in later {
        if let Some(at) = at {
            set(object, key, &at.as_millis().into());
        }
    }
}
