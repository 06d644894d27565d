//! Makes the calls that `cargo xtask bench rust` measures beside those of the npm package. Measures nothing itself.

#![cfg(target_arch = "wasm32")]

use actionlane::{Client, Error, browser};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

const ACTION: &str = "7faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[derive(Serialize)]
struct Order {
    sku: String,
    count: u32,
    gift: bool,
}

#[derive(Deserialize)]
struct Receipt {
    number: u32,
}

/// A line of the large answer.
#[derive(Deserialize)]
#[expect(dead_code, reason = "all of them are read out of the answer")]
struct Item {
    id: u32,
    name: String,
    price: f64,
    stock: Option<u32>,
    tags: Vec<String>,
}

thread_local! {
    static CLIENT: Result<Client, Error> = browser::builder().build();
}

fn client() -> Result<Client, JsValue> {
    CLIENT.with(Clone::clone).map_err(shown)
}

fn shown(error: Error) -> JsValue {
    error.to_string().into()
}

/// Calls with small arguments, for a small answer. Returns a number out of it.
#[wasm_bindgen]
pub async fn small() -> Result<u32, JsValue> {
    let order = Order { sku: "book-4711".to_owned(), count: 2, gift: false };
    let outcome = client()?.call::<Receipt>(ACTION, ("small", order)).await.map_err(shown)?;
    Ok(outcome.into_value().map_err(shown)?.number)
}

/// Calls for a large answer. Returns the number of its lines.
#[wasm_bindgen]
pub async fn large() -> Result<usize, JsValue> {
    let outcome = client()?.call::<Vec<Item>>(ACTION, ("large",)).await.map_err(shown)?;
    Ok(outcome.into_value().map_err(shown)?.len())
}
