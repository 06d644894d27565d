/// How much of a stream is believed. Whatever goes beyond a bound is a `DECODE` error that names the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one row, tag and id included. 64 MiB.
    pub row_bytes: usize,
    /// Bytes of the whole answer. 256 MiB.
    pub total_bytes: usize,
    /// Rows that were asked for and are not there yet. 65 536.
    pub open_rows: usize,
    /// Containers inside containers, within one row. 1 000.
    pub depth: usize,
    /// Digits of one bigint. 10 000.
    pub digits: usize,
    /// Bytes that have arrived for streams and async iterables and that nobody has read yet, all of them together. A stream is not slowed
    /// down by a slow reader; the one that goes beyond this bound fails. 64 MiB.
    pub unread_bytes: usize,
}

impl Limits {
    /// The defaults above.
    pub const DEFAULT: Self =
        Self { row_bytes: 64 << 20, total_bytes: 256 << 20, open_rows: 65_536, depth: 1_000, digits: 10_000, unread_bytes: 64 << 20 };

    /// Containers inside containers that become Rust values, or come from them. serde follows them on the native stack, where 1 000 are
    /// too many for some types; `serde_json` has the same bound.
    pub const NATIVE_DEPTH: usize = 128;
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
