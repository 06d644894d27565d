//! Performs one request and reads its answer, as reports to the driver. Decides nothing about the call.

use std::any::Any;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use super::arguments::Reading;
use super::attempt::Attempt;
use super::driver::Driver;
use super::order::{ActionWork, Hooks, RouteWork};
use super::task::Stop;
use super::transport::{Incoming, Response, broke_off};
use super::{Request, http_date};
use crate::call::{CallId, Render};
use crate::flight::Rejection;
use crate::protocol::{self, AnswerHead, Body, RawHead, Redirect, Root, classify, foreign_error};
use crate::{Error, Kind, Sent, retry_after};

/// Longest wait for the beginning of a text that explains an error.
const EXCERPT_TIME: Duration = Duration::from_millis(200);

/// Most bytes of such a text that are kept.
const EXCERPT_BYTES: usize = 4096;

/// Starts of the content types that are text.
const TEXTUAL: [&str; 4] = ["text/", "application/json", "application/problem+json", "application/xml"];

/// One attempt of a call.
pub(super) struct Exchange {
    pub(super) driver: Rc<Driver>,
    pub(super) id: CallId,
    pub(super) stop: Stop,
    pub(super) render: Render,
}

impl Exchange {
    /// Reports something. Returns `None` if that stopped the exchange: the caller then does nothing more.
    fn report(&self, report: impl FnOnce(&Driver, CallId)) -> Option<()> {
        report(&self.driver, self.id);
        (!self.stop.is_stopped()).then_some(())
    }

    /// Sends a request. Returns `None` if the exchange is over.
    async fn send(&self, mut request: Request, hooks: &Hooks) -> Option<(Response<()>, Incoming)> {
        for hook in hooks.iter().flatten() {
            let number = self.driver.look(|core| core.attempts(self.id));
            let added = hook.add_headers(&mut request, &Attempt { call: self.id, number }, &self.driver.world.wire);
            if let Err(error) = added {
                self.report(|driver, id| driver.failed(id, error))?;
                return None;
            }
        }
        self.report(Driver::sent)?;
        let sent = Rc::clone(&self.driver.world.transport).send(request).await;
        match sent {
            Ok(response) => Some(response.split()),
            Err((source, sent)) => {
                if !sent {
                    self.report(Driver::unsent)?;
                }
                let sent = if sent { Sent::Unknown } else { Sent::No };
                let error = Error::new(Kind::Network, "no answer").with_sent(sent).with_source(source);
                self.report(|driver, id| driver.failed(id, error))?;
                None
            }
        }
    }

    /// Sends a call of an action, and reports its answer.
    pub(super) async fn call(&self, work: &ActionWork) -> Option<()> {
        let (head, body) = self.send(work.request(self.render), &work.hooks).await?;
        let header = |name: &str| head.header_value(name).map(str::to_owned);
        let answer = classify(&RawHead { status: head.status(), header: &header });
        let (found, allowed) = match &answer.redirect {
            Some(redirect) => {
                let (found, allowed) = self.driver.find(redirect, &work.url);
                (Some(found), allowed)
            }
            None => (None, Ok(())),
        };
        self.report(|driver, id| driver.head(id, answer.status, head.headers(), found, answer.revalidated))?;
        match &answer.body {
            Body::UnknownAction => self.report(|driver, id| driver.unknown(id, protocol::unknown_action_error(answer.status))),
            Body::Redirected { .. } => {
                let value = allowed.map(|()| None).map_err(|error| error.with_status(answer.status));
                self.report(|driver, id| driver.value(id, value, false))?;
                self.drain(body).await
            }
            Body::Flight => self.read(work, &answer, body).await,
            Body::Foreign { .. } => {
                let text = self.excerpt(&answer, body).await;
                let error = foreign(&head, &answer, text.as_deref());
                self.report(|driver, id| driver.failed(id, error))
            }
        }
    }

    /// Sends a request that its caller built, and hands out the answer.
    pub(super) async fn route(&self, work: &RouteWork) -> Option<()> {
        let (head, body) = self.send(work.request.clone(), &work.hooks).await?;
        let header = |name: &str| head.header_value(name).map(str::to_owned);
        let known = classify(&RawHead { status: head.status(), header: &header });
        let answer = AnswerHead { body: Body::Foreign { content_type: header("content-type") }, ..known };
        let error = (head.status() >= 400).then(|| foreign(&head, &answer, None));
        let response = Box::new(head.with_body(body));
        self.report(|driver, id| driver.hand_out(id, response, error))?;
        self.report(Driver::end)
    }

