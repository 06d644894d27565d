//! Declares [`Limits`]: the sizes beyond which an answer or arguments are refused.
//!
//! Holds numbers only. The JavaScript edges have the same numbers, and a test compares them.

/// Sizes that the decoder and the encoder accept. Each default is more than React's client can take in any browser.
/// Beyond it, decoding fails with a `DECODE` error, encoding with an `ENCODE` error; the message names the limit.
///
/// ```
/// use actionlane::flight::{Decoder, Limits, Native};
///
/// let limits = Limits { row_bytes: 1000, ..Limits::DEFAULT };
/// let mut decoder = Decoder::new(Native::default()).limits(limits);
/// let error = decoder.push(format!("2a:{:?}\n", "x".repeat(2000)).as_bytes()).unwrap_err();
/// assert_eq!(error.message(), "row 2a: longer than 1000 bytes");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one row, tag and id included. Default 128 MiB. Protects the decoder's memory: a row of small values
    /// takes about twenty times its length.
    pub row_bytes: usize,
    /// Bytes of the whole answer, streams included. Default 1 GiB. Protects the decoder's memory, which is 4 GiB in a
    /// browser: rows that no value refers to are stored until the answer ends.
    pub total_bytes: usize,
    /// Promises, lazy values and the like that wait for their rows at the same time. Default 1 048 576. Protects
    /// memory: a few bytes of the answer open a row that takes some hundred.
    pub open_rows: usize,
    /// Nested containers, within one row or within all arguments. Default 20 000. The decoder itself needs no stack
    /// for them; this protects programs that walk through the value by recursion.
    pub depth: usize,
    /// Digits of one bigint. Default 1 000 000. Protects time: engines take more than twice as long to read twice as
    /// many digits.
    pub digits: usize,
    /// Bytes that have arrived for all streams and async iterables together and have not been read. Default 1 GiB.
    /// Protects memory: a slow reader does not slow a stream down. The stream that exceeds this limit fails.
    pub unread_bytes: usize,
}

impl Limits {
    /// The default of each limit.
    pub const DEFAULT: Self =
        Self { row_bytes: 128 << 20, total_bytes: 1 << 30, open_rows: 1 << 20, depth: 20_000, digits: 1_000_000, unread_bytes: 1 << 30 };

    /// Nested containers in Rust values, read or written. serde follows them on the native stack, where 1 000 levels
    /// are too many for some types; `serde_json` has the same limit.
    pub const NATIVE_DEPTH: usize = 128;

    /// Values and bytes that one answer may become as Rust values, 256 MiB. Counts a container each time it is read:
    /// several places may refer to it.
    pub const NATIVE_BYTES: usize = 256 << 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
