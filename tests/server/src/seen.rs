//! The action requests that the server has received.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

/// An action request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Seen {
    /// Value of its `Next-Action` header.
    pub action: String,
    /// Its behaviour, from `do=`.
    #[serde(rename = "do")]
    pub behaviour: String,
    /// Path and query.
    pub url: String,
    /// Headers, by their names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// Returns headers by their names. Of several with the same name, it keeps the last.
pub(crate) fn by_name(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers.iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect()
}

/// All action requests so far, in order of arrival.
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
