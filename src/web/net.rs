//! One request of an action and its answer, from headers to the value, whoever drives it.

pub(super) mod body;
pub(super) mod exchange;
pub(super) mod keepalive;
pub(super) mod request;
pub(super) mod response;
