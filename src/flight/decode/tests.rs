//! Tests the decoder with values in Rust: references, streams, limits, and answers that end early.

use std::task::Poll;

use crate::flight::{Decoder, Limits, Native, Rejection, Value, encode};
use crate::{Error, Kind};

/// Writes a value as text. `@n` is a container that was written before, the n-th one met.
fn show(value: &Value) -> String {
    fn list<'v>(values: impl IntoIterator<Item = &'v Value>, met: &mut Vec<usize>) -> String {
        values.into_iter().map(|value| inner(value, met)).collect::<Vec<_>>().join(",")
    }
    fn state(state: &Poll<Result<Value, Rejection>>, met: &mut Vec<usize>) -> String {
        match state {
            Poll::Pending => "pending".into(),
            Poll::Ready(Ok(value)) => format!("resolved({})", inner(value, met)),
            Poll::Ready(Err(rejection)) => format!("rejected({})", why(rejection)),
        }
    }
    fn inner(value: &Value, met: &mut Vec<usize>) -> String {
        let identity = value.identity();
        if identity != 0 {
            if let Some(at) = met.iter().position(|known| *known == identity) {
                return format!("@{at}");
            }
            met.push(identity);
        }
        match value {
            Value::Undefined => "undefined".into(),
            Value::Null => "null".into(),
            Value::Bool(bool) => bool.to_string(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => format!("{text:?}"),
            Value::BigInt(digits) => format!("{digits}n"),
            Value::Symbol(name) => format!("Symbol({name})"),
            Value::Date(ms) => format!("Date({ms})"),
            Value::Array(items) => format!("[{}]", list(items.borrow().iter(), met)),
            Value::Object(object) => {
                let members: Vec<_> = object.borrow().iter().map(|(key, value)| format!("{key}:{}", inner(value, met))).collect();
                format!("{{{}}}", members.join(","))
            }
            Value::Map(entries) => format!("Map({})", list(entries.borrow().iter().flat_map(|(key, value)| [key, value]), met)),
            Value::Set(values) => format!("Set({})", list(values.borrow().iter(), met)),
            Value::FormData(entries) => {
                let entries: Vec<_> = entries.borrow().iter().map(|(key, value)| format!("{key}={}", inner(value, met))).collect();
                format!("FormData({})", entries.join("&"))
            }
            Value::Error(fault) => format!("Error({})", fault.borrow().message.as_deref().unwrap_or("")),
            Value::Promise(promise) => state(&promise.borrow().0, met),
            Value::Lazy(lazy) => format!("lazy:{}", state(&lazy.borrow().0.borrow().0, met)),
            Value::Bytes(bytes) => format!("{}{:?}", bytes.kind.name(), bytes.bytes),
            Value::Blob(blob) => format!("Blob({} {:?})", blob.kind, blob.bytes),
            Value::Client(client) => format!("{:?}", client.borrow()),
            Value::Server(server) => format!("server({} {})", server.borrow().id, inner(&server.borrow().bound, met)),
            Value::Iterator(values) => format!("iterator({})", list(values.borrow().iter(), met)),
            Value::Flow(flow) => {
                let chunks: Vec<_> = std::iter::from_fn(|| flow.borrow_mut().take()).collect();
                format!("{:?}({}|{})", flow.borrow().kind(), list(chunks.iter(), met), state(&flow.borrow().end(), met))
            }
            Value::Foreign(foreign) => format!("{foreign:?}"),
        }
    }
    inner(value, &mut Vec::new())
}

fn why(rejection: &Rejection) -> String {
    match rejection {
        Rejection::Thrown(thrown) => format!("thrown {}", thrown.digest.as_deref().unwrap_or("")),
        Rejection::Broken(error) => {
            assert_eq!(error.kind(), Kind::Decode);
            error.message().to_owned()
        }
    }
}

fn answer(decoder: &Decoder<Native>) -> String {
    match decoder.value() {
        Poll::Pending => "pending".into(),
        Poll::Ready(Ok(value)) => show(&value),
        Poll::Ready(Err(rejection)) => why(&rejection),
    }
}

