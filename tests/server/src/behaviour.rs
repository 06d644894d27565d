//! The ways to answer an action request.

use std::convert::Infallible;
use std::fmt;
use std::future::pending;
use std::str::FromStr;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use tokio::time::sleep;

/// What `?do=…` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// `ok`, the default: the value `"ok"`, at once.
    Ok,
    /// `slow`: the same after `ms` milliseconds.
    Slow,
    /// `html200`: a page instead of an answer, as a proxy or a login wall gives.
    Html200,
    /// `html502`: a gateway's error page.
    Html502,
    /// `empty204`: nothing, not even a content type.
    Empty204,
    /// `json`: well-formed, but of another content type.
    Json,
    /// `garbage`: the right content type, but no Flight.
    Garbage,
    /// `cut`: the connection is closed in the middle of a row; the length promised more.
    Cut,
    /// `ends`: the answer ends in the middle of a row, and properly so.
    Ends,
    /// `stall`: the head of an answer, then nothing, ever.
    Stall,
    /// `never`: no answer at all, the connection stays open.
    Never,
}

/// `?do=` of something unknown.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownBehaviour(String);

impl Behaviour {
    /// Every one, with its name in the query.
    pub const ALL: [(&'static str, Self); 11] = [
        ("ok", Self::Ok),
        ("slow", Self::Slow),
        ("html200", Self::Html200),
        ("html502", Self::Html502),
        ("empty204", Self::Empty204),
        ("json", Self::Json),
        ("garbage", Self::Garbage),
        ("cut", Self::Cut),
        ("ends", Self::Ends),
        ("stall", Self::Stall),
        ("never", Self::Never),
    ];

    /// Answers so. `delay` is for [`Behaviour::Slow`].
    pub(crate) async fn answer(self, delay: Duration) -> Response {
        match self {
            Self::Ok => flight(ANSWER),
            Self::Slow => {
                sleep(delay).await;
                flight(ANSWER)
            }
            Self::Html200 => html(StatusCode::OK, "<!doctype html><title>Sign in</title><h1>Please sign in</h1>"),
            Self::Html502 => html(StatusCode::BAD_GATEWAY, "<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>"),
            Self::Empty204 => StatusCode::NO_CONTENT.into_response(),
            Self::Json => ([(CONTENT_TYPE, "application/json")], r#"{"error":"not an action"}"#).into_response(),
            Self::Garbage => flight("this is not Flight\n"),
            Self::Cut => cut(),
            Self::Ends => flight(HALF),
            Self::Stall => stall(),
            Self::Never => pending().await,
        }
    }
}

impl FromStr for Behaviour {
    type Err = UnknownBehaviour;

    fn from_str(name: &str) -> Result<Self, UnknownBehaviour> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name);
        known.map(|(_, behaviour)| *behaviour).ok_or_else(|| UnknownBehaviour(name.to_owned()))
    }
}

impl fmt::Display for UnknownBehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Behaviour::ALL.map(|(name, _)| name).join(", ");
        write!(f, "unknown `do={}`: use one of {known}", self.0)
    }
}

impl std::error::Error for UnknownBehaviour {}

/// The smallest answer to an action: the root row points at the action's value, which is row 1.
const ANSWER: &str = "0:{\"a\":\"$@1\",\"q\":\"\",\"i\":false}\n1:\"ok\"\n";
/// The same up to the middle of row 1.
const HALF: &str = "0:{\"a\":\"$@1\",\"q\":\"\",\"i\":false}\n1:\"o";

const FLIGHT: HeaderValue = HeaderValue::from_static("text/x-component");

/// Time for what was written to leave before the connection goes.
const FLUSH: Duration = Duration::from_millis(50);

fn flight(body: impl Into<Body>) -> Response {
    ([(CONTENT_TYPE, FLIGHT)], body.into()).into_response()
}

fn html(status: StatusCode, body: &'static str) -> Response {
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

fn cut() -> Response {
    let half = stream::once(async { Ok(Bytes::from_static(HALF.as_bytes())) });
    let broken = stream::once(async {
        sleep(FLUSH).await;
        Err(std::io::Error::other("cut on request"))
    });
    let mut response = flight(Body::from_stream(half.chain(broken)));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(ANSWER.len()));
    response
}

fn stall() -> Response {
    flight(Body::from_stream(stream::pending::<Result<Bytes, Infallible>>()))
}
