//! What the server has been asked.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

/// One action request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Seen {
    /// Its `Next-Action` header.
    pub action: String,
    /// Its `?do=`.
    #[serde(rename = "do")]
    pub behaviour: String,
    /// Its path, with the query.
    pub url: String,
    /// Its headers, by their names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// Headers by their names; the last of those that are there more than once.
pub(crate) fn by_name(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers.iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect()
}

/// Every action request so far, in order of arrival.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Vec<Seen>>);

impl Log {
    pub(crate) fn push(&self, seen: Seen) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }

    pub(crate) fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
