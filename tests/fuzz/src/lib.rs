//! Shares helpers among the fuzz targets: decoding in given chunks, describing a value, making a value from bytes, a
//! hostile server.

mod describe;
mod hostile;
mod values;

use std::task::Poll;

use actionlane::flight::{Decoder, Limits, Native, Rejection, Value};

pub use describe::describe;
pub use hostile::stream;
pub use values::{make_value, rows_of};

/// Limits small enough for a short input to exceed. The limit of the whole stream stays, because it depends on the
/// chunks.
pub const TIGHT: Limits = Limits { row_bytes: 1 << 12, open_rows: 32, depth: 24, digits: 40, ..Limits::DEFAULT };

/// The result of a stream.
pub type Outcome = Poll<Result<Value, Rejection>>;

/// Decodes a stream that arrives in these chunks and then ends. Returns the result, and the message of the error that
/// ended it early.
pub fn decode<'b>(mut decoder: Decoder<Native>, chunks: impl IntoIterator<Item = &'b [u8]>) -> (Outcome, Option<String>) {
    let broken = chunks.into_iter().find_map(|chunk| decoder.push(chunk).err());
    decoder.end();
    let outcome = decoder.value();
    assert!(outcome.is_ready(), "a stream that has ended leaves its value open");
    (outcome, broken.map(|error| error.to_string()))
}

/// Cuts a stream into chunks. `cuts` are the lengths of the chunks, used again and again; if empty, each chunk is one
/// byte.
pub fn chunks<'b>(mut bytes: &'b [u8], cuts: &[u8]) -> Vec<&'b [u8]> {
    let mut lengths = if cuts.is_empty() { &[1][..] } else { cuts }.iter().cycle();
    let mut chunks = Vec::new();
    while !bytes.is_empty() {
        let length = lengths.next().map_or(1, |length| usize::from(*length).clamp(1, bytes.len()));
        let (chunk, rest) = bytes.split_at(length);
        chunks.push(chunk);
        bytes = rest;
    }
    chunks
}

/// Splits an input into cuts and stream: the first byte is the number of cuts, modulo 16, and the cuts follow.
pub fn split(data: &[u8]) -> (&[u8], &[u8]) {
    let Some((count, rest)) = data.split_first() else { return (&[], &[]) };
    rest.split_at(usize::from(count % 16).min(rest.len()))
}