fn finish(mut decoder: Decoder<Native>, bytes: &str) -> String {
    let _ = decoder.push(bytes.as_bytes());
    decoder.end();
    assert_eq!(decoder.open(), 0, "nothing is open after the end");
    answer(&decoder)
}

fn root(bytes: &str) -> String {
    finish(Decoder::new(Native::default()), bytes)
}

fn action(bytes: &str) -> String {
    finish(Decoder::action(Native::default()), bytes)
}

#[test]
fn scalars_become_values() {
    assert_eq!(
        root("0:[\"$undefined\",\"$NaN\",\"$-0\",\"$n-007\",\"$D1970-01-01T00:00:00.005Z\",\"$Dnull\",\"$Sx\",\"$$a\",1e21]\n"),
        "[undefined,NaN,-0,-7n,Date(5),Date(NaN),Symbol(x),\"$a\",1000000000000000000000]"
    );
    assert_eq!(root("0:\"$undefined\"\n"), "undefined");
    assert_eq!(root("0:{\"a\":\"$undefined\",\"b\":1}\n"), "{b:1}");
    assert_eq!(root("0:\"$Z\"\n"), "Error()");
}

#[test]
fn rows_may_arrive_in_any_order() {
    assert_eq!(root("0:{\"a\":\"$1\",\"b\":\"$2\"}\n2:\"two\"\n1:\"one\"\n"), "{a:\"one\",b:\"two\"}");
    assert_eq!(root("0:\"$1\"\n1:T3,abc"), "\"abc\"", "a late text row");
    assert_eq!(root("0:[\"$1\",\"$1\"]\n1:{\"x\":[]}\n"), "[{x:[]},@1]");
    assert_eq!(root("0:{\"m\":\"$Q1\"}\n1:[[\"a\",\"$2\"]]\n2:{\"late\":1}\n"), "{m:Map(\"a\",{late:1})}");
    assert_eq!(root("1:[[\"k\",\"v\"],[\"k\",\"$$\"]]\n0:\"$K1\"\n"), "FormData(k=\"v\"&k=\"$\")");
    assert_eq!(root("1:{\"name\":\"TypeError\",\"message\":\"no\"}\n0:[\"$Z1\"]\n"), "[Error(no)]");
}

#[test]
fn circles_are_followed_unless_they_never_end() {
    assert_eq!(root("0:[\"$0\"]\n"), "[@0]");
    assert_eq!(root("1:{\"b\":\"$2\"}\n2:{\"a\":\"$1\"}\n0:[\"$1\",\"$2\"]\n"), "[{b:{a:@1}},@2]");
    assert_eq!(root("1:[[\"self\",\"$0:m\"]]\n0:{\"m\":\"$Q1\"}\n"), "{m:Map(\"self\",@1)}");
    assert_eq!(root("1:[\"$W1\"]\n0:\"$W1\"\n"), "Set(@0)");
    assert_eq!(root("0:\"$0\"\n"), "null");
    assert_eq!(root("1:\"$2\"\n2:\"$1\"\n0:{\"x\":\"$1\"}\n"), "{x:null}");
    assert_eq!(root("0:{\"x\":\"$0:x:y\"}\n"), "row 0: more than 128 references one after the other");
    let chain: String = (0..1000).map(|n| format!("{n:x}:\"${:x}\"\n", n + 1)).collect();
    assert_eq!(root(&(chain + "3e8:1\n")), "row 0: more than 128 references one after the other");
}

