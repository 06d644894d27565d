//! Tests the encoder with values in Rust: their encodings, and values that are refused.

use std::rc::Rc;
use std::task::Poll;

use crate::Kind;
use crate::flight::special_values::Bytes;
use crate::flight::{Binary, Body, Encoder, ErrorValue, Inspect, Native, Part, PromiseState, Shared, Value, encode};
use crate::protocol::{NextVersion, WireForm};

mod later;

fn text(text: &str) -> Value {
    Value::string(text)
}

fn number(number: f64) -> Value {
    Value::Number(number)
}

fn map(entries: impl IntoIterator<Item = (Value, Value)>) -> Value {
    Value::Map(Shared::new(entries.into_iter().collect()))
}

fn set(values: impl IntoIterator<Item = Value>) -> Value {
    Value::Set(Shared::new(values.into_iter().collect()))
}

fn form(entries: &[(&str, &str)]) -> Value {
    Value::FormData(Shared::new(entries.iter().map(|(key, value)| (Rc::from(*key), text(value))).collect()))
}

fn body(root: Value) -> Vec<String> {
    shown(encode(&mut Native::default(), root).expect("encodes").body)
}

/// Returns the fields of the finished body.
fn fields<I: Inspect<Value = Value>>(encoder: Encoder<I>) -> Vec<String> {
    assert!(encoder.is_complete());
    shown(encoder.finish().body)
}

/// Returns the body: one text, or `name=text` for each part.
fn shown(body: Body<Value>) -> Vec<String> {
    match body {
        Body::Text(text) => vec![text],
        Body::Form(parts) => parts
            .into_iter()
            .map(|part| match part {
                Part::Json { name, text } => format!("{name}={text}"),
                Part::Entry { name, value: Value::String(text) } => format!("{name}={text}"),
                Part::Entry { name, .. } => name,
            })
            .collect(),
    }
}

fn args(args: impl IntoIterator<Item = Value>) -> Vec<String> {
    body(Value::array(args))
}

fn message(root: Value) -> String {
    let error = encode(&mut Native::default(), root).expect_err("cannot be sent");
    assert_eq!(error.kind(), Kind::Encode);
    error.message().to_owned()
}

