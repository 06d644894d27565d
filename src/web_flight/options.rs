//! Declares the options of the codec, each once. Those of a dispatcher are in `src/web/options.rs`. Must not know the
//! dispatcher.

use wasm_bindgen::prelude::*;

use crate::flight::Limits;
use crate::js::options::options;

options! {
    /// Limits of an answer; `Infinity` is no limit.
    LimitOptions {
        /// Largest answer, in bytes. Default 1 GiB.
        maxBytes bytes set_bytes f64,
        /// Largest row, in bytes. Default 128 MiB.
        maxRowBytes row_bytes set_row_bytes f64,
        /// Highest number of rows that wait for other rows. Default 1 048 576.
        maxOpenRows open_rows set_open_rows f64,
        /// Deepest nesting, in containers, in answers and in arguments. Default 20 000.
        maxDepth depth set_depth f64,
        /// Longest bigint, in digits. Default 1 000 000.
        maxDigits digits set_digits f64,
        /// Highest number of bytes in streams that were not read yet. Default 1 GiB.
        maxUnreadBytes unread_bytes set_unread_bytes f64,
    }
}

/// Returns the limits, with the defaults for those that `given` does not set.
pub(super) fn limits(given: Option<&LimitOptions>) -> Limits {
    let Some(given) = given else { return Limits::DEFAULT };
    // A number larger than any address is no limit.
    let or = |given: Option<f64>, default: usize| given.map_or(default, |number| number as usize);
    Limits {
        row_bytes: or(given.row_bytes, Limits::DEFAULT.row_bytes),
        total_bytes: or(given.bytes, Limits::DEFAULT.total_bytes),
        open_rows: or(given.open_rows, Limits::DEFAULT.open_rows),
        depth: or(given.depth, Limits::DEFAULT.depth),
        digits: or(given.digits, Limits::DEFAULT.digits),
        unread_bytes: or(given.unread_bytes, Limits::DEFAULT.unread_bytes),
    }
}
