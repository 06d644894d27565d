//! The records of the outbox, as the page's side stores them.

use std::rc::Rc;

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::FormData;

use super::embedder::{Embedder, Refusal};
use super::net::request::Tags;
use super::options::DurableOptions;
use crate::Kind;
use crate::call::CallId;
use crate::js::error::Failure;
use crate::js::given::Given;
use crate::js::object::{set, two};
use crate::js::wait::resolved;
use crate::outbox::{Found, Record, Sifted, Unreadable, Verdict};
use crate::protocol::ActionId;

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
    embedder: Rc<Embedder>,
    record: Record,
}

impl Entry {
    #[expect(clippy::too_many_arguments, reason = "a record is of all that a call is")]
    pub(super) fn new(
        embedder: Rc<Embedder>,
        id: CallId,
        url: &JsValue,
        durable: &DurableOptions,
        lane: &str,
        action: &ActionId,
        name: Option<&str>,
        tags: &Tags,
    ) -> Self {
        let (header, key) = tags.idempotency.as_ref().map(|(header, key)| (header.to_string(), key.to_string())).unwrap_or_default();
        let text = |value: &JsValue| value.as_string().unwrap_or_default();
        let record = Record {
            owner: durable.owner().to_owned(),
            lane: lane.to_owned(),
            action: action.clone(),
            name: name.map(str::to_owned),
            url: text(url),
            header,
            key,
            failed: None,
            queued_at: durable.made_at(),
            ttl: durable.ttl(),
            sequence: id.0,
            form: false,
            headers: durable.headers().iter().map(|pair| two(&pair)).map(|[name, value]| (text(&name), text(&value))).collect(),
        };
        Self { embedder, record }
    }

    /// Resolves once it is there for good, with the body to send. Fails with `STORAGE`.
    pub(super) async fn keep(mut self, body: JsValue) -> Result<JsValue, Failure> {
        self.record.form = body.has_type::<FormData>();
        resolved(self.embedder.keep(self.record.sequence as f64, &self.record.encode(), &body))
            .await
            .map_err(|thrown| thrown.unchecked_into::<Refusal>().into_error(Kind::Storage, Kind::Storage))
    }
}

/// What a dispatcher of this owner is to do with what it finds, in that order: objects with `index`, `verdict`, and what the entry says.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
pub fn sift(rows: &Array, owner: &str, failed_too: bool, now: f64) -> Given<Array> {
    let rows: Vec<(Row, Vec<u8>)> =
        rows.iter().map(JsCast::unchecked_into).map(|row: Row| (row.head().to_vec(), row)).map(|(head, row)| (row, head)).collect();
    let found: Vec<_> = rows.iter().map(|(row, head)| Found { record: head, form: row.form(), sender_lives: row.alive() }).collect();
    Ok(crate::outbox::sift(&found, owner, failed_too, now).iter().map(|sifted| JsValue::from(shown(sifted))).collect())
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
