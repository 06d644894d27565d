//! Idempotency keys and the ledger, seen from raw sockets. The tests wait for states of the server, never for times.

mod socket;

use std::thread;
use std::time::{Duration, Instant};

use server::{Behaviour, FAULTS, Ledger, Seen, Server};
use socket::{Answer, End, ask, ledger, post, read, send, server};

#[test]
fn an_action_runs_once_for_each_key() {
    let server = server();
    let first = keyed(&server, "/?call=7", "k1", "[1]");
    let again = keyed(&server, "/?call=8", "\"k1\"", "[1]");
    assert_eq!((first.status(), first.body()), (Some(200), again.body()), "the stored answer is that of the first");
    keyed(&server, "/?lane=cart", "k2", "[1]");
    let ledger = ledger(&server);
    let (one, two) = (&ledger.keys["k1"], &ledger.keys["k2"]);
    assert_eq!((one.arrivals, one.effects, one.order, one.call.as_deref()), (2, 1, 1, Some("7")));
    assert_eq!((two.arrivals, two.effects, two.order, two.lane.as_deref()), (1, 1, 3, Some("cart")));
    assert_eq!((ledger.total, ledger.most_at_once), (3, 1));
}

#[test]
fn without_a_key_an_action_runs_each_time() {
    let server = server();
    post(&server, "/?call=7");
    post(&server, "/?call=7");
    post(&server, "/");
    let ledger = ledger(&server);
    assert_eq!((ledger.keys["7"].arrivals, ledger.keys["7"].effects), (2, 2));
    assert_eq!((ledger.keys.len(), ledger.total), (1, 3));
}

#[test]
fn the_same_key_with_another_body_is_refused() {
    let server = server();
    keyed(&server, "/", "k", "[1]");
    assert_eq!(keyed(&server, "/", "k", "[2]").status(), Some(422));
    assert_eq!(ledger(&server).keys["k"].effects, 1);
}

#[test]
fn a_key_belongs_to_a_user() {
    let server = server();
    keyed(&server, "/", "k", "[1]");
    let other = read(send(&server, "/", "idempotency-key: k\r\ncookie: a=b; user=ann\r\n", "[2]"));
    assert_eq!(other.status(), Some(200));
    let ledger = ledger(&server);
    assert_eq!((ledger.keys["k"].effects, ledger.keys["ann/00ff/k"].effects), (1, 1));
}

#[test]
fn an_empty_key_is_refused() {
    let server = server();
    assert_eq!(keyed(&server, "/", "\"\"", "").status(), Some(400));
    assert_eq!(ledger(&server).total, 0);
}

#[test]
fn while_an_action_runs_the_next_request_must_wait() {
    let server = server();
    let first = send(&server, "/?gate=g", "idempotency-key: k\r\n", "");
    until(&server, |ledger| ledger.total == 1);
    let second = keyed(&server, "/?busy=0", "k", "");
    assert_eq!((second.status(), second.header("retry-after")), (Some(409), Some("0")));
    assert_eq!(keyed(&server, "/", "k", "").header("retry-after"), Some("1"));
    open(&server, "g");
    assert_eq!(read(first).status(), Some(200));
    assert_eq!(keyed(&server, "/", "k", "").status(), Some(200));
    let ledger = ledger(&server);
    assert_eq!((ledger.keys["k"].arrivals, ledger.keys["k"].effects, ledger.most_at_once), (4, 1, 2));
}

#[test]
fn an_action_runs_to_its_end_even_if_the_client_has_gone() {
    let server = server();
    let first = send(&server, "/?gate=g", "idempotency-key: k\r\n", "");
    until(&server, |ledger| ledger.total == 1);
    drop(first);
    open(&server, "g");
    until(&server, |ledger| ledger.keys["k"].effects == 1);
    assert_eq!(keyed(&server, "/", "k", "").status(), Some(200));
    assert_eq!(ledger(&server).keys["k"].effects, 1);
}

#[test]
fn requests_in_work_at_once_are_counted() {
    let server = server();
    let all = [0, 1, 2].map(|call| send(&server, &format!("/?gate=g&call={call}"), "", ""));
    until(&server, |ledger| ledger.total == 3);
    open(&server, "g");
    for stream in all {
        assert_eq!(read(stream).status(), Some(200));
    }
    post(&server, "/");
    assert_eq!((server.ledger().most_at_once, server.ledger().total), (3, 4));
}

#[test]
fn an_aborted_request_is_no_longer_in_work() {
    let server = server();
    for behaviour in ["stall", "never", "unread"] {
        let stream = send(&server, &format!("/?do={behaviour}"), "", "");
        until(&server, |ledger| ledger.total == 1);
        drop(stream);
        // Deleting the ledger keeps requests in work.
        until(&server, |ledger| {
            assert!(ledger.total <= 1);
            ask(&server, "DELETE /ledger HTTP/1.1", "");
            server.ledger().most_at_once == 0
        });
    }
}

