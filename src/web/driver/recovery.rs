//! Recovers calls whose action the server does not know: looks it up in the page as deployed now, and gives it the id it has there.

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
    /// Looks an action up by its name in the page as deployed now. Calls of the same page that ask meanwhile share what is found.
    pub(super) fn recover(&self, id: CallId) {
        if self.renamed_meanwhile(id) {
            self.core.borrow_mut().handle_recovered(id, Recovery::Found, timer::now());
            return; // the effects of this come out of the pump that is running
        }
        self.unknown.borrow_mut().push(id);
        if self.looking.replace(true) {
            return;
        }
        let Some(this) = self.this.upgrade() else { return };
        wasm_bindgen_futures::spawn_local(async move {
            while let Some(address) = this.next_unknown() {
                let deployed = resolved(this.embedder.deployed(&address, Recovery::LONGEST.as_millis() as u32)).await;
                let deployed = deployed.map(Deployed::from).map_err(why);
                let unknown = std::mem::take(&mut *this.unknown.borrow_mut());
                let (here, elsewhere): (Vec<_>, Vec<_>) =
                    unknown.into_iter().partition(|id| this.request(*id, |request| request.address() == address) == Some(true));
                *this.unknown.borrow_mut() = elsewhere;
                for id in here {
                    let found = deployed.as_ref().map_err(Clone::clone).and_then(|deployed| this.rename(id, deployed));
                    let recovery = found.map_or_else(Recovery::NotFound, |()| Recovery::Found);
                    this.input(|core, now| core.handle_recovered(id, recovery, now));
                }
            }
            this.looking.set(false);
        });
    }

    /// Whether the action was found under another id after this call was sent.
    fn renamed_meanwhile(&self, id: CallId) -> bool {
        let new = self.request(id, |request| self.new_id(&request.action)).flatten();
        let mut held = self.held.borrow_mut();
        let (Some(new), Some(held)) = (new, held.get_mut(&id)) else { return false };
        *held.owner.action != *new.as_str() && {
            held.owner.action = new.as_str().into();
            true
        }
    }

    /// The id an action has in the build deployed now, if it was looked up.
    pub(super) fn new_id(&self, action: &ActionId) -> Option<ActionId> {
        let renamed = self.renamed.borrow();
        renamed.iter().rev().find(|(old, _)| old == action).map(|(_, new)| new.clone())
    }

    /// The address of the page in which the first unknown action is to be looked up, if its call is not over.
    fn next_unknown(&self) -> Option<String> {
        let mut unknown = self.unknown.borrow_mut();
        while let Some(&id) = unknown.first() {
            if let Some(address) = self.request(id, Request::address) {
                return Some(address);
            }
            unknown.remove(0);
        }
        None
    }

    /// Gives the call's action the id that it has now.
    fn rename(&self, id: CallId, deployed: &Deployed) -> Result<(), String> {
        let old = self.request(id, |request| request.action.clone()).ok_or("the call is over")?;
        let name = self.held.borrow().get(&id).and_then(|held| held.owner.name.clone());
        let new = deployed.find(old.as_str(), name.as_deref().unwrap_or_default()).map_err(why)?;
        let new = ActionId::parse(&new).map_err(|error| error.message().to_owned())?;
        let mut held = self.held.borrow_mut();
        let held = held.get_mut(&id).ok_or("the call is over")?;
        held.owner.action = new.as_str().into();
        self.renamed.borrow_mut().push((old, new));
        Ok(())
    }

    fn request<R>(&self, id: CallId, look: impl FnOnce(&Request) -> R) -> Option<R> {
        match &self.held.borrow().get(&id)?.work {
            Some(Work::Action(request)) => Some(look(request)),
            _ => None,
        }
    }
}

/// The clause of a [`Refusal`], or of an error.
fn why(thrown: JsValue) -> String {
    thrown.unchecked_into::<Refusal>().clause().unwrap_or_else(|| "it could not be looked up".to_owned())
}
