//! Has a durable call kept, by the page's side.

use wasm_bindgen::prelude::*;

use super::embedder::{Embedder, Refusal};
use super::net::request::Tags;
use crate::Kind;
use crate::call::CallId;
use crate::js::error::Failure;
use crate::js::wait::resolved;

/// Resolves once the call is in the outbox for good, with the body to send. Fails with `STORAGE`.
pub(super) async fn keep(embedder: &Embedder, id: CallId, tags: &Tags, body: &JsValue) -> Result<JsValue, Failure> {
    let (header, key) = tags.idempotency.as_ref().map(|(header, key)| (&**header, &**key)).unwrap_or_default();
    let kept = resolved(embedder.keep(id.0 as f64, header, key, body)).await;
    kept.map_err(|thrown| thrown.unchecked_into::<Refusal>().into_error(Kind::Storage, Kind::Storage))
}
