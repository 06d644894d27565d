//! The leases of lanes that are one at a time over all tabs. The page's side asks for them, and tells what becomes of them.

use wasm_bindgen::prelude::*;

use super::Driver;
use crate::call::LaneName;
use crate::web::timer;
use crate::{Error, Kind};

impl Driver {
    pub(crate) fn leased(&self, lane: &LaneName) {
        self.input(|core, now| core.handle_lease(lane, now));
    }

    pub(crate) fn lease_taken(&self, lane: &LaneName) {
        self.input(|core, now| core.handle_lease_taken(lane, now));
    }

    /// `passing`: it may be had another time.
    pub(crate) fn lease_refused(&self, lane: &LaneName, passing: bool, message: &str, cause: &JsValue) {
        let error = Error::new(if passing { Kind::Network } else { Kind::InvalidOption }, message);
        let ids = self.core.borrow_mut().handle_lease_failed(lane, &error, timer::now());
        ids.into_iter().for_each(|id| self.blame(id, cause.clone()));
        self.pump();
    }
}
