//! Models the fate of a durable call's record in the outbox.

use crate::outbox::EntryFate;

/// Returns the fate by the code with which the call settles. A temporary failure never settles a durable call.
pub(super) fn fate(code: &str) -> EntryFate {
    match code {
        // An answer arrived, the page does not want one any more, or the `ttl` is over.
        "ok" | "ACTION_THREW" | "ABORTED" | "CLEARED" | "REPLACED" | "DROPPED" | "EXPIRED" => EntryFate::Ends,
        // The next dispatcher sends it.
        "CLOSED" | "QUEUE_FULL" => EntryFate::Stays,
        // The answer is not Flight, or the action is unknown; after STORAGE no record exists.
        "ACTION_NOT_FOUND" | "HTTP" | "INVALID_OPTION" | "STORAGE" => EntryFate::Fails,
        _ => panic!("a durable call settles with {code}"),
    }
}
