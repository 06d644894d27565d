//! Stores a durable call by the package's outbox (`pkg/lib/outbox/outbox.js`). Writes no records itself.

use wasm_bindgen::prelude::*;

use super::embedder::{Embedder, Refusal};
use super::net::request::Tags;
use crate::Kind;
use crate::call::CallId;
use crate::js::error::Failure;
use crate::js::wait::resolved;

/// Stores a call in the outbox. Resolves once it is stored durably, to the body to send. Fails with `STORAGE`.
pub(super) async fn store(embedder: &Embedder, id: CallId, tags: &Tags, body: &JsValue) -> Result<JsValue, Failure> {
    let (header, key) = tags.idempotency.as_ref().map(|(header, key)| (&**header, &**key)).unwrap_or_default();
    let stored = resolved(embedder.keep(id.0 as f64, header, key, body)).await;
    stored.map_err(|thrown| thrown.unchecked_into::<Refusal>().into_error(Kind::Storage, Kind::Storage))
}
