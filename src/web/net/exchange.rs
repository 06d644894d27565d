//! Performs one request and reads its answer, as a sequence of [`Step`]s. Calls the page's side, which sends and
//! reads; knows no driver.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use super::body::{self, Body, Read};
use super::keepalive::Keepalive;
use super::request::{Request, Tags, Trace};
use super::response::{Response, ResponseHead};
use crate::call::{CallId, Render};
use crate::js::error::Failure;
use crate::js::wait::resolved;
use crate::protocol::{self, Body as Kinds, Redirect};
use crate::retry_after;
use crate::web::action_label::ActionLabel;
use crate::web::embedder::{Embedder, Reader};
use crate::web::{shapes, url};
use crate::{Error, Kind, Sent};

/// The work of a call at its turn; done again if the call is sent again.
#[derive(Clone)]
pub(crate) enum Work {
    /// Call an action.
    Action(Request),
    /// Send a request that its caller built.
    Built(Built),
}

/// A request that its caller built. Its value is the `Response`, which the caller gets with the head.
#[derive(Clone)]
pub(crate) struct Built {
    /// Sends the request: `send(signal, headers)`.
    pub(crate) send: Function,
    /// Returns the caller's headers, as in a [`Request`].
    pub(crate) headers: Option<Function>,
    pub(crate) tags: Rc<Tags>,
    /// True if the answer is read along, so that the lane is free with the action's value; otherwise it is free
    /// with the head.
    pub(crate) read_along: bool,
}

/// Known facts about an attempt before it is sent.
pub(crate) struct Attempt {
    pub(crate) id: CallId,
    pub(crate) label: ActionLabel,
    pub(crate) render: Render,
    /// Number of the attempt, from 1.
    pub(crate) number: u32,
    /// Set if the answer is aborted because no byte came for too long; otherwise the call was aborted.
    pub(crate) stalled: Rc<Cell<bool>>,
}

/// An event of an exchange. [`Step::End`], [`Step::Unknown`] and errors are the last.
pub(crate) enum Step {
    /// The request goes to `fetch` next: from here on the action may run. `keepalive_denied`: the attempt
    /// should outlive the page, but there was no room.
    Sent { trace: Trace, keepalive_denied: bool },
    /// The head arrived, with its facts; `None` for a request that its caller built.
    Head(Option<ReceivedHead>),
    /// The caller of such a request gets this answer now; the value follows.
    Answered(JsValue),
    /// The answer does not come from an action. The caller gets it, unless the request is sent again; other callers
    /// would get this error.
    Foreign(JsValue, Error),
    /// Bytes arrived; they are read next.
    Bytes,
    /// The bytes are read once the codec is loaded.
    Waits,
    /// The body holds the page, rendered again. `means_revalidated`: something was revalidated although the
    /// head does not state it.
    Rendered { means_revalidated: bool },
    /// The action threw a redirect. `target`: its absolute URL, if a user may be sent there.
    Redirect { redirect: Redirect, target: Option<String> },
    /// The value arrived, or the error that the action threw; the rest of the answer follows.
    Value(Result<JsValue, Failure>),
    /// The answer is complete.
    End,
    /// The server does not know the action. The error is for the caller, unless the call is recovered.
    Unknown(Error),
}

/// The facts that the head of an action's answer states.
pub(crate) struct ReceivedHead {
    pub(crate) head: Rc<ResponseHead>,
    pub(crate) headers: JsValue,
    /// Absolute URL of its redirect, if a user may be sent there.
    pub(crate) target: Option<String>,
    /// Receives the chunks of the body, if it may hold a page.
    pub(crate) tape: Option<Array>,
}

