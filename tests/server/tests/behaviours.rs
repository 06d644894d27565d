//! The server misbehaves exactly as requested, seen from a raw socket.

mod socket;

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use server::{Behaviour, Seen, Server};
use socket::{Answer, End, ask, post, read, read_open, send, server};

/// The whole body of a successful answer.
const ROWS: &str = "0:{\"a\":\"$@1\",\"q\":\"\",\"i\":false}\n1:\"ok\"\n";

#[test]
fn ok_is_a_flight_answer() {
    let server = server();
    let answer = post(&server, "/?do=ok");
    assert_eq!((answer.status(), answer.header("content-type")), (Some(200), Some("text/x-component")), "{answer:?}");
    assert_eq!((answer.body(), answer.end), (ROWS, End::Closed));
}

#[test]
fn bodies_other_than_flight_have_their_content_types() {
    let server = server();
    assert_eq!(post(&server, "/?do=html200").status(), Some(200));
    assert_eq!(post(&server, "/?do=html502").status(), Some(502));
    assert_eq!(post(&server, "/?do=json").header("content-type"), Some("application/json"));
    assert_eq!(post(&server, "/?do=empty204").header("content-type"), None);
    let answer = post(&server, "/?do=type");
    assert_eq!((answer.header("content-type"), answer.body()), (Some("text/plain; charset=utf-8"), ROWS));
}

#[test]
fn garbage_is_no_flight() {
    let server = server();
    let answer = post(&server, "/?do=garbage");
    assert_eq!((answer.header("content-type"), answer.body()), (Some("text/x-component"), "this is not Flight\n"));
}

#[test]
fn any_status_is_sent_with_and_without_retry_after() {
    let server = server();
    for status in [400, 408, 409, 425, 429, 500, 502, 503, 504] {
        let answer = post(&server, &format!("/?do=status&status={status}"));
        assert_eq!((answer.status(), answer.header("retry-after")), (Some(status), None));
        let answer = post(&server, &format!("/?do=status&status={status}&after=3"));
        assert_eq!((answer.status(), answer.header("retry-after")), (Some(status), Some("3")));
    }
    assert_eq!(post(&server, "/?do=status").status(), Some(500));
}

#[test]
fn retry_after_may_be_a_date() {
    let server = server();
    let before = SystemTime::now();
    let answer = post(&server, "/?do=status&status=503&after=%2B3600");
    let date = httpdate::parse_http_date(answer.header("retry-after").expect("one")).expect("a date");
    // An HTTP date has whole seconds.
    assert!(date >= before + Duration::from_secs(3599), "{answer:?}");
}

#[test]
fn login_is_a_redirect_to_a_page() {
    let server = server();
    let answer = post(&server, "/?do=login");
    assert_eq!((answer.status(), answer.header("location")), (Some(303), Some("/login")));
    assert_eq!(post(&server, "/?do=login&status=307").status(), Some(307));
    for method in ["GET", "POST"] {
        let page = ask(&server, &format!("{method} /login HTTP/1.1"), "content-length: 0\r\n");
        assert!(page.body().contains("Please sign in"), "{page:?}");
    }
}

#[test]
fn reset_and_close_end_the_connection_before_the_head() {
    let server = server();
    let answer = post(&server, "/?do=reset");
    assert_eq!((answer.text.as_str(), answer.end), ("", End::Reset));
    let answer = post(&server, "/?do=close");
    assert_eq!((answer.text.as_str(), answer.end), ("", End::Closed));
}

#[test]
fn reset_head_resets_in_the_middle_of_the_head() {
    let server = server();
    let answer = post(&server, "/?do=reset-head");
    assert_eq!((answer.text.as_str(), answer.end), ("HTTP/1.1 200 OK\r\ncontent-ty", End::Reset));
}

