//! Gates at which actions wait until a test opens them.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// Gates by name. Each is closed until it is opened, and stays open.
#[derive(Debug, Default)]
pub(crate) struct Gates {
    open: Mutex<HashSet<String>>,
    opened: Notify,
}

impl Gates {
    /// Returns when the gate `name` is open.
    pub(crate) async fn pass(&self, name: &str) {
        loop {
            let mut opened = pin!(self.opened.notified());
            opened.as_mut().enable();
            if self.open.lock().unwrap_or_else(PoisonError::into_inner).contains(name) {
                return;
            }
            opened.await;
        }
    }

    pub(crate) fn open(&self, name: String) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
        self.opened.notify_waiters();
    }
}
