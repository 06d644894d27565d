//! Checks that arguments decode to the same value, where arguments and answers are written alike.
#![no_main]

use std::task::Poll;

use actionlane::flight::{Decoder, Native, encode};
use actionlane_fuzz::{decode, describe, make_value, rows_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let value = make_value(data);
    let rows = encode(&mut Native::default(), value.clone()).ok().and_then(|encoded| rows_of(&encoded.body));
    let sent = describe(Poll::Ready(Ok(value)));
    if let Some(rows) = rows {
        let (read, broken) = decode(Decoder::new(Native::default()), [&*rows]);
        assert_eq!(broken, None);
        assert_eq!(sent, describe(read), "{}", rows.escape_ascii());
    }
});
