//! Calls whose action the server does not know.

use super::Driver;
use crate::call::CallId;
use crate::dispatcher::Recovery;
use crate::web::exchange::Work;
use crate::web::fetch::Request;
use crate::web::recover::Deployed;

impl Driver {
    /// Looks an action up by its name in the page as deployed now. Calls of the same page that ask meanwhile share what is found.
    pub(super) fn recover(&self, id: CallId) {
        self.lost.borrow_mut().push(id);
        if self.looking.replace(true) {
            return;
        }
        let Some(this) = self.this.upgrade() else { return };
        wasm_bindgen_futures::spawn_local(async move {
            while let Some(address) = this.next_lost() {
                let deployed = Deployed::load(&this.host, &address).await;
                let lost = std::mem::take(&mut *this.lost.borrow_mut());
                let (here, elsewhere): (Vec<_>, Vec<_>) =
                    lost.into_iter().partition(|id| this.request(*id, |request| request.url == address) == Some(true));
                *this.lost.borrow_mut() = elsewhere;
                for id in here {
                    let found = deployed.as_ref().map_err(Clone::clone).and_then(|deployed| this.rename(id, deployed));
                    let recovery = found.map_or_else(Recovery::NotFound, |()| Recovery::Found);
                    this.input(|core, now| core.handle_recovered(id, recovery, now));
                }
            }
            this.looking.set(false);
        });
    }

    /// The address of the page in which the first lost action is to be looked up, if its call is not over.
    fn next_lost(&self) -> Option<String> {
        let mut lost = self.lost.borrow_mut();
        while let Some(&id) = lost.first() {
            if let Some(address) = self.request(id, |request| request.url.clone()) {
                return Some(address);
            }
            lost.remove(0);
        }
        None
    }

    /// Gives the call's action the id that it has now.
    fn rename(&self, id: CallId, deployed: &Deployed) -> Result<(), String> {
        let old = self.request(id, |request| request.action.clone()).ok_or("the call is over")?;
        let mut held = self.held.borrow_mut();
        let held = held.get_mut(&id).ok_or("the call is over")?;
        let new = deployed.find(&old, held.owner.name.as_deref().unwrap_or_default())?;
        held.owner.action = new.as_str().into();
        self.renamed.borrow_mut().push((old, new));
        Ok(())
    }

    fn request<R>(&self, id: CallId, look: impl FnOnce(&Request) -> R) -> Option<R> {
        match &self.held.borrow().get(&id)?.work {
            Some(Work::Action(request, _)) => Some(look(request)),
            _ => None,
        }
    }
}