#[test]
fn paths_go_through_own_keys_of_containers_from_the_stream() {
    assert_eq!(root("0:{\"a\":{\"b\":[5,{\"c\":[]}]},\"x\":\"$0:a:b:1:c\"}\n"), "{a:{b:[5,{c:[]}]},x:@4}");
    assert_eq!(root("0:{\"x\":\"$0:y:z\",\"y\":\"$1\"}\n1:{\"z\":\"$2\"}\n2:[7]\n"), "{x:[7],y:{z:@1}}");
    assert_eq!(root("1:[[\"k\",{\"v\":1}]]\n0:{\"m\":\"$Q1\",\"x\":\"$1:0:1\"}\n"), "{m:Map(\"k\",{v:1}),x:@2}");
    for path in ["1:zz", "1:a:constructor", "1:a:__proto__", "1:t:0", "1:l:length", "1:l:00", "1:d:x", "1:p:x"] {
        let rows = format!("1:{{\"a\":{{}},\"t\":\"text\",\"l\":[1],\"d\":\"$Dnull\",\"p\":\"$@3\"}}\n2:[]\n3:1\n0:[\"${path}\"]\n");
        assert_eq!(root(&rows), "row 0: refers to something row 1 does not have", "{path}");
    }
}

#[test]
fn a_promise_settles_when_its_row_arrives() {
    let mut decoder = Decoder::new(Native::default());
    decoder.push(b"0:[\"$@1\",\"$@2\",\"$@1\",\"$@3\"]\n").expect("rows");
    assert_eq!(answer(&decoder), "[pending,pending,@1,pending]");
    assert_eq!(decoder.open(), 3);
    decoder.push(b"2:{\"x\":\"$4\"}\n1:\"$0\"\n").expect("rows");
    assert_eq!(answer(&decoder), "[resolved(@0),pending,@1,pending]");
    decoder.push(b"3:E{\"digest\":\"d\"}\n4:\"late\"\n").expect("rows");
    assert_eq!(answer(&decoder), "[resolved(@0),resolved({x:\"late\"}),@1,rejected(thrown d)]");
    assert_eq!(decoder.open(), 0);
}

#[test]
fn a_promise_that_resolves_to_itself_is_rejected() {
    assert_eq!(root("0:\"$@0\"\n"), "rejected(row 0: a promise that resolves to itself)");
    assert_eq!(root("0:[\"$@1\"]\n1:\"$@1\"\n"), "[rejected(row 1: a promise that resolves to itself)]");
    assert_eq!(root("0:{\"p\":\"$@1\"}\n1:\"$0:p\"\n"), "{p:rejected(row 1: a promise that resolves to itself)}");
    assert_eq!(
        root("0:[\"$@1\"]\n1:\"$@2\"\n2:\"$@1\"\n"),
        "[resolved(rejected(row 2: a promise that resolves to itself))]",
        "the loop is cut where it closes"
    );
    assert_eq!(root("0:[\"$@1\"]\n1:\"$@2\"\n2:7\n"), "[resolved(resolved(7))]");
    assert_eq!(action("0:{\"a\":\"$@1\"}\n1:\"$@2\"\n2:\"$@1\"\n"), "row 1: a promise that resolves to itself");
}

#[test]
fn an_error_rejects_only_the_values_that_need_it() {
    assert_eq!(root("0:E{\"digest\":\"dd\"}\n"), "thrown dd");
    assert_eq!(root("1:E{\"digest\":\"x\"}\n0:{\"a\":\"$1\"}\n"), "thrown x");
    assert_eq!(root("0:[\"$@1\",\"$@2\"]\n1:{oops\n2:1\n"), "[rejected(row 1: not JSON),resolved(1)]");
    assert_eq!(root("0:[\"$@1\"]\n1:\n"), "[rejected(row 1: halted by the server)]");
    assert_eq!(root("0:E{oops\n"), "row 0: not JSON at byte 1");
    assert_eq!(root("1:{oops\n0:\"fine\"\n"), "\"fine\"");
    assert_eq!(root("0:[\"$T1\"]\n"), "row 0: refers to an argument that was not sent");
    assert_eq!(root("0:[\"$@1\"]\n1:[\"$z3\"]\n"), "[rejected(row 1: unsupported value $z at [0])]");
}

