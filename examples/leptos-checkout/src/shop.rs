//! Declares the server's actions in Rust: their ids, types, lanes and limits. Draws nothing.

use std::time::Duration;

use actionlane::browser::{self, Router};
use actionlane::client::{Call, Request};
use actionlane::protocol::RedirectType;
use actionlane::{Client, Error, Kind};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use serde::{Deserialize, Serialize};

/// The argument of the action `pay`.
#[derive(Serialize)]
pub struct Order {
    pub sku: &'static str,
    pub count: u32,
    pub card: String,
}

/// The value of the action `pay`, where `at` is a `Date`.
#[derive(Clone, Deserialize)]
pub struct Receipt {
    pub number: u32,
    pub cents: u32,
    pub at: String,
}

/// The ids of the actions. They change with each build of the Next app, and `npx actionlane names` writes them then.
#[derive(Clone, Deserialize)]
pub struct Actions {
    pay: String,
    track: String,
}

impl Actions {
    pub async fn load() -> Result<Self, Error> {
        let file = browser::builder().build()?.route(Request::get("/actions.json")).retry(2).await?;
        let text = file.into_body().text().await?;
        serde_json::from_str(&text).map_err(|error| Error::new(Kind::Decode, "actions.json").with_source(error))
    }
}

#[derive(Clone)]
pub struct Shop {
    pub client: Client,
    actions: Actions,
}

impl Shop {
    pub fn new(actions: Actions, navigate: impl Fn(&str, NavigateOptions) + 'static) -> Self {
        // A redirect of an action goes through the router, so the document stays.
        let router = Router(move |to: &str, kind| {
            let replace = kind == Some(RedirectType::Replace);
            navigate(to, NavigateOptions { replace, ..NavigateOptions::default() });
        });
        // The page of the Next app that uses the actions.
        let builder = browser::builder().url("/checkout").host(router);
        Self { client: builder.lane("analytics", 4).build().expect("valid options"), actions }
    }

    /// Payments go one after another. A lost one is sent again under its key, and is still made once.
    pub fn pay(&self, order: &Order) -> Call<Receipt> {
        let call = self.client.call(&self.actions.pay, (order,)).lane("payment");
        call.timeout(Duration::from_secs(30)).retry(2).idempotent()
    }

    /// Notes of the user's steps have a lane of their own, so no payment waits for them.
    pub fn track(&self, step: &str) -> Call<u32> {
        self.client.call(&self.actions.track, (step,)).lane("analytics").timeout(Duration::from_secs(5))
    }
}

/// Returns the shop of this app. A client stays on its thread and is not `Send`, so local storage holds it.
pub fn use_shop() -> Shop {
    expect_context::<StoredValue<Shop, LocalStorage>>().get_value()
}
