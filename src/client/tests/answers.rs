//! Answers of each kind, and what they do to the page around the client.

use std::collections::BTreeMap;

use super::*;
use crate::Visit;
use crate::client::{Host, Moved, Target};
use crate::protocol::{RedirectType, Revalidated};

const HEAD: &str = "0:{\"a\":\"$@1\",\"f\":\"\"}\n";

#[test]
fn a_value_is_there_before_the_rest_of_the_answer() {
    let (sim, client) = world(|_| Reply::flight(HEAD).then(5 * MS, "1:[1,").then(5 * MS, "2]\n").then(90 * MS, "7:\"page\"\n"));
    let outcome = sim.run(client.call::<Vec<u8>>(ACTION, ())).unwrap();
    assert_eq!((outcome.value, sim.now()), (Some(vec![1, 2]), 10 * MS));
    assert_eq!(outcome.timings.value_at.map(crate::Instant::as_millis), Some(10.0));
}

#[test]
fn the_lane_is_free_at_the_value() {
    let (sim, client) = world(|_| Reply::value("1").then(90 * MS, "7:\"page\"\n"));
    sim.run(client.call::<u8>(ACTION, ())).unwrap();
    sim.run(client.call::<u8>(ACTION, ())).unwrap();
    assert_eq!(sim.now(), Duration::ZERO);
}

#[test]
fn a_promise_inside_the_value_is_waited_for() {
    let (sim, client) = world(|_| Reply::flight(HEAD).then(MS, "1:{\"total\":\"$@2\"}\n").then(9 * MS, "2:12.5\n").stalls());
    let outcome = sim.run(client.call::<BTreeMap<String, f64>>(ACTION, ())).unwrap();
    assert_eq!((outcome.value.unwrap()["total"], sim.now()), (12.5, 10 * MS));
}

#[test]
fn an_answer_that_is_cut_off_inside_a_needed_promise_may_be_retried() {
    let cut = || Reply::flight(HEAD).then(MS, "1:{\"total\":\"$@2\"}\n");
    let (sim, client) = script([cut(), cut().then(MS, "2:12.5\n")]);
    let outcome = sim.run(client.call::<BTreeMap<String, f64>>(ACTION, ()).retry(1).idempotent()).unwrap();
    assert_eq!((outcome.value.unwrap()["total"], outcome.attempts), (12.5, 2));
}

#[test]
fn a_cut_off_promise_that_the_type_ignores_does_no_harm() {
    #[derive(serde::Deserialize)]
    struct Name {
        name: String,
    }
    let (sim, client) = world(|_| Reply::flight(HEAD).then(MS, "1:{\"name\":\"Ada\",\"total\":\"$@2\"}\n"));
    assert_eq!(sim.run(client.call::<Name>(ACTION, ())).unwrap().value.unwrap().name, "Ada");
}

#[test]
fn a_value_of_another_type_says_where() {
    let (sim, client) = world(|_| Reply::value("{\"a\":[1,\"x\"]}"));
    let error = sim.run(client.call::<BTreeMap<String, Vec<u8>>>(ACTION, ())).unwrap_err();
    assert_eq!((error.kind(), error.sent()), (Kind::Decode, Sent::Yes));
    assert!(error.message().starts_with(".a[1]: expected u8"), "{error}");
}

#[test]
fn thrown_errors_have_their_digest_and_their_kind() {
    for (digest, kind) in [("2338545322", Kind::ActionThrew), ("NEXT_HTTP_ERROR_FALLBACK;404", Kind::NotFound)] {
        let (sim, client) = world(move |_| Reply::throws(digest));
        let error = sim.run(client.call::<u8>(ACTION, ())).unwrap_err();
        assert_eq!((error.kind(), error.server_digest(), error.sent()), (kind, Some(digest), Sent::Yes));
    }
}