#[test]
fn the_value_of_an_action_is_found_in_row_0() {
    let page = r#""f":[["$","div",null,{"children":"$L5"}]],"q":"","i":false"#;
    assert_eq!(action(&format!("0:{{\"a\":\"$@1\",{page}}}\n5:[\"$\",\"b\"]\n1:{{\"ok\":true}}\n")), "{ok:true}");
    assert_eq!(action(&format!("0:{{{page},\"a\":\"$@1\"}}\n1:{{\"$x\":\"$undefined\"}}\n")), "{}");
    assert_eq!(action("0:{\"a\":\"$@1\",\"f\":oops}\n1:1\n"), "1", "the rest of row 0 is not looked at");
    assert_eq!(action("0:[\"$@1\",[\"$\",\"div\",null,{}]]\n1:{\"v\":14}\n"), "{v:14}", "Next 14");
    assert_eq!(action("0:{\"a\":{\"now\":1}}\n"), "{now:1}");
    assert_eq!(action("0:{\"a\":\"$1\"}\n1:\"$@2\"\n2:3\n"), "3");
    assert_eq!(action("0:{\"a\":\"$@1\"}\n1:E{\"digest\":\"NEXT_REDIRECT;push;/x;307;\"}\n"), "thrown NEXT_REDIRECT;push;/x;307;");
    assert_eq!(action("0:E{\"digest\":\"d\"}\n"), "thrown d");
    assert_eq!(action("0:{\"b\":1}\n"), "row 0: no member .a");
    assert_eq!(action("0:[]\n"), "row 0: no member .a");
    assert_eq!(action("0:1\n"), "row 0: no member .a");
    assert_eq!(action("0:\"$1\"\n1:1\n"), "row 0: not the answer to an action");
    assert_eq!(action("1:1\n"), "the answer ended before row 0");
}

#[test]
fn a_value_may_refer_to_parts_of_the_page() {
    let row = r#"0:{"a":"$@1","f":[["$","p",null,{"user":{"name":"Ada","tags":["$L9"]}}]]}"#;
    assert_eq!(action(&format!("{row}\n1:[\"$0:f:0:props:user:name\",\"$0:f:0:type\"]\n")), "[\"Ada\",\"p\"]");
    assert_eq!(action("0:{\"a\":\"$@1\",\"f\":{\"x\":\"$2\"}}\n1:[\"$0:f:x:y\",\"$0:f:x\"]\n2:{\"y\":[1]}\n"), "[[1],{y:@1}]");
    assert_eq!(action("2:[[1,2]]\n0:{\"a\":\"$@1\",\"first\":\"$Q2\"}\n1:\"$0:first\"\n"), "Map(1,2)");
    assert_eq!(action("0:{\"a\":\"$@1\",\"x\":{\"p\":\"$@2\"}}\n1:[\"$0:x:p\"]\n2:2\n"), "[resolved(2)]");
}

#[test]
fn an_argument_that_the_server_returns_is_the_same_object() {
    let inner = Value::object([("x", Value::Null)]);
    let mut native = Native::default();
    let encoded = encode(&mut native, Value::array([inner.clone()])).expect("encodes");
    let mut decoder = Decoder::action(Native::with_temporaries(encoded.temporaries));
    decoder.push(b"0:{\"a\":\"$@1\",\"first\":\"$T0:0\"}\n1:\"$0:first\"\n").expect("rows");
    let Poll::Ready(Ok(value)) = decoder.value() else { panic!() };
    assert_eq!(value.identity(), inner.identity());
    let mut decoder =
        Decoder::new(Native::with_temporaries(encode(&mut Native::default(), Value::array([inner])).expect("encodes").temporaries));
    decoder.push(b"0:[\"$T0:0\",\"$0:0:x\"]\n").expect("rows");
    assert_eq!(answer(&decoder), "row 0: refers to something row 0 does not have", "arguments are not stepped into");
}

