//! Tests serde's types on their way through Flight and back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use serde::Deserialize;

mod agreement;
#[cfg(feature = "client")]
mod bounds;

use super::*;
use crate::flight::{Body, Decoder, ErrorValue, Part, PromiseState, Shared};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Everything {
    yes: bool,
    small: i8,
    large: i64,
    larger: u64,
    wide: i128,
    wider: u128,
    float: f64,
    single: f32,
    char: char,
    text: String,
    none: Option<u8>,
    unit: (),
    pair: (u8, String),
    list: Vec<Option<Everything>>,
    set: BTreeSet<String>,
    named: BTreeMap<String, Shape>,
    numbered: BTreeMap<i64, bool>,
    #[serde(rename = "2")]
    shape: Shape,
    date: Option<Date>,
    big: Option<BigInt>,
    id: Id,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Id(u32);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Shape {
    #[default]
    Point,
    Circle(f64),
    Line(i32, i32),
    Box {
        width: Option<u64>,
        inner: Option<Box<Shape>>,
    },
}

/// A small random generator, the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Makes a number of any magnitude.
    fn bits(&mut self) -> u64 {
        let shift = self.below(64);
        self.next() >> shift
    }

    fn text(&mut self) -> String {
        (0..self.below(5)).map(|_| ['$', '"', 'a', ':', '\\', '\n', 'é', '😀', '0', '_'][self.below(10) as usize]).collect()
    }

    fn float(&mut self) -> f64 {
        [-0.0, f64::INFINITY, f64::NEG_INFINITY, 0.1, 1e300, 5e-324, -3.0, self.bits() as f64][self.below(8) as usize]
    }

    fn shape(&mut self, depth: u64) -> Shape {
        match self.below(if depth == 0 { 3 } else { 4 }) {
            0 => Shape::Point,
            1 => Shape::Circle(self.float()),
            2 => Shape::Line(self.next() as i32, self.next() as i32),
            _ => Shape::Box { width: Some(self.bits()), inner: Some(Box::new(self.shape(depth - 1))) },
        }
    }

    fn everything(&mut self, depth: u64) -> Everything {
        let wide = u128::from(self.bits()) << self.below(65);
        Everything {
            yes: self.below(2) == 0,
            small: self.next() as i8,
            large: (self.bits() as i64).wrapping_neg(),
            larger: self.bits(),
            wide: (wide as i128).wrapping_neg(),
            wider: wide,
            float: self.float(),
            single: self.float() as f32,
            char: ['$', 'é', '\0'][self.below(3) as usize],
            text: self.text(),
            none: (self.below(2) == 0).then(|| self.next() as u8),
            unit: (),
            pair: (self.next() as u8, self.text()),
            list: (0..if depth == 0 { 0 } else { self.below(3) })
                .map(|_| (self.below(3) > 0).then(|| self.everything(depth - 1)))
                .collect(),
            set: (0..self.below(3)).map(|_| self.text()).collect(),
            named: (0..self.below(12)).map(|_| (self.text(), self.shape(2))).collect(),
            numbered: (0..self.below(3)).map(|_| (self.bits() as i64, true)).collect(),
            shape: self.shape(3),
            date: (self.below(2) == 0).then(|| Date(self.below(1 << 42) as f64)),
            big: (self.below(2) == 0).then(|| BigInt(format!("-{}{}", 1 + self.bits(), wide))),
            id: Id(self.next() as u32),
        }
    }
}

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let made = to_value(value).unwrap();
    assert_eq!(from_value::<T>(&made).as_ref(), Ok(value));
}

fn decode_error<T: DeserializeOwned + Debug>(value: &Value) -> String {
    let error = from_value::<T>(value).unwrap_err();
    assert_eq!(error.kind(), Kind::Decode);
    error.message().to_owned()
}

fn row(json: &str) -> Value {
    let mut decoder = Decoder::new(Native::default());
    decoder.push(format!("0:{json}\n").as_bytes()).unwrap();
    decoder.end();
    let Poll::Ready(Ok(value)) = decoder.value() else { panic!("{json}") };
    value
}

