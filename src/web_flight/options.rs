//! The options of the codec, declared once: see `src/web/options.rs` for those of a dispatcher.

use wasm_bindgen::prelude::*;

use crate::flight::Limits;
use crate::js::options::options;

options! {
    /// How much of an answer is believed; `Infinity` is no limit. Defaults: [`Limits::DEFAULT`].
    LimitOptions {
        /// Bytes of the whole answer.
        maxBytes bytes set_bytes f64,
        /// Bytes of one row.
        maxRowBytes row_bytes set_row_bytes f64,
        /// Rows that wait for others.
        maxOpenRows open_rows set_open_rows f64,
        /// Containers within each other. Of arguments, too.
        maxDepth depth set_depth f64,
        /// Digits of a bigint.
        maxDigits digits set_digits f64,
        /// Bytes of streams that nobody has read.
        maxUnreadBytes unread_bytes set_unread_bytes f64,
    }
}

/// The limits: the defaults but for what `given` says otherwise.
pub(super) fn limits(given: Option<&LimitOptions>) -> Limits {
    let Some(given) = given else { return Limits::DEFAULT };
    // A number beyond all addresses sets no bound.
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
