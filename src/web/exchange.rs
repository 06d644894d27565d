use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::args::Temporaries;
use super::bell::Bell;
use super::driver::Driver;
use super::fetch::{Broken, Chunks, Failure, Request, Response};
use super::host::resolved;
use super::keepalive::Keepalive;
use super::{outcome, shapes, size, url, value};
use crate::call::CallId;
use crate::dispatcher::News;
use crate::flight::{Decoder, Limits, Rejection};
use crate::protocol::{self, Answer, Body, Head, Redirect, Revalidated, Root};
use crate::retry_after;
use crate::{Error, Kind, Sent};

/// What is done when a call's turn has come, and again if it is sent again.
#[derive(Clone)]
pub(crate) enum Work {
    /// One action: its request, and how its answer is read.
    Action(Request, Reading),
    /// A request somebody else has built, `send(signal)`: its value is the `Response`, there with the head.
    Built(Function),
}

/// How an answer is read.
#[derive(Clone)]
pub(crate) struct Reading {
    /// The arguments that it may name.
    pub(crate) temporaries: Temporaries,
    pub(crate) limits: Limits,
}

/// How an exchange ended that did not fail.
pub(crate) enum Ending {
    Complete,
    /// The server does not know the action, and this is the error if nothing else can be done.
    Unknown(Error),
}

/// One request and its answer. An error means that the exchange is over; the value, or what the action threw, goes to the driver.
pub(crate) async fn run(driver: &Driver, id: CallId, work: Work, signal: &AbortSignal) -> Result<Ending, Failure> {
    match work {
        Work::Action(request, reading) => action(driver, id, request, reading, signal).await,
        Work::Built(send) => built(driver, id, &send, signal).await.map(|()| Ending::Complete),
    }
}

async fn built(driver: &Driver, id: CallId, send: &Function, signal: &AbortSignal) -> Result<(), Failure> {
    driver.input(|core, _| core.handle_sent(id));
    let response = resolved(send.call1(&JsValue::UNDEFINED, signal)).await.map_err(no_answer)?;
    driver.input(|core, now| core.handle_head(id, News::default(), now));
    driver.value(id, Ok(response));
    Ok(())
}

async fn action(driver: &Driver, id: CallId, request: Request, reading: Reading, signal: &AbortSignal) -> Result<Ending, Failure> {
    let (render, attempt) = driver.look(|core| (core.render(id), core.attempts(id)));
    let key = request.tags.idempotency.as_ref().map(|(_, key)| &**key);
    // No more what an earlier attempt came to.
    driver.set_outcome(id, outcome::Own { trace: None, idempotency_key: key, mortal: false }.alone());
    let (headers, trace) = request.headers(render, attempt).await?;
    let mut kept = request.keepalive.and_then(|bytes| Keepalive::take(bytes, &driver.host));
    let body = request.body.clone();
    let init = shapes::init(&headers, &request.body, &driver.host.credentials(), signal, kept.is_some());
    let mortal = request.keepalive.is_some() && kept.is_none();
    driver.set_mortal(id, mortal);
    let own = outcome::Own { trace: trace.as_ref(), idempotency_key: key, mortal };
    driver.set_outcome(id, own.alone());
    driver.input(|core, _| core.handle_sent(id));
    let response = resolved(driver.host.fetch(&request.url, &init)).await;
    // An abort that came before the head leaves it with the browser.
    if let Some(kept) = &mut kept
        && (response.is_ok() || !signal.aborted())
    {
        kept.over();
    }
    let response = response.map_err(no_answer)?;
    let response: Response = response.unchecked_into();
    let (status, header) = response.head().map_err(unreadable)?;
    let answer = protocol::classify(&Head { status, header: &header });
    let target = answer.redirect.as_ref().map(|redirect| target(driver, redirect, &request.url));
    let news = News { redirects: matches!(target, Some(Ok(_))), revalidated: answer.revalidated };
    driver.input(|core, now| core.handle_head(id, news, now));
    let said = outcome::of_answer(&answer, &response.headers(), target.as_ref().and_then(|target| target.as_deref().ok()));
    let elsewhere = response.elsewhere();
    if let Some(url) = &elsewhere {
        outcome::set(&said, "url", &url.into());
    }
    own.add_to(&said);
    driver.set_outcome(id, Some(said.clone()));
    let _ = driver.host.answered(id.0 as f64, &said);
    match answer.body {
        Body::UnknownAction => {
            response.cancel(&driver.host);
            Ok(Ending::Unknown(protocol::unknown_action(status)))
        }
        Body::Redirected { page } => {
            let tape = driver.tape(id, page);
            let blocked = |error: Error| (error.status(status), JsValue::UNDEFINED);
            driver.value(id, target.transpose().map(|_| JsValue::UNDEFINED).map_err(blocked));
            match tape {
                Some(tape) => record(driver, &response, tape, reading.limits.total_bytes).await?,
                None => response.cancel(&driver.host),
            }
            Ok(Ending::Complete)
        }
        Body::Flight => {
            let bell = Bell::default();
            let mut values = value::Js::new(reading.temporaries).on_cancel(bell.handle());
            if let Ok(bind) = driver.host.binder(&request.url, id.0 as f64) {
                values = values.bind(bind);
            }
            let decoder = Decoder::action(values).limits(reading.limits);
            let asked = Asked { url: &request.url, body: &body };
            flight(driver, id, &response, decoder, &bell, &answer, &asked).await?;
            Ok(Ending::Complete)
        }
        Body::Foreign { content_type } => {
            let text = excerpt(driver, &response, content_type.as_deref()).await;
            let error = protocol::foreign(status, content_type.as_deref(), text.as_deref(), elsewhere.as_deref());
            let after = header("retry-after").and_then(|after| retry_after(&after, until));
            Err((after.map_or(error.clone(), |after| error.after(after)), JsValue::UNDEFINED))
        }
    }
}

