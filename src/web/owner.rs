//! Names the action that a call is of, for errors and events.

use std::rc::Rc;

#[derive(Clone)]
pub(crate) struct Owner {
    pub(crate) action: Rc<str>,
    pub(crate) name: Option<Rc<str>>,
}
