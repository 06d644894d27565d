//! The ways to answer an action request, good and bad.

use std::convert::Infallible;
use std::fmt;
use std::future::pending;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use axum::body::{Body, Bytes};
use axum::http::header::{CONNECTION, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use tokio::time::sleep;

use crate::rows;
use crate::wire::Wire;
use crate::wishes::{Wishes, millis};

/// A way to answer, by its name in `do=…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// `ok`, the default: answers with the action's value at once.
    Ok,
    /// `slow`: answers the same after `ms` milliseconds.
    Slow,
    /// `drip`: answers the same in up to 32 pieces, `ms` milliseconds apart.
    Drip,
    /// `twice`: sends the answer twice on one connection, then closes it.
    Twice,
    /// `huge`: answers with a value of `bytes` bytes.
    Huge,
    /// `date`: answers with a date as the value.
    Date,
    /// `html200`: answers with a page, as a proxy or a login wall does.
    Html200,
    /// `html502`: answers with a gateway's error page.
    Html502,
    /// `login`: redirects (`status`) to a page at `/login`.
    Login,
    /// `status`: answers with `status`, and with `Retry-After` if `after` is given.
    Status,
    /// `empty204`: answers with nothing, not even a content type.
    Empty204,
    /// `json`: answers with JSON and its content type.
    Json,
    /// `type`: sends the right answer with another content type.
    Type,
    /// `garbage`: sends the right content type, but no Flight.
    Garbage,
    /// `reset`: resets the connection before the head.
    Reset,
    /// `reset-head`: resets the connection in the middle of the head.
    ResetHead,
    /// `reset-row`: resets the connection in the middle of a row.
    ResetRow,
    /// `close`: closes the connection before the head.
    Close,
    /// `cut`: closes the connection in the middle of a row, before the promised length.
    Cut,
    /// `ends`: ends the answer properly, but in the middle of a row.
    Ends,
    /// `stall`: sends the head of an answer, then nothing for ever.
    Stall,
    /// `stall-row`: sends the head and half a row, then nothing for ever.
    StallRow,
    /// `never`: sends no answer and keeps the connection open.
    Never,
    /// `unread`: the same, without reading the body. The action does not run.
    Unread,
    /// `early`: answers 413 before the body has been read, then closes the connection. The action does not run.
    Early,
}

/// A name in `do=` that is no behaviour.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownBehaviour(String);

