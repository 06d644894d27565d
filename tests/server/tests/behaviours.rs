//! The server misbehaves exactly as asked, seen from a raw socket.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use server::{Behaviour, Seen, Server};

#[test]
fn ok_is_a_flight_answer() {
    let server = server();
    let answer = post(&server, "/?do=ok");
    assert!(answer.text.starts_with("HTTP/1.1 200"), "{answer:?}");
    assert!(answer.text.contains("content-type: text/x-component"), "{answer:?}");
    assert!(answer.text.ends_with("1:\"ok\"\n"), "{answer:?}");
    assert!(answer.closed);
}

#[test]
fn other_content_types() {
    let server = server();
    assert!(post(&server, "/?do=html200").text.starts_with("HTTP/1.1 200"));
    assert!(post(&server, "/?do=html502").text.starts_with("HTTP/1.1 502"));
    assert!(post(&server, "/?do=json").text.contains("application/json"));
    assert!(!post(&server, "/?do=empty204").text.contains("content-type"));
}

#[test]
fn cut_is_shorter_than_promised() {
    let server = server();
    let answer = post(&server, "/?do=cut");
    let (head, body) = answer.text.split_once("\r\n\r\n").expect("a head");
    let promised: usize = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length").parse().expect("a number");
    assert!(body.len() < promised, "{answer:?}");
    assert!(body.ends_with("1:\"o"), "{answer:?}");
    assert!(answer.closed);
}

#[test]
fn ends_is_as_long_as_promised() {
    let server = server();
    let answer = post(&server, "/?do=ends");
    let (head, body) = answer.text.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains(&format!("content-length: {}", body.len())), "{answer:?}");
    assert!(body.ends_with("1:\"o"), "{answer:?}");
}

#[test]
fn stall_sends_the_head_only() {
    let server = server();
    let answer = post(&server, "/?do=stall");
    assert!(answer.text.ends_with("\r\n\r\n"), "{answer:?}");
    assert!(!answer.closed);
}

#[test]
fn never_sends_nothing() {
    let server = server();
    let answer = post(&server, "/?do=never");
    assert_eq!(answer.text, "");
    assert!(!answer.closed);
}

#[test]
fn slow_takes_its_time() {
    let server = server();
    let before = Instant::now();
    assert!(post(&server, "/any/page?do=slow&ms=150").text.ends_with("1:\"ok\"\n"));
    assert!(before.elapsed() >= Duration::from_millis(150));
}

#[test]
fn unknown_behaviour_says_what_there_is() {
    let server = server();
    assert!(post(&server, "/?do=dance").text.contains("use one of ok, slow"));
    assert_eq!(Behaviour::ALL.len(), Behaviour::ALL.iter().filter(|(name, behaviour)| name.parse() == Ok(*behaviour)).count());
}

#[test]
fn remembers_what_it_was_asked() {
    let server = server();
    post(&server, "/?do=ok");
    post(&server, "/?do=json");
    let answer = ask(&server, "GET /__seen HTTP/1.1", "");
    let (_, body) = answer.text.split_once("\r\n\r\n").expect("a head");
    let seen: Vec<Seen> = serde_json::from_str(body).expect("JSON");
    assert_eq!(seen.iter().map(|seen| seen.behaviour.as_str()).collect::<Vec<_>>(), ["ok", "json"]);
    assert!(seen.iter().all(|seen| seen.action == "00ff"));
}

#[test]
fn wasm_comes_and_goes() {
    let package = std::env::temp_dir().join(format!("actionlane-server-{}", std::process::id()));
    std::fs::create_dir_all(package.join("wasm")).expect("a directory");
    std::fs::write(package.join("wasm/a.wasm"), b"\0asm").expect("a file");
    let server = Server::start(&package).expect("a server");
    let get = || ask(&server, "GET /pkg/wasm/a.wasm HTTP/1.1", "").text;
    assert!(get().contains("application/wasm"));
    ask(&server, "POST /__wasm?serve=0 HTTP/1.1", "");
    assert!(get().starts_with("HTTP/1.1 404"));
    ask(&server, "POST /__wasm?serve=1 HTTP/1.1", "");
    assert!(get().starts_with("HTTP/1.1 200"));
    std::fs::remove_dir_all(&package).expect("removed");
}

#[test]
fn policies_are_in_the_header() {
    let server = server();
    let strict = ask(&server, "GET /?csp=strict HTTP/1.1", "").text;
    assert!(strict.contains("content-security-policy: script-src 'self' 'unsafe-inline'\r\n"), "{strict}");
    assert!(strict.contains("/actionlane.js"), "{strict}");
    assert!(!ask(&server, "GET /?load=module HTTP/1.1", "").text.contains("content-security-policy"));
}

#[tokio::test]
async fn a_stopped_server_refuses_and_can_come_back() {
    let server = server();
    let port = server.port();
    server.stop().await;
    assert_eq!(TcpStream::connect(("127.0.0.1", port)).expect_err("nobody listens").kind(), ErrorKind::ConnectionRefused);
    let server = Server::start_on(port, Path::new("nowhere")).expect("the same port");
    assert!(post(&server, "/").text.ends_with("1:\"ok\"\n"));
}

#[derive(Debug)]
struct Answer {
    text: String,
    /// Whether the server closed the connection, within a moment.
    closed: bool,
}

fn server() -> Server {
    Server::start(Path::new("nowhere")).expect("a server")
}

fn post(server: &Server, path: &str) -> Answer {
    ask(server, &format!("POST {path} HTTP/1.1"), "next-action: 00ff\r\ncontent-length: 0\r\n")
}

fn ask(server: &Server, request: &str, headers: &str) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_millis(600))).expect("a timeout");
    write!(stream, "{request}\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n").expect("sent");
    let mut bytes = Vec::new();
    let closed = stream.read_to_end(&mut bytes).is_ok();
    Answer { text: String::from_utf8(bytes).expect("text"), closed }
}
