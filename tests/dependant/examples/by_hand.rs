//! Calls one action with gloo-net and serde_json, by hand: no lanes, no retries, and answers of plain JSON only.

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
    let body = serde_json::to_string(&(Order { sku, count },)).map_err(|error| error.to_string())?;
    let request = Request::post("").header("next-action", &action).header("accept", "text/x-component");
    let request = request.header("content-type", "text/plain;charset=UTF-8").body(body).map_err(|error| error.to_string())?;
    let answer = request.send().await.map_err(|error| error.to_string())?;
    let text = answer.text().await.map_err(|error| error.to_string())?;
    let row = text.lines().find_map(|line| line.strip_prefix("1:")).ok_or("no value")?;
    Ok(serde_json::from_str::<Receipt>(row).map_err(|error| error.to_string())?.total)
}
