//! Tests the codec by its public API: decodes answers as React's server writes them, and encodes arguments.

mod expected;
mod vectors;

use std::task::Poll;

use actionlane::flight::{Decoder, Native, Rejection, Shared, Value, encode};

use vectors::Vector;

/// Vectors that are decoded differently from React on purpose, and why. Each must differ.
const DIFFERENT: &[(&str, &str)] = &[
    ("decode/root-string-1024-bom", "a byte order mark is part of the text, as in Next from 16.4.0"),
    ("stream/T-bom", "a byte order mark is part of the text, as in Next from 16.4.0"),
    ("stream/hex-id-overflow", "ids beyond 31 bits are refused, not wrapped"),
    ("stream/sibling-of-bad-hint", "hints are skipped unread"),
    ("stream/tag-N", "rows for development are skipped, not refused"),
    ("stream/tag-W", "rows for development are skipped, not refused"),
    ("stream/deep-20000", "20 000 containers inside each other are within the default depth; React's client runs out of stack"),
    ("stream/dollar-E", "a development value is undefined and never evaluated; React waits for a row that cannot arrive"),
    ("stream/dollar-P", "a development value is undefined; React waits for a row that cannot arrive"),
    ("stream/import-unknown-module", "client modules are described and never loaded, so none is unknown"),
    ("stream/typed-bad-length", "bytes that do not fill the last element are refused, not dropped"),
];

/// Largest stream, in bytes, that is cut in two at every byte.
const SHORT: usize = 300;

type Outcome = Poll<Result<Value, Rejection>>;

/// Decodes the chunks of an answer.
fn decode<'b>(mut decoder: Decoder<Native>, chunks: impl IntoIterator<Item = &'b [u8]>) -> Outcome {
    for chunk in chunks {
        if decoder.push(chunk).is_err() {
            break;
        }
    }
    decoder.end();
    decoder.value()
}

/// Decodes a stream cut in many ways, and checks each outcome.
fn every_cut(bytes: &[u8], mut check: impl FnMut(&str, Outcome)) {
    let decoder = || Decoder::new(Native::default());
    check("whole", decode(decoder(), [bytes]));
    for size in [1, 3, 7] {
        check(&format!("chunks of {size}"), decode(decoder(), bytes.chunks(size)));
    }
    if bytes.len() <= SHORT {
        for cut in 1..bytes.len() {
            check(&format!("cut at {cut}"), decode(decoder(), [&bytes[..cut], &bytes[cut..]]));
        }
    }
}

