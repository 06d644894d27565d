//! Lets a client of Actionlane send by reqwest and run on tokio. Knows no calls.
//!
//! A program of one's own can begin with this file.

use std::pin::Pin;
use std::time::{Duration, Instant};

use actionlane::client::{Body, Request, Response, Runtime, Task, Transport};
use bytes::Bytes;
use futures_util::Stream;
use reqwest::Method;
use reqwest::redirect::Policy;

/// Sends requests with reqwest.
#[derive(Clone, Debug)]
pub struct Http(reqwest::Client);

impl Default for Http {
    fn default() -> Self {
        // Another origin must not receive the arguments by a redirect: its answer is the call's.
        let own = Policy::custom(|redirect| match redirect.previous().first() {
            Some(first) if first.origin() == redirect.url().origin() && redirect.previous().len() < 10 => redirect.follow(),
            _ => redirect.stop(),
        });
        Self(reqwest::Client::builder().redirect(own).build().expect("the system's TLS"))
    }
}

impl Transport for Http {
    type Error = reqwest::Error;
    type Chunk = Bytes;
    type Body = Pin<Box<dyn Stream<Item = Result<Bytes, reqwest::Error>>>>;

    async fn send(&self, request: Request) -> Result<Response<Self::Body>, reqwest::Error> {
        let method = Method::from_bytes(request.method.as_bytes()).unwrap_or(Method::POST);
        let mut sent = self.0.request(method, &request.url);
        for (name, value) in &request.headers {
            sent = sent.header(name, value);
        }
        sent = match request.body {
            Some(Body::Text(text)) => sent.body(text),
            Some(Body::Bytes(bytes)) => sent.body(bytes),
            _ => sent,
        };
        let answer = sent.send().await?;
        let (status, headers, url) = (answer.status().as_u16(), answer.headers().clone(), answer.url().to_string());
        let mut response = Response::new(status, Box::pin(answer.bytes_stream()) as Self::Body);
        for (name, value) in &headers {
            response = response.header(name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        }
        Ok(if url == request.url { response } else { response.redirected_to(url) })
    }

    fn was_sent(&self, error: &reqwest::Error) -> bool {
        !error.is_builder() && !error.is_connect()
    }
}

/// Runs tasks on a `LocalSet` of tokio.
#[derive(Clone, Debug)]
pub struct Tokio(Instant);

impl Default for Tokio {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Runtime for Tokio {
    fn now(&self) -> actionlane::Instant {
        actionlane::Instant::from_millis(self.0.elapsed().as_secs_f64() * 1000.0)
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    fn spawn(&self, task: Task) {
        drop(tokio::task::spawn_local(task));
    }

    fn random(&self) -> u64 {
        getrandom::u64().expect("the system's source of random numbers")
    }
}
