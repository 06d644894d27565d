//! Sends a request and reads its answer, from the headers to the value. Knows neither driver nor queue.

pub(super) mod body;
pub(super) mod exchange;
pub(super) mod keepalive;
pub(super) mod request;
pub(super) mod response;
