//! Performs skew recovery: looks an unknown action up in the page as deployed now, and gives the call its new id.
//! Does not decide which calls are recovered.

use wasm_bindgen::prelude::*;

use super::Driver;
use crate::call::CallId;
use crate::dispatcher::Recovery;
use crate::js::wait::resolved;
use crate::protocol::ActionId;
use crate::web::embedder::{Deployed, Refusal};
use crate::web::net::exchange::Work;
use crate::web::net::request::Request;
use crate::web::timer;

impl Driver {
    /// Looks an action up by its name in the page as deployed now. Calls of the same page that need a lookup
    /// meanwhile share it.
    pub(super) fn recover(&self, id: CallId) {
        if self.apply_known_new_id(id) {
            self.core.borrow_mut().handle_recovered(id, Recovery::Found, timer::now());
            return; // the running pump carries out the effects
        }
        self.to_look_up.borrow_mut().push(id);
        if self.is_looking_up.replace(true) {
            return;
        }
        let Some(this) = self.this.upgrade() else { return };
        wasm_bindgen_futures::spawn_local(async move {
            while let Some(address) = this.next_to_look_up() {
                let deployed = resolved(this.embedder.deployed(&address, Recovery::TIMEOUT.as_millis() as u32)).await;
                let deployed = deployed.map(Deployed::from).map_err(why);
                let waiting = std::mem::take(&mut *this.to_look_up.borrow_mut());
                let (here, others): (Vec<_>, Vec<_>) =
                    waiting.into_iter().partition(|id| this.request(*id, |request| request.address() == address) == Some(true));
                *this.to_look_up.borrow_mut() = others;
                for id in here {
                    let found = deployed.as_ref().map_err(Clone::clone).and_then(|deployed| this.look_up_new_id(id, deployed));
                    let recovery = found.map_or_else(Recovery::NotFound, |()| Recovery::Found);
                    this.input(|core, now| core.handle_recovered(id, recovery, now));
                }
            }
            this.is_looking_up.set(false);
        });
    }

    /// Returns true if another call's lookup found a new id after this call was sent; sets that id.
    fn apply_known_new_id(&self, id: CallId) -> bool {
        let new = self.request(id, |request| self.new_id(&request.action)).flatten();
        let mut held = self.held.borrow_mut();
        let (Some(new), Some(held)) = (new, held.get_mut(&id)) else { return false };
        *held.label.action != *new.as_str() && {
            held.label.action = new.as_str().into();
            true
        }
    }

    /// Returns the id that an action has in the build deployed now, if it was looked up.
    pub(super) fn new_id(&self, action: &ActionId) -> Option<ActionId> {
        let new_ids = self.new_ids.borrow();
        new_ids.iter().rev().find(|(old, _)| old == action).map(|(_, new)| new.clone())
    }

    /// Returns the address of the page in which to look up the first unknown action. Skips calls that are over.
    fn next_to_look_up(&self) -> Option<String> {
        let mut to_look_up = self.to_look_up.borrow_mut();
        while let Some(&id) = to_look_up.first() {
            if let Some(address) = self.request(id, Request::address) {
                return Some(address);
            }
            to_look_up.remove(0);
        }
        None
    }

    /// Gives a call's action its new id. Fails with a clause that gives the reason.
    fn look_up_new_id(&self, id: CallId, deployed: &Deployed) -> Result<(), String> {
        let old = self.request(id, |request| request.action.clone()).ok_or("the call is over")?;
        let name = self.held.borrow().get(&id).and_then(|held| held.label.name.clone());
        let new = deployed.find(old.as_str(), name.as_deref().unwrap_or_default()).map_err(why)?;
        let new = ActionId::parse(&new).map_err(|error| error.message().to_owned())?;
        let mut held = self.held.borrow_mut();
        let held = held.get_mut(&id).ok_or("the call is over")?;
        held.label.action = new.as_str().into();
        self.new_ids.borrow_mut().push((old, new));
        Ok(())
    }

    /// Reads the request of a call. `None` if the call is over, or its caller built the request.
    fn request<R>(&self, id: CallId, look: impl FnOnce(&Request) -> R) -> Option<R> {
        match &self.held.borrow().get(&id)?.work {
            Some(Work::Action(request)) => Some(look(request)),
            _ => None,
        }
    }
}

/// Returns the clause of a [`Refusal`], or of an error.
fn why(thrown: JsValue) -> String {
    thrown.unchecked_into::<Refusal>().clause().unwrap_or_else(|| "it could not be looked up".to_owned())
}