#[test]
fn an_error_of_a_call_that_was_sent_has_what_is_known_of_it() {
    let (sim, client) = script([Reply::status(503), Reply::throws("4711").header("x-action-revalidated", "1").header("x-a", "b")]);
    let error = sim.run(client.call::<u8>(ACTION, ()).retry(1).idempotency_key("mine")).unwrap_err();
    let outcome = error.outcome().unwrap();
    assert_eq!((error.server_digest(), error.http_status(), outcome.status), (Some("4711"), Some(500), Some(500)));
    assert_eq!((outcome.attempts, outcome.header("x-a"), outcome.idempotency_key.as_deref()), (2, Some("b"), Some("mine")));
    assert_eq!((outcome.revalidated, outcome.value), (Some(Revalidated::All), None));
    assert!(outcome.timings.settled_at.is_some());
    let (sim, client) = script([Reply::lost()]);
    let error = sim.run(client.call::<u8>(ACTION, ())).unwrap_err();
    assert_eq!((error.http_status(), error.outcome().map(|outcome| outcome.attempts)), (None, Some(1)));
    client.close();
    assert!(sim.run(client.call::<u8>(ACTION, ())).unwrap_err().outcome().is_none(), "it was not sent");
}

#[test]
fn an_unknown_action_did_not_run() {
    let (sim, client) = world(|_| Reply::unknown());
    let error = sim.run(client.call::<u8>(ACTION, ())).unwrap_err();
    assert_eq!((error.kind(), error.sent(), error.http_status()), (Kind::ActionNotFound, Sent::No, Some(404)));
    assert!(error.may_be_called_again());
}

