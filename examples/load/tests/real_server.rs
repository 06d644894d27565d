//! Calls actions of a real HTTP server on this machine: reqwest and tokio carry the client.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use actionlane::client::{Event, Request};
use actionlane::{Client, Kind, Sent, State};
use clap::Parser;
use load::{Http, Plan, Tokio, run};
use server::Server;
use tokio::task::LocalSet;

const ACTION: &str = "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Runs a test with a server, and a client of it.
fn with_server(test: impl AsyncFnOnce(&Server, Client)) {
    let server = Server::start(Path::new("none")).expect("a free port");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let client = Client::builder().transport(Http::default()).runtime(Tokio::default()).url(server.url() + "/");
        test(&server, client.build().expect("a client")).await;
    });
}

fn plan(server: &Server, how: &str) -> Plan {
    let (url, action) = (format!("{}/?{how}", server.url()), ACTION.to_owned());
    Plan { url, action, arguments: serde_json::json!([1]), calls: 200, at_once: 8, timeout: Duration::from_secs(60), retries: 0 }
}

#[test]
fn every_call_of_a_plan_is_counted() {
    with_server(async |server, _| {
        let report = run(&plan(server, "do=ok")).await.expect("a valid plan");
        assert_eq!((report.times.len(), report.requests, report.failures.len()), (200, 200, 0));
        assert!(report.share(0.5) <= report.share(0.95) && report.share(1.0).is_some());
        assert!(report.to_string().starts_with("succeeded  200\n"), "{report}");
    });
}

#[test]
fn a_redirect_of_http_carries_nothing_to_another_origin() {
    let listen = || TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (first, second) = (listen(), listen());
    let port = |listener: &TcpListener| listener.local_addr().expect("an address").port();
    let (url, target) = (format!("http://127.0.0.1:{}/", port(&first)), port(&second));
    let redirecting = std::thread::spawn(move || {
        let (mut stream, _) = first.accept().expect("a connection");
        let head = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{target}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        let _ = stream.read(&mut [0; 65536]);
        stream.write_all(head.as_bytes()).expect("an open connection");
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let error = LocalSet::new().block_on(&runtime, async {
        let client = Client::builder().transport(Http::default()).runtime(Tokio::default()).url(url).build().expect("a client");
        client.call::<()>(ACTION, ("card 4111",)).await.expect_err("no answer of an action")
    });
    redirecting.join().expect("a redirect");
    assert_eq!(error.http_status(), Some(307), "{error:?}");
    second.set_nonblocking(true).expect("a listener");
    assert!(second.accept().is_err(), "the other origin received a connection");
}

#[test]
fn a_call_to_a_port_that_refuses_was_not_sent() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let url = format!("http://127.0.0.1:{free}/");
        let plan = Plan {
            url,
            action: ACTION.to_owned(),
            arguments: serde_json::json!([]),
            calls: 1,
            at_once: 1,
            timeout: Duration::from_secs(60),
            retries: 0,
        };
        let report = run(&plan).await.expect("a valid plan");
        let (_, (_, error)) = report.failures.first_key_value().expect("a failure");
        assert_eq!((error.kind(), error.sent()), (Kind::Network, Sent::No));
        assert!(report.to_string().contains("no answer: "), "the report names the cause: {report}");
    });
}

#[test]
fn a_call_that_redirects_succeeds() {
    with_server(async |server, _| {
        let report = run(&Plan { calls: 3, ..plan(server, "do=ok&to=/elsewhere;push") }).await.expect("a valid plan");
        assert_eq!((report.times.len(), report.failures.len()), (3, 0));
    });
}