#[test]
fn reset_row_and_cut_end_in_the_middle_of_a_row() {
    let server = server();
    for (name, end) in [("reset-row", End::Reset), ("cut", End::Closed)] {
        let answer = post(&server, &format!("/?do={name}"));
        let promised: usize = answer.header("content-length").expect("a length").parse().expect("a number");
        assert!(answer.body().len() < promised, "{answer:?}");
        assert!(answer.body().ends_with("1:\"o"), "{answer:?}");
        assert_eq!(answer.end, end, "{name}");
    }
}

#[test]
fn ends_is_as_long_as_promised() {
    let server = server();
    let answer = post(&server, "/?do=ends");
    assert_eq!(answer.header("content-length"), Some(answer.body().len().to_string().as_str()));
    assert!(answer.body().ends_with("1:\"o"), "{answer:?}");
}

#[test]
fn stall_sends_the_head_or_half_a_row() {
    let server = server();
    let answer = read_open(send(&server, "/?do=stall", "", ""), "\r\n\r\n");
    assert_eq!((answer.status(), answer.body(), answer.end), (Some(200), "", End::Open));
    let answer = read_open(send(&server, "/?do=stall-row", "", ""), "1:\"o");
    assert!(answer.body().contains("1:\"o"), "{answer:?}");
    assert_eq!(answer.end, End::Open);
}

#[test]
fn never_sends_nothing() {
    let server = server();
    let answer = read_open(send(&server, "/?do=never", "", ""), "");
    assert_eq!((answer.text.as_str(), answer.end), ("", End::Open));
}

/// The body fills the system's buffers of the connection; after that, nothing more can be sent.
#[test]
fn unread_never_reads_the_body() {
    let server = server();
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("it listens");
    stream.set_write_timeout(Some(Duration::from_millis(600))).expect("a timeout");
    let length = 256 << 20;
    write!(stream, "POST /?do=unread HTTP/1.1\r\nhost: localhost\r\nnext-action: 00ff\r\ncontent-length: {length}\r\n\r\n").expect("sent");
    let piece = vec![b'x'; 1 << 20];
    let stuck = (0..length / piece.len()).find_map(|_| stream.write_all(&piece).err()).expect("it reads none of this");
    assert_eq!(stuck.kind(), ErrorKind::WouldBlock);
}

#[test]
fn early_answers_before_the_body() {
    let server = server();
    let stream = {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("it listens");
        write!(stream, "POST /?do=early HTTP/1.1\r\nhost: localhost\r\nnext-action: 00ff\r\ncontent-length: 9\r\n\r\n").expect("sent");
        stream
    };
    assert_eq!(read(stream).status(), Some(413));
}

#[test]
fn twice_is_two_whole_answers() {
    let server = server();
    let answer = post(&server, "/?do=twice");
    assert_eq!((answer.text.matches("HTTP/1.1 200 OK").count(), answer.text.matches(ROWS).count()), (2, 2), "{answer:?}");
    assert_eq!(answer.end, End::Closed);
}

#[test]
fn huge_is_as_large_as_requested() {
    let server = server();
    let answer = post(&server, "/?do=huge&bytes=3000000");
    assert_eq!(answer.body().len(), ROWS.len() - 2 + 3_000_000);
}

#[test]
fn drip_comes_in_pieces() {
    let server = server();
    let answer = post(&server, "/?do=drip&ms=1");
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    // A chunk is a line with its length and a line with its bytes.
    let chunks: Vec<&str> = answer.body().split("\r\n").collect();
    let pieces: Vec<&str> = chunks.chunks(2).filter_map(|chunk| chunk.get(1).copied()).collect();
    assert_eq!(pieces.concat(), ROWS);
    assert!(pieces.iter().filter(|piece| !piece.is_empty()).count() > 10, "{pieces:?}");
}

#[test]
fn slow_and_delay_take_their_time() {
    let server = server();
    for path in ["/any/page?do=slow&ms=150", "/any/page?delay=150", "/?delay=150&when=before"] {
        let before = Instant::now();
        assert!(post(&server, path).text.ends_with("1:\"ok\"\n"));
        assert!(before.elapsed() >= Duration::from_millis(150));
    }
}

