//! Checks that a stream gives the same result in any chunks.
#![no_main]

use actionlane::flight::{Decoder, Native};
use actionlane_fuzz::{chunks, decode, describe, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (cuts, bytes) = split(data);
    let (whole, broken) = decode(Decoder::new(Native::default()), [bytes]);
    let (cut, also_broken) = decode(Decoder::new(Native::default()), chunks(bytes, cuts));
    assert_eq!(broken, also_broken);
    assert_eq!(describe(whole), describe(cut));
});
