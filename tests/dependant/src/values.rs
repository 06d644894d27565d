//! Sends and reads values that only a browser has.

use actionlane::browser::{self, Js};
use js_sys::{Array, Date, Map};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, File, FormData, ReadableStream};

use super::{client, shown};

/// Returns the id of an action of `react.mjs`.
fn id(name: &str) -> String {
    let name: String = name.bytes().map(|byte| format!("{byte:x}")).collect();
    format!("7f{name:0>40}")
}

async fn tell(arguments: impl Serialize) -> Result<String, JsValue> {
    browser::call::<String>(&client()?, id("tell"), arguments).await.map_err(shown)?.into_value().map_err(shown)
}

#[derive(Serialize)]
struct Upload {
    title: String,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    file: File,
    tags: Vec<&'static str>,
    more: Option<Js<File>>,
}

/// Sends a file inside a struct, twice.
#[wasm_bindgen]
pub async fn upload(file: File) -> Result<String, JsValue> {
    let more = Some(Js(file.clone()));
    tell((Upload { title: "Ä".to_owned(), file, tags: vec!["a", "b"], more }, 12)).await
}

/// Sends a form beside another argument.
#[wasm_bindgen]
pub async fn form(form: FormData) -> Result<String, JsValue> {
    tell((Js(form), "beside")).await
}

/// Sends any value, as the second of two arguments.
#[wasm_bindgen]
pub async fn any(value: JsValue) -> Result<String, JsValue> {
    tell(("first", Js(value))).await
}

/// Sends all arguments as one value of JavaScript.
#[wasm_bindgen]
pub async fn list(value: JsValue) -> Result<String, JsValue> {
    tell(Js(value)).await
}

/// Sends a value that must not be larger than 20 bytes.
#[wasm_bindgen]
pub async fn small(value: JsValue) -> Result<String, JsValue> {
    let client = browser::builder().max_body_bytes(20).build().map_err(shown)?;
    let outcome = browser::call::<String>(&client, id("tell"), (Js(value),)).await.map_err(shown)?;
    outcome.into_value().map_err(shown)
}

/// Sends a value that never becomes complete, drops the call, then makes another in the same lane.
#[wasm_bindgen]
pub async fn dropped_open(value: JsValue) -> Result<String, JsValue> {
    let client = client()?;
    let mut call = browser::call::<String>(&client, id("tell"), (Js(value),)).into_future();
    super::poll_once(&mut call).await;
    let waiting = client.snapshot().len();
    drop(call);
    let told = browser::call::<String>(&client, id("tell"), (waiting,)).await.map_err(shown)?;
    told.into_value().map_err(shown)
}

#[derive(Deserialize)]
struct Answer {
    name: String,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    blob: Blob,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    form: FormData,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    stream: ReadableStream,
    bytes: Js<ReadableStream>,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    date: Date,
    map: Option<Js<Map>>,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    numbers: js_sys::Uint16Array,
    odd: Vec<Js>,
}

/// Reads an answer with values of the browser in a struct. Returns them.
#[wasm_bindgen]
pub async fn make() -> Result<Array, JsValue> {
    let answer: Answer = browser::call(&client()?, id("make"), ()).await.map_err(shown)?.into_value().map_err(shown)?;
    let odd: Array = answer.odd.into_iter().map(|Js(value)| value).collect();
    let all = Array::of4(&answer.name.into(), &answer.blob, &answer.form, &answer.stream);
    let Some(Js(map)) = answer.map else { return Err("no map".into()) };
    for value in [answer.bytes.0.into(), answer.date.into(), map.into(), answer.numbers.into(), odd.into()] {
        let _: JsValue = value;
        all.push(&value);
    }
    Ok(all)
}

/// Reads the same answer as one value of JavaScript.
#[wasm_bindgen]
pub async fn whole() -> Result<JsValue, JsValue> {
    let Js(value) = browser::call::<Js>(&client()?, id("make"), ()).await.map_err(shown)?.into_value().map_err(shown)?;
    Ok(value)
}

#[derive(Deserialize)]
struct Wrong {
    #[serde(rename = "date")]
    _date: Js<File>,
}

/// Reads a date as a file.
#[wasm_bindgen]
pub async fn wrong() -> Result<JsValue, JsValue> {
    browser::call::<Wrong>(&client()?, id("make"), ()).await.map(|_| JsValue::NULL).map_err(shown)
}

/// Sends a value that the server returns. Returns what came back.
#[wasm_bindgen]
pub async fn echo(value: JsValue) -> Result<JsValue, JsValue> {
    let Js(value) = browser::call::<Js>(&client()?, id("echo"), (Js(value),)).await.map_err(shown)?.into_value().map_err(shown)?;
    Ok(value)
}

#[derive(Deserialize, Serialize)]
struct Note {
    text: String,
    at: f64,
}

/// Sends a value that the server returns, and reads it as a struct.
#[wasm_bindgen]
pub async fn echo_note(value: JsValue) -> Result<String, JsValue> {
    let note: Note = browser::call(&client()?, id("echo"), (Js(value),)).await.map_err(shown)?.into_value().map_err(shown)?;
    Ok(format!("{} {}", note.text, note.at))
}
