//! Calls actions of a real server from a page, with the browser's own parts. `browser.mjs` runs it in Chromium.

#![cfg(target_arch = "wasm32")]

pub mod values;

use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use actionlane::client::Request;
use actionlane::{Client, Error, browser};
use wasm_bindgen::prelude::*;

const ACTION: &str = "7faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn client() -> Result<Client, JsValue> {
    browser::builder().build().map_err(shown)
}

fn shown(error: Error) -> JsValue {
    let source = std::error::Error::source(&error).map(|source| format!(" <- {source}")).unwrap_or_default();
    format!("{error} (sent: {}){source}", error.sent().as_str()).into()
}

async fn poll_once(future: &mut (impl Future + Unpin)) {
    poll_fn(|context| {
        let _ = Pin::new(&mut *future).poll(context);
        Poll::Ready(())
    })
    .await;
}

/// Makes three calls of one lane at once. Returns their values in order.
#[wasm_bindgen]
pub async fn order() -> Result<String, JsValue> {
    let client = client()?;
    for number in [1, 2] {
        client.call::<u32>(ACTION, (number,)).lane("cart").detach();
    }
    let outcome = client.call::<u32>(ACTION, (3,)).lane("cart").await.map_err(shown)?;
    Ok(format!("{:?} {:?} {}", outcome.value, outcome.status, client.pending()))
}

/// Makes a call that the server holds, and drops it once the server has it. `arrived`: resolves then.
#[wasm_bindgen]
pub async fn dropped(arrived: js_sys::Promise) -> Result<u32, JsValue> {
    let client = client()?;
    let mut call = client.call::<u32>(ACTION, ("hold",)).into_future();
    poll_once(&mut call).await;
    wasm_bindgen_futures::JsFuture::from(arrived).await?;
    drop(call);
    let outcome = client.call::<u32>(ACTION, (7,)).await.map_err(shown)?;
    outcome.value.ok_or_else(|| "no value".into())
}

/// Makes one call with this argument. Returns its value.
#[wasm_bindgen]
pub async fn call(argument: String, ms: Option<u32>) -> Result<u32, JsValue> {
    let limit = ms.map_or(Duration::MAX, |ms| Duration::from_millis(ms.into()));
    let outcome = client()?.call::<u32>(ACTION, (argument,)).timeout(limit).await.map_err(shown)?;
    outcome.value.ok_or_else(|| format!("redirect {:?}", outcome.redirect.map(|redirect| redirect.url)).into())
}

/// Reads a route to its end.
#[wasm_bindgen]
pub async fn route(url: String) -> Result<String, JsValue> {
    let response = client()?.route(Request::post(url, "ä€")).await.map_err(shown)?;
    let status = response.status();
    Ok(format!("{status} {}", response.into_body().text().await.map_err(shown)?))
}

/// Tells where a redirect would lead: its absolute URL, and if it stays on the origin.
#[wasm_bindgen]
pub fn resolve(url: &str, page: &str) -> Option<String> {
    use actionlane::client::Host;
    let target = browser::Document.resolve(url, page)?;
    Some(format!("{} {} {} {}", target.url, target.scheme, target.path, target.same_origin))
}
