//! Tests values that arrive later, in an order that the tests choose.

use std::collections::HashMap;

use super::*;
use crate::Error;
use crate::flight::{Class, Classified, Container, Contents, Key, Later, Slot};

/// The native inspector, in which some objects play values that [`Value`] does not have.
#[derive(Default)]
struct Acting {
    native: Native,
    roles: HashMap<usize, Role>,
}

#[derive(Clone)]
enum Role {
    Later(Container, Later),
    Loaded(Value),
    Reference(Option<Value>),
}

impl Acting {
    fn plays(mut self, value: &Value, role: Role) -> Self {
        self.roles.insert(value.identity(), role);
        self
    }
}

impl Inspect for Acting {
    type Value = Value;

    fn classify(&mut self, value: &Value, key: Key<'_>) -> Classified<Value> {
        let container = match self.roles.get(&value.identity()) {
            Some(Role::Later(container, _)) => *container,
            Some(Role::Loaded(_)) => Container::Lazy,
            Some(Role::Reference(_)) => Container::Reference,
            None => return self.native.classify(value, key),
        };
        Classified { value: None, class: Class::Container(container) }
    }

    fn contents(&mut self, value: &Value, container: Container) -> Option<Contents<Value>> {
        Some(match self.roles.get(&value.identity()) {
            Some(Role::Later(_, later)) => Contents::Later { later: *later, source: value.clone() },
            Some(Role::Loaded(loaded)) => Contents::Loaded(loaded.clone()),
            Some(Role::Reference(bound)) => Contents::Reference { id: "40abc0".to_owned(), bound: bound.clone() },
            None => return self.native.contents(value, container),
        })
    }

    fn number(&mut self, number: f64) -> String {
        self.native.number(number)
    }

    fn known(&mut self, value: &Value) -> Option<u32> {
        self.native.known(value)
    }

    fn remember(&mut self, value: &Value, number: u32) {
        self.native.remember(value, number);
    }
}

fn open(acting: Acting, args: impl IntoIterator<Item = Value>) -> (Encoder<Acting>, Vec<Slot<Value>>) {
    let mut encoder = Encoder::new(acting, Value::array(args), WireForm::default()).expect("encodes");
    let slots = std::iter::from_fn(|| encoder.poll_open()).collect();
    (encoder, slots)
}

fn ids(slots: &[Slot<Value>]) -> Vec<u32> {
    slots.iter().map(|slot| slot.id).collect()
}

fn object() -> Value {
    Value::object([])
}

fn said(error: Result<(), Error>) -> String {
    let error = error.expect_err("cannot be sent");
    assert_eq!(error.kind(), Kind::Encode);
    error.message().to_owned()
}