/// The next thing an exchange does.
enum Phase {
    /// Get the headers.
    Begin(Work),
    /// Send the request.
    Send(Box<Sending>),
    /// Send the request that the caller built, with these headers.
    SendBuilt(Built, String),
    /// Hand the answer of such a request to the caller; true if it is read along.
    HandOut(JsValue, bool),
    /// Read such an answer along.
    ReadAlong(Body),
    /// Begin with the body; the head was reported.
    Head(Box<Answering>),
    /// Read the target page of a redirect onto the tape; without a tape, cancel the body.
    Destination(Response, Option<Array>, Option<Keepalive>),
    /// Read on in the target page.
    Page(Body, Option<Keepalive>),
    /// Read on in the answer of an action.
    Answer(Box<Reading>),
    /// Nothing: the exchange has ended.
    Over,
}

/// A request whose headers are complete.
struct Sending {
    request: Request,
    headers: String,
    keepalive: Option<Keepalive>,
}

/// An answer whose head has arrived.
struct Answering {
    request: Request,
    response: Response,
    head: Rc<ResponseHead>,
    /// Target of the redirect in the head; an error if no user may be sent there.
    target: Option<Result<String, Error>>,
    tape: Option<Array>,
    keepalive: Option<Keepalive>,
}

/// An answer whose body is being read.
struct Reading {
    request: Request,
    head: Rc<ResponseHead>,
    body: Body,
    _keepalive: Option<Keepalive>,
}

/// One exchange. Dropping it cancels the body; the page's side aborts the request.
#[must_use = "nothing is sent until `next` is called"]
pub(crate) struct Exchange {
    embedder: Rc<Embedder>,
    attempt: Attempt,
    phase: Phase,
    /// Steps to return before anything else is done.
    ready: VecDeque<Step>,
}

impl Exchange {
    pub(crate) fn new(embedder: Rc<Embedder>, attempt: Attempt, work: Work) -> Self {
        Self { embedder, attempt, phase: Phase::Begin(work), ready: VecDeque::new() }
    }

