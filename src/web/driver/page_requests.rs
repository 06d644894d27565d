//! Has the page's side send the user elsewhere, and test the network. Judges no URLs: `protocol::Redirect` does.

use wasm_bindgen::prelude::*;

use super::Driver;
use crate::call::{CallId, RedirectMode};
use crate::js::wait::resolved;
use crate::protocol::Revalidated;
use crate::web::call::{Answer, Target};
use crate::web::timer;

impl Driver {
    /// Sends the user to the target of an action's redirect, or has the promise reject with Next's redirect error.
    pub(super) fn redirect(&self, id: CallId, mode: RedirectMode, refresh: Option<Revalidated>) {
        let mut target = None;
        self.update(id, |held| {
            held.throws_redirect = mode == RedirectMode::Throw;
            target.clone_from(&held.answer.redirect);
        });
        if mode == RedirectMode::Throw {
            return;
        }
        let refreshed = refresh.map(Revalidated::as_str);
        let went = target.and_then(|Target { url, kind, .. }| self.embedder.redirect(&url, kind, refreshed).ok());
        let went = went.as_deref().unwrap_or("stayed");
        if went != "stayed" {
            self.update(id, |held| {
                if let Some(target) = &mut held.answer.redirect {
                    target.followed = true;
                }
            });
        }
        let owed = refresh.filter(|_| went == "stayed");
        self.core.borrow_mut().handle_moved(went == "leaving", owed, timer::now());
    }

    /// Makes the error by which Next's own router performs the redirect of an answer; `undefined` if the answer has
    /// none.
    pub(super) fn redirect_error(&self, answer: &Answer) -> JsValue {
        let made = answer.redirect.as_ref().map(|Target { url, kind, .. }| self.embedder.redirect_error(url, *kind));
        made.and_then(Result::ok).unwrap_or_default()
    }

    /// Tests the network and reports the result to the core.
    pub(super) fn probe(&self) {
        let Some(this) = self.this.upgrade() else { return };
        let probed = self.embedder.probe();
        wasm_bindgen_futures::spawn_local(async move {
            let reached = resolved(probed).await.ok().and_then(|reached| reached.as_bool());
            this.input(|core, now| core.handle_probed(reached, now));
        });
    }
}
