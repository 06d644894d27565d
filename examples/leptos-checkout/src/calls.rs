//! Lists the calls and their states, as the client tells them. Makes no call.

use std::collections::BTreeMap;

use actionlane::client::Event;
use futures::StreamExt;
use leptos::prelude::*;

use crate::shop::use_shop;
use crate::unmount::until_unmount;

#[component]
pub fn Calls() -> impl IntoView {
    let calls = RwSignal::new_local(BTreeMap::new());
    let mut events = use_shop().client.events();
    until_unmount(async move {
        while let Some(event) = events.next().await {
            calls.update(|calls| drop(calls.insert(event.call.id, event)));
        }
    });
    view! { <ul id="calls">{move || calls.get().values().map(|event| view! { <li>{line(event)}</li> }).collect_view()}</ul> }
}

fn line(Event { call, .. }: &Event) -> String {
    let code = call.result.as_ref().map_or("", |result| result.as_ref().map_or_else(|error| error.kind().code(), |()| "ok"));
    format!("{} {} {} {code}", call.lane.as_str(), call.state.as_str(), call.attempts)
}
