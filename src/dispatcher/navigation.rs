//! Decides when a redirect is followed and when the page requests fresh data, and holds calls while the document is
//! left.
//!
//! Knows no router and no URL; the driver has both.

use std::time::Duration;

use super::{Dispatcher, Effect, Phase};
use crate::call::{CallId, RedirectMode, State, Visit};
use crate::protocol::Revalidated;
use crate::{Error, Instant};

/// Time in which nothing starts once the document is being left. A document that is still there then was not left: the
/// navigation was a download.
const LEAVING_LIMIT: Duration = Duration::from_secs(30);

/// Facts in the head of an answer beside its value.
///
/// ```
/// use actionlane::protocol::Revalidated;
/// use actionlane::{Call, CallId, Dispatcher, Effect, HeadFacts, Instant, Options};
///
/// let mut dispatcher = Dispatcher::default();
/// let (id, now) = (CallId(1), Instant::from_millis(0.0));
/// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
/// dispatcher.handle_head(id, HeadFacts { redirects: false, revalidated: Some(Revalidated::All) }, now);
/// dispatcher.handle_value(id, Ok(()), now);
/// let effects: Vec<_> = std::iter::from_fn(|| dispatcher.poll_effect()).collect();
/// let refresh = effects.iter().position(|effect| *effect == Effect::Refresh(Revalidated::All));
/// let settle = effects.iter().position(|effect| matches!(effect, Effect::Settle { .. }));
/// assert!(refresh.is_some() && refresh < settle, "the page asks for fresh data before the promise settles");
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeadFacts {
    /// True if the action redirected to a target that the user may be sent to.
    pub redirects: bool,
    /// Data that the action made stale. `None`: none.
    pub revalidated: Option<Revalidated>,
}