/// Turns a Reply into the rows of an answer: its text and parts have the same form there.
fn as_stream(encoded: Encoded<Value>) -> String {
    match encoded.body {
        Body::Text(text) => format!("0:{text}\n"),
        Body::Form(parts) => {
            let row = |part| match part {
                Part::Json { name, text } => format!("{:x}:{text}\n", name.parse::<u32>().unwrap()),
                Part::Entry { name, .. } => panic!("{name}"),
            };
            parts.into_iter().map(row).collect()
        }
    }
}

#[test]
fn random_values_round_trip_in_memory_and_on_the_wire() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..300 {
        let value = random.everything(3);
        round_trip(&value);
        let stream = as_stream(to_reply(&(&value, 1)).unwrap());
        let (back, one): (Everything, u8) = from_stream(stream.as_bytes()).unwrap();
        assert_eq!((&back, one), (&value, 1), "{stream}");
    }
}

#[test]
fn a_number_keeps_its_value_or_does_not_fit() {
    round_trip(&(i64::MIN, i64::MAX, u64::MAX, i128::MIN, u128::MAX));
    round_trip(&((1_u64 << 53) + 1, 1_u64 << 53, -(1_i64 << 53) - 1));
    round_trip(&(f64::MAX, f64::MIN_POSITIVE, f32::MAX, f32::MIN_POSITIVE));
    assert!(from_value::<f64>(&to_value(&f64::NAN).unwrap()).unwrap().is_nan());
    assert!(from_value::<f64>(&to_value(&-0.0).unwrap()).unwrap().is_sign_negative());
    assert!(matches!(to_value(&u64::MAX).unwrap(), Value::BigInt(_)), "2^64 is not it");
    assert!(matches!(to_value(&i64::MIN).unwrap(), Value::Number(_)), "-2^63 is");
    assert!(matches!(to_value(&1_u128).unwrap(), Value::BigInt(_)));

    assert_eq!(from_value::<u64>(&Value::Number(1e19)), Ok(10_000_000_000_000_000_000));
    assert_eq!(from_value::<u128>(&Value::Number(1e38)).map(|n| n as f64), Ok(1e38));
    assert_eq!(from_value::<u128>(&Value::Number(2e38)).map(|n| n as f64), Ok(2e38));
    assert_eq!(from_value::<i128>(&Value::Number(-1e38)).map(|n| n as f64), Ok(-1e38));
    assert_eq!(from_value::<u8>(&Value::Number(-0.0)), Ok(0));
    assert_eq!(from_value::<u8>(&Value::BigInt("255".into())), Ok(255));
    let integer = |value: &Value| decode_error::<u8>(value);
    assert_eq!(integer(&Value::Number(256.0)), "the value: expected u8, found a number that does not fit");
    assert_eq!(integer(&Value::Number(-1.0)), "the value: expected u8, found a number that does not fit");
    assert_eq!(integer(&Value::Number(1e40)), "the value: expected u8, found a number that does not fit");
    assert_eq!(integer(&Value::Number(0.5)), "the value: expected u8, found a number with a fraction");
    assert_eq!(integer(&Value::Number(f64::NAN)), "the value: expected u8, found a number that is not finite");
    assert_eq!(integer(&Value::BigInt("18446744073709551616".into())), "the value: expected u8, found a bigint that does not fit");
    assert_eq!(decode_error::<u128>(&Value::Number(1e39)), "the value: expected u128, found a number that does not fit");
    assert_eq!(decode_error::<u128>(&Value::BigInt("-1".into())), "the value: expected u128, found a number that does not fit");
    assert_eq!(decode_error::<f64>(&Value::BigInt("1".into())), "the value: expected f64, found a bigint");
}

