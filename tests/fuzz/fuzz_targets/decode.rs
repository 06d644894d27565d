//! Checks that any bytes give a value or an error, as a stream and as the answer to an action.
#![no_main]

use actionlane::flight::{Decoder, Native};
use actionlane_fuzz::{decode, describe};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for decoder in [Decoder::new(Native::default()), Decoder::action(Native::default())] {
        let (outcome, _) = decode(decoder, [data]);
        describe(outcome);
    }
});
