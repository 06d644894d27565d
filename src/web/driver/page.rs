//! What the page's side is asked to do beside sending: to send the user elsewhere, and to find out whether there is a network.

use super::Driver;
use crate::call::{CallId, RedirectMode};
use crate::protocol::Revalidated;
use crate::web::host::resolved;
use crate::web::{outcome, timer};

impl Driver {
    /// Sends the user where the action wants them.
    pub(super) fn redirect(&self, id: CallId, mode: RedirectMode, refresh: Option<Revalidated>) {
        let outcome = {
            let mut held = self.held.borrow_mut();
            let held = held.get_mut(&id);
            held.and_then(|held| {
                held.throws = mode == RedirectMode::Throw;
                held.outcome.clone()
            })
        };
        if mode == RedirectMode::Throw {
            return;
        }
        let went = outcome.as_ref().and_then(|outcome| self.host.redirect(outcome, refresh.map(Revalidated::as_str)).ok());
        let went = went.as_deref().unwrap_or("stayed");
        if let (false, Some(outcome)) = (went == "stayed", &outcome) {
            outcome::set_followed(outcome);
        }
        let owed = refresh.filter(|_| went == "stayed");
        self.core.borrow_mut().handle_moved(went == "leaving", owed, timer::now());
    }

    /// Finds out whether anything can be reached.
    pub(super) fn probe(&self) {
        let Some(this) = self.this.upgrade() else { return };
        let probed = self.host.probe();
        wasm_bindgen_futures::spawn_local(async move {
            let reached = resolved(probed).await.ok().and_then(|reached| reached.as_bool());
            this.input(|core, now| core.handle_probed(reached, now));
        });
    }
}
