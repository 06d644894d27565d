//! Holds the data of a call in the edge until it is over: its body, its stage, and what its answer states. Calls
//! neither core nor network.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use super::action_label::ActionLabel;
use super::net::exchange::Work;
use super::net::request::Trace;
use super::stop::Stop;
use crate::call::CallId;
use crate::js::error::Failure;
use crate::js::object::set;
use crate::protocol::{Redirect, RedirectType, Revalidated};

/// Prepares the work of a call whose arguments are still open.
pub(crate) type Preparation = Pin<Box<dyn Future<Output = Result<Work, Failure>>>>;

/// The work of a call, or a future of it if arguments are still open.
pub(crate) enum Body {
    Complete(Work),
    Open(Preparation),
}

/// The stage of a call in the driver.
pub(crate) enum Stage {
    /// Arguments are still open.
    Preparing(Stop),
    /// It can be sent, for the first time or again.
    Ready,
    /// An exchange is under way.
    Running(Stop),
    /// The exchange is over or was stopped.
    Over,
}

/// A call, from its arrival until it is over.
pub(crate) struct Held {
    pub(crate) label: ActionLabel,
    /// True if it is in the outbox, or will be.
    pub(crate) durable: bool,
    pub(crate) stage: Stage,
    /// The request to send. `None` while arguments are open, and for joined calls.
    pub(crate) work: Option<Work>,
    /// True if the promise rejects with Next's own redirect error.
    pub(crate) throws_redirect: bool,
    /// Known facts about the answer of the current attempt.
    pub(crate) answer: Answer,
    /// Reason of its failure, as the page gave it.
    pub(crate) cause: Option<JsValue>,
    /// Set if its answer is aborted because no byte came for too long.
    pub(crate) stalled: Rc<Cell<bool>>,
    /// The call whose answer it shares (strategy `join`).
    pub(crate) leader: Option<CallId>,
}

impl Held {
    pub(crate) fn new(label: ActionLabel, durable: bool, stage: Stage, work: Option<Work>) -> Self {
        Self {
            label,
            durable,
            stage,
            work,
            throws_redirect: false,
            answer: Answer::default(),
            cause: None,
            stalled: Rc::default(),
            leader: None,
        }
    }
}

/// Known facts about an attempt and its answer. JavaScript gets them as the outcome when the call settles.
#[derive(Clone, Default)]
pub(crate) struct Answer {
    pub(crate) idempotency_key: Option<Rc<str>>,
    pub(crate) trace: Trace,
    /// True if the attempt should outlive the page (`keepalive`), but there was no room.
    pub(crate) keepalive_denied: bool,
    pub(crate) head: Option<HeadOfAnswer>,
    pub(crate) redirect: Option<Target>,
    pub(crate) revalidated: Option<Revalidated>,
    /// True if the answer holds the page, rendered again.
    pub(crate) rendered: bool,
    /// The chunks of the body, if it may hold a page; the payload is decoded from them on demand.
    pub(crate) tape: Option<Array>,
    pub(crate) value: Option<JsValue>,
}

/// The head of an answer of any kind.
#[derive(Clone)]
pub(crate) struct HeadOfAnswer {
    pub(crate) status: u16,
    pub(crate) headers: JsValue,
    /// URL that answered, if `fetch` followed a redirect.
    pub(crate) redirected_url: Option<Rc<str>>,
}

/// The target of a redirect.
#[derive(Clone)]
pub(crate) struct Target {
    /// Absolute URL if a user may be sent there, else the URL as the server wrote it.
    pub(crate) url: Rc<str>,
    /// `push` or `replace`; `None` if the server does not state it.
    pub(crate) kind: Option<&'static str>,
    /// True once the user was sent there.
    pub(crate) followed: bool,
}

impl Target {
    /// Makes the target of `redirect`. `to`: its absolute URL; `None` if no user may be sent there.
    pub(crate) fn new(redirect: &Redirect, to: Option<&str>) -> Self {
        Self { url: to.unwrap_or(&redirect.url).into(), kind: redirect.kind.map(RedirectType::as_str), followed: false }
    }
}

impl Answer {
    /// Returns true if the outcome has any content.
    pub(crate) fn says_anything(&self) -> bool {
        let Trace { traceparent, request_id } = &self.trace;
        self.head.is_some()
            || self.value.is_some()
            || self.keepalive_denied
            || self.idempotency_key.is_some()
            || traceparent.is_some()
            || request_id.is_some()
    }

    /// Returns the rarer properties of the outcome as an object; `undefined` if it has none of them.
    pub(crate) fn more(&self) -> JsValue {
        let mut more = None;
        let mut add = |key, value: &JsValue| set(more.get_or_insert_with(Object::new), key, value);
        if let Some(Target { url, kind, followed }) = &self.redirect {
            let shown = Object::new();
            set(&shown, "url", &(**url).into());
            set(&shown, "followed", &(*followed).into());
            if let Some(kind) = kind {
                set(&shown, "type", &(*kind).into());
            }
            add("redirect", &shown);
        }
        if let Some(revalidated) = self.revalidated {
            add("revalidated", &revalidated.as_str().into());
        }
        if let Some(url) = self.head.as_ref().and_then(|head| head.redirected_url.as_deref()) {
            add("url", &url.into());
        }
        let Trace { traceparent, request_id } = &self.trace;
        if traceparent.is_some() || request_id.is_some() {
            let shown = Object::new();
            for (key, value) in [("traceparent", traceparent), ("requestId", request_id)] {
                if let Some(value) = value {
                    set(&shown, key, &(**value).into());
                }
            }
            add("trace", &shown);
        }
        if let Some(key) = &self.idempotency_key {
            add("idempotencyKey", &(**key).into());
        }
        if self.keepalive_denied {
            add("keepalive", &JsValue::FALSE);
        }
        more.map_or(JsValue::UNDEFINED, JsValue::from)
    }
}
