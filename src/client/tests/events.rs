//! Streams of events.

use std::pin::pin;

use futures_core::Stream;

use super::*;
use crate::client::{Event, Events};

/// Returns the events that are there, without waiting for more.
fn read(sim: &Sim, events: &mut Events) -> Vec<Event> {
    let mut events = pin!(events);
    let mut all = Vec::new();
    sim.run(poll_fn(|context| {
        while let Poll::Ready(Some(event)) = events.as_mut().poll_next(context) {
            all.push(event);
        }
        Poll::Ready(())
    }));
    all
}

#[test]
fn events_show_each_stage_and_each_attempt() {
    let (sim, client) = script([Reply::status(503), Reply::value("1")]);
    let mut events = client.events();
    sim.run(client.call::<u8>(ACTION, ()).retry(1).idempotent()).unwrap();
    sim.idle();
    let shown: Vec<_> = read(&sim, &mut events).iter().map(|event| serde_json::to_value(event).unwrap()).collect();
    let words: Vec<_> = shown.iter().map(|event| (event["state"].as_str().unwrap(), event["attempt"].as_u64())).collect();
    assert_eq!(
        words,
        [("waiting", None), ("running", Some(1)), ("running", Some(1)), ("running", Some(2)), ("draining", Some(2)), ("done", Some(2))]
    );
    assert!(shown[2]["retryAt"].is_number() && shown[1]["retryAt"].is_null());
    assert!(shown.iter().all(|event| event["id"] == 1 && event["actionId"] == ACTION && event["lane"] == "main"));
    assert_eq!((&shown[5]["code"], &shown[0]["code"]), (&"ok".into(), &serde_json::Value::Null));
}

#[test]
fn every_stream_gets_every_event_from_its_beginning_on() {
    let (sim, client) = echo(MS);
    let mut early = client.events();
    sim.run(client.call::<u8>(ACTION, (1,))).unwrap();
    sim.idle();
    let mut late = client.events();
    sim.run(client.call::<u8>(ACTION, (2,))).unwrap();
    sim.idle();
    let ids = |events: Vec<Event>| events.iter().map(|event| event.call.id.0).collect::<Vec<_>>();
    assert_eq!((ids(read(&sim, &mut early)), ids(read(&sim, &mut late))), (vec![1, 1, 1, 1, 2, 2, 2, 2], vec![2; 4]));
}

#[test]
fn a_stream_wakes_its_reader_and_ends_with_the_client() {
    let (sim, client) = echo(10 * MS);
    let mut events = pin!(client.events());
    client.call::<u8>(ACTION, (1,)).detach();
    let mut client = Some(client);
    let count = sim.run(async {
        let mut count = 0;
        while let Some(event) = poll_fn(|context| events.as_mut().poll_next(context)).await {
            count += 1;
            if event.call.state == State::Done {
                client = None;
            }
        }
        count
    });
    assert_eq!((count, sim.now()), (4, 10 * MS));
}

#[test]
fn a_stream_that_waits_is_woken_when_the_client_ends() {
    let (sim, client) = echo(MS);
    let mut events = pin!(client.events());
    let read = Box::pin(poll_fn(|context| events.as_mut().poll_next(context).map(|event| assert_eq!(event, None))));
    let end = Box::pin(async {
        sim.sleep(MS).await;
        drop(client);
    });
    let both: [Pin<Box<dyn Future<Output = ()> + '_>>; 2] = [read, end];
    assert_eq!(sim.run(all(both)).len(), 2);
}

#[test]
fn the_code_of_a_failure_is_shown() {
    let (sim, client) = world(|_| Reply::lost());
    let mut events = client.events();
    assert!(sim.run(client.call::<u8>(ACTION, ())).is_err());
    let last = serde_json::to_value(read(&sim, &mut events).last().unwrap()).unwrap();
    assert_eq!((&last["state"], &last["code"]), (&"done".into(), &"NETWORK".into()));
}