    /// Reads the rest of a body, which nothing needs: the connection can then be used again.
    async fn drain(&self, mut body: Incoming) -> Option<()> {
        while matches!(body.read(&mut |_| ()).await, Ok(true)) {
            self.report(Driver::bytes)?;
        }
        self.report(Driver::end)
    }

    async fn read(&self, work: &ActionWork, head: &AnswerHead, mut body: Incoming) -> Option<()> {
        let mut answer = work.reader()?;
        loop {
            // A fault in the bytes is in the value, too.
            let read = body.read(&mut |bytes| answer.push(bytes)).await;
            match read {
                Ok(true) => self.report(Driver::bytes)?,
                Ok(false) => {
                    if answer.value().is_ready() {
                        answer.end();
                        self.value(work, head, answer, true)?;
                    }
                    return self.report(Driver::end);
                }
                Err(source) => {
                    return self.report(|driver, id| driver.failed(id, broke_off(source)));
                }
            }
            // A promise inside the value may be what the caller needs.
            if answer.is_whole() {
                self.value(work, head, answer, false)?;
                return self.drain(body).await;
            }
        }
    }

    /// Reports the value that has arrived, or the error that takes its place.
    fn value(&self, work: &ActionWork, head: &AnswerHead, answer: Box<dyn Reading>, cut: bool) -> Option<()> {
        let rendered = answer.root_row().is_some_and(|row| Root::read(row).rendered);
        let value = match answer.value() {
            Poll::Ready(Ok(())) => Ok(answer.finish()),
            Poll::Ready(Err(Rejection::Broken(error))) => {
                let error = error.with_sent(Sent::Yes).with_status(head.status);
                self.report(|driver, id| driver.failed(id, error))?;
                return None;
            }
            Poll::Ready(Err(thrown)) => Err(head.mention_possible_refusal(thrown.into_error(), rendered, || work.size() as u64)),
            Poll::Pending => return Some(()),
        };
        if rendered {
            self.report(|driver, id| driver.rendered(id, head.render_means_revalidated()))?;
        }
        let value: Result<Option<Rc<dyn Any>>, Error> = match value {
            Ok(value) => Ok(Some(value)),
            Err(error) => match error.server_digest().and_then(Redirect::of_digest) {
                None => Err(error),
                Some(redirect) => {
                    let (found, allowed) = self.driver.find(&redirect, &work.url);
                    self.report(|driver, id| driver.redirected(id, found))?;
                    allowed.map(|()| None).map_err(|blocked| blocked.with_status(head.status))
                }
            },
        };
        self.report(|driver, id| driver.value(id, value, cut))
    }

    /// Returns the beginning of a text. `None` if it is no text or does not come soon.
    async fn excerpt(&self, head: &AnswerHead, mut body: Incoming) -> Option<String> {
        let Body::Foreign { content_type: Some(media) } = &head.body else { return None };
        let media = media.to_ascii_lowercase();
        if !TEXTUAL.iter().any(|textual| media.starts_with(textual)) {
            return None;
        }
        let mut text = Vec::new();
        let mut sleep = Rc::clone(&self.driver.world.runtime).sleep(EXCERPT_TIME);
        {
            let keep = &mut |bytes: &[u8]| text.extend(bytes.iter().take(EXCERPT_BYTES));
            poll_fn(|context| match body.poll_read(context, keep) {
                Poll::Ready(_) => Poll::Ready(()),
                Poll::Pending => sleep.as_mut().poll(context),
            })
            .await;
        }
        Some(String::from_utf8_lossy(&text).trim().to_owned())
    }
}

/// Makes the error of an answer that does not come from an action. `text`: the beginning of its body.
fn foreign(head: &Response<()>, answer: &AnswerHead, text: Option<&str>) -> Error {
    let content_type = if let Body::Foreign { content_type } = &answer.body { content_type.as_deref() } else { None };
    let error = foreign_error(answer.status, content_type, text, head.redirected_url());
    let until = |date: &str| head.header_value("date").map_or(f64::NAN, |now| http_date::between(now, date));
    match head.header_value("retry-after").and_then(|after| retry_after(after, until)) {
        Some(after) => error.with_retry_after(after),
        None => error,
    }
}