    /// Performs the exchange up to its next step. After an error there are no more steps.
    pub(crate) async fn next(&mut self) -> Result<Step, Failure> {
        loop {
            if let Some(step) = self.ready.pop_front() {
                return Ok(step);
            }
            // A phase that sets no successor is dropped here, which cancels the body it holds.
            match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::Begin(Work::Built(built)) => {
                    let (mut headers, action) = (String::new(), Rc::clone(&self.attempt.label.action));
                    let trace = built.tags.add_to(&mut headers, built.headers.as_ref(), self.attempt.number, &action).await?;
                    self.phase = Phase::SendBuilt(built, headers);
                    return Ok(Step::Sent { trace, keepalive_denied: false });
                }
                Phase::Begin(Work::Action(request)) => {
                    let (headers, trace) = request.headers(self.attempt.render, self.attempt.number).await?;
                    let keepalive = request.keepalive.and_then(|bytes| Keepalive::take(bytes, &self.embedder));
                    let keepalive_denied = request.keepalive.is_some() && keepalive.is_none();
                    self.phase = Phase::Send(Box::new(Sending { request, headers, keepalive }));
                    return Ok(Step::Sent { trace, keepalive_denied });
                }
                Phase::SendBuilt(built, headers) => {
                    let response = self.embedder.fetch_built(self.id(), &built.send, &headers).await.map_err(no_answer)?;
                    self.phase = Phase::HandOut(response, built.read_along);
                    return Ok(Step::Head(None));
                }
                Phase::HandOut(response, read_along) => return Ok(self.hand_out(response, read_along)),
                Phase::ReadAlong(mut body) => match body.next().await {
                    Ok(Read::Bytes) => {
                        self.phase = Phase::ReadAlong(body);
                        return Ok(Step::Bytes);
                    }
                    Ok(Read::Value { .. }) => {
                        self.ready.push_back(Step::Value(Ok(JsValue::UNDEFINED)));
                        return Ok(Step::Bytes);
                    }
                    // The caller reads the body and sees the end or the error itself.
                    Ok(Read::Waits | Read::Thrown { .. } | Read::End) | Err(_) => return Ok(Step::End),
                },
                Phase::Send(sending) => return self.send(*sending).await,
                Phase::Head(answering) => self.begin(*answering).await?,
                Phase::Destination(response, Some(tape), keepalive) => {
                    let reader = self.embedder.keep_page(self.id(), &response, &tape).map_err(body::unreadable)?;
                    self.phase = Phase::Page(self.body(reader), keepalive);
                }
                Phase::Destination(response, None, _) => {
                    self.discard(&response);
                    return Ok(Step::End);
                }
                Phase::Page(mut body, keepalive) => match body.next().await? {
                    Read::End => return Ok(Step::End),
                    _ => self.phase = Phase::Page(body, keepalive),
                },
                Phase::Answer(mut reading) => match reading.body.next().await? {
                    Read::Bytes => {
                        self.phase = Phase::Answer(reading);
                        return Ok(Step::Bytes);
                    }
                    Read::Waits => {
                        self.phase = Phase::Answer(reading);
                        return Ok(Step::Waits);
                    }
                    Read::Value { value, rendered } => {
                        self.queue_value(&reading, rendered, Ok(value));
                        self.phase = Phase::Answer(reading);
                        return Ok(Step::Bytes);
                    }
                    Read::Thrown { failure: (error, told), rendered } => {
                        let error =
                            reading.head.answer.mention_possible_refusal(error, rendered, || shapes::size(&reading.request.body) as u64);
                        self.queue_value(&reading, rendered, Err((error, told)));
                        self.phase = Phase::Answer(reading);
                        return Ok(Step::Bytes);
                    }
                    Read::End => return Ok(Step::End),
                },
                Phase::Over => return Ok(Step::End),
            }
        }
    }

    fn id(&self) -> f64 {
        self.attempt.id.0 as f64
    }

    /// Hands the answer of a request that its caller built to that caller.
    fn hand_out(&mut self, given: JsValue, read_along: bool) -> Step {
        let response: Response = given.clone().unchecked_into();
        match response.head() {
            Ok(head) => match &head.answer.body {
                Kinds::Foreign { .. } => Step::Foreign(given, foreign_error(&head, None)),
                Kinds::Flight if read_along => match self.embedder.along(self.id(), &given) {
                    Ok(Some(read)) => {
                        let given = read.response();
                        self.phase = Phase::ReadAlong(self.body(read.unchecked_into()));
                        Step::Answered(given)
                    }
                    _ => Step::Value(Ok(given)),
                },
                _ => Step::Value(Ok(given)),
            },
            // Not a `Response`; the caller knows what it is.
            Err(_) => Step::Value(Ok(given)),
        }
    }

    /// Sends the request and reads the head of its answer.
    async fn send(&mut self, Sending { request, headers, mut keepalive }: Sending) -> Result<Step, Failure> {
        let response = self.embedder.fetch(self.id(), &request.url, &headers, &request.body, keepalive.is_some()).await;
        if let Some(keepalive) = &mut keepalive {
            keepalive.mark_over();
        }
        let response: Response = response.map_err(no_answer)?.unchecked_into();
        let head = Rc::new(response.head().map_err(no_response)?);
        let target = head.answer.redirect.as_ref().map(|redirect| self.target(redirect, &request));
        let may_hold_page = match head.answer.body {
            Kinds::Redirected { page } => page,
            Kinds::Flight => head.answer.may_be_rendered(),
            Kinds::UnknownAction | Kinds::Foreign { .. } => false,
        };
        let tape = may_hold_page.then(Array::new);
        let facts = ReceivedHead {
            head: Rc::clone(&head),
            headers: response.headers(),
            target: target.as_ref().and_then(|target| target.as_ref().ok()).cloned(),
            tape: tape.clone(),
        };
        self.phase = Phase::Head(Box::new(Answering { request, response, head, target, tape, keepalive }));
        Ok(Step::Head(Some(facts)))
    }

    /// Returns the absolute URL of a redirect, resolved against the URL of the request.
    fn target(&self, redirect: &Redirect, request: &Request) -> Result<String, Error> {
        url::target(redirect, &request.address(), &self.embedder.base_path().unwrap_or_default())
    }

    /// Begins with the body, as the head tells.
    async fn begin(&mut self, answering: Answering) -> Result<(), Failure> {
        let Answering { request, response, head, target, tape, keepalive } = answering;
        let answer = &head.answer;
        match &answer.body {
            Kinds::UnknownAction => {
                self.discard(&response);
                self.ready.push_back(Step::Unknown(protocol::unknown_action_error(answer.status)));
            }
            Kinds::Redirected { .. } => {
                let blocked = |error: Error| (error.with_status(answer.status), JsValue::UNDEFINED);
                self.ready.push_back(Step::Value(target.transpose().map(|_| JsValue::UNDEFINED).map_err(blocked)));
                self.phase = Phase::Destination(response, tape, keepalive);
            }
            Kinds::Flight => {
                let reader = self.embedder.read(self.id(), &response, &self.attempt.label.action, tape.as_ref());
                let body = self.body(reader.map_err(body::unreadable)?);
                self.phase = Phase::Answer(Box::new(Reading { request, head, body, _keepalive: keepalive }));
            }
            Kinds::Foreign { content_type } => {
                let text = resolved(self.embedder.excerpt(&response, content_type.as_deref())).await;
                let text = text.ok().and_then(|text| text.as_string());
                return Err((foreign_error(&head, text.as_deref()), JsValue::UNDEFINED));
            }
        }
        Ok(())
    }

    fn body(&self, reader: Reader) -> Body {
        Body::new(reader, Rc::clone(&self.attempt.stalled))
    }

    /// Cancels the body.
    fn discard(&self, response: &Response) {
        let _ = self.embedder.discard(response);
    }

    /// Queues the steps for an action's value or error. The error may be a redirect.
    fn queue_value(&mut self, reading: &Reading, rendered: bool, value: Result<JsValue, Failure>) {
        if rendered {
            self.ready.push_back(Step::Rendered { means_revalidated: reading.head.answer.render_means_revalidated() });
        }
        let thrown = value.as_ref().err().and_then(|(error, _)| error.server_digest());
        let value = match thrown.and_then(Redirect::of_digest) {
            None => value,
            Some(redirect) => {
                let target = self.target(&redirect, &reading.request);
                self.ready.push_back(Step::Redirect { redirect, target: target.as_ref().ok().cloned() });
                target.map(|_| JsValue::UNDEFINED).map_err(|blocked| (blocked.with_status(reading.head.answer.status), JsValue::UNDEFINED))
            }
        };
        self.ready.push_back(Step::Value(value));
    }
}

/// Makes the error of an answer that does not come from an action. `text`: the beginning of its body.
fn foreign_error(ResponseHead { answer, redirected_url, retry_after: after }: &ResponseHead, text: Option<&str>) -> Error {
    let content_type = if let Kinds::Foreign { content_type } = &answer.body { content_type.as_deref() } else { None };
    let error = protocol::foreign_error(answer.status, content_type, text, redirected_url.as_deref());
    match after.as_deref().and_then(|after| retry_after(after, until)) {
        Some(after) => error.with_retry_after(after),
        None => error,
    }
}

/// Returns the time from now to an HTTP date, in ms; NaN for an invalid date.
fn until(date: &str) -> f64 {
    js_sys::Date::parse(date) - js_sys::Date::now()
}

/// Makes the error of a `fetch` that rejects. The action may have run, or not.
fn no_answer(cause: JsValue) -> Failure {
    (Error::new(Kind::Network, "no answer").with_sent(Sent::Unknown), cause)
}

/// Makes the error of a `fetch` that returns no `Response`. Never retried: this `fetch` would do it again.
fn no_response(cause: JsValue) -> Failure {
    (Error::new(Kind::InvalidOption, "fetch: it gave something that is not a Response").with_sent(Sent::Unknown), cause)
}