#[test]
fn the_end_names_the_missing_row() {
    assert_eq!(
        root("0:[\"$@5\",\"$@6\"]\n6:[\"$7\"]\n"),
        "[rejected(the answer ended before row 5),rejected(the answer ended before row 7)]"
    );
    assert_eq!(root("0:[\"$@1f\"]\n1f:\"a\""), "[rejected(the answer ended inside row 1f)]");
    assert_eq!(root("0:{\"a\":1}"), "the answer ended inside row 0");
    assert_eq!(root(""), "the answer ended before row 0");
}

#[test]
fn bad_framing_rejects_open_values_and_keeps_delivered_ones() {
    let mut decoder = Decoder::new(Native::default());
    decoder.push(b"0:[\"$@1\",\"$@2\"]\n1:1\n").expect("rows");
    let error = decoder.push(b"Z:1\n2:2\n").expect_err("bad id");
    assert_eq!(error.message(), "byte 20: unexpected 'Z' in a row id");
    assert_eq!(answer(&decoder), "[resolved(1),rejected(byte 20: unexpected 'Z' in a row id)]");
    assert_eq!(decoder.push(b"2:2\n"), Err(error));
    decoder.end();
    assert_eq!(decoder.open(), 0);
}

#[test]
fn a_row_that_arrives_twice_breaks_the_answer() {
    assert_eq!(root("0:\"a\"\n0:\"b\"\n"), "\"a\"");
    assert_eq!(root("1:\"a\"\n1:\"b\"\n0:\"$1\"\n"), "row 1: came twice");
    assert_eq!(root("0:[\"$@1\",\"$@2\"]\n1:1\n1:E{}\n2:2\n"), "[resolved(1),rejected(row 1: came twice)]");
    assert_eq!(root("0:{\"p\":\"$@1\"}\n1:\"m\"\n1:C\n1:R\n:N1.5\n:W[]\n1:D\"$2\"\n:HZ\"x\"\n"), "{p:resolved(\"m\")}");
}

#[test]
fn a_broken_body_rejects_with_its_own_error() {
    let mut decoder = Decoder::new(Native::default());
    decoder.push(b"0:[\"$@1\"]\n").expect("rows");
    decoder.fail(Error::new(Kind::Network, "the body broke off"));
    let Poll::Ready(Ok(Value::Array(items))) = decoder.value() else { panic!() };
    let Value::Promise(promise) = items.borrow()[0].clone() else { panic!() };
    assert!(matches!(&promise.borrow().0, Poll::Ready(Err(Rejection::Broken(error))) if error.kind() == Kind::Network));
}