#[test]
fn a_plan_is_read_from_the_command_line() {
    let plan = Plan::try_parse_from(["load", "http://localhost:3000/", ACTION]).expect("the rest has defaults");
    assert_eq!((plan.arguments, plan.calls, plan.at_once), (serde_json::json!([]), 100, 10));
    let all = ["--arguments", "[\"book\", 2]", "--calls", "7", "--at-once", "3", "--timeout", "0.5", "--retries", "1"];
    let plan = Plan::try_parse_from([&["load", "http://localhost:3000/", ACTION], &all[..]].concat()).expect("valid options");
    assert_eq!((plan.arguments, plan.calls, plan.at_once), (serde_json::json!(["book", 2]), 7, 3));
    assert_eq!((plan.timeout, plan.retries), (Duration::from_millis(500), 1));
    for wrong in [["--arguments", "{}"], ["--at-once", "0"], ["--timeout", "soon"]] {
        let error = Plan::try_parse_from([&["load", "http://localhost:3000/", ACTION], &wrong[..]].concat()).expect_err(wrong[0]);
        assert_eq!(error.kind(), clap::error::ErrorKind::ValueValidation, "{wrong:?}");
    }
}

#[test]
fn failures_are_counted_by_their_code() {
    with_server(async |server, _| {
        let report = run(&Plan { calls: 9, ..plan(server, "do=html502") }).await.expect("a valid plan");
        assert_eq!((report.times.len(), report.failures.get("HTTP").map(|failure| failure.0)), (0, Some(9)));
        assert!(report.to_string().contains("\nHTTP       9: "), "{report}");
    });
}

#[test]
fn dropping_a_call_that_the_server_holds_frees_its_lane() {
    with_server(async |server, client| {
        let held = format!("{}/?gate=never", server.url());
        let mut events = client.events();
        let mut call = Box::pin(client.call::<String>(ACTION, (1,)).url(&held).into_future());
        let until_sent = async {
            while server.ledger().total == 0 {
                tokio::task::yield_now().await;
            }
        };
        futures_util::future::select(Box::pin(until_sent), call.as_mut()).await;
        drop(call);
        assert_eq!(client.pending(), 0);
        let outcome = client.call::<String>(ACTION, (2,)).await.expect("the lane is free");
        assert_eq!(outcome.value.as_deref(), Some("ok"));
        let first: Event = futures_util::StreamExt::next(&mut events).await.expect("an event");
        assert_eq!(first.call.state, State::Waiting);
    });
}

#[test]
fn answers_that_are_cut_off_and_errors_are_told_apart() {
    with_server(async |server, client| {
        for (how, kind, sent) in [
            ("do=reset&when=before", Kind::Network, Sent::Unknown),
            ("do=cut", Kind::Network, Sent::Yes),
            ("do=html200", Kind::NotFlight, Sent::Yes),
            ("do=garbage", Kind::Decode, Sent::Yes),
        ] {
            let error = client.call::<String>(ACTION, (1,)).url(format!("{}/?{how}", server.url())).await.expect_err(how);
            assert_eq!((error.kind(), error.sent()), (kind, sent), "{how}: {error}");
            let has_source = std::error::Error::source(&error).is_some();
            assert_eq!(has_source, kind == Kind::Network, "{how}");
        }
    });
}

#[test]
fn a_retry_with_a_key_runs_the_action_once() {
    with_server(async |server, client| {
        server.misbehave("faults=0.3&seed=7").expect("words");
        let mut values = 0;
        for number in 0..40 {
            values += usize::from(
                client.call::<String>(ACTION, (number,)).timeout(Duration::from_millis(300)).retry(9).idempotent().await.is_ok(),
            );
        }
        let ledger = server.ledger();
        assert!(values > 0, "some get through");
        assert!(ledger.keys.values().all(|entry| entry.effects <= 1), "none ran twice");
    });
}

#[test]
fn a_route_is_read_to_its_end() {
    with_server(async |server, client| {
        let response = client.route(Request::post(server.url() + "/__echo", "ä")).await.expect("an answer");
        assert_eq!(response.status(), 200);
        let echo: serde_json::Value = serde_json::from_str(&response.into_body().text().await.expect("a body")).expect("JSON");
        assert_eq!((&echo["method"], &echo["body"]), (&"POST".into(), &"ä".into()));
    });
}
