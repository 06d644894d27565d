//! Reports to the core what happened to the lease of a lane. Takes no locks: the page's side requests them and
//! calls these functions.

use wasm_bindgen::prelude::*;

use super::Driver;
use crate::call::LaneName;
use crate::web::timer;
use crate::{Error, Kind};

impl Driver {
    /// The lease was granted.
    pub(crate) fn leased(&self, lane: &LaneName) {
        self.input(|core, now| core.handle_lease(lane, now));
    }

    /// Another tab took the lease.
    pub(crate) fn lease_taken(&self, lane: &LaneName) {
        self.input(|core, now| core.handle_lease_taken(lane, now));
    }

    /// The lease is not available. `passing`: a later request may succeed.
    pub(crate) fn lease_refused(&self, lane: &LaneName, passing: bool, message: &str, cause: &JsValue) {
        let error = Error::new(if passing { Kind::Network } else { Kind::InvalidOption }, message);
        let ids = self.core.borrow_mut().handle_lease_failed(lane, &error, timer::now());
        ids.into_iter().for_each(|id| self.set_cause(id, cause.clone()));
        self.pump();
    }
}
