//! A client that shows the bytes of the connection.
#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use server::{Ledger, Server};

/// An answer, and the end of its connection.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Reset,
    /// Neither closed nor reset, see [`read_open`].
    Open,
}

impl Answer {
    pub(crate) fn status(&self) -> Option<u16> {
        self.text.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
    }

    pub(crate) fn head(&self) -> &str {
        self.text.split_once("\r\n\r\n").map_or(self.text.as_str(), |(head, _)| head)
    }

    pub(crate) fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head().lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

pub(crate) fn server() -> Server {
    Server::start(Path::new("nowhere")).expect("a server")
}

/// Sends an action request with this body and these additional headers, each of which ends with CRLF. Does not wait
/// for its answer.
pub(crate) fn send(server: &Server, path: &str, headers: &str, body: &str) -> TcpStream {
    let length = body.len();
    open(server, &format!("POST {path} HTTP/1.1"), &format!("next-action: 00ff\r\ncontent-length: {length}\r\n{headers}"), body)
}

pub(crate) fn post(server: &Server, path: &str) -> Answer {
    read(send(server, path, "", ""))
}

pub(crate) fn ask(server: &Server, request: &str, headers: &str) -> Answer {
    read(open(server, request, headers, ""))
}

pub(crate) fn ledger(server: &Server) -> Ledger {
    serde_json::from_str(ask(server, "GET /ledger HTTP/1.1", "").body()).expect("a ledger")
}

/// Reads everything until the connection ends.
pub(crate) fn read(stream: TcpStream) -> Answer {
    let answer = receive(stream, LONG, Vec::new());
    assert_ne!(answer.end, End::Open, "neither closed nor reset: {answer:?}");
    answer
}

/// Reads everything up to `last`, and checks that nothing more comes for 300 ms.
pub(crate) fn read_open(mut stream: TcpStream, last: &str) -> Answer {
    stream.set_read_timeout(Some(LONG)).expect("a timeout");
    let mut bytes = Vec::new();
    while !bytes.ends_with(last.as_bytes()) {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap_or_else(|error| panic!("{error}, after {:?}", String::from_utf8_lossy(&bytes)));
        bytes.extend(byte);
    }
    receive(stream, Duration::from_millis(300), bytes)
}

/// Longest wait. It only ends tests that hang: none takes as long, even on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// Appends received bytes to `bytes`, until the connection ends or no byte arrives for `patience`.
fn receive(mut stream: TcpStream, patience: Duration, mut bytes: Vec<u8>) -> Answer {
    stream.set_read_timeout(Some(patience)).expect("a timeout");
    let end = match stream.read_to_end(&mut bytes) {
        Ok(_) => End::Closed,
        Err(error) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
        Err(_) => End::Open,
    };
    Answer { text: String::from_utf8(bytes).expect("text"), end }
}

fn open(server: &Server, request: &str, headers: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("it listens");
    write!(stream, "{request}\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n{body}").expect("sent");
    stream
}
