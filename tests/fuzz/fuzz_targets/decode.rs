//! Any bytes are an answer or an error, for both kinds of answer.
#![no_main]

use actionlane::flight::{Decoder, Native};
use actionlane_fuzz::{decode, tell};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for decoder in [Decoder::new(Native::default()), Decoder::action(Native::default())] {
        let (outcome, _) = decode(decoder, [data]);
        tell(outcome);
    }
});