impl Dispatcher {
    /// Reports the visit that the user is on. A new visit drops the refresh that the page before was owed.
    ///
    /// The driver may not notice when the user goes elsewhere, so it must look and call this before
    /// [`handle_timeout`](Self::handle_timeout). It must also do so before a value, a failure or an abort if
    /// [`watches_visit`](Self::watches_visit) is true. [`enqueue`](Self::enqueue) reads the visit from the call.
    ///
    /// ```
    /// use actionlane::protocol::Revalidated;
    /// use actionlane::{Call, CallId, Dispatcher, Effect, HeadFacts, Instant, Options, Visit};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// let call = Call { id, options: Options::default(), queued_at: now, visit: Some(Visit(1)), ready: true };
    /// dispatcher.enqueue(call, now)?;
    /// dispatcher.handle_head(id, HeadFacts { redirects: true, revalidated: None }, now);
    /// assert!(dispatcher.watches_visit(Some(id)), "a redirect is followed only on the page of the call");
    /// dispatcher.handle_visit(Visit(2));
    /// dispatcher.handle_value(id, Ok(()), now);
    /// let redirects = |effect| matches!(effect, Effect::Redirect { .. });
    /// assert!(!std::iter::from_fn(|| dispatcher.poll_effect()).any(redirects));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_visit(&mut self, visit: Visit) {
        if self.visit != visit {
            self.visit = visit;
            self.refresh.take_owed();
        }
    }

    /// Takes over the visit of a new call if it is later than the known one.
    pub(super) fn update_visit(&mut self, visit: Option<Visit>) {
        if let Some(visit) = visit.filter(|visit| *visit > self.visit) {
            self.handle_visit(visit);
        }
    }

    /// True if the driver must call [`handle_visit`](Self::handle_visit) before its next input for this call: a refresh
    /// is owed, or the answer of the call made data stale or redirects. `None`: an input for no call.
    pub fn watches_visit(&self, id: Option<CallId>) -> bool {
        let facts = id.and_then(|id| self.calls.get(&id)).map(|entry| entry.facts).unwrap_or_default();
        self.refresh.is_owed() || facts.redirects || facts.revalidated.is_some()
    }

    /// Reports that the body shows data made stale which the head did not name.
    ///
    /// ```
    /// use actionlane::protocol::Revalidated;
    /// use actionlane::{Call, CallId, Dispatcher, Effect, HeadFacts, Instant, Options, Visit};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let (id, now, visit) = (CallId(1), Instant::from_millis(0.0), Some(Visit(1)));
    /// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit, ready: true }, now)?;
    /// dispatcher.handle_head(id, HeadFacts::default(), now);
    /// dispatcher.handle_stale(id, Revalidated::All);
    /// dispatcher.handle_redirect(id);
    /// dispatcher.handle_value(id, Ok(()), now);
    /// let refresh = std::iter::from_fn(|| dispatcher.poll_effect())
    ///     .find_map(|effect| if let Effect::Redirect { refresh, .. } = effect { Some(refresh) } else { None });
    /// assert_eq!(refresh, Some(Some(Revalidated::All)), "the target of the redirect needs fresh data");
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_stale(&mut self, id: CallId, what: Revalidated) {
        if let Some(entry) = self.in_state(id, State::Running) {
            entry.facts.revalidated = entry.facts.revalidated.max(Some(what));
        }
    }

    /// Reports that the body shows a redirect which the head did not name, to a target that the user may be sent to.
    pub fn handle_redirect(&mut self, id: CallId) {
        if let Some(entry) = self.in_state(id, State::Running) {
            entry.facts.redirects = true;
        }
    }

    /// Reports that the document is being left. Nothing starts for 30 s, or until
    /// [`handle_returned`](Self::handle_returned).
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Instant, Options, State};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let (id, at) = (CallId(1), Instant::from_millis);
    /// dispatcher.handle_leaving(at(0.0));
    /// let call = Call { id, options: Options::default(), queued_at: at(0.0), visit: None, ready: true };
    /// dispatcher.enqueue(call, at(0.0))?;
    /// assert_eq!(dispatcher.state(id), State::Waiting);
    /// dispatcher.handle_timeout(at(30_000.0));
    /// assert_eq!(dispatcher.state(id), State::Running, "the document was not left");
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_leaving(&mut self, now: Instant) {
        self.refresh.take_owed();
        self.leaving = Some(now.plus(LEAVING_LIMIT));
        self.release_unused_leases();
    }

    /// Reports that the document is out of the window. No call starts and no retry is sent until
    /// [`handle_returned`](Self::handle_returned).
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, Instant, Options, State};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let (id, now) = (CallId(1), Instant::from_millis(0.0));
    /// dispatcher.handle_hidden();
    /// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
    /// assert_eq!(dispatcher.state(id), State::Waiting);
    /// dispatcher.handle_returned(now);
    /// assert_eq!(dispatcher.state(id), State::Running);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_hidden(&mut self) {
        self.hidden = true;
        self.release_unused_leases();
    }

    /// Reports that the document is back in the window, or was not left. Sends the calls and retries that were held.
    pub fn handle_returned(&mut self, now: Instant) {
        let was_left = self.leaving.take().is_some();
        if std::mem::take(&mut self.hidden) || was_left {
            self.resume_held(now);
        }
    }

    /// Reports the result of [`Effect::Redirect`] or [`Effect::Reload`].
    ///
    /// `leaving`: true if the document ends. `owed`: the refresh that the effect carried, if the user stayed; the page
    /// is still owed it.
    ///
    /// ```
    /// use actionlane::{Call, CallId, Dispatcher, HeadFacts, Instant, Options, State, Visit};
    ///
    /// let mut dispatcher = Dispatcher::default();
    /// let (now, visit) = (Instant::from_millis(0.0), Some(Visit(1)));
    /// for id in [CallId(1), CallId(2)] {
    ///     dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit, ready: true }, now)?;
    /// }
    /// dispatcher.handle_head(CallId(1), HeadFacts { redirects: true, revalidated: None }, now);
    /// dispatcher.handle_value(CallId(1), Ok(()), now);
    /// assert_eq!(dispatcher.state(CallId(2)), State::Waiting, "the document may end");
    /// dispatcher.handle_moved(false, None, now);
    /// assert_eq!(dispatcher.state(CallId(2)), State::Running);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn handle_moved(&mut self, leaving: bool, owed: Option<Revalidated>, now: Instant) {
        self.navigating = false;
        if leaving {
            return self.handle_leaving(now);
        }
        if let Some(what) = owed {
            self.refresh.owe(what, now);
        }
        self.resume_held(now);
        self.request_refresh_if_due(self.effects.len(), now);
    }

    /// True if no lane may send now: there is no network, the driver is moving the user, or the document is being left
    /// or hidden.
    pub(super) fn is_on_hold(&self) -> bool {
        self.navigating || self.hidden || self.leaving.is_some() || self.offline.is_some()
    }

    /// Sends the retries that were held, then starts waiting calls. Does nothing while another reason holds them.
    pub(super) fn resume_held(&mut self, now: Instant) {
        if self.is_on_hold() {
            return;
        }
        for id in self.ids(&|entry| matches!(entry.phase, Phase::Held)) {
            self.start_next_attempt(id, now);
        }
        self.advance_all(now);
    }

    /// Owes the refresh and follows the redirect of a call that is about to settle. The redirect is ignored if the
    /// action threw, if the user is on another page by now, or if a call made later has redirected already.
    pub(super) fn apply_head_facts(&mut self, id: CallId, result: &Result<(), Error>, now: Instant) {
        let Some(entry) = self.calls.get(&id) else { return };
        let (HeadFacts { redirects, revalidated }, mode) = (entry.facts, entry.options.redirect);
        let wanted = redirects && result.is_ok() && entry.visit == Some(self.visit) && self.last_redirected.is_none_or(|later| later < id);
        if wanted {
            self.last_redirected = Some(id);
        }
        let follows = wanted && mode == RedirectMode::Follow;
        if let Some(what) = revalidated {
            self.refresh.owe(what, now);
        }
        if wanted {
            let refresh = if follows { self.refresh.take_owed() } else { None };
            self.navigating |= follows;
            self.effects.push_back(Effect::Redirect { id, mode, refresh });
        }
    }

    /// Requests fresh data if that is owed and due. The effect goes before those from `at` on: when a promise settles,
    /// the request must already be on its way. A lane that waits for its lease counts as in flight.
    pub(super) fn request_refresh_if_due(&mut self, at: usize, now: Instant) {
        if let Some(what) = self.refresh.take_due(self.running > 0 || !self.leases.is_empty(), now) {
            self.effects.insert(at, Effect::Refresh(what));
        }
    }
}