#[test]
fn wishes_come_from_the_header_the_query_or_the_setting() {
    let server = server();
    assert_eq!(read(send(&server, "/?do=ok", "misbehave: do=status&status=418\r\n", "")).status(), Some(418));
    ask(&server, "POST /__misbehave?do=status&status=503 HTTP/1.1", "content-length: 0\r\n");
    assert_eq!(post(&server, "/").status(), Some(503));
    assert_eq!(post(&server, "/?do=ok").status(), Some(200));
    server.misbehave("").expect("readable");
    assert_eq!(post(&server, "/").status(), Some(200));
    assert!(server.misbehave("when=never").is_err());
    assert_eq!(post(&server, "/?when=never").status(), Some(400));
}

#[test]
fn a_named_call_has_its_own_value() {
    let server = server();
    let answer = read(send(&server, "/?call=7&size=4", "", "[1,2]"));
    assert!(answer.body().ends_with("1:{\"call\":\"7\",\"bytes\":5,\"pad\":\"xxxx\"}\n"), "{answer:?}");
}

#[test]
fn an_unknown_behaviour_lists_the_known_ones() {
    let server = server();
    assert!(post(&server, "/?do=dance").text.contains("use one of ok, slow"));
    assert_eq!(Behaviour::ALL.len(), Behaviour::ALL.iter().filter(|(name, behaviour)| name.parse() == Ok(*behaviour)).count());
}

#[test]
fn action_requests_are_remembered() {
    let server = server();
    post(&server, "/?do=ok");
    post(&server, "/?do=json");
    let answer = ask(&server, "GET /__seen HTTP/1.1", "");
    let seen: Vec<Seen> = serde_json::from_str(answer.body()).expect("JSON");
    assert_eq!(seen.iter().map(|seen| seen.behaviour.as_str()).collect::<Vec<_>>(), ["ok", "json"]);
    assert!(seen.iter().all(|seen| seen.action == "00ff"));
}

#[test]
fn the_wasm_is_served_as_requested() {
    let package = std::env::temp_dir().join(format!("actionlane-server-{}", std::process::id()));
    std::fs::create_dir_all(package.join("wasm")).expect("a directory");
    std::fs::write(package.join("wasm/a.wasm"), b"\0asm").expect("a file");
    let server = Server::start(&package).expect("a server");
    let get = || ask(&server, "GET /pkg/wasm/a.wasm HTTP/1.1", "");
    assert_eq!(get().header("content-type"), Some("application/wasm"));
    ask(&server, "POST /__wasm?serve=0 HTTP/1.1", "");
    assert_eq!(get().status(), Some(404));
    ask(&server, "POST /__wasm?serve=1 HTTP/1.1", "");
    assert_eq!(get().status(), Some(200));
    ask(&server, "POST /__wasm?serve=charset HTTP/1.1", "");
    assert_eq!(get().header("content-type"), Some("application/wasm; charset=utf-8"));
    ask(&server, "POST /__wasm?serve=html HTTP/1.1", "");
    assert!(get().body().contains("<!doctype html>"));
    std::fs::remove_dir_all(&package).expect("removed");
}

#[test]
fn policies_are_in_the_header() {
    let server = server();
    let strict = ask(&server, "GET /?csp=strict HTTP/1.1", "");
    assert_eq!(strict.header("content-security-policy"), Some("script-src 'self' 'unsafe-inline'"), "{strict:?}");
    assert!(strict.body().contains("/actionlane.js"), "{strict:?}");
    assert_eq!(ask(&server, "GET /?load=module HTTP/1.1", "").header("content-security-policy"), None);
}

#[tokio::test]
async fn a_stopped_server_refuses_and_its_port_is_free() {
    let server = server();
    let port = server.port();
    server.stop().await;
    assert_eq!(TcpStream::connect(("127.0.0.1", port)).expect_err("no server listens").kind(), ErrorKind::ConnectionRefused);
    let server = Server::start_on(port, Path::new("nowhere")).expect("the same port");
    let Answer { text, .. } = post(&server, "/");
    assert!(text.ends_with("1:\"ok\"\n"));
}
