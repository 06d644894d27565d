//! Requests as they are sent, and calls that cannot be made.

use std::collections::BTreeMap;

use super::*;
use crate::client::Attempt;

#[test]
fn a_request_has_the_headers_of_an_action() {
    let sim = Sim::new(|_| Reply::value("1"));
    let client = sim.builder().header("Authorization", "Bearer 1").header("x-a", "usual").deployment_id("dpl_1").build().unwrap();
    sim.run(client.call::<u8>(ACTION, ("a", 1)).header("X-A", "own").url("https://shop.example/cart")).unwrap();
    let request = &sim.requests()[0];
    assert_eq!((&*request.method, &*request.url), ("POST", "https://shop.example/cart"));
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(
        headers,
        [
            ("Accept", "text/x-component"),
            ("next-action", ACTION),
            ("content-type", "text/plain;charset=UTF-8"),
            ("x-deployment-id", "dpl_1"),
            ("x-a", "own"),
            ("authorization", "Bearer 1"),
        ]
    );
    assert_eq!(request.body.as_ref().and_then(Body::as_bytes).unwrap(), br#"["a",1]"#);
}

#[test]
fn headers_of_an_attempt_are_made_for_each() {
    let sim =
        Sim::new(|request| if request.headers.iter().any(|(_, value)| value == "token 2") { Reply::value("1") } else { Reply::lost() });
    let usual =
        |attempt: &Attempt| vec![("Authorization".to_owned(), format!("token {}", attempt.number)), ("x-a".to_owned(), "usual".to_owned())];
    let client = sim.builder().header("authorization", "none").headers(usual).build().unwrap();
    let own = |attempt: &Attempt| vec![("X-A".to_owned(), format!("call {}", attempt.call))];
    sim.run(client.call::<u8>(ACTION, ()).idempotent().retry(1).headers(own)).unwrap();
    for (request, token) in sim.requests().iter().zip(["token 1", "token 2"]) {
        let values =
            |wanted: &str| request.headers.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.clone()).collect::<Vec<_>>();
        assert_eq!((values("authorization"), values("x-a")), (vec![token.to_owned()], vec!["call 1".to_owned()]));
    }
    let response = sim.run(client.route(Request::get("https://shop.example/api")).headers(|_| vec![("x-b".into(), "token 2".into())]));
    assert_eq!((response.unwrap().status(), sim.requests().len()), (200, 3));
}

#[test]
fn headers_of_an_attempt_that_cannot_be_sent_fail_the_call_unsent() {
    for (name, value) in [("Next-Action", "x"), ("a b", "x"), ("a", "x\r\nb: y"), ("idempotency-key", "x")] {
        let (sim, client) = world(|_| Reply::value("1"));
        let call = client.call::<u8>(ACTION, ()).idempotent().retry(3).headers(move |_| vec![(name.to_owned(), value.to_owned())]);
        let error = sim.run(call).unwrap_err();
        assert_eq!((error.kind(), error.sent(), sim.requests().len()), (Kind::InvalidOption, Sent::No, 0), "{name}");
    }
}

#[test]
fn a_map_is_sent_as_form_data() {
    let (sim, client) = world(|_| Reply::value("1"));
    sim.run(client.call::<u8>(ACTION, (BTreeMap::from([(1.5_f64.to_bits(), "x")]),))).unwrap();
    let request = &sim.requests()[0];
    let content_type = request.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.clone()).unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let body = String::from_utf8(request.body.as_ref().and_then(Body::as_bytes).unwrap().to_vec()).unwrap();
    assert!(body.starts_with(&format!("--{boundary}\r\n")) && body.ends_with(&format!("--{boundary}--\r\n")), "{body}");
}

#[test]
fn a_call_that_cannot_be_made_fails_without_a_request() {
    let sim = Sim::new(|_| Reply::value("1"));
    let client = sim.builder().max_body_bytes(10).build().unwrap();
    let own = |name: &str, value: &str| kind(sim.run(client.call::<u8>(ACTION, ()).header(name, value)));
    assert_eq!(own("Next-Action", "x"), Kind::InvalidOption);
    assert_eq!(own("a b", "x"), Kind::InvalidOption);
    assert_eq!(own("a", "x\r\nnext-action: y"), Kind::InvalidOption);
    assert_eq!(own("a", "€"), Kind::InvalidOption);
    assert_eq!(kind(sim.run(client.call::<u8>(ACTION, ()).idempotent().header("idempotency-key", "x"))), Kind::InvalidOption);
    assert_eq!(kind(sim.run(client.call::<u8>("save", ()))), Kind::InvalidOption);
    assert_eq!(kind(sim.run(client.call::<u8>(ACTION, 5))), Kind::Encode);
    assert_eq!(kind(sim.run(client.call::<u8>(ACTION, ("far too long",)))), Kind::BodyTooLarge);
    let nowhere = Client::builder().transport(sim.clone()).runtime(sim.clone()).build().unwrap();
    assert_eq!(kind(sim.run(nowhere.call::<u8>(ACTION, ()))), Kind::InvalidOption);
    assert_eq!((sim.requests().len(), client.pending()), (0, 0));
}

#[test]
fn a_header_of_the_protocol_cannot_carry_the_key() {
    assert_eq!(kind(Sim::new(|_| Reply::silent()).builder().idempotency_header("Next-Action").build()), Kind::InvalidOption);
}

#[test]
fn too_many_waiting_calls_are_refused() {
    let sim = Sim::new(|_| Reply::silent());
    let client = sim.builder().max_queued(1).build().unwrap();
    client.call::<u8>(ACTION, ()).detach();
    client.call::<u8>(ACTION, ()).detach();
    assert_eq!(kind(sim.run(client.call::<u8>(ACTION, ()))), Kind::QueueFull);
}

#[test]
fn arguments_may_be_borrowed() {
    let (sim, client) = echo(MS);
    let call = {
        let text = String::from("short-lived");
        client.call::<String>(ACTION, (&text,))
    };
    assert_eq!(sim.run(call).unwrap().value.as_deref(), Some("short-lived"));
}

#[test]
fn a_value_sent_back_by_its_path_comes_back() {
    let (sim, client) = world(|_| Reply::flight("0:{\"a\":\"$@1\"}\n1:\"$T0:0\"\n"));
    let outcome = sim.run(client.call::<BTreeMap<String, u8>>(OTHER, (BTreeMap::from([("a", 1)]),))).unwrap();
    assert_eq!(outcome.value, Some(BTreeMap::from([("a".to_owned(), 1)])));
}