/// The expected bodies are those that React's `encodeReply` writes for the same values.
#[test]
fn bodies_are_those_of_react() {
    let object = || Value::object([("x", number(1.0))]);
    assert_eq!(
        args([text("a"), number(1.0), Value::Bool(true), Value::Null, Value::object([("x", Value::array([number(1.0), number(2.0)]))])]),
        [r#"["a",1,true,null,{"x":[1,2]}]"#]
    );
    let numbers = [0.0, -0.0, 1.5, 1e21, 1e-7, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 9_007_199_254_740_993.0];
    assert_eq!(args(numbers.map(number)), [r#"[0,"$-0",1.5,1e+21,1e-7,"$NaN","$Infinity","$-Infinity",9007199254740992]"#]);
    let strings = ["", "$", "$$", "$1", "$undefined", "@x", "plain", "hé😀\u{2028}", "a\n\"b\\"].map(text);
    assert_eq!(args(strings), ["[\"\",\"$$\",\"$$$\",\"$$1\",\"$$undefined\",\"@x\",\"plain\",\"hé😀\u{2028}\",\"a\\n\\\"b\\\\\"]"]);
    assert_eq!(args([text("2020-01-01T00:00:00.000Z"), text("Z")]), [r#"["2020-01-01T00:00:00.000Z","Z"]"#]);
    assert_eq!(args([number(1.0), Value::Undefined, number(3.0)]), [r#"[1,"$undefined",3]"#]);
    assert_eq!(args([Value::Date(f64::NAN)]), ["[null]"]);
    assert_eq!(args([Value::Date(0.0)]), [r#"["$D1970-01-01T00:00:00.000Z"]"#]);
    assert_eq!(args([Value::BigInt("-5".into())]), [r#"["$n-5"]"#]);
    assert_eq!(args([Value::object([("", Value::object([("c", number(1.0))]))])]), [r#"[{"":{"c":1}}]"#]);
    assert_eq!(args([Value::object([("then", number(1.0))])]), [r#"[{"then":1}]"#]);

    assert_eq!(
        args([map([(text("a"), object()), (Value::object([("k", number(1.0))]), text("v"))])]),
        [r#"1=[["a",{"x":1}],[{"k":1},"v"]]"#, r#"0=["$Q1"]"#]
    );
    assert_eq!(
        args([set([text("$x"), Value::object([("a", number(1.0))]), Value::Undefined])]),
        [r#"1=["$$x",{"a":1},"$undefined"]"#, r#"0=["$W1"]"#]
    );
    assert_eq!(args([map([]), set([])]), ["1=[]", "2=[]", r#"0=["$Q1","$W2"]"#]);
    let nested = map([(text("m"), map([(text("s"), set([number(1.0)]))]))]);
    assert_eq!(args([nested]), ["3=[1]", r#"2=[["s","$W3"]]"#, r#"1=[["m","$Q2"]]"#, r#"0=["$Q1"]"#]);

    assert_eq!(args([form(&[("a", "1"), ("a", "2"), ("b", "$x")])]), ["_1_a=1", "_1_a=2", "_1_b=$x", r#"0=["$K1"]"#]);
    assert_eq!(args([form(&[("a", "1")]), Value::object([("g", form(&[("b", "2")]))])]), ["_1_a=1", "_2_b=2", r#"0=["$K1",{"g":"$K2"}]"#]);
    assert_eq!(
        args([Value::object([("prev", text("state"))]), form(&[("name", "Ada")])]),
        ["_1_name=Ada", r#"0=[{"prev":"state"},"$K1"]"#]
    );
    assert_eq!(args([form(&[])]), [r#"0=["$K1"]"#]);

    assert_eq!(body(number(1.5)), ["1.5"]);
    assert_eq!(body(number(-0.0)), ["\"$-0\""]);
    assert_eq!(body(number(f64::NAN)), ["\"$NaN\""]);
    assert_eq!(body(number(f64::NEG_INFINITY)), ["\"$-Infinity\""]);
    assert_eq!(body(text("hi")), ["\"hi\""]);
    assert_eq!(body(text("$x")), ["\"$$x\""]);
    assert_eq!(body(Value::Undefined), ["\"$undefined\""]);
    assert_eq!(body(Value::Date(0.0)), [r#""$D1970-01-01T00:00:00.000Z""#]);
    assert_eq!(body(set([number(1.0)])), ["1=[1]", "0=\"$W1\""]);
    assert_eq!(body(form(&[("a", "1")])), ["_1_a=1", "0=\"$K1\""]);
}

#[test]
fn a_repeated_container_is_a_reference() {
    let shared = Value::object([("x", number(1.0))]);
    assert_eq!(
        args([shared.clone(), shared.clone(), Value::object([("again", shared.clone())])]),
        [r#"[{"x":1},"$0:0",{"again":"$0:0"}]"#]
    );
    assert_eq!(args([shared.clone(), map([(text("k"), shared.clone())])]), [r#"1=[["k","$0:0"]]"#, r#"0=[{"x":1},"$Q1"]"#]);
    assert_eq!(args([map([(text("k"), shared.clone())]), shared.clone()]), [r#"1=[["k",{"x":1}]]"#, r#"0=["$Q1","$1:0:1"]"#]);
    assert_eq!(
        args([Value::object([("a:b", shared.clone())]), shared.clone(), shared]),
        [r#"[{"a:b":{"x":1}},{"x":1},"$0:1"]"#],
        "a path cannot go through a colon"
    );
    let form = form(&[("a", "1")]);
    assert_eq!(args([form.clone(), form]), ["_1_a=1", r#"0=["$K1","$0:0"]"#]);
    let quote = Value::object([("a\"", Value::array([]))]);
    let Value::Object(object) = &quote else { panic!() };
    let inner = object.borrow().get("a\"").expect("a member");
    assert_eq!(args([quote.clone(), inner]), [r#"[{"a\"":[]},"$0:0:a\""]"#]);
}

#[test]
fn circles_are_references() {
    let Value::Array(items) = Value::array([]) else { panic!() };
    items.borrow_mut().push(Value::Array(items.clone()));
    assert_eq!(body(Value::Array(items.clone())), [r#"["$0"]"#]);
    items.borrow_mut().clear();
    let Value::Map(entries) = map([]) else { panic!() };
    entries.borrow_mut().push((text("self"), Value::Map(entries.clone())));
    assert_eq!(args([Value::Map(entries.clone())]), [r#"1=[["self","$0:0"]]"#, r#"0=["$Q1"]"#]);
    entries.borrow_mut().clear();
}

#[test]
fn forms_with_two_digit_ids_have_hex_names() {
    let sets = (0..9).map(|n| set([number(f64::from(n))]));
    let parts = args(sets.chain([form(&[("a", "1")])]));
    assert_eq!(parts[9], "_a_a=1", "React writes _10_a, and the form arrives empty");
    assert_eq!(parts[10], r#"0=["$W1","$W2","$W3","$W4","$W5","$W6","$W7","$W8","$W9","$Ka"]"#);
    let parts = args((0..11).map(|n| set([number(f64::from(n))])));
    assert_eq!(parts[9], "10=[9]", "other parts have decimal names");
}

fn promise() -> Value {
    Value::Promise(Shared::new(PromiseState(Poll::Pending)))
}

fn symbol() -> Value {
    Value::Symbol("secret".into())
}

fn error() -> Value {
    Value::Error(Shared::new(ErrorValue::default()))
}

#[test]
fn opaque_values_can_be_returned_by_the_server() {
    let error = error();
    let root = Value::array([error.clone(), error.clone(), symbol(), Value::object([("s", symbol())])]);
    let encoded = encode(&mut Native::default(), root).expect("encodes");
    assert_eq!(shown(encoded.body), [r#"["$T","$0:0","$T",{"s":"$T"}]"#]);
    assert_eq!(encoded.temporaries.get("0:0").map(|value| value.identity()), Some(error.identity()));
    assert!(matches!(encoded.temporaries.get("0:2"), Some(Value::Symbol(_))));
    assert!(matches!(encoded.temporaries.get("0:3:s"), Some(Value::Symbol(_))));
    assert_eq!(body(error), [r#""$T""#]);
}

#[test]
fn an_error_names_the_place_of_a_value_that_cannot_be_sent() {
    let nowhere = "is a symbol, and the server could not say which: it cannot be sent there";
    assert_eq!(message(symbol()), format!("the value {nowhere}"));
    assert_eq!(message(Value::array([Value::Null, Value::object([("a:b", symbol())])])), format!("argument 1: .a:b {nowhere}"));
    let inner = Value::array([Value::Null, Value::object([("a:b", symbol())])]);
    assert_eq!(message(Value::array([Value::object([("a", inner.clone())])])), format!("argument 0: .a[1].a:b {nowhere}"));
    assert_eq!(message(Value::array([map([(text("k"), inner.clone())])])), format!("argument 0: [0][1][1].a:b {nowhere}"));
    assert_eq!(message(Value::object([("a", inner)])), format!("the value: .a[1].a:b {nowhere}"));
    assert_eq!(message(Value::array([promise()])), "argument 0 is still open");
}

#[test]
fn values_that_the_server_refuses_are_not_sent() {
    let digits = |count: usize| Value::BigInt("9".repeat(count).into());
    assert_eq!(args([digits(300)]).len(), 1);
    assert_eq!(
        message(Value::array([digits(301)])),
        "argument 0 is a bigint of more than 300 digits, which the server refuses: send it as a string"
    );
    let many = |count: usize| Value::array((0..count).map(|_| Value::Null));
    assert_eq!(body(many(1000)).len(), 1);
    assert_eq!(message(many(1001)), "the value has more than 1000 arguments, which the server refuses: pass one array");

    let half = || text(&"x".repeat(600_000));
    assert!(message(Value::array([half(), half()])).starts_with("argument 1 makes an array too big for the server"));
    assert!(message(Value::array([Value::array([half()]), Value::array([half()])])).starts_with("argument 1: [0] makes an array too big"));
    assert!(message(Value::array([map([(half(), half())])])).starts_with("argument 0: [0][1] makes an array too big"));
    assert!(message(Value::array([many(1_000_000)])).starts_with("argument 0: [0] makes an array too big"));
    for fits in [
        Value::array([text(&"x".repeat(2_000_000))]),
        Value::array([Value::object([("a", half()), ("b", half())])]),
        Value::array([half(), Value::object([("b", half())])]),
        Value::array([half(), set([half()])]),
        Value::array([text(&"é".repeat(900_000)), Value::Null]),
    ] {
        assert!(encode(&mut Native::default(), fits).is_ok());
    }
}

/// React's servers 19.0 to 19.3 count the same: an array that holds one array seventeen times is too much.
#[test]
fn a_repeated_array_counts_each_time() {
    let row = || Value::array([number(0.0)]);
    let times = |count: usize, value: Value| Value::array(vec![value; count]);
    assert_eq!(body(Value::array([times(16, row())])).len(), 1);
    assert_eq!(
        message(Value::array([times(17, row())])),
        "the value makes an array too big for the server, which counts an array each time it is met, with all the arrays around it: \
         put it into an object"
    );
    assert!(message(Value::array([Value::object([("a", times(17, row()))])])).starts_with("the value makes an array too big"));
    assert!(message(Value::array([set([times(17, row())])])).starts_with("argument 0 makes an array too big"));
    let (shared, again) = (row(), row());
    for fits in [
        Value::array([times(1000, Value::object([("a", row())]))]),
        Value::array([Value::object([("row", shared.clone())]), times(1000, shared)]),
        Value::array([set([again.clone()]), times(1000, again)]),
        Value::array([times(1000, map([]))]),
    ] {
        assert!(encode(&mut Native::default(), fits).is_ok());
    }
}

#[test]
fn each_version_gets_the_names_it_reads() {
    let names = |wire: WireForm| {
        let mut encoder =
            Encoder::new(Native::default(), Value::array([form(&[("a", "1"), ("b", "2")]), promise()]), wire).expect("encodes");
        let slot = encoder.poll_open().expect("a promise");
        encoder.settle(slot.id, Value::Null).expect("encodes");
        fields(encoder).join(" ")
    };
    assert_eq!(names(WireForm::default()), r#"_1_a=1 _1_b=2 2=null 0=["$K1","$@2"]"#);
    assert_eq!(names(WireForm::of(NextVersion { major: 15, minor: 0, patch: 0 })), r#"1_a=1 1_b=2 2=null 0=["$K1","$@2"]"#);
    assert_eq!(names(WireForm::any()), r#"_1_a=1 _1_b=2 1_a=1 1_b=2 2=null 0=["$K1","$@2"]"#);
}

#[test]
fn depth_is_bounded() {
    let mut deep = Value::Null;
    for _ in 0..100_000 {
        deep = Value::array([deep]);
    }
    let message = message(deep);
    assert_eq!(message, format!("argument 0: {}… is nested deeper than 20000 containers", "[0]".repeat(16)));
}

#[test]
fn every_container_can_be_referred_back_to() {
    let inner = Value::object([("x", Value::array([]))]);
    let colon = Value::object([("a:b", Value::array([]))]);
    let values = set([inner.clone()]);
    let encoded = encode(&mut Native::default(), Value::array([values.clone(), colon.clone()])).expect("encodes");
    let found = |path: &str| encoded.temporaries.get(path).map(|value| value.identity());
    assert_eq!(found("0:0"), Some(values.identity()));
    assert_eq!(found("1:0"), Some(inner.identity()));
    assert!(found("0").is_some() && found("1:0:x").is_some());
    assert_eq!(found("0:1"), Some(colon.identity()));
    for path in ["", "1", "0:2", "0:1:a:b", "1:0:y", "constructor"] {
        assert_eq!(found(path), None, "{path}");
    }
}

#[test]
fn next_14_gets_the_values_it_can_read() {
    let encode = |value: Value| {
        let wire = WireForm::of(NextVersion { major: 14, minor: 2, patch: 35 });
        Encoder::new(Native::default(), Value::array([value]), wire).map(|encoder| match encoder.finish().body {
            Body::Text(text) => text,
            Body::Form(parts) => format!("{} parts", parts.len()),
        })
    };
    let one = Value::array([Value::Number(1.0)]);
    assert_eq!(encode(Value::array([one.clone(), one])).unwrap(), "[[[1],[1]]]", "written again");
    assert_eq!(encode(Value::Symbol("fixture".into())).unwrap(), r#"["$Sfixture"]"#);
    let error = encode(Value::Bytes(Rc::new(Bytes { kind: Binary::Uint8Array, bytes: [1][..].into() }))).unwrap_err();
    assert_eq!((error.kind(), error.sent()), (Kind::Encode, crate::Sent::No));
    assert!(error.message().contains("a typed array, which Next 14 cannot read"), "{}", error.message());
    let cycle = Value::array([]);
    let Value::Array(inside) = &cycle else { panic!() };
    inside.borrow_mut().push(cycle.clone());
    assert_eq!(encode(cycle.clone()).unwrap_err().kind(), Kind::Encode);
}
