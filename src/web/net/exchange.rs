//! One request and its answer, as a sequence of [`Step`]s. It knows the page's side, which sends and reads, and no driver.

use std::cell::Cell;
use std::collections::VecDeque;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use super::keepalive::Keepalive;
use super::request::{Request, Tags, Trace};
use super::response::{Answered, Broken, Chunks, Response};
use crate::call::{CallId, Render};
use crate::flight::{Along, Decoder, Limits, Rejection};
use crate::protocol::{self, Body, Redirect, Root};
use crate::retry_after;
use crate::web::args::Temporaries;
use crate::web::bell::Bell;
use crate::web::embedder::Embedder;
use crate::web::error::Failure;
use crate::web::owner::Owner;
use crate::web::{shapes, url, value};
use crate::{Error, Kind, Sent};

/// What is done when a call's turn has come, and again if it is sent again.
#[derive(Clone)]
pub(crate) enum Work {
    /// One action: its request, and how its answer is read.
    Action(Request, Reading),
    /// A request that somebody else has built.
    Built(Built),
}

/// A request that somebody else has built: its value is the `Response`, which its caller has with the head.
#[derive(Clone)]
pub(crate) struct Built {
    /// `send(signal, headers)`.
    pub(crate) send: Function,
    /// As of a [`Request`].
    pub(crate) headers: Option<Function>,
    pub(crate) tags: Rc<Tags>,
    /// Within which bounds its answer is read along, so that the lane is free at the action's own value; none if it is with the head.
    pub(crate) along: Option<Limits>,
}

/// How an answer is read.
#[derive(Clone)]
pub(crate) struct Reading {
    /// The arguments that it may name.
    pub(crate) temporaries: Temporaries,
    pub(crate) limits: Limits,
}

/// What is known of an attempt before it is sent.
pub(crate) struct Attempt {
    pub(crate) id: CallId,
    pub(crate) owner: Owner,
    pub(crate) render: Render,
    /// Counting from 1.
    pub(crate) number: u32,
    /// Why nobody reads on: no byte came for too long. Else the call was aborted.
    pub(crate) stalled: Rc<Cell<bool>>,
}

/// What happened last. After [`Step::End`] and an error nothing more does.
pub(crate) enum Step {
    /// The request is handed to `fetch` next: the call may run from here on. `mortal`: it was to outlive the page, and may not.
    Sent { trace: Trace, mortal: bool },
    /// The head of the answer is there, and what it says; `None` for a built request.
    Head(Option<Told>),
    /// The caller of such a request gets this now; the value is still to come.
    Answered(JsValue),
    /// The caller gets this, which is no action's answer and would be this error elsewhere, unless the request is sent again.
    Foreign(JsValue, Error),
    /// Bytes are there; they are read next.
    Bytes,
    /// The body holds the page, rendered again. `silent`: and the head does not say that anything was made stale.
    Rendered { silent: bool },
    /// The action threw a redirect. `target`: where it leads, if a user may be sent there.
    Redirect { redirect: Redirect, target: Option<String> },
    /// The value is there, or what the action threw; the rest of the answer is still to come.
    Value(Result<JsValue, Failure>),
    /// The answer is complete.
    End,
    /// The server does not know the action, and this is the error if nothing else can be done.
    Unknown(Error),
}

/// What the head of an action's answer tells.
pub(crate) struct Told {
    pub(crate) answered: Answered,
    pub(crate) headers: JsValue,
    /// Where it redirects to, if a user may be sent there.
    pub(crate) target: Option<String>,
    /// Takes the body as it comes, if that may hold a page.
    pub(crate) tape: Option<Array>,
}

