//! The leases of lanes that are one at a time over all tabs: asked for by the page's side, which tells the engine what becomes of them.

use wasm_bindgen::prelude::*;

use super::Driver;
use crate::call::LaneName;
use crate::web::{Engine, timer};
use crate::{Error, Kind};

#[wasm_bindgen]
impl Engine {
    /// The lease of a lane that was asked for is granted.
    pub fn leased(&self, lane: &str) {
        self.driver.input(|core, now| core.handle_lease(&lane.into(), now));
    }

    /// Somebody has taken the lease of a lane who waited for too long.
    #[wasm_bindgen(js_name = leaseTaken)]
    pub fn lease_taken(&self, lane: &str) {
        self.driver.input(|core, now| core.handle_lease_taken(&lane.into(), now));
    }

    /// The lease of a lane cannot be had, and why: what is to be said, and what the browser has said. `passing`: it may be had another time.
    #[wasm_bindgen(js_name = leaseRefused)]
    pub fn lease_refused(&self, lane: &str, passing: bool, message: &str, cause: &JsValue) {
        let kind = if passing { Kind::Network } else { Kind::InvalidOption };
        self.driver.lease_failed(&lane.into(), &Error::new(kind, message), cause);
    }
}

impl Driver {
    fn lease_failed(&self, lane: &LaneName, error: &Error, cause: &JsValue) {
        let ids = self.core.borrow_mut().handle_lease_failed(lane, error, timer::now());
        ids.into_iter().for_each(|id| self.blame(id, cause.clone()));
        self.pump();
    }
}
