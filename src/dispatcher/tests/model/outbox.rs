//! Models the fate of a durable call's record in the outbox.

use crate::outbox::Fate;

/// Returns the fate by the code with which the call settles. A temporary failure never settles a durable call.
pub(super) fn fate(code: &str) -> Fate {
    match code {
        // An answer arrived, the page does not want one any more, or the `ttl` is over.
        "ok" | "ACTION_THREW" | "ABORTED" | "CLEARED" | "REPLACED" | "DROPPED" | "EXPIRED" => Fate::Ends,
        // The next dispatcher sends it.
        "CLOSED" | "QUEUE_FULL" => Fate::Stays,
        // The answer is not Flight, or the action is unknown; after STORAGE no record exists.
        "ACTION_NOT_FOUND" | "HTTP" | "INVALID_OPTION" | "STORAGE" => Fate::Fails,
        _ => panic!("a durable call settles with {code}"),
    }
}
