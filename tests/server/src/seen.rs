//! What the server has been asked.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// One action request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Seen {
    /// Its `Next-Action` header.
    pub action: String,
    /// Its `?do=`.
    #[serde(rename = "do")]
    pub behaviour: String,
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