fn is_listed(vector: &Vector) -> bool {
    DIFFERENT.iter().any(|(name, _)| *name == vector.name)
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_vector_decodes_as_react_does_at_every_cut() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for vector in vectors::ALL.iter().filter(|vector| !is_listed(vector)) {
        count += 1;
        every_cut(vector.bytes, |how, outcome| {
            if let Err(error) = expected::check(vector.expected, &outcome) {
                wrong.push(format!("{}, {how}: {error}", vector.name));
            }
        });
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(count + DIFFERENT.len(), vectors::ALL.len(), "a listed vector does not exist");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn the_listed_vectors_still_differ_from_react() {
    for vector in vectors::ALL {
        if let Some((name, why)) = DIFFERENT.iter().find(|(name, _)| *name == vector.name) {
            every_cut(vector.bytes, |how, outcome| {
                assert!(expected::check(vector.expected, &outcome).is_err(), "{name}, {how}: no longer different: {why}");
            });
        }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn an_action_decoder_returns_the_value_of_the_action() {
    let mut count = 0;
    for vector in vectors::ALL.iter().filter(|vector| vector.name.contains("next-")) {
        count += 1;
        for size in 1..=vector.bytes.len() {
            let outcome = decode(Decoder::action(Native::default()), vector.bytes.chunks(size));
            if let Err(error) = expected::check_action(vector.expected, &outcome) {
                panic!("{}, chunks of {size}: {error}", vector.name);
            }
        }
    }
    assert_eq!(count, 3);
}

/// Changes, removes and inserts bytes of short streams.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn damaged_streams_never_panic_and_decode_the_same_at_every_cut() {
    const MARKS: &[u8] = b"\"$@:0123456789abQWKTZDn{}[],-\n\\uE";
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below.max(1) as u64) as usize
    };
    for vector in vectors::ALL.iter().filter(|vector| vector.bytes.len() <= SHORT) {
        for _ in 0..20 {
            let mut bytes = vector.bytes.to_vec();
            for _ in 0..=random(3) {
                let at = random(bytes.len());
                match random(4) {
                    0 if !bytes.is_empty() => drop(bytes.remove(at)),
                    1 => bytes.insert(at, MARKS[random(MARKS.len())]),
                    2 => bytes.truncate(at.max(1)),
                    _ if !bytes.is_empty() => bytes[at] = MARKS[random(MARKS.len())],
                    _ => {}
                }
            }
            let size = 1 + random(9);
            for decoder in [|| Decoder::new(Native::default()), || Decoder::action(Native::default())] {
                let whole = decode(decoder(), [&*bytes]);
                let cut = decode(decoder(), bytes.chunks(size));
                assert_eq!(expected::cannot_be_read(&whole), expected::cannot_be_read(&cut), "{}", bytes.escape_ascii());
                assert!(!matches!((&whole, &cut), (Poll::Pending, _) | (_, Poll::Pending)), "{}", bytes.escape_ascii());
            }
        }
    }
}

/// Decodes answers that return an argument: `{a: the last argument, …}`.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn returned_arguments_keep_their_identity() {
    let object = || Value::object([("x", Value::array([Value::Number(1.0), Value::Number(2.0)]))]);
    let returned = |args: &[Value], answer: &[u8]| {
        let encoded = encode(&mut Native::default(), Value::array(args.iter().cloned())).expect("the arguments can be sent");
        let decoder = Decoder::action(Native::with_temporaries(encoded.temporaries));
        match decode(decoder, answer.chunks(1)) {
            Poll::Ready(Ok(value)) => value,
            outcome => panic!("{outcome:?}"),
        }
    };

    let args = [Value::string("a"), Value::Number(1.0), Value::Bool(true), Value::Null, object()];
    let value = returned(&args, include_bytes!("../vectors/temp/args-simple.json"));
    assert_eq!(value.identity(), args[4].identity());

    let shared = object();
    let args = [shared.clone(), shared.clone(), Value::object([("again", shared)])];
    let value = returned(&args, include_bytes!("../vectors/temp/args-repeated.json"));
    assert_eq!(value.identity(), args[2].identity());

    let (inside, key) = (object(), object());
    let entries = vec![(Value::string("a"), inside.clone()), (key.clone(), Value::string("v"))];
    let value = returned(&[Value::Map(Shared::new(entries))], include_bytes!("../vectors/temp/args-map.json"));
    let Value::Map(entries) = value else { panic!("{value:?}") };
    assert_eq!(entries.borrow()[0].1.identity(), inside.identity());
    assert_eq!(entries.borrow()[1].0.identity(), key.identity());

    let values = vec![Value::string("$x"), inside.clone(), Value::Undefined];
    let value = returned(&[Value::Set(Shared::new(values))], include_bytes!("../vectors/temp/args-set.json"));
    let Value::Set(values) = value else { panic!("{value:?}") };
    assert_eq!(values.borrow()[1].identity(), inside.identity());
    assert!(matches!(values.borrow()[2], Value::Undefined));

    let value = returned(&[Value::Null], include_bytes!("../vectors/temp/args-formdata.json"));
    let Value::FormData(entries) = value else { panic!("{value:?}") };
    let entries: Vec<String> = entries.borrow().iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    assert_eq!(entries, [r#"a=String("1")"#, r#"a=String("2")"#, r#"b=String("$x")"#]);
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_table_of_vectors_is_complete() {
    for folder in ["decode", "stream"] {
        let path = format!("{}/tests/vectors/{folder}", env!("CARGO_MANIFEST_DIR"));
        for file in std::fs::read_dir(path).expect("the vectors") {
            let file = file.expect("a file").file_name().into_string().expect("a name");
            if let Some(name) = file.strip_suffix(".bin") {
                let name = format!("{folder}/{name}");
                assert!(vectors::ALL.iter().any(|vector| vector.name == name), "{name} is not in tests/cases/flight/vectors.rs");
            }
        }
    }
}