impl Behaviour {
    /// Every behaviour with its name.
    pub const ALL: [(&'static str, Self); 25] = [
        ("ok", Self::Ok),
        ("slow", Self::Slow),
        ("drip", Self::Drip),
        ("twice", Self::Twice),
        ("huge", Self::Huge),
        ("date", Self::Date),
        ("html200", Self::Html200),
        ("html502", Self::Html502),
        ("login", Self::Login),
        ("status", Self::Status),
        ("empty204", Self::Empty204),
        ("json", Self::Json),
        ("type", Self::Type),
        ("garbage", Self::Garbage),
        ("reset", Self::Reset),
        ("reset-head", Self::ResetHead),
        ("reset-row", Self::ResetRow),
        ("close", Self::Close),
        ("cut", Self::Cut),
        ("ends", Self::Ends),
        ("stall", Self::Stall),
        ("stall-row", Self::StallRow),
        ("never", Self::Never),
        ("unread", Self::Unread),
        ("early", Self::Early),
    ];

    /// True if the client gets the action's value: the action then runs, even with `when=before`.
    pub fn succeeds(self) -> bool {
        matches!(self, Self::Ok | Self::Slow | Self::Drip | Self::Twice | Self::Huge | Self::Date)
    }

    /// True if the body of the request is read.
    pub(crate) fn reads_body(self) -> bool {
        !matches!(self, Self::Unread | Self::Early)
    }

    /// Answers in this way. `value` is the action's value in JSON.
    pub(crate) async fn answer(self, wishes: &Wishes, value: &str, wire: &Wire) -> Response {
        let whole = || rows::answer(value);
        match self {
            Self::Ok => flight(whole()),
            Self::Slow => {
                sleep(millis(wishes.ms)).await;
                flight(whole())
            }
            Self::Drip => drip(&whole(), Duration::from_millis(wishes.ms.unwrap_or(5))),
            Self::Twice => {
                wire.write(raw(&whole()).repeat(2).as_bytes()).await;
                close(wire)
            }
            Self::Huge => flight(rows::answer(&format!("\"{}\"", "x".repeat(wishes.bytes.unwrap_or(8 << 20))))),
            Self::Date => flight(rows::answer("\"$D2026-01-02T03:04:05.678Z\"")),
            Self::Html200 => html(StatusCode::OK, LOGIN),
            Self::Html502 => html(StatusCode::BAD_GATEWAY, "<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>"),
            Self::Login => (status(wishes, StatusCode::SEE_OTHER), [(LOCATION, "/login")]).into_response(),
            Self::Status => failure(status(wishes, StatusCode::INTERNAL_SERVER_ERROR), wishes.after.as_deref()),
            Self::Empty204 => StatusCode::NO_CONTENT.into_response(),
            Self::Json => ([(CONTENT_TYPE, "application/json")], r#"{"error":"not an action"}"#).into_response(),
            Self::Type => ([(CONTENT_TYPE, "text/plain; charset=utf-8")], whole()).into_response(),
            Self::Garbage => flight("this is not Flight\n"),
            Self::Reset => reset(wire),
            Self::ResetHead => {
                wire.write(half_a_head().as_bytes()).await;
                reset(wire)
            }
            Self::ResetRow => {
                wire.write(raw_half(&whole()).as_bytes()).await;
                reset(wire)
            }
            Self::Close => close(wire),
            Self::Cut => {
                wire.write(raw_half(&whole()).as_bytes()).await;
                close(wire)
            }
            Self::Ends => flight(rows::half(&whole()).to_owned()),
            Self::Stall => stall(String::new()),
            Self::StallRow => stall(rows::half(&whole()).to_owned()),
            Self::Never | Self::Unread => pending().await,
            Self::Early => (StatusCode::PAYLOAD_TOO_LARGE, [(CONNECTION, "close")], "too large on request\n").into_response(),
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

/// Returns the page at `/login`.
pub(crate) async fn login() -> Response {
    html(StatusCode::OK, LOGIN)
}

/// Returns an answer that is no action's: its text names the status. `after` becomes `Retry-After`.
pub(crate) fn failure(status: StatusCode, after: Option<&str>) -> Response {
    let mut response = (status, format!("{status} on request\n")).into_response();
    let date = |seconds| httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(seconds));
    let after = after.map(|after| after.strip_prefix('+').and_then(|in_| in_.parse().ok()).map_or_else(|| after.to_owned(), date));
    if let Some(after) = after.and_then(|after| HeaderValue::try_from(after).ok()) {
        response.headers_mut().insert(RETRY_AFTER, after);
    }
    response
}

const LOGIN: &str = "<!doctype html><title>Sign in</title><h1>Please sign in</h1>";

const FLIGHT: HeaderValue = HeaderValue::from_static("text/x-component");

/// Largest number of pieces of a drip.
const PIECES: usize = 32;

fn flight(body: impl Into<Body>) -> Response {
    ([(CONTENT_TYPE, FLIGHT)], body.into()).into_response()
}

fn html(status: StatusCode, body: &'static str) -> Response {
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

/// Returns the requested status, or `usual` without a valid one.
fn status(wishes: &Wishes, usual: StatusCode) -> StatusCode {
    wishes.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(usual)
}

fn drip(text: &str, gap: Duration) -> Response {
    let length = text.len().div_ceil(PIECES).max(1);
    let pieces: Vec<Bytes> = text.as_bytes().chunks(length).map(Bytes::copy_from_slice).collect();
    flight(Body::from_stream(stream::iter(pieces.into_iter().enumerate()).then(move |(nth, piece)| async move {
        if nth > 0 {
            sleep(gap).await;
        }
        Ok::<_, Infallible>(piece)
    })))
}

fn stall(beginning: String) -> Response {
    let beginning = stream::once(async { Ok::<_, Infallible>(Bytes::from(beginning)) });
    flight(Body::from_stream(beginning.chain(stream::pending())))
}

fn reset(wire: &Wire) -> Response {
    wire.reset();
    unreceived_response()
}

fn close(wire: &Wire) -> Response {
    wire.close();
    unreceived_response()
}

/// Returns a response for a connection that has ended. No client receives it.
fn unreceived_response() -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Returns a whole HTTP answer with these rows.
fn raw(rows: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/x-component\r\ncontent-length: {}\r\n\r\n{rows}", rows.len())
}

/// Returns the same up to the middle of its last row.
fn raw_half(rows: &str) -> String {
    let whole = raw(rows);
    let missing = rows.len() - rows::half(rows).len();
    whole[..whole.len() - missing].to_owned()
}

fn half_a_head() -> String {
    "HTTP/1.1 200 OK\r\ncontent-ty".to_owned()
}