#[test]
fn dates_and_bigints_are_types_of_their_own() {
    let value = to_value(&(Date(1.0), Date(f64::NAN), BigInt("-007".into()))).unwrap();
    let Value::Array(items) = &value else { panic!() };
    assert!(
        matches!(&items.borrow()[..], [Value::Date(1.0), Value::Date(nan), Value::BigInt(digits)] if nan.is_nan() && &**digits == "-7")
    );

    let date = Value::Date(1_709_210_096_789.0);
    assert_eq!(from_value(&date), Ok(1_709_210_096_789.0_f64));
    assert_eq!(from_value(&date), Ok(1_709_210_096_789_u64));
    assert_eq!(from_value(&date), Ok("2024-02-29T12:34:56.789Z".to_owned()));
    assert!(from_value::<Date>(&Value::Date(f64::NAN)).unwrap().0.is_nan());
    assert_eq!(decode_error::<String>(&Value::Date(f64::NAN)), "the value: expected a string, found an invalid date");
    assert_eq!(decode_error::<Date>(&Value::Number(1.0)), "the value: expected a date, found a number");
    assert_eq!(decode_error::<u8>(&date), "the value: expected u8, found a number that does not fit");

    let huge = "9".repeat(60);
    let big = Value::BigInt(huge.as_str().into());
    assert_eq!(from_value(&big), Ok(BigInt(huge.clone())));
    assert_eq!(from_value(&big), Ok(huge));
    assert_eq!(decode_error::<BigInt>(&Value::string("1")), "the value: expected a bigint, found a string");
    let written = |text: &str| to_value(&[BigInt(text.into())]).unwrap_err().message().to_owned();
    assert_eq!(written("1e5"), "[0]: not the digits of a bigint");
    assert_eq!(written("-"), "[0]: not the digits of a bigint");
    assert_eq!(written(&"1".repeat(1_000_001)), "[0]: a bigint of more than 1000000 digits");
}

