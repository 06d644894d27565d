//! The leases of lanes that are one at a time over all tabs.

use super::Driver;
use crate::call::LaneName;
use crate::web::lock::{Lock, Told};
use crate::web::timer;
use crate::{Error, Kind};

impl Driver {
    /// Asks for the lease of a lane, and gives one that is held back then.
    pub(super) fn ask(&self, lane: LaneName) {
        let (this, of) = (self.this.clone(), lane.clone());
        let tell = move |told| {
            let Some(this) = this.upgrade() else { return };
            match told {
                Told::Granted(let_go) => {
                    let _ = this.embedder.leased(of.as_str(), &let_go);
                    this.input(|core, now| core.handle_lease(&of, now));
                }
                Told::Taken => {
                    let _ = this.embedder.unleased(of.as_str());
                    this.input(|core, now| core.handle_lease_taken(&of, now));
                }
                Told::Refused(cause) => {
                    let error = Error::new(Kind::InvalidOption, "scope: the browser gives no lock to be one at a time over all tabs");
                    let ids = this.core.borrow_mut().handle_lease_failed(&of, &error, timer::now());
                    ids.into_iter().for_each(|id| this.blame(id, cause.clone()));
                    this.pump();
                }
            }
        };
        // Dispatchers of all tabs that have a lane of this name meet here.
        let lock = Lock::ask(format!("actionlane:lane:{}", lane.as_str()), self.patience, tell);
        let before = self.locks.borrow_mut().insert(lane, lock);
        drop(before);
    }

    /// Gives the lease of a lane back, or asks for it no longer.
    pub(super) fn give_back(&self, lane: &LaneName) {
        let lock = self.locks.borrow_mut().remove(lane);
        drop(lock);
        let _ = self.embedder.unleased(lane.as_str());
    }
}