/// How far an exchange is.
enum Phase {
    /// Its headers are to be had.
    Begin(Work),
    /// Its request is to be sent.
    Send(Box<Sending>),
    SendBuilt(Built, String),
    /// A built request gave this.
    Given(JsValue, Option<Limits>),
    /// The answer to one is read along.
    Along(Box<Along>, Chunks),
    /// These bytes of it are there.
    Pass(Box<Along>, Chunks, Vec<u8>),
    /// The head has been told of.
    Head(Box<Answering>),
    /// The page that a redirect leads to is to be read, or not.
    Destination(Box<Destination>),
    /// The next bytes of an action's own answer are to be had.
    Await(Box<FlightAnswer>),
    /// They are there.
    Push(Box<FlightAnswer>, Vec<u8>),
    /// All has been told but how it ends.
    Last(Box<FlightAnswer>, Result<Step, Failure>),
    Over,
}

struct Sending {
    request: Request,
    reading: Reading,
    headers: String,
    kept: Option<Keepalive>,
}

/// An answer whose head is there.
struct Answering {
    request: Request,
    reading: Reading,
    response: Response,
    answered: Answered,
    /// Where the head redirects to.
    target: Option<Result<String, Error>>,
    tape: Option<Array>,
    kept: Option<Keepalive>,
}

struct Destination {
    response: Response,
    tape: Option<Array>,
    /// So many bytes are kept of it.
    most: usize,
    _kept: Option<Keepalive>,
}

/// An answer that is read as Flight.
struct FlightAnswer {
    request: Request,
    answer: protocol::Answer,
    // Dropped before the body is cancelled.
    open: Open,
    chunks: Chunks,
    bell: Bell,
    delivered: bool,
    _kept: Option<Keepalive>,
}

/// One exchange. Dropped before its end, it gives the answer up; the request itself is for the page's side to abort.
#[must_use = "nothing is sent unless it is asked for the next step"]
pub(crate) struct Exchange {
    embedder: Rc<Embedder>,
    attempt: Attempt,
    phase: Phase,
    /// What is to be told before anything else happens.
    ready: VecDeque<Step>,
}

impl Exchange {
    pub(crate) fn new(embedder: Rc<Embedder>, attempt: Attempt, work: Work) -> Self {
        Self { embedder, attempt, phase: Phase::Begin(work), ready: VecDeque::new() }
    }

