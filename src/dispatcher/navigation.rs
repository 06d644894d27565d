//! Follows an answer up: sends the user where it redirects to, and asks for fresh data.

use std::time::Duration;

use super::{Dispatcher, Effect, Phase};
use crate::call::{CallId, RedirectMode, State, Visit};
use crate::protocol::Revalidated;
use crate::{Error, Instant};

/// How long nothing starts once a document is being left. One that is still here then was not left: the answer was a download.
const LEAVING: Duration = Duration::from_secs(30);

/// What the head of an answer says beside its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// The action redirected, to where the user may be sent.
    pub redirects: bool,
    pub revalidated: Option<Revalidated>,
}

impl Dispatcher {
    /// The user is on this visit now. To be told before a timeout, and where [`Dispatcher::watches_visit`] says so before a value, a failure and an
    /// abort: a driver may not hear of it when the user goes elsewhere. A call that is made tells its own. What the page before was owed is dropped:
    /// it is not there any more.
    pub fn handle_visit(&mut self, visit: Visit) {
        if self.visit != visit {
            self.visit = visit;
            self.refresh.forgive();
        }
    }

    /// A call that is made tells where it was.
    pub(super) fn learn_visit(&mut self, visit: Option<Visit>) {
        if let Some(visit) = visit.filter(|visit| *visit > self.visit) {
            self.handle_visit(visit);
        }
    }

    /// Says whether the core must know the visit now: fresh data is owed, or the answer of this call has made data stale, or redirects.
    pub fn watches_visit(&self, id: Option<CallId>) -> bool {
        let news = id.and_then(|id| self.calls.get(&id)).map(|entry| entry.news).unwrap_or_default();
        self.refresh.is_owed() || news.redirects || news.revalidated.is_some()
    }

    /// The body of the answer shows what its head did not say: that the action made something stale.
    pub fn handle_stale(&mut self, id: CallId, what: Revalidated) {
        if let Some(entry) = self.in_state(id, State::Running) {
            entry.news.revalidated = entry.news.revalidated.max(Some(what));
        }
    }

    /// The body of the answer shows what its head did not say: that the action redirected, to where the user may be sent.
    pub fn handle_redirect(&mut self, id: CallId) {
        if let Some(entry) = self.in_state(id, State::Running) {
            entry.news.redirects = true;
        }
    }

    /// The document is being left: nothing starts any more, for half a minute.
    pub fn handle_leaving(&mut self, now: Instant) {
        self.refresh.forgive();
        self.leaving = Some(now.plus(LEAVING));
        self.release_unused();
    }

    /// The document is gone from the window: nothing starts any more, also nothing that was to be sent again, until it is back.
    pub fn handle_hidden(&mut self) {
        self.hidden = true;
        self.release_unused();
    }

    /// The document has been come back to, or was not left.
    pub fn handle_returned(&mut self, now: Instant) {
        let was_left = self.leaving.take().is_some();
        if std::mem::take(&mut self.hidden) || was_left {
            self.go_on(now);
        }
    }

    /// What came of sending the user elsewhere, or of loading the page anew. `leaving`: the document ends thereby. `owed`: fresh data that the
    /// page is still owed, as the user has stayed.
    pub fn handle_moved(&mut self, leaving: bool, owed: Option<Revalidated>, now: Instant) {
        self.moving = false;
        if leaving {
            return self.handle_leaving(now);
        }
        if let Some(what) = owed {
            self.refresh.owe(what, now);
        }
        self.go_on(now);
        self.pay(self.effects.len(), now);
    }

    /// Whether nothing is sent now, for reasons that concern all lanes alike.
    pub(super) fn is_still(&self) -> bool {
        self.moving || self.hidden || self.leaving.is_some() || self.offline.is_some()
    }

    /// Sends what was held, unless something else holds it.
    pub(super) fn go_on(&mut self, now: Instant) {
        if self.is_still() {
            return;
        }
        for id in self.ids(&|entry| matches!(entry.phase, Phase::Held)) {
            self.retry(id, now);
        }
        self.advance_all(now);
    }

    /// So much time has passed that the document cannot have been left.
    pub(super) fn stop_leaving(&mut self, now: Instant) {
        self.leaving = None;
        self.go_on(now);
    }

    /// A call is about to settle with a value. Sends the user where it redirected to, unless they have moved on: to another page, or
    /// along the redirect of a call made later.
    pub(super) fn follow(&mut self, id: CallId, result: &Result<(), Error>, now: Instant) {
        let Some(entry) = self.calls.get(&id) else { return };
        let (News { redirects, revalidated }, mode) = (entry.news, entry.options.redirect);
        let wanted = redirects && result.is_ok() && entry.visit == Some(self.visit) && self.redirected.is_none_or(|later| later < id);
        if wanted {
            self.redirected = Some(id);
        }
        let follows = wanted && mode == RedirectMode::Follow;
        if let Some(what) = revalidated {
            self.refresh.owe(what, now);
        }
        if wanted {
            let refresh = if follows { self.refresh.forgive() } else { None };
            self.moving |= follows;
            self.effects.push_back(Effect::Redirect { id, mode, refresh });
        }
    }

    /// Asks for fresh data if it is owed and time. That comes before the effects from `at` on: a promise that settles there must find
    /// that it was asked for. A lane that waits for its lease goes on.
    pub(super) fn pay(&mut self, at: usize, now: Instant) {
        if let Some(what) = self.refresh.due(self.running > 0 || !self.leases.is_empty(), now) {
            self.effects.insert(at, Effect::Refresh(what));
        }
    }
}