/// Where a redirect leads, seen from the URL that was asked.
fn target(driver: &Driver, redirect: &Redirect, asked: &str) -> Result<String, Error> {
    url::target(redirect, asked, &driver.host.base_path().unwrap_or_default())
}

/// What comes of a value that the action rejected: a redirect, where that is what it threw.
fn thrown(driver: &Driver, id: CallId, (error, told): Failure, status: u16, asked: &str) -> Result<JsValue, Failure> {
    let Some(redirect) = error.server_digest().and_then(Redirect::of_digest) else { return Err((error, told)) };
    let target = target(driver, &redirect, asked);
    driver.redirects(id, &redirect, target.as_deref().ok());
    match target {
        Ok(_) => {
            driver.input(|core, _| core.handle_redirect(id));
            Ok(JsValue::UNDEFINED)
        }
        Err(blocked) => Err((blocked.status(status), JsValue::UNDEFINED)),
    }
}

/// The request that an answer belongs to.
struct Asked<'a> {
    url: &'a str,
    body: &'a JsValue,
}

/// Reads a Flight body to its end; the value goes to the driver as soon as it is there.
async fn flight(
    driver: &Driver,
    id: CallId,
    response: &Response,
    decoder: Decoder<value::Js>,
    bell: &Bell,
    answer: &Answer,
    asked: &Asked<'_>,
) -> Result<(), Failure> {
    let mut chunks = response.chunks(&driver.host).map_err(cut)?;
    if let Some(tape) = driver.tape(id, answer.may_be_rendered()) {
        chunks.record(tape);
    }
    let watched = driver.look(|core| core.watches_chunks(id));
    let mut open = Open { decoder, stalled: driver.stalled(id) };
    let mut delivered = false;
    loop {
        let Some(next) = next(&mut chunks, bell, &open.decoder).await else {
            return Ok(());
        };
        let step = match next {
            Ok(Some(bytes)) => {
                if watched {
                    driver.input(|core, now| core.handle_chunk(id, now));
                }
                open.decoder.push(&bytes).map(|()| true).map_err(|error| (error, JsValue::UNDEFINED))
            }
            Ok(None) => {
                open.decoder.end();
                Ok(false)
            }
            Err(cause) => {
                let failure = cut(cause);
                open.decoder.fail(failure.0.clone());
                Err(failure)
            }
        };
        if !delivered && let Poll::Ready(result) = open.decoder.value() {
            delivered = true;
            let page = open.decoder.root_row().is_some_and(|row| Root::read(row).rendered);
            if page {
                driver.rendered(id);
                if answer.is_silent_about_render() {
                    driver.input(|core, _| core.handle_stale(id, Revalidated::All));
                }
            }
            match result {
                // The stream's own failure is told below, with its cause.
                Err(Rejection::Broken(error)) if step.is_ok() => {
                    let cut = matches!(step, Ok(false));
                    return Err((if cut { error.passing() } else { error }, JsValue::UNDEFINED));
                }
                Err(Rejection::Broken(_)) => {}
                Err(rejection) => {
                    let (error, told) = value::told(rejection);
                    let error = answer.explain(error, page, || size::of(asked.body) as u64);
                    driver.value(id, thrown(driver, id, (error, told), answer.status, asked.url));
                }
                Ok(value) => driver.value(id, Ok(value)),
            }
        }
        if !step? {
            return Ok(());
        }
    }
}

/// Reads the page that a redirect leads to, for whoever wants to see it.
async fn record(driver: &Driver, response: &Response, tape: Array, most: usize) -> Result<(), Failure> {
    let mut chunks = response.chunks(&driver.host).map_err(cut)?;
    chunks.record(tape);
    let mut total = 0;
    while let Some(bytes) = chunks.next().await.map_err(cut)? {
        total += bytes.len();
        if total > most {
            break;
        }
    }
    Ok(())
}

/// The next bytes; `None` once the page has cancelled every stream that they could be for.
async fn next(chunks: &mut Chunks, bell: &Bell, decoder: &Decoder<value::Js>) -> Option<Result<Option<Vec<u8>>, Broken>> {
    let mut next = pin!(chunks.next());
    while !decoder.is_abandoned() {
        if let Either::Left((next, _)) = select(next.as_mut(), bell.rung()).await {
            return Some(next);
        }
    }
    None
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

/// From now to an HTTP date, in milliseconds; NaN for what is no date.
fn until(date: &str) -> f64 {
    js_sys::Date::parse(date) - js_sys::Date::now()
}

/// The beginning of a textual body, if it comes soon; never waited for long, as the lane is held meanwhile.
async fn excerpt(driver: &Driver, response: &Response, content_type: Option<&str>) -> Option<String> {
    const SOON: u32 = 200;
    let media = content_type.unwrap_or("text/plain").to_ascii_lowercase();
    if !["text/", "application/json", "application/problem+json", "application/xml"].iter().any(|text| media.starts_with(text)) {
        return None;
    }
    let mut chunks: Chunks = response.chunks(&driver.host).ok()?;
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