    /// The next step. An error ends the exchange.
    pub(crate) async fn next(&mut self) -> Result<Step, Failure> {
        loop {
            if let Some(step) = self.ready.pop_front() {
                return Ok(step);
            }
            // A phase that is not followed by another is dropped here, and with it what it holds open.
            match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::Begin(Work::Built(built)) => {
                    let (mut headers, action) = (String::new(), Rc::clone(&self.attempt.owner.action));
                    let trace = built.tags.add_to(&mut headers, built.headers.as_ref(), self.attempt.number, &action).await?;
                    self.phase = Phase::SendBuilt(built, headers);
                    return Ok(Step::Sent { trace, mortal: false });
                }
                Phase::Begin(Work::Action(request, reading)) => {
                    let (headers, trace) = request.headers(self.attempt.render, self.attempt.number).await?;
                    let kept = request.keepalive.and_then(|bytes| Keepalive::take(bytes, &self.embedder));
                    let mortal = request.keepalive.is_some() && kept.is_none();
                    self.phase = Phase::Send(Box::new(Sending { request, reading, headers, kept }));
                    return Ok(Step::Sent { trace, mortal });
                }
                Phase::SendBuilt(built, headers) => {
                    let response = self.embedder.fetch_built(self.id(), &built.send, &headers).await.map_err(no_answer)?;
                    self.phase = Phase::Given(response, built.along);
                    return Ok(Step::Head(None));
                }
                Phase::Given(response, along) => return Ok(self.hand_out(response, along)),
                Phase::Along(along, mut chunks) => match chunks.next().await {
                    Ok(Some(bytes)) => {
                        self.phase = Phase::Pass(along, chunks, bytes);
                        return Ok(Step::Bytes);
                    }
                    // How it ends is for the caller, who reads it.
                    Ok(None) | Err(_) => return Ok(Step::End),
                },
                Phase::Pass(mut along, chunks, bytes) => {
                    if along.push(&bytes) {
                        return Ok(Step::Value(Ok(JsValue::UNDEFINED)));
                    }
                    self.phase = Phase::Along(along, chunks);
                }
                Phase::Send(sending) => return self.send(*sending).await,
                Phase::Head(answering) => self.begin(*answering).await?,
                Phase::Destination(destination) => {
                    self.pass_over(*destination).await?;
                    return Ok(Step::End);
                }
                Phase::Await(mut flight) => match flight.next().await {
                    None => return Ok(Step::End),
                    Some(Ok(Some(bytes))) => {
                        self.phase = Phase::Push(flight, bytes);
                        return Ok(Step::Bytes);
                    }
                    Some(Ok(None)) => {
                        flight.open.decoder.end();
                        self.read(flight, Ok(false));
                    }
                    Some(Err(broken)) => {
                        let failure = cut(broken);
                        flight.open.decoder.fail(failure.0.clone());
                        self.read(flight, Err(failure));
                    }
                },
                Phase::Push(mut flight, bytes) => {
                    let pushed = flight.open.decoder.push(&bytes).map(|()| true);
                    self.read(flight, pushed.map_err(|error| (error, JsValue::UNDEFINED)));
                }
                Phase::Last(flight, last) => {
                    drop(flight);
                    return last;
                }
                Phase::Over => return Ok(Step::End),
            }
        }
    }

    fn id(&self) -> f64 {
        self.attempt.id.0 as f64
    }

    /// Gives the caller of a built request its answer.
    fn hand_out(&mut self, given: JsValue, along: Option<Limits>) -> Step {
        let response: Response = given.clone().unchecked_into();
        match response.head() {
            Ok(answered) => match (&answered.answer.body, along) {
                (Body::Foreign { .. }, _) => Step::Foreign(given, foreign(&answered, None)),
                (Body::Flight, Some(limits)) => match self.embedder.along(self.id(), &given) {
                    Ok(Some(read)) => {
                        let given = read.response();
                        self.phase = Phase::Along(Box::new(Along::new(limits)), Chunks::of(read.unchecked_into()));
                        Step::Answered(given)
                    }
                    _ => Step::Value(Ok(given)),
                },
                _ => Step::Value(Ok(given)),
            },
            // Whatever it is, its caller knows better.
            Err(_) => Step::Value(Ok(given)),
        }
    }

    /// Sends the request, and tells what the head of its answer says.
    async fn send(&mut self, Sending { request, reading, headers, mut kept }: Sending) -> Result<Step, Failure> {
        let response = self.embedder.fetch(self.id(), &request.url, &headers, &request.body, kept.is_some()).await;
        if let Some(kept) = &mut kept {
            kept.over();
        }
        let response: Response = response.map_err(no_answer)?.unchecked_into();
        let answered = response.head().map_err(unreadable)?;
        let target = answered.answer.redirect.as_ref().map(|redirect| self.target(redirect, &request));
        let may_hold_page = match answered.answer.body {
            Body::Redirected { page } => page,
            Body::Flight => answered.answer.may_be_rendered(),
            Body::UnknownAction | Body::Foreign { .. } => false,
        };
        let tape = may_hold_page.then(Array::new);
        let told = Told {
            answered: answered.clone(),
            headers: response.headers(),
            target: target.as_ref().and_then(|target| target.as_ref().ok()).cloned(),
            tape: tape.clone(),
        };
        self.phase = Phase::Head(Box::new(Answering { request, reading, response, answered, target, tape, kept }));
        Ok(Step::Head(Some(told)))
    }

    /// Where a redirect leads, seen from the URL that was asked.
    fn target(&self, redirect: &Redirect, request: &Request) -> Result<String, Error> {
        url::target(redirect, &request.address(), &self.embedder.base_path().unwrap_or_default())
    }

    /// Begins with the body, as the head says.
    async fn begin(&mut self, answering: Answering) -> Result<(), Failure> {
        let Answering { request, reading, response, answered, target, tape, kept } = answering;
        let answer = answered.answer.clone();
        match &answer.body {
            Body::UnknownAction => {
                response.cancel(&self.embedder);
                self.ready.push_back(Step::Unknown(protocol::unknown_action(answer.status)));
            }
            Body::Redirected { .. } => {
                let blocked = |error: Error| (error.status(answer.status), JsValue::UNDEFINED);
                self.ready.push_back(Step::Value(target.transpose().map(|_| JsValue::UNDEFINED).map_err(blocked)));
                self.phase = Phase::Destination(Box::new(Destination { response, tape, most: reading.limits.total_bytes, _kept: kept }));
            }
            Body::Flight => {
                let bell = Bell::default();
                let (embedder, url, id, owner) = (Rc::clone(&self.embedder), request.url.clone(), self.id(), self.attempt.owner.clone());
                let values = value::Js::new(reading.temporaries).on_cancel(bell.clone()).bind(move || {
                    embedder.binder(&url, id, &owner.action, owner.name.as_deref()).map_or(JsValue::UNDEFINED, JsValue::from)
                });
                let chunks = response.chunks(&self.embedder, tape).map_err(cut)?;
                let open = Open { decoder: Decoder::action(values).limits(reading.limits), stalled: Rc::clone(&self.attempt.stalled) };
                let flight = FlightAnswer { request, answer, open, chunks, bell, delivered: false, _kept: kept };
                self.phase = Phase::Await(Box::new(flight));
            }
            Body::Foreign { content_type } => {
                let text = excerpt(&self.embedder, &response, content_type.as_deref()).await;
                return Err((foreign(&answered, text.as_deref()), JsValue::UNDEFINED));
            }
        }
        Ok(())
    }

    /// Keeps the page that a redirect leads to, for whoever wants to see it, or lets it be.
    async fn pass_over(&mut self, Destination { response, tape, most, _kept }: Destination) -> Result<(), Failure> {
        if tape.is_none() {
            response.cancel(&self.embedder);
            return Ok(());
        }
        let mut chunks = response.chunks(&self.embedder, tape).map_err(cut)?;
        let mut total = 0;
        while let Some(bytes) = chunks.next().await.map_err(cut)? {
            total += bytes.len();
            if total > most {
                break;
            }
        }
        Ok(())
    }

    /// Makes ready what is to be told after some bytes. `step`: whether more come, or why none do.
    fn read(&mut self, mut flight: Box<FlightAnswer>, step: Result<bool, Failure>) {
        if !flight.delivered
            && let Poll::Ready(result) = flight.open.decoder.value()
        {
            flight.delivered = true;
            let page = flight.open.decoder.root_row().is_some_and(|row| Root::read(row).rendered);
            if page {
                self.ready.push_back(Step::Rendered { silent: flight.answer.is_silent_about_render() });
            }
            match result {
                // The stream's own failure is told below, with its cause.
                Err(Rejection::Broken(error)) if step.is_ok() => {
                    let cut = matches!(step, Ok(false));
                    self.phase = Phase::Last(flight, Err((if cut { error.passing() } else { error }, JsValue::UNDEFINED)));
                    return;
                }
                Err(Rejection::Broken(_)) => {}
                Err(rejection) => {
                    let (error, told) = value::told(rejection);
                    let error = flight.answer.explain(error, page, || shapes::size(&flight.request.body) as u64);
                    let value = self.thrown((error, told), &flight);
                    self.ready.push_back(Step::Value(value));
                }
                Ok(value) => self.ready.push_back(Step::Value(Ok(value))),
            }
        }
        self.phase = match step {
            Ok(true) => Phase::Await(flight),
            Ok(false) => Phase::Last(flight, Ok(Step::End)),
            Err(failure) => Phase::Last(flight, Err(failure)),
        };
    }

    /// What comes of a value that the action rejected: a redirect, where that is what it threw.
    fn thrown(&mut self, (error, told): Failure, flight: &FlightAnswer) -> Result<JsValue, Failure> {
        let Some(redirect) = error.server_digest().and_then(Redirect::of_digest) else { return Err((error, told)) };
        let target = self.target(&redirect, &flight.request);
        self.ready.push_back(Step::Redirect { redirect, target: target.as_ref().ok().cloned() });
        target.map(|_| JsValue::UNDEFINED).map_err(|blocked| (blocked.status(flight.answer.status), JsValue::UNDEFINED))
    }
}