#[test]
fn promises_are_parts_in_the_order_in_which_they_settle() {
    let (mut encoder, slots) = open(Acting::default(), [promise(), promise()]);
    assert_eq!(ids(&slots), [1, 2]);
    encoder.settle(2, text("fast")).expect("encodes");
    assert!(!encoder.is_complete());
    encoder.settle(1, Value::object([("m", map([]))])).expect("encodes");
    encoder.settle(1, text("twice")).expect("nothing happens");
    assert_eq!(fields(encoder), [r#"2="fast""#, "3=[]", r#"1={"m":"$Q3"}"#, r#"0=["$@1","$@2"]"#]);
}

#[test]
fn a_repeated_promise_is_one_part() {
    let promise = promise();
    let (mut encoder, slots) = open(Acting::default(), [promise.clone(), Value::object([("p", promise)])]);
    assert_eq!(ids(&slots), [1]);
    encoder.settle(1, number(1.0)).expect("encodes");
    assert_eq!(fields(encoder), ["1=1", r#"0=["$@1",{"p":"$@1"}]"#]);
}

#[test]
fn a_promise_may_settle_with_a_known_value_or_another_promise() {
    let shared = object();
    let (mut encoder, _) = open(Acting::default(), [Value::object([("p", promise())]), shared.clone(), promise()]);
    encoder.settle(1, shared).expect("encodes");
    let inner = object();
    encoder.settle(2, Value::array([promise(), inner.clone()])).expect("encodes");
    let slot = encoder.poll_open().expect("opened by what came");
    assert_eq!(slot.id, 3);
    encoder.settle(3, inner.clone()).expect("encodes");
    let temporaries = encoder.temporaries();
    assert_eq!(temporaries.get("2:1").map(|value| value.identity()), Some(inner.identity()));
    assert_eq!(fields(encoder), [r#"1="$0:1""#, r#"2=["$@3",{}]"#, r#"3="$2:1""#, r#"0=[{"p":"$@1"},{},"$@2"]"#]);
}

#[test]
fn temporaries_grow_while_promises_settle() {
    let (mut encoder, _) = open(Acting::default(), [promise()]);
    let temporaries = encoder.temporaries();
    assert!(temporaries.get("0").is_some() && temporaries.get("1").is_none());
    let value = Value::object([("s", symbol())]);
    encoder.settle(1, value.clone()).expect("encodes");
    assert_eq!(temporaries.get("1").map(|value| value.identity()), Some(value.identity()));
    assert!(matches!(temporaries.get("1:s"), Some(Value::Symbol(_))));
    assert_eq!(fields(encoder), [r#"1={"s":"$T"}"#, r#"0=["$@1"]"#]);
}

#[test]
fn streams_are_fields_of_one_name() {
    let [stream, bytes, iterable, iterator] = [object(), object(), object(), object()];
    let acting = Acting::default()
        .plays(&stream, Role::Later(Container::Stream, Later::Stream))
        .plays(&bytes, Role::Later(Container::Stream, Later::Bytes))
        .plays(&iterable, Role::Later(Container::AsyncIterable, Later::AsyncIterable))
        .plays(&iterator, Role::Later(Container::AsyncIterable, Later::AsyncIterator));
    let (mut encoder, slots) = open(acting, [stream.clone(), bytes, iterable, iterator, stream]);
    assert_eq!(ids(&slots), [1, 2, 3, 4]);
    encoder.chunk(1, text("a")).expect("encodes");
    encoder.chunk(1, Value::Undefined).expect("encodes");
    encoder.close(4, Some(Value::object([("r", number(1.0))]))).expect("encodes");
    encoder.settle(2, text("a Blob")).expect("encodes");
    encoder.chunk(1, set([number(1.0)])).expect("encodes");
    encoder.close(1, None).expect("encodes");
    encoder.chunk(1, text("late")).expect("nothing happens");
    encoder.close(3, None).expect("encodes");
    assert_eq!(
        fields(encoder),
        [
            r#"S1="a""#,
            r#"S1="$undefined""#,
            r#"S4=C{"r":1}"#,
            "5=a Blob",
            r#"S2="$o5""#,
            "S2=C",
            "6=[1]",
            r#"S1="$W6""#,
            "S1=C",
            "S3=C",
            r#"0=["$R1","$r2","$X3","$x4","$0:0"]"#
        ]
    );
}

#[test]
fn no_reference_leads_into_a_value_of_a_stream() {
    let stream = object();
    let acting = Acting::default().plays(&stream, Role::Later(Container::Stream, Later::Stream));
    let shared = object();
    let (mut encoder, _) = open(acting, [stream]);
    encoder.chunk(1, Value::array([shared.clone()])).expect("encodes");
    encoder.chunk(1, shared).expect("encodes");
    encoder.chunk(1, error()).expect("encodes");
    assert!(said(encoder.chunk(1, Value::object([("f", symbol())]))).starts_with("argument 0: .f is a symbol, and the server"));
    encoder.close(1, None).expect("encodes");
    assert_eq!(fields(encoder), ["S1=[{}]", "S1={}", r#"S1="$T""#, "S1=C", r#"0=["$R1"]"#]);
}

#[test]
fn a_lazy_component_is_loaded_now_or_later() {
    let [loaded, later] = [object(), object()];
    let acting = Acting::default()
        .plays(&loaded, Role::Loaded(Value::object([("m", map([]))])))
        .plays(&later, Role::Later(Container::Lazy, Later::Lazy));
    let (mut encoder, slots) = open(acting, [loaded.clone(), later, loaded]);
    assert_eq!(ids(&slots), [3]);
    encoder.settle(3, text("at last")).expect("encodes");
    assert_eq!(fields(encoder), ["2=[]", r#"1={"m":"$Q2"}"#, r#"4="$1""#, r#"3="at last""#, r#"0=["$1","$3","$4"]"#]);
}

#[test]
fn a_lazy_component_counts_in_the_array_it_stands_in() {
    let long = || Value::array([text(&"x".repeat(600_000)), Value::Null]);
    let [loaded, later] = [object(), object()];
    let acting = || Acting::default().plays(&loaded, Role::Loaded(long())).plays(&later, Role::Later(Container::Lazy, Later::Lazy));
    let encode = |acting, root: Value| Encoder::new(acting, root, WireForm::default());
    let error = encode(acting(), Value::array([loaded.clone(), loaded.clone()])).err().expect("too much");
    assert!(error.message().starts_with("argument 1 makes an array too big"), "{error}");
    assert!(encode(acting(), Value::array([Value::object([("a", loaded.clone())]), loaded.clone()])).is_ok());
    let mut encoder = encode(acting(), Value::array([loaded.clone(), later.clone()])).expect("encodes");
    let slot = encoder.poll_open().expect("a slot");
    assert!(said(encoder.settle(slot.id, long())).contains("makes an array too big"));
}

#[test]
fn functions_of_the_server_are_sent_with_bound_arguments() {
    let [bare, bound, waiting] = [object(), object(), object()];
    let shared = object();
    let acting = Acting::default()
        .plays(&bare, Role::Reference(None))
        .plays(&bound, Role::Reference(Some(Value::array([map([]), shared.clone()]))))
        .plays(&waiting, Role::Reference(Some(promise())));
    let (mut encoder, slots) = open(acting, [bare.clone(), bound.clone(), bare, bound, waiting, shared]);
    assert_eq!(ids(&slots), [5]);
    encoder.settle(5, Value::array([text("x")])).expect("encodes");
    assert_eq!(
        fields(encoder),
        [
            r#"1={"id":"40abc0","bound":null}"#,
            "3=[]",
            r#"2=["$Q3",{}]"#,
            r#"4={"id":"40abc0","bound":"$@2"}"#,
            r#"6={"id":"40abc0","bound":"$@5"}"#,
            r#"5=["x"]"#,
            r#"0=["$h1","$h4","$h1","$h4","$h6","$2:1"]"#
        ]
    );
}

#[test]
fn too_many_bound_arguments_are_refused() {
    let bound = object();
    let acting = Acting::default().plays(&bound, Role::Reference(Some(Value::array((0..1001).map(|_| Value::Null)))));
    let error = Encoder::new(acting, Value::array([bound]), WireForm::default()).err().expect("cannot be sent");
    assert_eq!(error.message(), "argument 0: .bound is bound to more than 1000 arguments, which the server refuses: pass one array");
}

#[test]
fn failures_name_their_place() {
    let lazy = object();
    let acting = Acting::default().plays(&lazy, Role::Later(Container::Lazy, Later::Lazy));
    let (mut encoder, _) = open(acting, [promise(), Value::object([("l", lazy)])]);
    assert_eq!(encoder.fail(1).message(), "argument 0 is a promise that was rejected");
    assert_eq!(encoder.fail(2).message(), "argument 1: .l is a lazy component that could not be loaded");
    assert_eq!(encoder.fail(9).message(), "failed");
    let nested = Value::array([Value::object([("p", promise())])]);
    encoder.settle(1, nested).expect("encodes");
    assert_eq!(encoder.fail(3).message(), "argument 0: [0].p is a promise that was rejected");
    assert!(said(encoder.settle(3, symbol())).starts_with("argument 0: [0].p is a symbol, and the server"));
}

#[test]
fn lazy_components_inside_each_other_do_not_overflow_the_stack() {
    let lazies: Vec<Value> = (0..10_000).map(|_| object()).collect();
    let acting = lazies.windows(2).fold(Acting::default(), |acting, pair| acting.plays(&pair[0], Role::Loaded(pair[1].clone())));
    let (encoder, _) = open(acting, [lazies[0].clone()]);
    assert_eq!(fields(encoder).len(), 10_000, "9 999 loaded parts and the root");
}
