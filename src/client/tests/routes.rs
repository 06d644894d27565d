//! Requests to routes.

use super::*;

fn get() -> Request {
    Request::get("https://shop.example/api")
}

#[test]
fn a_route_waits_for_no_lane_and_for_no_pause() {
    let (sim, client) = world(|request| if request.method == "GET" { Reply::status(204).after(MS) } else { Reply::silent() });
    client.call::<u8>(ACTION, ()).detach();
    client.pause();
    client.lane("parallel").pause();
    assert_eq!(sim.run(client.route(get())).unwrap().status(), 204);
    assert_eq!(sim.now(), MS);
}

#[test]
fn routes_run_beside_each_other() {
    let (sim, client) = world(|_| Reply::status(204).after(10 * MS));
    let routes = (0..3).map(|_| client.route(get()).into_future());
    assert!(sim.run(all(routes)).iter().all(Result::is_ok));
    assert_eq!(sim.now(), 10 * MS);
}

#[test]
fn any_status_is_an_answer() {
    let (sim, client) = world(|_| Reply::page(500, "text/plain", "broken"));
    let text = sim.run(async {
        let response = client.route(get()).await?;
        assert_eq!((response.status(), response.header_value("content-type")), (500, Some("text/plain")));
        response.into_body().text().await
    });
    assert_eq!(text.unwrap(), "broken");
}

#[test]
fn a_post_is_sent_again_only_with_a_key() {
    let post = || Request::post("https://shop.example/api", "{}");
    let (sim, client) = script([Reply::status(503), Reply::status(200)]);
    assert_eq!(sim.run(client.route(post()).retry(1)).unwrap().status(), 503);
    let (sim, client) = script([Reply::lost(), Reply::status(200)]);
    assert_eq!(sim.run(client.route(post()).retry(1).idempotent()).unwrap().status(), 200);
    let keyed = |request: &Request| request.headers.iter().any(|(name, _)| name == "idempotency-key");
    assert!(sim.requests().iter().all(keyed) && sim.requests().len() == 2);
}

#[test]
fn the_body_of_an_answer_that_is_retried_is_aborted() {
    let busy = Reply::page(503, "text/html", "busy").header("retry-after", "2").stalls();
    let (sim, client) = script([busy, Reply::status(200)]);
    let mut route = client.route(get()).retry(1).into_future();
    sim.run(poll_fn(|context| Poll::Ready(Pin::new(&mut route).poll(context).is_pending())));
    pass(&sim, MS);
    assert_eq!((sim.requests().len(), sim.aborted()), (1, 1));
    assert_eq!(sim.run(route).unwrap().status(), 200);
}

#[test]
fn a_timeout_runs_until_the_head() {
    let (sim, client) = world(|_| Reply::silent());
    assert_eq!(kind(sim.run(client.route(get()).timeout(50 * MS))), Kind::Timeout);
    let (sim, client) = world(|_| Reply::page(200, "text/plain", "a").then(90 * MS, "b"));
    let text = sim.run(async { client.route(get()).timeout(50 * MS).await?.into_body().text().await });
    assert_eq!((text.unwrap(), sim.now()), ("ab".to_owned(), 90 * MS));
}

#[test]
fn a_dropped_future_and_a_dropped_body_abort_the_request() {
    let (sim, client) = world(|_| Reply::silent());
    let mut route = client.route(get()).into_future();
    sim.run(poll_fn(|context| Poll::Ready(Pin::new(&mut route).poll(context).is_pending())));
    pass(&sim, MS);
    drop(route);
    assert_eq!(sim.aborted(), 1);
    let (sim, client) = world(|_| Reply::status(200).stalls());
    drop(sim.run(client.route(get())).unwrap());
    assert_eq!((sim.aborted(), client.snapshot().len()), (1, 0));
}

#[test]
fn a_body_that_breaks_off_is_an_error() {
    let (sim, client) = world(|_| Reply::page(200, "text/plain", "a").breaks_off());
    let text = sim.run(async { client.route(get()).await?.into_body().text().await });
    assert_eq!(kind(text), Kind::Network);
}
