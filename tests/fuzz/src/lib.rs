//! What the fuzz targets have in common: decoding in given chunks, telling a value, making a value out of bytes, a hostile server.

mod hostile;
mod made;
mod told;

use std::task::Poll;

use actionlane::flight::{Decoder, Limits, Native, Rejection, Value};

pub use hostile::stream;
pub use made::{made, rows_of};
pub use told::tell;

/// Bounds small enough for a short input to meet them; the one on the whole stream is not among them: it looks at chunks.
pub const TIGHT: Limits = Limits { row_bytes: 1 << 12, open_rows: 32, depth: 24, digits: 40, ..Limits::DEFAULT };

/// What became of a stream.
pub type Outcome = Poll<Result<Value, Rejection>>;

/// Decodes a stream that comes in these chunks, then ends. Gives the outcome and the error that ended it early, in words.
pub fn decode<'b>(mut decoder: Decoder<Native>, chunks: impl IntoIterator<Item = &'b [u8]>) -> (Outcome, Option<String>) {
    let broken = chunks.into_iter().find_map(|chunk| decoder.push(chunk).err());
    decoder.end();
    let outcome = decoder.value();
    assert!(outcome.is_ready(), "a stream that has ended leaves its value open");
    (outcome, broken.map(|error| error.to_string()))
}

/// Cuts a stream at places told by `cuts`: the length of each chunk, over and over; none: one by one.
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

/// Takes the cuts off the front of an input: a count, then as many lengths.
pub fn split(data: &[u8]) -> (&[u8], &[u8]) {
    let Some((count, rest)) = data.split_first() else { return (&[], &[]) };
    rest.split_at(usize::from(count % 16).min(rest.len()))
}
