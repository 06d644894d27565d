//! Checks that a hostile server which knows the format gets an error or a value, and soon, with tight and with usual
//! limits.
#![no_main]

use actionlane::flight::{Decoder, Limits, Native};
use actionlane_fuzz::{TIGHT, chunks, decode, describe, split, stream};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (cuts, input) = split(data);
    let bytes = stream(input);
    for limits in [TIGHT, Limits::DEFAULT] {
        for decoder in [Decoder::new(Native::default()), Decoder::action(Native::default())] {
            let (outcome, _) = decode(decoder.limits(limits), chunks(&bytes, cuts));
            describe(outcome);
        }
    }
});
