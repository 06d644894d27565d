//! Tests the encoder with values of JavaScript, in Node and in browsers, and that both of its paths write the same.

use std::collections::BTreeSet;

use js_sys::{Array, Function, Reflect};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use super::*;
use crate::js::{test_module, wait};
use vectors::VECTORS;

mod vectors;

/// Vectors where we deliberately differ from React, with the reason. A vector listed here that does not differ is
/// an error.
const DIFFERENCES: &[(&str, &str)] = &[
    ("abort-before", "an aborted call is not sent at all"),
    ("abort-stream", "an aborted call is not sent at all"),
    ("args-formdata-id-10", "React writes a decimal id where its servers read a hex one, and the form arrives empty"),
    ("args-formdata-id-16", "React writes a decimal id where its servers read a hex one, and the form arrives empty"),
    ("args-boxed", "React was given no set of temporary references; Next always gives one, and then they are \"$T\""),
    ("args-element", "React was given no set of temporary references; Next always gives one, and then it is \"$T\""),
    ("args-error", "React was given no set of temporary references; Next always gives one, and then it is \"$T\""),
    ("args-symbol", "React was given no set of temporary references; Next always gives one, and then it is \"$T\""),
];

/// Functions and values that the expressions of the vectors use.
const PRELUDE: &str = r#"
globalThis.tick = ms => new Promise(resolve => setTimeout(resolve, ms));
globalThis.textStream = (values, error) => new ReadableStream({
    async start(controller) {
        for (const value of values) { await null; controller.enqueue(value) }
        if (error) controller.error(error); else controller.close();
    } });
globalThis.byteStream = chunks => new ReadableStream({ type: "bytes",
    start(controller) { for (const chunk of chunks) controller.enqueue(new Uint8Array(chunk)); controller.close() } });
const reference = (id, bound) => Object.defineProperty(() => {}, Symbol.for("actionlane.reference"), { value: { id, bound } });
globalThis.serverRef = reference("40abc0", null);
globalThis.serverRefBoundMap = reference("40abc0", [new Map([[1, 2]])]);
globalThis.React = { createElement: type => ({ $$typeof: Symbol.for("react.transitional.element"), type, key: null, props: {} }) };
"#;

const PLAIN: &str = include_str!("../../../pkg/lib/arguments/plain.js");

fn js(expression: &str) -> JsValue {
    set_plain(test_module::functions_of(&[PLAIN, include_str!("../../../pkg/lib/codec/inspector.js")]));
    let waits: Function = Reflect::get(&test_module::functions(include_str!("../../../pkg/lib/boundary/wait.js")), &"Waits".into())
        .expect("a class")
        .unchecked_into();
    wait::set(Reflect::construct(&waits, &Array::new()).expect("an object"));
    js_sys::eval(expression).expect("an expression")
}

fn function(expression: &str) -> Function {
    js(expression).unchecked_into()
}

/// Encodes a value and waits until its body is complete.
async fn collected(value: &JsValue) -> Result<JsValue, (Error, JsValue)> {
    match encode(value.unchecked_ref(), EncodeSettings::default())?.body {
        Body::Complete(body) => Ok(body),
        Body::Open(collecting) => collecting.await,
    }
}

/// Describes a body in the form of the vectors.
async fn described(body: &JsValue) -> String {
    let describe = function(
        "(async body => { if (typeof body === 'string') return JSON.stringify({ kind: 'string', body });
        const parts = [];
        for (const [name, value] of body) parts.push(typeof value === 'string' ? { name, kind: 'string', value } : { name, kind: 'blob',
            filename: value.name, type: value.type, size: value.size,
            base64: btoa(String.fromCharCode(...new Uint8Array(await value.arrayBuffer()))) });
        return JSON.stringify({ kind: 'formdata', parts }) })",
    );
    let described: Promise = describe.call1(&JsValue::UNDEFINED, body).expect("a promise").unchecked_into();
    JsFuture::from(described).await.expect("a description").as_string().expect("a text")
}