#[test]
fn limits_are_kept() {
    let mut decoder = Decoder::new(Native::default()).limits(Limits { open_rows: 2, ..Limits::DEFAULT });
    decoder.push(b"0:[\"$@1\",\"$@2\",\"$@3\"]\n").expect("rows");
    assert_eq!(answer(&decoder), "row 3: more than 2 rows are open");
    let deep = format!("0:{}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(root(&deep), "row 0: more than 20000 containers inside each other");
    let members: Vec<String> = (0..2100).map(|n| format!("\"k{n}\":[]")).collect();
    let parts: Vec<String> = (0..2100).map(|n| format!("\"$0:k{n}\"")).collect();
    let rows = format!("0:{{\"a\":\"$@1\",{}}}\n1:[{}]\n", members.join(","), parts.join(","));
    assert_eq!(action(&rows), "row 0: more than 2048 parts of it are referred to");
}

#[test]
fn many_parts_of_the_page_may_be_referred_to() {
    let parts: Vec<String> = (0..2000).map(|n| format!("\"$0:f:{n}\"")).collect();
    let page: Vec<String> = (0..2000).map(|n| format!("[{n}]")).collect();
    let rows = format!("0:{{\"a\":\"$@1\",\"f\":[{}]}}\n1:[{}]\n", page.join(","), parts.join(","));
    assert_eq!(action(&rows), format!("[{}]", page.join(",")));
}

#[test]
fn long_chains_do_not_overflow_the_stack() {
    let rows = 100_000;
    let mut text: String = (0..rows).map(|n| format!("{n:x}:[\"${:x}\"]\n", n + 1)).collect();
    text.push_str(&format!("{rows:x}:[]\n"));
    let mut decoder = Decoder::new(Native::default());
    decoder.push(text.as_bytes()).expect("rows");
    assert!(matches!(decoder.value(), Poll::Ready(Ok(_))));
}

const ELEMENT: &str = "$$typeof:Symbol(react.transitional.element)";

#[test]
fn an_element_waits_alone_for_its_rows() {
    assert_eq!(
        root("0:[[\"$\",\"a\",\"k\",{\"x\":\"$1\"}],1]\n1:7\n"),
        format!("[lazy:resolved({{{ELEMENT},type:\"a\",key:\"k\",ref:null,props:{{x:7}}}}),1]")
    );
    assert_eq!(
        root("1:7\n0:[[\"$\",\"$2\",null,{\"x\":\"$1\"}]]\n2:\"b\"\n"),
        format!("[lazy:resolved({{{ELEMENT},type:\"b\",key:null,ref:null,props:{{x:7}}}})]")
    );
    assert_eq!(
        root("1:7\n0:[[\"$\",\"a\",null,{\"x\":\"$1\"}]]\n"),
        format!("[{{{ELEMENT},type:\"a\",key:null,ref:null,props:{{x:7}}}}]"),
        "everything is there"
    );
    assert_eq!(
        root("1:E{\"digest\":\"d\"}\n0:[[\"$\",\"a\",null,{\"children\":[\"$\",\"b\",null,{\"x\":\"$1\"}]}]]\n"),
        format!("[{{{ELEMENT},type:\"a\",key:null,ref:null,props:{{children:lazy:rejected(thrown d)}}}}]"),
        "the innermost only"
    );
    assert_eq!(
        root("1:{\"y\":1}\n0:[[\"$\",\"a\",null,{\"x\":\"$1:z\"}]]\n"),
        "[lazy:rejected(row 0: refers to something row 1 does not have)]"
    );
    assert_eq!(root("0:[[\"$\",\"a\",null,{\"x\":\"$1\"}]]\n"), "[lazy:rejected(the answer ended before row 1)]");
    assert_eq!(root("1:[\"$\",\"a\",null,{\"x\":\"$2\",\"y\":[5]}]\n0:\"$1:props:y\"\n2:2\n"), "[5]", "a path goes through it");
}

#[test]
fn lazy_values_settle_with_their_rows() {
    assert_eq!(root("0:[\"$L1\",\"$L1\"]\n1:[]\n"), "[lazy:resolved([]),lazy:resolved(@2)]");
    assert_eq!(root("0:[\"$L1\"]\n1:\"$L2\"\n2:3\n"), "[lazy:resolved(lazy:resolved(3))]");
    assert_eq!(root("0:[\"$L1\"]\n1:\"$L1\"\n"), "[lazy:rejected(row 1: a lazy value of itself)]");
    assert_eq!(root("0:[\"$L1\",\"$0:0:x:y\"]\n1:{\"x\":\"$2\"}\n2:{\"y\":4}\n"), "[lazy:resolved({x:{y:4}}),4]");
    assert_eq!(root("1:\"$L2\"\n2:{\"y\":4}\n0:\"$1:y\"\n"), "4");
}

#[test]
fn modules_functions_and_containers_are_made_from_rows() {
    assert_eq!(
        root("1:\"a-long-name\"\n2:I[7,[\"c\",\"$1\"],\"\",1]\n0:\"$2\"\n"),
        "Client { id: \"7\", chunks: [\"c\", \"a-long-name\"], name: \"\", is_async: true }"
    );
    assert_eq!(root("1:I{}\n0:\"$1\"\n"), "row 1: cannot be made into a client module");
    assert_eq!(root("1:I[\"m\",[],\"n\"]\n0:\"$1:0\"\n"), "row 0: refers to something row 1 does not have");
    assert_eq!(root("0:\"$h1\"\n1:{\"id\":\"$2\",\"bound\":\"$@3\"}\n2:\"f\"\n3:[1]\n"), "server(f resolved([1]))");
    assert_eq!(root("0:[\"$h1\"]\n1:{\"id\":\"$h1\",\"bound\":null}\n"), "[null]");
    assert_eq!(root("0:\"$B1\"\n1:[\"t\",\"$2\",\"$3\"]\n2:o1,a3:o1,b"), "Blob(t [97, 98])", "parts may come last");
    assert_eq!(root("0:\"$B1\"\n1:[\"t\",\"$B1\"]\n"), "row 1: cannot be made into a Blob");
    assert_eq!(root("0:[\"$1\",\"$0:0\"]\n1:s4,abcd"), "[Uint16Array[97, 98, 99, 100],@1]");
    assert_eq!(root("0:[\"$1\"]\n1:g7,abcdefg"), "row 1: 7 bytes cannot be Float64Array");
    assert_eq!(root("0:\"$i1\"\n1:[\"$0\"]\n"), "iterator(@0)");
    assert_eq!(root("0:[\"$80000000\"]\n"), "row 0: unsupported value reference at [0]", "ids of our own cannot be named");
}

#[test]
fn each_place_has_its_own_function_and_paths_find_it() {
    let function = "1:{\"id\":\"f\",\"bound\":null}\n";
    assert_eq!(root(&format!("{function}0:[\"$h1\",\"$h1\"]\n")), "[server(f null),server(f null)]");
    assert_eq!(root(&format!("{function}0:[{{\"f\":\"$h1\"}},\"$0:0:f\",\"$2\"]\n2:[\"$0:0:f\"]\n")), "[{f:server(f null)},@2,[@2]]");
    assert_eq!(
        root(&format!("0:[\"$2:0\",\"$2\",\"$3\",\"$3\"]\n2:[\"$h1\"]\n3:\"$h1\"\n{function}")),
        "[server(f null),[@1],server(f null),@3]"
    );
    assert_eq!(action(&format!("{function}0:{{\"a\":\"$@2\",\"f\":\"$h1\"}}\n2:[\"$0:f\",\"$0:f\"]\n")), "[server(f null),@1]");
}

#[test]
fn streams_deliver_in_order_as_they_arrive() {
    let mut decoder = Decoder::new(Native::default());
    decoder.push(b"1:R\n0:\"$1\"\n1:[\"$2\"]\n1:T1,b").expect("rows");
    assert_eq!(answer(&decoder), "Stream(|pending)", "the second waits for the first");
    decoder.push(b"2:2\n1:o1,c").expect("rows");
    assert_eq!(answer(&decoder), "Stream([2],\"b\",Uint8Array[99]|pending)");
    assert_eq!(decoder.open(), 1);
    decoder.push(b"1:C\n1:C\n").expect("rows");
    assert_eq!((answer(&decoder).as_str(), decoder.open()), ("Stream(|resolved(undefined))", 0));
    assert_eq!(decoder.push(b"1:1\n").expect_err("too late").message(), "row 1: came after the end of its stream");
    assert_eq!(root("1:R\n1:1\n0:\"$1\"\n1:2\n1:C\n"), "Stream(1,2|resolved(undefined))", "some came before anybody asked");
    assert_eq!(root("0:\"$1\"\n1:r\n1:T1,a1:C\n"), "ByteStream(|rejected(row 1: not a value of its stream))");
    assert_eq!(root("1:R\n0:\"$1\"\n1:{oops\n1:2\n1:C\n"), "Stream(|rejected(row 1: not JSON))");
    assert_eq!(root("1:X\n0:\"$1\"\n1:1\n1:\"$@2\"\n2:2\n"), "Iterable(1,resolved(2)|rejected(the answer ended before the end of row 1))");
    assert_eq!(root("1:x\n0:\"$1\"\n1:C{\"r\":\"$2\"}\n2:2\n"), "Iterator(|resolved({r:2}))");
}

#[test]
fn an_unread_stream_fails_at_the_limit_and_a_cancelled_one_is_closed() {
    let limits = Limits { unread_bytes: 10, ..Limits::DEFAULT };
    let mut decoder = Decoder::new(Native::default()).limits(limits);
    decoder.push(b"1:R\n0:[\"$1\",\"$@2\"]\n1:T8,012345671:T8,012345671:T1,a2:2\n").expect("rows");
    assert_eq!(answer(&decoder), "[Stream(|rejected(row 1: more than 10 bytes wait to be read)),resolved(2)]");
    let mut decoder = Decoder::new(Native::default()).limits(limits);
    decoder.push(b"1:R\n1:T8,012345671:T8,012345671:T1,a1:C\n0:[\"$@1\"]\n").expect("rows");
    assert_eq!(answer(&decoder), "[rejected(row 1: more than 10 bytes wait to be read)]", "not even asked for");

    let mut decoder = Decoder::new(Native::default());
    decoder.push(b"1:R\n2:R\n0:[\"$1\",\"$2\"]\n").expect("rows");
    let Poll::Ready(Ok(Value::Array(items))) = decoder.value() else { panic!() };
    for (at, open) in [(0, 1), (1, 0)] {
        let Value::Flow(flow) = items.borrow()[at].clone() else { panic!() };
        flow.borrow_mut().cancel();
        decoder.push(b"1:{\"x\":\"$9\"}\n2:{\"x\":\"$9\"}\n").expect("rows");
        assert_eq!((decoder.open(), decoder.is_abandoned()), (open, open == 0));
    }
}

#[test]
fn the_first_of_two_rows_with_the_same_id_counts() {
    assert_eq!(root("1:[2]\n0:[\"$1\",\"$@2\"]\n1:[3]\n2:[]\n"), "[[2],rejected(row 1: came twice)]");
    for (first, expected) in [("0:\"a\"\n", "a"), ("0:T1,b", "b"), ("0:\"$1\"\n1:\"c\"\n", "c")] {
        for cut in [0, first.len()] {
            let bytes = format!("{first}0:[1]\n0:[2]\n");
            let mut decoder = Decoder::new(Native::default());
            let pushed = decoder.push(&bytes.as_bytes()[..cut]).and_then(|()| decoder.push(&bytes.as_bytes()[cut..]));
            assert_eq!(pushed.expect_err("twice").message(), "row 0: came twice");
            assert!(matches!(decoder.value(), Poll::Ready(Ok(Value::String(text))) if *text == *expected));
        }
    }
}

#[test]
fn a_failed_value_does_not_end_its_iterable() {
    let mut decoder = Decoder::new(Native::default());
    decoder.push(b"1:X\n0:\"$1\"\n2:E{\"digest\":\"d\"}\n1:1\n1:{\"a\":\"$2\"}\n1:3\n1:C\n").expect("rows");
    let Poll::Ready(Ok(Value::Flow(flow))) = decoder.value() else { panic!() };
    assert!(matches!(flow.borrow_mut().take(), Some(Value::Number(1.0))));
    let Some(Value::Promise(failed)) = flow.borrow_mut().take() else { panic!() };
    assert!(matches!(&failed.borrow().0, Poll::Ready(Err(Rejection::Thrown(thrown))) if thrown.digest.as_deref() == Some("d")));
    assert!(matches!(flow.borrow_mut().take(), Some(Value::Number(3.0))));
    assert!(matches!(flow.borrow().end(), Poll::Ready(Ok(Value::Undefined))));
}

#[test]
fn elements_nested_over_many_rows_do_not_overflow_the_stack() {
    let rows = 20_000;
    let mut text = format!("{rows:x}:1\n");
    for n in (0..rows).rev() {
        text.push_str(&format!("{n:x}:[\"$\",\"a\",null,{{\"x\":\"${:x}\"}}]\n", n + 1));
    }
    let mut decoder = Decoder::new(Native::default());
    decoder.push(text.as_bytes()).expect("rows");
    assert!(matches!(decoder.value(), Poll::Ready(Ok(_))));
    assert_eq!(decoder.open(), 0);
}
