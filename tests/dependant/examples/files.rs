//! Calls one action with a file of the browser in a struct. It is weighed beside `one_call.rs`.

#![cfg(target_arch = "wasm32")]

use actionlane::browser;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

#[derive(Serialize)]
struct Order {
    sku: String,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    photo: web_sys::File,
}

#[derive(Deserialize)]
struct Receipt {
    total: f64,
}

/// Pays, and returns the total.
#[wasm_bindgen]
pub async fn pay(action: String, sku: String, photo: web_sys::File) -> Result<f64, JsValue> {
    let client = browser::builder().build().map_err(|error| error.to_string())?;
    let outcome = browser::call::<Receipt>(&client, &action, (Order { sku, photo },)).await.map_err(|error| error.to_string())?;
    Ok(outcome.into_value().map_err(|error| error.to_string())?.total)
}
