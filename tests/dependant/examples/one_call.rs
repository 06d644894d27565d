//! Calls one action with Actionlane: the least that a front end needs. `by_hand.rs` is the same without it.

#![cfg(target_arch = "wasm32")]

use actionlane::browser;
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
    let client = browser::builder().build().map_err(|error| error.to_string())?;
    let outcome = client.call::<Receipt>(&action, (Order { sku, count },)).await.map_err(|error| error.to_string())?;
    Ok(outcome.into_value().map_err(|error| error.to_string())?.total)
}