/// Encodes a value whose body is complete at once.
async fn body(value: &JsValue) -> String {
    let Body::Complete(body) = encode(value.unchecked_ref(), EncodeSettings::default()).expect("encodes").body else { panic!("open") };
    described(&body).await
}

async fn text(expression: &str) -> String {
    let body = collected(&js(expression)).await.expect("encodes");
    body.as_string().expect("no part was needed")
}

fn message(expression: &str) -> String {
    let (error, _) = encode(js(expression).unchecked_ref(), EncodeSettings::default()).err().expect("cannot be sent");
    assert_eq!(error.kind(), Kind::Encode);
    error.message().to_owned()
}

#[wasm_bindgen_test]
async fn bodies_are_those_of_react() {
    js(PRELUDE);
    // Browsers have no `Buffer`; this one has the properties that matter here.
    js(
        "globalThis.Buffer ??= { from: text => Object.assign(new TextEncoder().encode(text), { toJSON() { return { type: 'Buffer', data: [...this] } } }) }",
    );
    // We write the root last, as servers also accept it; some parts after the root could not be read otherwise.
    let read = function(
        "(text => { const { name, expr, result, rejected } = JSON.parse(text);
        if (result?.parts) result.parts = [...result.parts.filter(part => part.name !== '0'), ...result.parts.filter(part => part.name === '0')];
        return [name, (0, eval)('(' + expr + ')'), JSON.stringify(result ?? rejected.error.message)] })",
    );
    let mut seen = BTreeSet::new();
    for vector in VECTORS {
        let vector: Array = read.call1(&JsValue::UNDEFINED, &(*vector).into()).expect("a vector").unchecked_into();
        let name = vector.get(0).as_string().expect("a name");
        let expected = vector.get(2).as_string().expect("a result");
        let different = DIFFERENCES.iter().any(|(different, _)| *different == name);
        if name != "abort-before" {
            let ours = match collected(&vector.get(1)).await {
                Ok(body) => described(&body).await,
                Err((_, cause)) => Reflect::get(&cause, &"message".into())
                    .ok()
                    .and_then(|text| text.as_string())
                    .map_or(String::new(), |text| format!("{text:?}")),
            };
            if different {
                assert_ne!(ours, expected, "{name} is as React has it");
            } else {
                assert_eq!(ours, expected, "{name}");
            }
        }
        seen.insert(name);
    }
    let listed = function("(text => JSON.parse(text).filter(({ direction }) => direction === 'encode').map(({ name }) => name))");
    let listed = listed.call1(&JsValue::UNDEFINED, &include_str!("../../../tests/vectors/index.json").into()).expect("an index");
    let listed: BTreeSet<_> = listed.unchecked_into::<Array>().iter().filter_map(|name| name.as_string()).collect();
    assert_eq!(seen, listed, "the vectors are those of the index");
    assert!(DIFFERENCES.iter().all(|(name, _)| seen.contains(*name)));
}

