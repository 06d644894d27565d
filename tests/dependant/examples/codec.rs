//! Encodes arguments and decodes an answer: the codec of `one_call.rs` alone.

#![cfg(target_arch = "wasm32")]

use gloo_net::http::Request;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

#[derive(Serialize)]
struct Order {
    sku: String,
    count: u32,
}

#[derive(Deserialize)]
struct Receipt {
    total: f64,
}

/// Pays, and returns the total.
#[wasm_bindgen]
pub async fn pay(action: String, sku: String, count: u32) -> Result<f64, JsValue> {
    let encoded = actionlane::flight::to_reply(&(Order { sku, count },)).map_err(|error| error.to_string())?;
    let actionlane::flight::Body::Text(body) = encoded.body else { return Err("form data".into()) };
    let request = Request::post("").header("next-action", &action).header("accept", "text/x-component");
    let request = request.header("content-type", "text/plain;charset=UTF-8").body(body).map_err(|error| error.to_string())?;
    let answer = request.send().await.map_err(|error| error.to_string())?;
    let bytes = answer.binary().await.map_err(|error| error.to_string())?;
    Ok(actionlane::flight::from_action::<Receipt>(&bytes).map_err(|error| error.to_string())?.total)
}