#[test]
fn an_unknown_action_is_first_sent_without_the_request_to_skip_the_page() {
    let (sim, client) = script([Reply::unknown(), Reply::value("1")]);
    assert_eq!(sim.run(client.call::<u8>(ACTION, ()).render(crate::Render::Skip)).unwrap().attempts, 2);
    let skips = |request: &Request| request.headers.iter().any(|(name, _)| name == "x-action-forwarded");
    assert_eq!(sim.requests().iter().map(skips).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn an_answer_that_is_not_flight_shows_its_beginning() {
    let (sim, client) = world(|_| Reply::page(502, "text/html", " <h1>Bad Gateway</h1>").stalls());
    let error = sim.run(client.call::<u8>(ACTION, ())).unwrap_err();
    assert_eq!((error.kind(), error.http_status(), error.excerpt()), (Kind::Http, Some(502), Some("<h1>Bad Gateway</h1>")));
    let (sim, client) = world(|_| Reply::page(200, "image/png", "PNG"));
    let error = sim.run(client.call::<u8>(ACTION, ())).unwrap_err();
    assert_eq!((error.kind(), error.excerpt()), (Kind::NotFlight, None));
}

#[test]
fn a_text_that_does_not_come_holds_the_lane_for_200_ms_only() {
    let (sim, client) = world(|_| Reply::status(502).header("content-type", "text/html").stalls());
    let error = sim.run(client.call::<u8>(ACTION, ())).unwrap_err();
    assert_eq!((error.kind(), sim.now(), sim.aborted()), (Kind::Http, 200 * MS, 1));
}

#[test]
fn bytes_that_are_no_rows_are_an_error_of_the_answer() {
    let (sim, client) = world(|_| Reply::flight("<html>"));
    let error = sim.run(client.call::<u8>(ACTION, ()).retry(3).idempotent()).unwrap_err();
    assert_eq!((error.kind(), error.sent(), sim.requests().len()), (Kind::Decode, Sent::Yes, 1));
}

#[test]
fn an_answer_without_a_value_is_an_error() {
    let (sim, client) = world(|_| Reply::flight(HEAD));
    let error = sim.run(client.call::<u8>(ACTION, ())).unwrap_err();
    assert_eq!((error.kind(), error.message()), (Kind::Decode, "the answer ended before the value"));
}

#[test]
fn a_page_in_the_answer_is_noticed() {
    let (sim, client) = world(|_| Reply::flight("0:{\"a\":\"$@1\",\"f\":[[\"\",{}]]}\n1:1\n").header("x-action-revalidated", "2"));
    let outcome = sim.run(client.call::<u8>(ACTION, ())).unwrap();
    assert_eq!((outcome.rendered, outcome.revalidated), (true, Some(Revalidated::Dynamic)));
}

/// A window that moves, and that logs it.
#[derive(Default)]
struct Window {
    log: RefCell<Vec<String>>,
    visit: Cell<u64>,
    leaves: Cell<bool>,
}

impl Host for Window {
    fn resolve(&self, url: &str, _: &str) -> Option<Target> {
        let (scheme, rest) = url.split_once(':').unwrap_or(("https", url));
        let path = rest.strip_prefix("//shop.example").unwrap_or(rest);
        let same_origin = path.starts_with('/') && !path.starts_with("//");
        let whole = if rest == path && same_origin { format!("https://shop.example{path}") } else { url.to_owned() };
        Some(Target { url: whole, scheme: format!("{scheme}:"), path: path.to_owned(), same_origin })
    }

    fn redirect(&self, to: &str, kind: Option<RedirectType>, refresh: Option<Revalidated>) -> Moved {
        self.log.borrow_mut().push(format!("to {to} {kind:?} {refresh:?}"));
        self.visit.set(self.visit.get() + 1);
        if self.leaves.get() { Moved::Leaving } else { Moved::Moved }
    }

    fn refresh(&self, what: Revalidated) {
        self.log.borrow_mut().push(format!("refresh {what:?}"));
    }

    fn visit(&self) -> Visit {
        Visit(self.visit.get())
    }
}

fn windowed(server: impl Fn(&Request) -> Reply + 'static) -> (Sim, Client, Rc<Window>) {
    let (sim, window) = (Sim::new(server), Rc::new(Window::default()));
    let client = sim.builder().host(Rc::clone(&window)).base_path("/shop").build().unwrap();
    (sim, client, window)
}

#[test]
fn a_redirect_goes_through_the_host_before_the_call_is_over() {
    let (sim, client, window) = windowed(|_| Reply::redirect("/cart;replace").header("x-action-revalidated", "1"));
    let outcome = sim.run(client.call::<u8>(ACTION, ())).unwrap();
    assert_eq!(*window.log.borrow(), ["to https://shop.example/shop/cart Some(Replace) Some(All)"]);
    let redirect = outcome.redirect.unwrap();
    assert_eq!((outcome.value, &*redirect.url, redirect.followed), (None, "https://shop.example/shop/cart", true));
}

#[test]
fn a_redirect_is_not_followed_from_another_page() {
    let (sim, client, window) = windowed(|_| Reply::redirect("/cart").after(10 * MS));
    let mut call = client.call::<u8>(ACTION, ()).into_future();
    poke(&sim, &mut call);
    window.visit.set(7);
    let redirect = sim.run(call).unwrap().redirect.unwrap();
    assert_eq!((redirect.followed, window.log.borrow().len()), (false, 0));
}

#[test]
fn a_redirect_to_a_script_is_blocked() {
    let (sim, client, window) = windowed(|_| Reply::redirect("javascript:alert(1)"));
    let error = sim.run(client.call::<u8>(ACTION, ())).unwrap_err();
    assert_eq!((error.kind(), error.sent(), window.log.borrow().len()), (Kind::RedirectBlocked, Sent::Yes, 0));
}

#[test]
fn a_redirect_in_a_digest_is_followed_too() {
    let (sim, client, window) = windowed(|_| Reply::throws("NEXT_REDIRECT;push;/a;b=1;307;"));
    assert_eq!(sim.run(client.call::<u8>(ACTION, ())).unwrap().value, None);
    assert_eq!(*window.log.borrow(), ["to https://shop.example/shop/a;b=1 None None"]);
}

#[test]
fn nothing_starts_while_the_window_is_left() {
    let (sim, client, window) = windowed(|_| Reply::redirect("/cart"));
    window.leaves.set(true);
    sim.run(client.call::<u8>(ACTION, ())).unwrap();
    client.call::<u8>(ACTION, ()).detach();
    pass(&sim, Duration::from_secs(20));
    assert_eq!(sim.requests().len(), 1);
    pass(&sim, Duration::from_secs(11));
    assert_eq!(sim.requests().len(), 2, "it was not left");
}

#[test]
fn a_revalidation_requests_fresh_data_once_for_a_burst() {
    let (sim, client, window) = windowed(|_| Reply::value("1").header("x-action-revalidated", "1"));
    let calls = (0..3).map(|_| client.call::<u8>(ACTION, ()).into_future());
    assert!(sim.run(all(calls)).iter().all(Result::is_ok));
    assert_eq!(*window.log.borrow(), ["refresh All"]);
}