#[test]
fn the_ledger_is_forgotten_on_request() {
    let server = server();
    keyed(&server, "/", "k", "[1]");
    assert_eq!(ask(&server, "DELETE /ledger HTTP/1.1", "").status(), Some(204));
    assert_eq!(ledger(&server), Ledger::default());
    assert_eq!(keyed(&server, "/", "k", "[2]").status(), Some(200), "the key is new");
}

/// Any fault after the action has run: it has run once, and the stored value can be fetched.
#[test]
fn a_fault_after_the_action_leaves_its_value_to_fetch() {
    let server = server();
    for (name, _) in Behaviour::ALL.into_iter().filter(|(_, behaviour)| acts(*behaviour)) {
        let has_run = |ledger: &Ledger| ledger.keys.get(name).is_some_and(|entry| entry.effects == 1);
        give_up(&server, &format!("/?call=first&do={name}&ms=0"), name, has_run);
        let again = keyed(&server, "/?call=again", name, "");
        assert!(again.body().contains("first"), "{name}: {again:?}");
        let entry = &server.ledger().keys[name];
        assert_eq!((entry.arrivals, entry.effects), (2, 1), "{name}");
    }
}

/// Any fault before the action runs: it has not run, unless the client got its value.
#[test]
fn a_fault_before_the_action_keeps_it_from_running() {
    let server = server();
    for (name, behaviour) in Behaviour::ALL {
        let effects = u64::from(behaviour.succeeds());
        let so_far = |ledger: &Ledger| ledger.keys.get(name).is_some_and(|entry| entry.effects == effects);
        give_up(&server, &format!("/?call=first&do={name}&ms=0&when=before"), name, so_far);
        let again = keyed(&server, "/?call=again", name, "");
        assert!(again.body().contains(if behaviour.succeeds() { "first" } else { "again" }), "{name}: {again:?}");
        let entry = &server.ledger().keys[name];
        assert_eq!((entry.arrivals, entry.effects), (2, 1), "{name}");
    }
}

#[test]
fn an_answer_with_409_can_get_lost_too() {
    let server = server();
    let _first = send(&server, "/?gate=g", "idempotency-key: k\r\n", "");
    until(&server, |ledger| ledger.total == 1);
    assert_eq!(keyed(&server, "/?do=reset", "k", "").end, End::Reset);
    assert_eq!(keyed(&server, "/?do=drip", "k", "").status(), Some(409));
}

#[test]
fn faults_are_drawn_by_name_and_arrival() {
    let all = |server: &Server| {
        for call in 0..40 {
            give_up(server, &format!("/?call={call}"), &format!("k{call}"), |ledger| ledger.total == call + 1);
            until_seen(server, call as usize + 1);
        }
        seen(server)
    };
    let servers = [server(), server()];
    for server in &servers {
        server.misbehave("faults=0.3&seed=11&ms=0").expect("readable");
    }
    let [one, other] = servers.each_ref().map(all);
    assert_eq!((one, &servers[0].ledger().drawn), (other, &servers[1].ledger().drawn));
    let ledger = ledger(&servers[0]);
    let drawn: u64 = ledger.drawn.values().sum();
    assert!((4..=20).contains(&drawn), "{ledger:?}");
    assert!(ledger.drawn.keys().all(|fault| FAULTS.iter().any(|known| fault.starts_with(&format!("{known}&when=")))), "{ledger:?}");
    assert!(ledger.keys.values().any(|entry| entry.effects == 0), "{ledger:?}");
}

#[test]
fn a_requested_behaviour_replaces_drawn_faults() {
    let server = server();
    server.misbehave("faults=1").expect("readable");
    assert_eq!(post(&server, "/?do=ok").status(), Some(200));
    assert!(server.ledger().drawn.is_empty());
}

/// True if the action can have run.
fn acts(behaviour: Behaviour) -> bool {
    !matches!(behaviour, Behaviour::Unread | Behaviour::Early)
}

fn keyed(server: &Server, path: &str, key: &str, body: &str) -> Answer {
    read(send(server, path, &format!("idempotency-key: {key}\r\n"), body))
}

/// Sends a request, and drops the connection once the ledger satisfies `so_far`.
fn give_up(server: &Server, path: &str, key: &str, so_far: impl Fn(&Ledger) -> bool) {
    let _stream = send(server, path, &format!("idempotency-key: {key}\r\n"), "");
    until(server, so_far);
}

fn open(server: &Server, gate: &str) {
    assert_eq!(ask(server, &format!("POST /__gate?name={gate} HTTP/1.1"), "content-length: 0\r\n").status(), Some(204));
}

/// Returns the action requests that the server has received.
fn seen(server: &Server) -> Vec<Seen> {
    serde_json::from_str(ask(server, "GET /__seen HTTP/1.1", "").body()).expect("a list")
}

fn until_seen(server: &Server, count: usize) {
    until(server, |_| seen(server).len() == count);
}

/// Waits until the ledger satisfies `so`, at most a minute.
#[track_caller]
fn until(server: &Server, so: impl Fn(&Ledger) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !so(&server.ledger()) {
        assert!(Instant::now() < deadline, "{:?}", server.ledger());
        thread::yield_now();
    }
}
