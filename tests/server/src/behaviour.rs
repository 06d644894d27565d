//! The ways to answer an action request.

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

use crate::asked::{Asked, millis};
use crate::rows;
use crate::wire::Wire;

/// What `do=…` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// `ok`, the default: the action's value, at once.
    Ok,
    /// `slow`: the same after `ms` milliseconds.
    Slow,
    /// `drip`: the same in up to 32 pieces, `ms` milliseconds apart.
    Drip,
    /// `twice`: the same two times on one connection, which is closed then.
    Twice,
    /// `huge`: a value of `bytes` bytes.
    Huge,
    /// `date`: a value that is a date.
    Date,
    /// `html200`: a page instead of an answer, as a proxy or a login wall gives.
    Html200,
    /// `html502`: a gateway's error page.
    Html502,
    /// `login`: a redirect (`status`) to a page at `/login`.
    Login,
    /// `status`: that `status`, with `Retry-After` where `after` says so.
    Status,
    /// `empty204`: nothing, not even a content type.
    Empty204,
    /// `json`: well-formed, but of another content type.
    Json,
    /// `type`: the right answer, but of another content type.
    Type,
    /// `garbage`: the right content type, but no Flight.
    Garbage,
    /// `reset`: the connection is reset before the head.
    Reset,
    /// `reset-head`: it is reset in the middle of the head.
    ResetHead,
    /// `reset-row`: it is reset in the middle of a row.
    ResetRow,
    /// `close`: the connection is closed before the head.
    Close,
    /// `cut`: it is closed in the middle of a row; the length promised more.
    Cut,
    /// `ends`: the answer ends in the middle of a row, and properly so.
    Ends,
    /// `stall`: the head of an answer, then nothing, ever.
    Stall,
    /// `stall-row`: the head and half a row, then nothing, ever.
    StallRow,
    /// `never`: no answer at all, the connection stays open.
    Never,
    /// `unread`: the same, and the body is never read. The action does not run.
    Unread,
    /// `early`: 413 before the body has been read, then the connection is closed. The action does not run.
    Early,
}

/// `do=` of something unknown.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownBehaviour(String);

impl Behaviour {
    /// Every one, with its name.
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

    /// Whether the client gets the action's value: then the action has run, whatever `when` says.
    pub fn succeeds(self) -> bool {
        matches!(self, Self::Ok | Self::Slow | Self::Drip | Self::Twice | Self::Huge | Self::Date)
    }

    /// Whether it needs the body.
    pub(crate) fn reads(self) -> bool {
        !matches!(self, Self::Unread | Self::Early)
    }

    /// Answers so. `value` is the action's, in JSON.
    pub(crate) async fn answer(self, asked: &Asked, value: &str, wire: &Wire) -> Response {
        let whole = || rows::answer(value);
        match self {
            Self::Ok => flight(whole()),
            Self::Slow => {
                sleep(millis(asked.ms)).await;
                flight(whole())
            }
            Self::Drip => drip(&whole(), Duration::from_millis(asked.ms.unwrap_or(5))),
            Self::Twice => {
                wire.write(raw(&whole()).repeat(2).as_bytes()).await;
                closed(wire)
            }
            Self::Huge => flight(rows::answer(&format!("\"{}\"", "x".repeat(asked.bytes.unwrap_or(8 << 20))))),
            Self::Date => flight(rows::answer("\"$D2026-01-02T03:04:05.678Z\"")),
            Self::Html200 => html(StatusCode::OK, LOGIN),
            Self::Html502 => html(StatusCode::BAD_GATEWAY, "<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>"),
            Self::Login => (status(asked, StatusCode::SEE_OTHER), [(LOCATION, "/login")]).into_response(),
            Self::Status => failure(status(asked, StatusCode::INTERNAL_SERVER_ERROR), asked.after.as_deref()),
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
            Self::Close => closed(wire),
            Self::Cut => {
                wire.write(raw_half(&whole()).as_bytes()).await;
                closed(wire)
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

/// The page at `/login`.
pub(crate) async fn login() -> Response {
    html(StatusCode::OK, LOGIN)
}

/// An answer that is no action's: a word about it, and when to come again.
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

/// How many pieces a drip has, at most.
const PIECES: usize = 32;

fn flight(body: impl Into<Body>) -> Response {
    ([(CONTENT_TYPE, FLIGHT)], body.into()).into_response()
}

fn html(status: StatusCode, body: &'static str) -> Response {
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

/// The status asked for, or a usual one where that is none.
fn status(asked: &Asked, usual: StatusCode) -> StatusCode {
    asked.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(usual)
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
    unheard()
}

fn closed(wire: &Wire) -> Response {
    wire.close();
    unheard()
}

/// For a connection that has ended: nobody gets it.
fn unheard() -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// A whole answer with these rows, as it goes over the wire.
fn raw(rows: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/x-component\r\ncontent-length: {}\r\n\r\n{rows}", rows.len())
}

/// It up to the middle of its last row.
fn raw_half(rows: &str) -> String {
    let whole = raw(rows);
    let missing = rows.len() - rows::half(rows).len();
    whole[..whole.len() - missing].to_owned()
}

fn half_a_head() -> String {
    "HTTP/1.1 200 OK\r\ncontent-ty".to_owned()
}
