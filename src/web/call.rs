//! A call, as the edge holds it until it is over.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use super::net::exchange::Work;
use super::net::request::Trace;
use super::owner::Owner;
use super::stop::Stop;
use crate::call::CallId;
use crate::js::error::Failure;
use crate::js::object::set;
use crate::protocol::{Redirect, RedirectType, Revalidated};

/// Becomes a call's work.
pub(crate) type Preparation = Pin<Box<dyn Future<Output = Result<Work, Failure>>>>;

/// A call's work, or what it will become once what the arguments hold open has settled.
pub(crate) enum Body {
    Complete(Work),
    Open(Preparation),
}

/// The stage of a call, as far as the driver is with it.
pub(crate) enum Stage {
    /// Arguments are still open.
    Preparing(Stop),
    /// It can be sent, for the first time or again.
    Ready,
    Running(Stop),
    /// The exchange is over, or broken off.
    Over,
}

/// Everything that is kept of a call until it is over.
pub(crate) struct Held {
    pub(crate) owner: Owner,
    /// It is in the outbox, or about to be.
    pub(crate) durable: bool,
    pub(crate) stage: Stage,
    /// Done when it is sent; none while arguments are open.
    pub(crate) work: Option<Work>,
    /// The promise rejects with Next's own redirect error.
    pub(crate) throws: bool,
    /// The answer of the attempt, as far as it is known.
    pub(crate) answer: Answer,
    /// Why it failed, as the page put it.
    pub(crate) cause: Option<JsValue>,
    /// Its answer is given up because no byte came for too long.
    pub(crate) stalled: Rc<Cell<bool>>,
    /// Whose answer it shares.
    pub(crate) leader: Option<CallId>,
}

impl Held {
    pub(crate) fn new(owner: Owner, durable: bool, stage: Stage, work: Option<Work>) -> Self {
        Self { owner, durable, stage, work, throws: false, answer: Answer::default(), cause: None, stalled: Rc::default(), leader: None }
    }
}

/// Everything known of an attempt, as far as it came. JavaScript sees it as the outcome, once the call settles.
#[derive(Clone, Default)]
pub(crate) struct Answer {
    pub(crate) idempotency_key: Option<Rc<str>>,
    pub(crate) trace: Trace,
    /// It was to outlive the page, and may not.
    pub(crate) mortal: bool,
    pub(crate) head: Option<HeadOfAnswer>,
    pub(crate) redirect: Option<Target>,
    pub(crate) revalidated: Option<Revalidated>,
    /// The answer holds the page, rendered again.
    pub(crate) rendered: bool,
    /// The body as it came, if it may hold a page: one is made of it on demand.
    pub(crate) tape: Option<Array>,
    pub(crate) value: Option<JsValue>,
}

/// What there is of the head of an answer, whatever it is of.
#[derive(Clone)]
pub(crate) struct HeadOfAnswer {
    pub(crate) status: u16,
    pub(crate) headers: JsValue,
    /// The URL that answered, if `fetch` was redirected to it.
    pub(crate) elsewhere: Option<Rc<str>>,
}

/// Where an action redirects to.
#[derive(Clone)]
pub(crate) struct Target {
    /// Absolute, where it leads somewhere; else as the server wrote it.
    pub(crate) url: Rc<str>,
    /// `push` or `replace`, where the server says it.
    pub(crate) kind: Option<&'static str>,
    /// The user was sent there.
    pub(crate) followed: bool,
}

impl Target {
    /// `to`: where it leads, seen from the page; none if nobody may be sent there.
    pub(crate) fn new(redirect: &Redirect, to: Option<&str>) -> Self {
        Self { url: to.unwrap_or(&redirect.url).into(), kind: redirect.kind.map(RedirectType::as_str), followed: false }
    }
}

impl Answer {
    /// Whether there is anything to tell.
    pub(crate) fn says_anything(&self) -> bool {
        let Trace { traceparent, request_id } = &self.trace;
        self.head.is_some()
            || self.value.is_some()
            || self.mortal
            || self.idempotency_key.is_some()
            || traceparent.is_some()
            || request_id.is_some()
    }

    /// What most outcomes do not have, as an object; undefined if this has none of it.
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
        if let Some(url) = self.head.as_ref().and_then(|head| head.elsewhere.as_deref()) {
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
        if self.mortal {
            add("keepalive", &JsValue::FALSE);
        }
        more.map_or(JsValue::UNDEFINED, JsValue::from)
    }
}
