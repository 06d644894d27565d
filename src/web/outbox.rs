//! The records of the outbox, as the page's side stores them.

use std::rc::Rc;

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::FormData;

use super::Spec;
use super::driver::Driver;
use super::fetch::{Failure, Tags, two};
use super::given::Given;
use super::host::resolved;
use super::outcome::set;
use crate::journal::{Found, Record, Sifted, Unreadable, Verdict};
use crate::protocol::ActionId;
use crate::{Error, Kind};

// What makes a call a durable one.
#[wasm_bindgen]
extern "C" {
    pub type Durable;

    #[wasm_bindgen(method, getter)]
    fn owner(this: &Durable) -> String;
    // Milliseconds from `now`.
    #[wasm_bindgen(method, getter)]
    pub(super) fn ttl(this: &Durable) -> f64;
    // Milliseconds since 1970.
    #[wasm_bindgen(method, getter)]
    fn now(this: &Durable) -> f64;
    // Its own, as pairs.
    #[wasm_bindgen(method, getter)]
    fn headers(this: &Durable) -> Array;
    // It was made by another page.
    #[wasm_bindgen(method, getter)]
    pub(super) fn replayed(this: &Durable) -> bool;
}

// An entry as it was found.
#[wasm_bindgen]
extern "C" {
    pub type Row;

    #[wasm_bindgen(method, getter)]
    fn head(this: &Row) -> Uint8Array;
    #[wasm_bindgen(method, getter)]
    fn form(this: &Row) -> Option<bool>;
    #[wasm_bindgen(method, getter)]
    fn alive(this: &Row) -> bool;
}

/// A durable call that is not in the outbox yet.
pub(super) struct Entry {
    driver: Rc<Driver>,
    record: Record,
}

impl Entry {
    pub(super) fn new(driver: Rc<Driver>, spec: &Spec, durable: &Durable, action: &ActionId, tags: &Tags) -> Self {
        let (header, key) = tags.idempotency.clone().unwrap_or_default();
        let text = |value: &JsValue| value.as_string().unwrap_or_default();
        let record = Record {
            owner: durable.owner(),
            lane: spec.lane(),
            action: action.clone(),
            name: spec.name(),
            url: spec.url(),
            header,
            key,
            failed: None,
            queued_at: durable.now(),
            ttl: durable.ttl(),
            sequence: spec.id() as u64,
            form: false,
            headers: durable.headers().iter().map(|pair| two(&pair)).map(|[name, value]| (text(&name), text(&value))).collect(),
        };
        Self { driver, record }
    }

    /// Resolves once it is there for good, with the body to send. Fails with `STORAGE`.
    pub(super) async fn keep(mut self, body: JsValue) -> Result<JsValue, Failure> {
        self.record.form = body.has_type::<FormData>();
        resolved(self.driver.host.keep(self.record.sequence as f64, &self.record.encode(), &body)).await.map_err(|thrown| {
            let [what, cause] = two(&thrown);
            (Error::new(Kind::Storage, what.as_string().unwrap_or_default()), cause)
        })
    }
}

/// What a dispatcher of this owner is to do with what it finds, in that order: objects with `index`, `verdict`, and what the entry says.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
pub fn sift(rows: &Array, owner: &str, again: bool, now: f64) -> Given<Array> {
    let rows: Vec<(Row, Vec<u8>)> =
        rows.iter().map(JsCast::unchecked_into).map(|row: Row| (row.head().to_vec(), row)).map(|(head, row)| (row, head)).collect();
    let found: Vec<_> = rows.iter().map(|(row, head)| Found { record: head, form: row.form(), sender_lives: row.alive() }).collect();
    Ok(crate::journal::sift(&found, owner, again, now).iter().map(|sifted| JsValue::from(shown(sifted))).collect())
}

/// The record, saying that it has failed with this code, or that it has not. Undefined for one that cannot be read.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
pub fn marked(record: &[u8], failed: Option<String>) -> Option<Vec<u8>> {
    Some(Record { failed, ..Record::decode(record).ok()? }.encode())
}

fn shown(Sifted { index, verdict, record }: &Sifted) -> Object {
    let shown = Object::new();
    set(&shown, "index", &(*index as f64).into());
    let word = match verdict {
        Verdict::Send(left) => {
            set(&shown, "left", &(left.as_secs_f64() * 1000.0).into());
            "send"
        }
        Verdict::Leave => "leave",
        Verdict::Failed => "failed",
        Verdict::Expired => "expired",
        Verdict::Foreign => "foreign",
        Verdict::Aside(unreadable) => {
            set(&shown, "message", &unreadable.to_string().into());
            if let Unreadable::Version(version) = unreadable {
                set(&shown, "version", &(*version).into());
            }
            "aside"
        }
    };
    set(&shown, "verdict", &word.into());
    if let Some(record) = record {
        show(&shown, record);
    }
    shown
}

fn show(shown: &Object, record: &Record) {
    for (key, text) in [
        ("lane", record.lane.as_str()),
        ("actionId", record.action.as_str()),
        ("url", record.url.as_str()),
        ("header", record.header.as_str()),
        ("idempotencyKey", record.key.as_str()),
    ] {
        set(shown, key, &text.into());
    }
    for (key, text) in [("name", &record.name), ("code", &record.failed)] {
        if let Some(text) = text {
            set(shown, key, &text.into());
        }
    }
    set(shown, "queuedAt", &record.queued_at.into());
    set(shown, "expiresAt", &(record.queued_at + record.ttl).into());
    let pairs: Array = record.headers.iter().map(|(name, value)| JsValue::from(Array::of2(&name.into(), &value.into()))).collect();
    set(shown, "headers", &pairs);
}
