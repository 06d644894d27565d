//! Checks that the start and end of rows, and the place of an error, do not depend on the chunks.
//!
//! Reads no row: the value never arrives.
#![no_main]

use actionlane::flight::{Decoder, Native};
use actionlane_fuzz::{TIGHT, chunks, decode, describe, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (cuts, bytes) = split(data);
    // Row 0 refers to a row that hardly any input has.
    let outcome = |cuts: &[&[u8]]| {
        let start = std::iter::once(&b"0:\"$7ffffff0\"\n"[..]);
        decode(Decoder::new(Native::default()).limits(TIGHT), start.chain(cuts.iter().copied()))
    };
    let (whole, broken) = outcome(&[bytes]);
    let (cut, also_broken) = outcome(&chunks(bytes, cuts));
    assert_eq!(broken, also_broken);
    assert_eq!(describe(whole), describe(cut));
});
