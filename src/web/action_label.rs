//! Identifies the action of a call for errors and events. Must not hold arguments or answers.

use std::rc::Rc;

/// The action of a call: its id as last sent, and its name if it has one.
#[derive(Clone)]
pub(crate) struct ActionLabel {
    pub(crate) action: Rc<str>,
    pub(crate) name: Option<Rc<str>>,
}
