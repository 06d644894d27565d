//! Puts this server in front of an app: it answers actions, and passes everything else to the app.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::action::action;
use crate::files;
use crate::shared::Shared;
use crate::wire::Wire;

/// The app behind the server.
#[derive(Clone, Debug)]
pub enum App {
    /// The files below a directory.
    Files(PathBuf),
    /// A server on a port of this machine.
    Port(u16),
}

pub(crate) async fn app(State(shared): State<Arc<Shared>>, wire: ConnectInfo<Wire>, request: Request) -> Response {
    if request.method() == Method::POST && request.headers().contains_key("next-action") {
        return action(State(shared), wire, request).await;
    }
    match &shared.app {
        None => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Some(App::Files(root)) => file(root, request.uri().path()),
        Some(App::Port(port)) => {
            pass_on(*port, request).await.unwrap_or_else(|error| (StatusCode::BAD_GATEWAY, error.to_string()).into_response())
        }
    }
}

fn file(root: &Path, path: &str) -> Response {
    let path = path.trim_start_matches('/');
    files::serve(root, if path.is_empty() { "index.html" } else { path })
}

/// Longest body that is passed on, in bytes.
const LONGEST_BODY: usize = 1 << 20;

/// Passes a request to the server on `port` and returns its answer. Uses HTTP/1.0, where an answer is just its head
/// and its body up to the end of the connection.
async fn pass_on(port: u16, request: Request) -> io::Result<Response> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LONGEST_BODY).await.map_err(io::Error::other)?;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(&head_of(&head, body.len())).await?;
    stream.write_all(&body).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    parse_answer(&answer).ok_or_else(|| io::Error::other("the app behind the server gave no HTTP answer"))
}

fn head_of(head: &Parts, length: usize) -> Vec<u8> {
    let mut text = format!("{} {} HTTP/1.0\r\n", head.method, head.uri).into_bytes();
    for (name, value) in head.headers.iter().filter(|(name, _)| !CONNECTION_HEADERS.contains(name)) {
        text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    text.extend(format!("content-length: {length}\r\n\r\n").bytes());
    text
}

fn parse_answer(answer: &[u8]) -> Option<Response> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse::<u16>().ok()?;
    let mut response = Response::builder().status(status);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if !CONNECTION_HEADERS.iter().any(|own| own.as_str().eq_ignore_ascii_case(name)) {
            response = response.header(name, value.trim());
        }
    }
    response.body(Body::from(answer[end + 4..].to_vec())).ok()
}

const CONNECTION_HEADERS: [axum::http::HeaderName; 3] = [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING];
