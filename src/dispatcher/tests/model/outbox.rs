//! Models what becomes of the entry of a durable call.

use crate::outbox::Fate;

/// By the code its call settles with; a call that may be sent again never settles for that.
pub(super) fn fate(code: &str) -> Fate {
    match code {
        // An answer, or somebody who does not want one any more, or too late.
        "ok" | "ACTION_THREW" | "ABORTED" | "CLEARED" | "REPLACED" | "DROPPED" | "EXPIRED" => Fate::Ends,
        // The next dispatcher sends it.
        "CLOSED" | "QUEUE_FULL" => Fate::Stays,
        // An answer that is none; what could not be stored is not there.
        "ACTION_NOT_FOUND" | "HTTP" | "INVALID_OPTION" | "STORAGE" => Fate::Fails,
        _ => panic!("a durable call settles with {code}"),
    }
}
