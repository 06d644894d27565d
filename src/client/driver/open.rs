//! Holds a call in its lane until its arguments are complete. Knows no kinds of arguments.

use std::rc::{Rc, Weak};

use super::Driver;
use crate::call::CallId;
use crate::client::arguments::Later;
use crate::client::task::Stop;

impl Driver {
    /// Waits for open arguments, then makes the call ready or fails it.
    pub(super) fn open(&self, id: CallId, open: Later) {
        let stop = Stop::default();
        // The call may have ended already.
        let Some(work) = self.update(id, |held| {
            held.stop = Some(stop.clone());
            Rc::clone(&held.work)
        }) else {
            return;
        };
        let this = Weak::clone(&self.this);
        let wait = Box::pin(async move {
            let arguments = open.await;
            let Some(this) = this.upgrade() else { return };
            match arguments.and_then(|arguments| work.fill(arguments, &this.world.wire, &|| this.world.random())) {
                Ok(()) => this.input(|core, now| core.handle_ready(id, now)),
                Err(error) => this.failed(id, error),
            }
        });
        self.spawn(id, &stop, wait);
    }
}