impl FlightAnswer {
    /// The next bytes; `None` once the page has cancelled every stream that they could be for.
    async fn next(&mut self) -> Option<Result<Option<Vec<u8>>, Broken>> {
        let mut next = pin!(self.chunks.next());
        while !self.open.decoder.is_abandoned() {
            if let Either::Left((next, _)) = select(next.as_mut(), self.bell.rung()).await {
                return Some(next);
            }
        }
        None
    }
}

/// The promises in a value that are still open when nobody reads on are rejected, not forgotten.
struct Open {
    decoder: Decoder<value::Js>,
    /// Why nobody reads on: no byte came for too long. Else the call was aborted.
    stalled: Rc<Cell<bool>>,
}

impl Drop for Open {
    fn drop(&mut self) {
        let (kind, message) = match self.stalled.get() {
            true => (Kind::Timeout, "no byte came for too long while this was still to come (stallTimeout)"),
            false => (Kind::Aborted, "the call was aborted while this was still to come"),
        };
        self.decoder.fail(Error::new(kind, message).sent(Sent::Yes));
    }
}

/// The error of an answer that is no action's. `text`: the beginning of its body.
fn foreign(Answered { answer, elsewhere, retry_after: after }: &Answered, text: Option<&str>) -> Error {
    let content_type = if let Body::Foreign { content_type } = &answer.body { content_type.as_deref() } else { None };
    let error = protocol::foreign(answer.status, content_type, text, elsewhere.as_deref());
    match after.as_deref().and_then(|after| retry_after(after, until)) {
        Some(after) => error.after(after),
        None => error,
    }
}

