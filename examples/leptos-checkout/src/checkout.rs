//! Draws the payment page. Knows neither lanes nor timeouts.

use leptos::prelude::*;

use crate::shop::{Order, Receipt, use_shop};
use crate::unmount::until_unmount;

#[component]
pub fn Checkout() -> impl IntoView {
    let shop = StoredValue::new_local(use_shop());
    let card = RwSignal::new(String::new());
    let pending = RwSignal::new(0);
    let results = RwSignal::new(Vec::new());

    let pay = move |_| {
        let order = Order { sku: "book", count: 2, card: card.get_untracked() };
        let call = shop.with_value(|shop| shop.pay(&order));
        pending.update(|pending| *pending += 1);
        // Leaving the page drops the future, which aborts the request and leaves the lane.
        until_unmount(async move {
            // There is no value if the action has sent the user elsewhere.
            let result = call.await.map(|outcome| outcome.value).transpose();
            pending.update(|pending| *pending -= 1);
            results.update(|results| results.extend(result));
        });
    };
    // A note goes on although the user leaves: nothing waits for it.
    let track = move |_| {
        shop.with_value(|shop| shop.track("opened the terms").detach());
    };

    view! {
        <h1>"Checkout"</h1>
        <input id="card" placeholder="Card" bind:value=card/>
        <button id="pay" on:click=pay>"Pay"</button>
        <button id="terms" on:click=track>"Terms"</button>
        <p id="pending">{move || match pending.get() { 0 => String::new(), count => format!("Paying {count} …") }}</p>
        <ol id="results">{move || results.get().into_iter().map(|result| view! { <li>{shown(result)}</li> }).collect_view()}</ol>
    }
}

fn shown(result: Result<Receipt, actionlane::Error>) -> String {
    match result {
        Ok(Receipt { number, cents, at }) => format!("Receipt {number}: {}.{:02} EUR, {at}", cents / 100, cents % 100),
        Err(error) if error.server_digest() == Some("CARD_DECLINED") => "The card was declined.".to_owned(),
        Err(error) if error.may_be_called_again() => format!("{error}. Please try again."),
        Err(error) => error.to_string(),
    }
}
