//! Bounds how much of a stream is believed, and how deep arguments may be.

/// How much of a stream is believed, and how deep arguments may be. Each goes beyond what React's client takes in any browser: what is beyond
/// it is a `DECODE` (of arguments, an `ENCODE`) error that names the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one row, tag and id included. 128 MiB. Protects the memory of the decoder, which a row of small values takes twenty times over.
    pub row_bytes: usize,
    /// Bytes of the whole answer, streams in it included. 1 GiB. Protects the memory of the decoder, which keeps the rows that nothing asks
    /// for until the answer ends, and has 4 GiB in a browser.
    pub total_bytes: usize,
    /// Promises, lazy values and the like that wait for their rows at the same time. 1 048 576. Protects from a few bytes each that cost
    /// some hundred.
    pub open_rows: usize,
    /// Containers inside containers, within one row; within all of the arguments. 20 000. The decoder needs no stack for them: this protects
    /// whoever walks through the value by recursion.
    pub depth: usize,
    /// Digits of one bigint. 1 000 000. Protects the time it takes an engine to read them, which grows faster than they do.
    pub digits: usize,
    /// Bytes that have arrived for streams and async iterables and that nobody has read yet, all of them together. 1 GiB. A stream is not
    /// slowed down by a slow reader; the one that goes beyond this bound fails. Protects the memory of the page.
    pub unread_bytes: usize,
}

impl Limits {
    /// The defaults above.
    pub const DEFAULT: Self =
        Self { row_bytes: 128 << 20, total_bytes: 1 << 30, open_rows: 1 << 20, depth: 20_000, digits: 1_000_000, unread_bytes: 1 << 30 };

    /// Containers inside containers that become Rust values, or come from them. serde follows them on the native stack, where 1 000 are
    /// too many for some types; `serde_json` has the same bound.
    pub const NATIVE_DEPTH: usize = 128;

    /// Values and bytes that one answer may become as Rust values, repeated ones counted: a container that is there once may be read many
    /// times. 256 MiB.
    pub const NATIVE_BYTES: usize = 256 << 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