#[test]
fn dates_and_bigints_pass_through_other_formats_and_buffers() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        at: Date,
        small: BigInt,
        big: BigInt,
        count: u32,
        part: f64,
    }
    let inner = Inner { at: Date(5.0), small: BigInt("-5".into()), big: BigInt("1".repeat(30)), count: 7, part: 7.0 };
    round_trip(&Outer { inner });
    let json = serde_json::to_string(&(Date(5.0), BigInt("5".into()))).unwrap();
    assert_eq!(json, r#"[5.0,"5"]"#);
    assert_eq!(serde_json::from_str::<(Date, BigInt)>(&json).unwrap(), (Date(5.0), BigInt("5".into())));
    let value = row(r#"{"2":"$D1970-01-01T00:00:00.001Z","a":["$n7","$-0",1.5,null,true]}"#);
    let json: serde_json::Value = from_value(&value).unwrap();
    assert_eq!(json, serde_json::json!({ "2": "1970-01-01T00:00:00.001Z", "a": [7, -0.0, 1.5, null, true] }));
}

#[test]
fn a_value_may_be_read_as_several_types() {
    let map = Value::Map(Shared::new(vec![(Value::Number(1.0), Value::string("a")), (Value::Number(2.0), Value::string("b"))]));
    let pairs = [(1, "a".to_owned()), (2, "b".to_owned())];
    assert_eq!(from_value::<BTreeMap<u8, String>>(&map), Ok(BTreeMap::from(pairs.clone())));
    assert_eq!(from_value::<Vec<(u8, String)>>(&map), Ok(pairs.to_vec()));
    assert_eq!(from_value::<BTreeMap<u8, String>>(&row(r#"{"1":"a","2":"b"}"#)), Ok(BTreeMap::from(pairs)));
    assert_eq!(decode_error::<BTreeMap<u8, String>>(&row(r#"{"01":"a"}"#)), "the value: expected u8, found another key");
    let set = Value::Set(Shared::new(vec![Value::Number(1.0), Value::Number(2.0)]));
    assert_eq!(from_value::<Vec<u8>>(&set), Ok(vec![1, 2]));
    let form = Value::FormData(Shared::new(vec![("a".into(), Value::string("x")), ("a".into(), Value::string("y"))]));
    assert_eq!(from_value::<Vec<(String, String)>>(&form).unwrap().len(), 2);
    assert_eq!(from_value::<BTreeMap<String, String>>(&form).unwrap()["a"], "y");
    let error = Value::Error(Shared::new(ErrorValue { name: Some("TypeError".into()), ..ErrorValue::default() }));
    assert_eq!(from_value::<BTreeMap<String, String>>(&error).unwrap()["name"], "TypeError");

    for nothing in [Value::Undefined, Value::Null] {
        assert_eq!(from_value::<Option<u8>>(&nothing), Ok(None));
        assert_eq!(from_value::<()>(&nothing), Ok(()));
    }
    assert_eq!(from_value::<BTreeMap<Option<u8>, u8>>(&Value::Map(Shared::new(vec![(Value::Null, Value::Number(1.0))]))).unwrap().len(), 1);
    assert!(matches!(to_value(&BTreeMap::from([('a', 1)])).unwrap(), Value::Object(_)));
    assert!(matches!(to_value(&BTreeMap::from([(1, 1)])).unwrap(), Value::Map(_)));
}

#[test]
fn members_are_written_in_javascripts_order() {
    let Value::Object(object) = to_value(&BTreeMap::from([("10", 1), ("2", 1), ("-", 1)])).unwrap() else { panic!() };
    let keys: Vec<String> = object.borrow().iter().map(|(key, _)| key.to_owned()).collect();
    assert_eq!(keys, ["2", "10", "-"]);
}

#[test]
fn an_error_names_the_place_and_not_the_value() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read into")]
    struct Order {
        items: Vec<Item>,
        note: Option<char>,
    }
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only read into")]
    struct Item {
        price: u32,
        shape: Option<Shape>,
    }
    for (json, message) in [
        (r#"{"items":[{"price":1},{"price":"secret"}]}"#, ".items[1].price: expected u32, found a string"),
        (r#"{"items":[{"price":-77}]}"#, ".items[0].price: expected u32, found a number that does not fit"),
        (r#"{"items":[{}]}"#, ".items[0].price: missing"),
        (r#"{"items":{}}"#, ".items: expected a sequence, found an object"),
        (r#"{"items":[],"note":"secret"}"#, ".note: expected a character, found a string that does not fit"),
        (r#"{"items":[],"other":"secret"}"#, ".other: an unknown member"),
        (r#"{"items":[{"price":1,"shape":"secret"}]}"#, ".items[0].shape: expected one of Point, Circle, Line, Box, found another variant"),
        (
            r#"{"items":[{"price":1,"shape":{"Line":[1]}}]}"#,
            ".items[0].shape.Line: expected tuple variant Shape::Line with 2 elements, found a length of 1",
        ),
        (r#"{"items":[{"price":1,"shape":{"Line":[1,2,3]}}]}"#, ".items[0].shape.Line: expected 2 elements, found 3"),
        (r#"{"items":[{"price":1,"shape":{"Box":{"width":true}}}]}"#, ".items[0].shape.Box.width: expected u64, found a boolean"),
        (r#"{"items":[{"price":1,"shape":{"Point":1}}]}"#, ".items[0].shape.Point: expected unit, found a number"),
        (r#"{"items":[{"price":1,"shape":"Circle"}]}"#, ".items[0].shape: expected newtype variant, found a variant without a value"),
        (r#"{"items":[{"price":1,"shape":{"a":1,"b":2}}]}"#, ".items[0].shape: expected enum Shape, found an object of 2 members"),
        (r#""$Sa""#, "the value: expected struct Order, found a symbol"),
        ("[[]]", "the value: expected struct Order, found an array"),
    ] {
        assert_eq!(decode_error::<Order>(&row(json)), message, "{json}");
    }
    let map = Value::Map(Shared::new(vec![(Value::Number(1.0), Value::Null), (Value::Null, Value::Null)]));
    assert_eq!(decode_error::<BTreeMap<u8, u8>>(&map), "[entry 0]: expected u8, found null");
    assert_eq!(decode_error::<BTreeMap<u8, ()>>(&map), "[key 1]: expected u8, found null");
    assert_eq!(decode_error::<(u8, u8)>(&row("[1,2,3]")), "the value: expected 2 elements, found 3");
    let long = to_value(&BTreeMap::from([("k".repeat(500), "x")])).unwrap();
    assert!(decode_error::<BTreeMap<String, u8>>(&long).len() < 120);
}

#[test]
fn a_settled_promise_is_read_as_its_value() {
    let settled = |state| Value::array([Value::Promise(Shared::new(PromiseState(state)))]);
    let one = settled(Poll::Ready(Ok(Value::Number(1.0))));
    assert_eq!(from_value::<[u8; 1]>(&one), Ok([1]));
    assert_eq!(from_value::<[Option<u8>; 1]>(&settled(Poll::Ready(Ok(Value::Null)))), Ok([None]));
    assert_eq!(decode_error::<[u8; 1]>(&settled(Poll::Pending)), "[0]: a promise that is not settled");
    assert_eq!(from_value::<(serde::de::IgnoredAny,)>(&settled(Poll::Pending)), Ok((serde::de::IgnoredAny,)), "not looked at");
    let own = Shared::new(PromiseState(Poll::Pending));
    own.borrow_mut().0 = Poll::Ready(Ok(Value::Promise(own.clone())));
    assert_eq!(decode_error::<u8>(&Value::Promise(own.clone())), "the value: too many promises of promises");
    own.borrow_mut().0 = Poll::Pending;
}

#[test]
fn streams_and_actions_are_read_whole() {
    assert_eq!(from_stream(b"0:[1,\"$@1\"]\n1:2\n"), Ok((1, 2)));
    assert_eq!(from_action(b"0:{\"a\":\"$@1\",\"f\":\"\"}\n1:\"$undefined\"\n"), Ok(()));
    assert_eq!(from_action(b"0:{\"a\":[1],\"f\":\"\"}\noops"), Ok([1]), "the value was complete");
    let failed = |bytes: &[u8]| from_action::<[u8; 1]>(bytes).unwrap_err();
    let error = failed(b"0:{\"a\":\"$@1\"}\n1:E{\"digest\":\"NEXT_HTTP_ERROR_FALLBACK;404\"}\n");
    assert_eq!((error.kind(), error.server_digest()), (Kind::NotFound, Some("NEXT_HTTP_ERROR_FALLBACK;404")));
    let error = failed(b"0:{\"a\":[\"$@1\"]}\n1:E{\"digest\":\"12\"}\n");
    assert_eq!((error.kind(), error.message(), error.server_digest()), (Kind::ActionThrew, "the action threw", Some("12")));
    assert_eq!(failed(b"0:{\"a\":\"$@1\"}\n").message(), "the answer ended before row 1");
    assert_eq!(failed(b"0:{\"a\":[\"$@1\"]}\n").message(), "the answer ended before row 1");
    assert_eq!(failed(b"").kind(), Kind::Decode);
}

#[test]
fn arguments_are_a_tuple() {
    let text = |encoded: Encoded<Value>| match encoded.body {
        Body::Text(text) => text,
        Body::Form(_) => panic!(),
    };
    assert_eq!(text(to_reply(&()).unwrap()), "[]");
    assert_eq!(text(to_reply(&[1, 2][..]).unwrap()), "[1,2]");
    assert_eq!(
        text(to_reply(&(Id(1), Some("$"), Date(1.0), u64::MAX, f32::NAN, -0.0)).unwrap()),
        r#"[1,"$$","$D1970-01-01T00:00:00.001Z","$n18446744073709551615","$NaN","$-0"]"#
    );
    let failed = |error: Error| {
        assert_eq!(error.kind(), Kind::Encode);
        error.message().to_owned()
    };
    assert_eq!(failed(to_reply("x").unwrap_err()), "the arguments: expected a tuple, found a string");
    struct Bytes;
    impl Serialize for Bytes {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(b"secret")
        }
    }
    let why = "bytes cannot be sent yet, other than as a sequence of numbers";
    assert_eq!(failed(to_reply(&(1, Bytes)).unwrap_err()), format!("argument 1: {why}"));
    assert_eq!(failed(to_reply(&(BTreeMap::from([("a", [Bytes])]),)).unwrap_err()), format!("argument 0: .a[0]: {why}"));
    assert_eq!(failed(to_reply(&Bytes).unwrap_err()), format!("the arguments: {why}"));
    assert_eq!(failed(to_value(&BTreeMap::from([(1, Bytes)])).unwrap_err()), format!("[entry 0]: {why}"));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Tree {
    children: Vec<Tree>,
}

fn tree(depth: usize) -> Tree {
    (0..depth).fold(Tree { children: Vec::new() }, |tree, _| Tree { children: vec![tree] })
}

#[test]
fn nesting_is_limited_in_both_directions() {
    // Each level of the tree is an object and an array.
    round_trip(&tree(Limits::NATIVE_DEPTH / 2 - 1));
    let error = to_value(&tree(Limits::NATIVE_DEPTH / 2)).unwrap_err();
    assert_eq!(error.kind(), Kind::Encode);
    assert!(error.message().ends_with("…: nested deeper than 128 containers"), "{}", error.message());

    // A type of many members needs more stack for each level, and still fits.
    let mut wide = Everything::default();
    for _ in 1..Limits::NATIVE_DEPTH / 2 {
        wide = Everything { list: vec![Some(wide)], ..Everything::default() };
    }
    round_trip(&wide);

    let mut deep = Value::Null;
    for _ in 0..100_000 {
        deep = Value::array([deep]);
    }
    let error = decode_error::<serde_json::Value>(&deep);
    assert_eq!(error, format!("{}…: nested deeper than 128 containers", "[0]".repeat(16)));
    let circle = Shared::new(vec![]);
    circle.borrow_mut().push(Value::Array(circle.clone()));
    assert!(decode_error::<serde_json::Value>(&Value::Array(circle.clone())).contains("nested deeper"));
    circle.borrow_mut().clear();

    #[derive(Debug, Serialize, Deserialize)]
    struct Endless(Option<Box<Endless>>);
    assert_eq!(decode_error::<Endless>(&Value::Number(1.0)), "the value: more than 32 newtypes and options directly inside each other");
}

#[test]
fn a_repeated_container_counts_each_time_it_is_read() {
    let text = "x".repeat(1 << 20);
    let mut bomb = Value::string(&text);
    for _ in 0..40 {
        bomb = Value::array([bomb.clone(), bomb]);
    }
    /// Reads everything and stores nothing.
    #[derive(Debug)]
    struct Sink;
    impl<'de> Deserialize<'de> for Sink {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct All;
            impl<'de> serde::de::Visitor<'de> for All {
                type Value = Sink;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("anything")
                }

                fn visit_str<E>(self, _: &str) -> Result<Sink, E> {
                    Ok(Sink)
                }

                fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Sink, A::Error> {
                    while items.next_element::<Sink>()?.is_some() {}
                    Ok(Sink)
                }
            }
            deserializer.deserialize_any(All)
        }
    }
    assert!(decode_error::<Sink>(&bomb).ends_with("more than 268435456 values and bytes, repeated ones counted"));
}

/// Newtypes as `serde_wasm_bindgen::preserve` makes them.
mod preserved {
    use super::*;

    const ELSEWHERE: &str = "a value of JavaScript, which needs a browser and the feature `client-web`";

    #[derive(Serialize)]
    #[serde(rename = "1fc430ca-5b7f-4295-92de-33cf2b145d38")]
    struct Sent(u32);

    #[derive(Debug, Deserialize)]
    #[serde(rename = "1fc430ca-5b7f-4295-92de-33cf2b145d38")]
    #[expect(dead_code, reason = "it is never read")]
    struct Received(String, u32);

    #[derive(Debug, Deserialize)]
    struct Upload {
        #[serde(rename = "file")]
        _file: Received,
    }

    #[test]
    fn a_value_of_javascript_is_not_sent_as_a_number_from_elsewhere() {
        let error = to_reply(&("cart", [Some(Sent(132))])).unwrap_err();
        assert_eq!((error.kind(), error.message()), (Kind::Encode, &*format!("argument 1: [0]: {ELSEWHERE}")));
    }

    #[test]
    fn a_value_of_javascript_is_not_read_elsewhere() {
        let value = Value::object([("file", Value::array([Value::string("1fc430ca"), Value::Number(132.0)]))]);
        assert_eq!(decode_error::<Upload>(&value), format!(".file: {ELSEWHERE}"));
    }
}
