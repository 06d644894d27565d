//! What is sent can be read back: the forms that arguments and answers have in common make the same value.
#![no_main]

use std::task::Poll;

use actionlane::flight::{Decoder, Native, encode};
use actionlane_fuzz::{decode, made, release, rows_of, tell};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let value = made(data);
    let sent = Poll::Ready(Ok(value.clone()));
    if let Ok(encoded) = encode(&mut Native::default(), value)
        && let Some(rows) = rows_of(&encoded.body)
    {
        let (read, broken) = decode(Decoder::new(Native::default()), [&*rows]);
        assert_eq!(broken, None);
        assert_eq!(tell(&sent), tell(&read), "{}", rows.escape_ascii());
        release(read);
    }
    release(sent);
});