#[wasm_bindgen_test]
async fn values_are_read_as_json_stringify_reads_them() {
    assert_eq!(text("[{ a: 1, [Symbol('s')]: 2, get b() { return 3 } }]").await, r#"[{"a":1,"b":3}]"#);
    assert_eq!(text("[{ toJSON(key) { return 'key ' + key } }]").await, r#"["key 0"]"#);
    assert_eq!(text("[new URL('http://a/b')]").await, r#"["http://a/b"]"#);
    assert_eq!(text("[{ '2': 1, b: 2, '1': 3 }]").await, r#"[{"1":3,"2":1,"b":2}]"#);
    assert_eq!(text("[{ *[Symbol.iterator]() { yield 1; yield [2] } }]").await, "[[1,[2]]]");
}

#[wasm_bindgen_test]
async fn opaque_values_become_temporary_references() {
    let args = js("[() => 1, { s: Symbol('s') }, new (class A {})(), Object.create(null), new Error('e'), Object(1), \
        { $$typeof: Symbol.for('react.transitional.element') }]");
    let Encoded { body, temporaries } = encode(args.unchecked_ref(), EncodeSettings::default()).expect("encodes");
    let Body::Complete(body) = body else { panic!("open") };
    assert_eq!(body.as_string().as_deref(), Some(r#"["$T",{"s":"$T"},"$T","$T","$T","$T","$T"]"#));
    for index in 0..7 {
        assert_eq!(temporaries.get(&format!("0:{index}")), Reflect::get(&args, &index.into()).ok());
    }
    assert!(temporaries.get("0:1:s").is_some_and(|value| value.is_symbol()));
}

#[wasm_bindgen_test]
fn an_error_names_the_value_that_cannot_be_sent() {
    for (expression, what) in [
        ("[{ 'a:b': () => 1 }]", "argument 0: .a:b is a function, and the server could not say which: it cannot be sent there"),
        ("[{ get a() { throw new Error('secret') } }]", "argument 0 threw while it was read"),
        ("[{ toJSON() { throw 'secret' } }]", "argument 0 threw while it was read"),
        ("[{ x: new Proxy({}, { ownKeys() { throw 1 } }) }]", "argument 0: .x threw while it was read"),
        ("[new Proxy([1], { get() { throw 1 } })]", "argument 0 threw while it was read"),
        ("[new Proxy(() => 1, { get() { throw 1 } })]", "argument 0 threw while it was read"),
        ("[{ *[Symbol.iterator]() { throw 1 } }]", "argument 0 threw while it was read"),
        ("[{ [Symbol.asyncIterator]() { throw 1 } }]", "argument 0 threw while it was read"),
        ("[{ $$typeof: Symbol.for('react.lazy'), _init() { throw 1 } }]", "argument 0 threw while it was read"),
        ("(() => { const r = Proxy.revocable({}, {}); r.revoke(); return [r.proxy] })()", "argument 0 threw while it was read"),
        ("(() => { const s = new ReadableStream(); s.getReader(); return [s] })()", "argument 0 threw while it was read"),
        ("[10n ** 300n]", "argument 0 is a bigint of more than 300 digits, which the server refuses: send it as a string"),
        ("Array(1001).fill(0)", "the value has more than 1000 arguments, which the server refuses: pass one array"),
    ] {
        assert_eq!(message(expression), what, "{expression}");
    }
    assert!(message("[new Uint8Array(2e6), 1]").starts_with("argument 0 makes an array too big for the server"));
    assert!(message("['x'.repeat(6e5), 'y'.repeat(6e5)]").starts_with("argument 1 makes an array too big for the server"));
}

#[wasm_bindgen]
extern "C" {
    type Tries;
    #[wasm_bindgen(method, catch)]
    fn plain(this: &Tries, args: &JsValue, depth: f64) -> Result<Plain, JsValue>;
}

/// Has `plain.js` read the arguments, which the package tries first for each call.
fn plain_of(args: &JsValue, depth: usize) -> Option<Plain> {
    let tries: Tries = test_module::functions(PLAIN).unchecked_into();
    tries.plain(args, depth as f64).ok()
}

fn encode(args: &JsValue, settings: EncodeSettings) -> Result<Encoded, Failure> {
    let plain = if settings.wire.is_14() { None } else { plain_of(args, settings.limits.depth) };
    super::encode(args, EncodeSettings { plain, ..settings })
}

fn short_of(args: &JsValue) -> Option<Plain> {
    plain_of(args, Limits::DEFAULT.depth).filter(|plain| !plain.body().is_undefined())
}

fn long(args: &JsValue, settings: EncodeSettings) -> Result<Encoded, Failure> {
    read(args, settings, None)
}

/// The short path is `plain.js`, for plain arguments; the long path reads all kinds.
#[wasm_bindgen_test]
async fn both_ways_write_the_same() {
    let mut short = 0;
    for expression in [
        "[]",
        "['a', '$b', 'a\\n\\u0000\\ud800', '\\u2028', 'long'.repeat(50), '\"'.repeat(50)]",
        "[0, -0, 1.5, 1e21, 1e-7, NaN, Infinity, -Infinity, true, null, undefined, 5n, -(2n ** 64n)]",
        "[1, , 3]",
        "[new Date(0), new Date(NaN), { d: new Date(-1e14) }]",
        "(() => { const o = { 'k:c': [], a: { 'b\"': [1] } }; return [o, o.a, o['k:c'], o['k:c'], o.a['b\"'], [o.a]] })()",
        "(() => { const all = Array.from({ length: 50 }, (_, n) => ({ n })); return [...all, ...all] })()",
        "(() => { const a = []; a.push(a, { a }); return a })()",
        "[JSON.parse('{\"__proto__\":{\"a\":1},\"2\":1,\"\":2,\"then\":1}')]",
        "[{ get a() { return { b: 1 } } }]",
        "[Object.assign([1], { x: 1 })]",
        "[['x'.repeat(900)], { a: 'y'.repeat(2e6) }]",
        "Array.from({ length: 1000 }, () => ({ a: ['z'.repeat(2e3)] }))",
        "(() => { const o = { '2:': [] }, m = new Map([[o, o], ['$m', new Set([o, , 1n])]]); o.m = m; m.set(m, [m]); return [m, { m }, [o]] })()",
        "Array.from({ length: 20 }, () => new Set([new Map()]))",
        "[Array(8).fill([0]), Array(1000).fill({ a: [] })]",
    ] {
        let args: Array = js(expression).unchecked_into();
        let [Encoded { body: Body::Complete(a), temporaries: ours }, Encoded { body: Body::Complete(b), temporaries }] =
            [encode, long].map(|encode| encode(&args, EncodeSettings::default()).expect("encodes"))
        else {
            panic!("open")
        };
        assert_eq!(described(&a).await, described(&b).await, "{expression}");
        short += usize::from(short_of(&args).is_some());
        for path in [
            "0",
            "0:0",
            "0:1",
            "0:0:a",
            "0:0:a:b\"",
            "0:0:k:c",
            "0:49",
            "1",
            "1:1:1:0",
            "2:0",
            "1f",
            "0:1:a",
            "0:0:__proto__",
            "1",
            "",
            "0:",
            "0:0:0",
        ] {
            if !expression.contains("get a") {
                assert_eq!(ours.get(path), temporaries.get(path), "{expression} {path}");
            }
        }
    }
    assert_eq!(short, 16, "all of them are plain");
    for expression in [
        "[new FormData()]",
        "[new Date(0), Object.assign(new Date(0), { toJSON() { return '\"Z' } })]",
        "[() => 1]",
        "[{ toJSON() { return 1 } }]",
        "[Object.create(null)]",
        "[Object.assign(() => {}, {})]",
        "[Object.assign([], { then() {} })]",
        "[new (class extends Map {})()]",
        "[Object.assign(new Map([[1, 2]]), { [Symbol.iterator]: () => [1].values() })]",
        "[Object.assign({}, { [Symbol.iterator]: null })]",
        "[new (class extends Date { toJSON() { return 'Z' } })(0)]",
        "[Object.assign(new Date(0), { toJSON() { return {} } })]",
        "[{ get a() { throw 1 } }]",
        "[10n ** 300n]",
        "['x'.repeat(6e5), 'y'.repeat(6e5)]",
        "[Array(17).fill([0])]",
        "Array(1001).fill(0)",
        "(() => { let a = []; for (let n = 0; n < 30000; n++) a = [a]; return [a] })()",
    ] {
        assert!(short_of(&js(expression)).is_none(), "{expression}");
    }
}

#[wasm_bindgen_test]
async fn both_ways_write_the_same_of_random_values() {
    js(PRELUDE);
    let random = test_module::functions(include_str!("../../../tests/oracle/random.mjs"));
    let make: Function = Reflect::get(&random, &"randomPlain".into()).expect("a member").unchecked_into();
    let paths = function(
        "(body => typeof body === 'string' ? ['0'] : ['0', ...[...body].flatMap(([name, text]) => {
            const id = Number(name).toString(16);
            return [id, ...Array.from({ length: text.split(',').length }, (_, n) => `${id}:${n}`), `${id}:0:0`, `${id}:0:1`, `${id}:1:a`];
        })])",
    );
    let mut count = 0;
    for seed in 0..600 {
        let args = make.call1(&JsValue::UNDEFINED, &seed.into()).expect("a value");
        // A circular value below a key with a colon cannot be written.
        let Ok(Encoded { body: Body::Complete(b), temporaries }) = long(&args, EncodeSettings::default()) else {
            assert!(short_of(&args).is_none(), "seed {seed}");
            continue;
        };
        let short = short_of(&args).unwrap_or_else(|| panic!("seed {seed} is plain"));
        let (a, ours) = (short.body(), |path: &str| short.find(path).ok().filter(|value| !value.is_undefined()));
        count += 1;
        assert_eq!(described(&a).await, described(&b).await, "seed {seed}");
        let paths: Array = paths.call1(&JsValue::UNDEFINED, &a).expect("paths").unchecked_into();
        for path in paths.iter().filter_map(|path| path.as_string()) {
            assert_eq!(ours(&path), temporaries.get(&path), "seed {seed}, {path}");
        }
    }
    assert!(count > 550, "{count} of 600 were written");
}

/// The page may replace `toJSON` of a Date by a function that returns any text.
#[wasm_bindgen_test]
async fn the_text_of_a_date_is_quoted() {
    assert_eq!(text("[Object.assign(new Date(0), { toJSON() { return '\"Z' } })]").await, r#"["$D\"Z"]"#);
}

#[wasm_bindgen_test]
async fn many_containers_are_recognised() {
    let text = text("(() => { const all = Array.from({ length: 50 }, (_, n) => ({ n })); return [...all, ...all] })()").await;
    assert!(text.contains(r#"{"n":49},"$0:0","$0:1""#) && text.ends_with(r#""$0:49"]"#), "{text}");
}

#[wasm_bindgen_test]
fn arguments_can_be_referred_back_to() {
    let args = js("[{ x: new Map([['k', { v: 1 }]]) }]");
    let found = |path: &str| encode(args.unchecked_ref(), EncodeSettings::default()).expect("encodes").temporaries.get(path);
    let inner = Reflect::get(&args, &0.into()).expect("an element");
    assert_eq!(found("0:0"), Some(inner.clone()));
    assert_eq!(found("0:0:x"), Reflect::get(&inner, &"x".into()).ok());
    assert!(found("1:0:1").is_some_and(|value| value.is_object()));
    assert_eq!(found("1:0"), None);
}

#[wasm_bindgen_test]
async fn lazy_components_are_loaded() {
    let loaded = body(&js("[{ $$typeof: Symbol.for('react.lazy'), _payload: { a: 1 }, _init: payload => payload }]")).await;
    assert_eq!(
        loaded,
        r#"{"kind":"formdata","parts":[{"name":"1","kind":"string","value":"{\"a\":1}"},{"name":"0","kind":"string","value":"[\"$1\"]"}]}"#
    );
    let late = js("(() => { let value; const wait = new Promise(resolve => setTimeout(() => resolve(value = 5), 5));
        return [{ $$typeof: Symbol.for('react.lazy'), _init() { if (value) return value; throw wait } }] })()");
    let late = described(&collected(&late).await.expect("encodes")).await;
    assert!(late.contains(r#"{"name":"1","kind":"string","value":"5"},{"name":"0""#), "{late}");
}

#[wasm_bindgen_test]
async fn server_functions_of_react_are_recognised() {
    let args = js("[Object.assign(() => {}, { $$typeof: Symbol.for('react.server.reference'), $$id: '40abc0', $$bound: [1] })]");
    let body = body(&args).await;
    assert!(
        body.contains(r#""value":"{\"id\":\"40abc0\",\"bound\":\"$@1\"}""#)
            && body.contains(r#"{"name":"1","kind":"string","value":"[1]"}"#),
        "{body}"
    );
}

#[wasm_bindgen_test]
async fn failures_say_where_and_carry_what_was_thrown() {
    for (expression, what) in [
        ("[1, { p: Promise.reject('why') }]", "argument 1: .p is a promise that was rejected"),
        ("[{ then() { throw 'why' } }]", "argument 0 is a promise that was rejected"),
        ("[new ReadableStream({ pull() { throw 'why' } })]", "argument 0 is a stream that failed"),
        ("[new ReadableStream({ type: 'bytes', pull() { throw 'why' } })]", "argument 0 is a stream that failed"),
        ("[(async function* () { yield 1; throw 'why' })()]", "argument 0 is an async iterable that threw"),
        ("[{ [Symbol.asyncIterator]: () => ({ next() { throw 'why' } }) }]", "argument 0 is an async iterable that threw"),
        (
            "[{ $$typeof: Symbol.for('react.lazy'), n: 0, _payload: {}, _init(it) { if (it.n++) throw 'why'; throw Promise.resolve() } }]",
            "argument 0 is a lazy component that could not be loaded",
        ),
        (
            "(() => { const why = 'why', then = done => done();
                return [{ $$typeof: Symbol.for('react.lazy'), _init() { throw Object.assign(new String(why), { then }) } }] })()",
            "argument 0 is a lazy component that could not be loaded",
        ),
        ("[{ $$typeof: Symbol.for('react.lazy'), _init() { throw 'why' } }]", "argument 0 threw while it was read"),
        ("[{ get a() { throw 'why' } }]", "argument 0 threw while it was read"),
        ("[{ a: { toJSON() { throw 'why' } } }]", "argument 0: .a threw while it was read"),
        ("[Promise.resolve({ get a() { throw 'why' } })]", "argument 0 threw while it was read"),
    ] {
        let (error, cause) = collected(&js(&expression.replace("it.n++", "(it.n = (it.n ?? 0) + 1) > 1"))).await.expect_err("fails");
        assert_eq!((error.kind(), error.message()), (Kind::Encode, what), "{expression}");
        assert_eq!(function("String").call1(&JsValue::UNDEFINED, &cause), Ok("why".into()), "{expression}");
    }
    let (error, cause) = collected(&js("[Promise.resolve([{ 'a:b': () => 1 }])]")).await.expect_err("cannot be sent");
    assert!(error.message().starts_with("argument 0: [0].a:b is a function"), "{error}");
    assert!(cause.is_undefined());
}

#[wasm_bindgen_test]
async fn dropping_stops_what_is_read() {
    let args = js("(() => { const stopped = []; return Object.assign([
        new ReadableStream({ cancel() { stopped.push('stream') } }), new ReadableStream({ type: 'bytes', cancel() { stopped.push('bytes') } }),
        { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return() { stopped.push('iterator'); return Promise.reject(1) } }) },
        new ReadableStream({ start(c) { c.close() }, cancel() { stopped.push('closed') } }),
        Promise.reject('ignored')], { stopped }) })()");
    let Body::Open(collecting) = encode(args.unchecked_ref(), EncodeSettings::default()).expect("encodes").body else { panic!("complete") };
    drop(collecting);
    let stopped: Array = Reflect::get(&args, &"stopped".into()).expect("a list").unchecked_into();
    let mut stopped: Vec<_> = stopped.iter().filter_map(|name| name.as_string()).collect();
    stopped.sort();
    assert_eq!(stopped, ["bytes", "iterator", "stream"]);
}

#[wasm_bindgen_test]
async fn each_version_gets_the_names_it_reads() {
    let args = js("(() => { const f = new FormData(); f.append('a', '1'); return [f, (async function* () { yield 1 })()] })()");
    let Body::Open(collecting) =
        encode(args.unchecked_ref(), EncodeSettings { wire: WireForm::any(), ..EncodeSettings::default() }).expect("encodes").body
    else {
        panic!("complete")
    };
    let body = collecting.await.expect("encodes");
    let names = function("(body => [...body].map(([name, value]) => name + '=' + value).join(' '))").call1(&JsValue::UNDEFINED, &body);
    assert_eq!(names.ok().and_then(|names| names.as_string()).as_deref(), Some(r#"_1_a=1 1_a=1 S2=1 2=1 S2=C 2=C 0=["$K1","$x2"]"#));
}