/// From now to an HTTP date, in milliseconds; NaN for what is no date.
fn until(date: &str) -> f64 {
    js_sys::Date::parse(date) - js_sys::Date::now()
}

/// The beginning of a textual body, if it comes soon; never waited for long, as the lane is held meanwhile.
async fn excerpt(embedder: &Embedder, response: &Response, content_type: Option<&str>) -> Option<String> {
    const SOON: u32 = 200;
    let media = content_type.unwrap_or("text/plain").to_ascii_lowercase();
    if !["text/", "application/json", "application/problem+json", "application/xml"].iter().any(|text| media.starts_with(text)) {
        return None;
    }
    let mut chunks: Chunks = response.chunks(embedder, None).ok()?;
    let text = match select(Box::pin(chunks.next()), TimeoutFuture::new(SOON)).await {
        Either::Left((Ok(Some(bytes)), _)) => String::from_utf8_lossy(&bytes).trim().chars().take(200).collect(),
        Either::Left(_) | Either::Right(_) => return None,
    };
    Some(text)
}

fn no_answer(cause: JsValue) -> Failure {
    network("no answer", cause)
}

fn cut(broken: Broken) -> Failure {
    match broken {
        Broken::Cut(cause) => network("the answer broke off", cause),
        Broken::Unreadable(cause) => {
            let message = "fetch: it gave a body that cannot be read: one that was read before, or has none of getReader, \
                           async iteration, arrayBuffer and text";
            (Error::new(Kind::InvalidOption, message).sent(Sent::Yes), cause)
        }
    }
}

/// It is never sent again: this `fetch` would give the same.
fn unreadable(cause: JsValue) -> Failure {
    (Error::new(Kind::InvalidOption, "fetch: it gave something that is not a Response").sent(Sent::Unknown), cause)
}

fn network(what: &str, cause: JsValue) -> Failure {
    (Error::new(Kind::Network, what).sent(Sent::Yes), cause)
}
