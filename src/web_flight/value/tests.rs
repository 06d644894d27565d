//! Tests the decoder with values of JavaScript, in Node and in browsers.

use std::task::Poll;

use js_sys::{Array, Reflect};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use super::*;
use crate::flight::Decoder;
use crate::js::test_module;

/// Returns a decoder whose values `builder.js` makes.
fn decoder() -> Decoder<Js> {
    set_builder(test_module::functions_of(&[
        include_str!("../../../pkg/lib/codec/dev_errors.js"),
        include_str!("../../../pkg/lib/answer/utf8.js"),
        include_str!("../../../pkg/lib/codec/pending.js"),
        include_str!("../../../pkg/lib/codec/streams.js"),
        include_str!("../../../pkg/lib/codec/builder.js"),
    ]));
    Decoder::new(Js::new(Temporaries::default()))
}

fn decode(bytes: &str) -> JsValue {
    let mut decoder = decoder();
    decoder.push(bytes.as_bytes()).expect("rows");
    decoder.end();
    match decoder.value() {
        Poll::Ready(Ok(value)) => value,
        Poll::Ready(Err(rejection)) => panic!("{rejection:?}"),
        Poll::Pending => panic!("pending"),
    }
}

/// Decodes a value and checks that the expression `test` of `v` is true.
fn check(bytes: &str, test: &str) {
    let function: Function = js_sys::eval(&format!("(v => {test})")).expect("a function").unchecked_into();
    let outcome = function.call1(&JsValue::UNDEFINED, &decode(bytes));
    assert_eq!(outcome, Ok(JsValue::TRUE), "{test}");
}

#[wasm_bindgen_test]
fn every_kind_of_value_is_made() {
    check("0:{\"a\":[1,\"$$x\",null,true]}\n", "JSON.stringify(v) === '{\"a\":[1,\"$x\",null,true]}'");
    check(
        "0:[\"$NaN\",\"$-0\",\"$Infinity\",\"$-Infinity\"]\n",
        "Number.isNaN(v[0]) && Object.is(v[1], -0) && v[2] === 1 / 0 && v[3] === -1 / 0",
    );
    check("0:[\"$undefined\",1]\n", "v.length === 2 && 0 in v && v[0] === undefined");
    check("0:{\"a\":\"$undefined\"}\n", "!('a' in v)");
    check("0:[\"$n-12\",\"$Sx\"]\n", "v[0] === BigInt(-12) && v[1] === Symbol.for('x')");
    check("0:[\"$D2024-02-29T12:34:56.789Z\",\"$Dnull\"]\n", "v[0].toISOString() === '2024-02-29T12:34:56.789Z' && isNaN(v[1])");
    check(
        "1:[[\"k\",\"$0\"]]\n2:[1,1,\"$W2\"]\n0:[\"$Q1\",\"$W2\"]\n",
        "v[0] instanceof Map && v[0].get('k') === v && v[1].size === 2 && v[1].has(v[1])",
    );
    check("1:[[\"k\",\"a\"],[\"k\",\"b\"]]\n0:\"$K1\"\n", "v instanceof FormData && v.getAll('k').join() === 'a,b'");
    check(
        "1:{\"name\":\"TypeError\",\"message\":\"no\"}\n0:[\"$Z\",\"$Z1\"]\n",
        "v[0] instanceof Error && v[1].name === 'TypeError' && v[1].message === 'no'",
    );
    check("1:T5,\u{feff}ab0:\"$1\"\n", "v === '\\ufeffab'");
    check(
        "0:{\"__proto__\":{\"x\":1},\"a\":\"$0:b:0\",\"b\":[{}]}\n",
        "v.x === undefined && !Object.hasOwn(v, '__proto__') && v.a === v.b[0]",
    );
}

#[wasm_bindgen_test]
fn inherited_places_cannot_be_reached() {
    for path in ["0:l:length", "0:l:map", "0:o:constructor", "0:d:getTime", "0:t:0", "0:e:message"] {
        let mut decoder = decoder();
        let row = format!("0:{{\"l\":[],\"o\":{{}},\"d\":\"$Dnull\",\"t\":\"text\",\"e\":\"$Z\",\"x\":\"${path}\"}}\n");
        decoder.push(row.as_bytes()).expect("rows");
        assert!(matches!(decoder.value(), Poll::Ready(Err(Rejection::Broken(_)))), "{path}");
    }
}

#[wasm_bindgen_test]
fn special_values_reach_keys_with_half_a_surrogate_pair() {
    check(
        r#"1:[7]
0:{"\ud800":"$NaN","a\udc00b":{"x":"$1","\ude00":"$L1"},"\ud83d\ude00":"$D2020-01-01T00:00:00.000Z","z":{"\ud801":["$1"]},"e":["$","a",null,{"\ud800":"$1"}]}
"#,
        "Number.isNaN(v['\\ud800']) && v['a\\udc00b'].x[0] === 7 && v['a\\udc00b']['\\ude00']._payload.value[0] === 7 && \
         v['\\ud83d\\ude00'] instanceof Date && v.e.props['\\ud800'][0] === 7 && v.z['\\ud801'][0][0] === 7",
    );
}

#[wasm_bindgen_test]
fn a_function_is_never_put_under_the_key_then() {
    check(
        "1:{\"id\":\"f\",\"bound\":null}\n2:\"$h1\"\n0:{\"then\":\"$h1\",\"a\":{\"then\":\"$2\"},\"other\":\"$2\"}\n",
        "v.then === null && v.a.then === null && typeof v.other === 'function'",
    );
}

#[wasm_bindgen_test]
async fn promises_settle_while_the_rest_arrives() {
    let mut decoder = decoder();
    decoder.push(b"0:[\"$@1\",\"$@2\",\"$@3\"]\n").expect("rows");
    let Poll::Ready(Ok(value)) = decoder.value() else { panic!("no value") };
    let promise = |index: u32| -> js_sys::Promise { Array::from(&value).get(index).unchecked_into() };
    decoder.push(b"1:{\"a\":\"$@2\"}\n2:7\n").expect("rows");
    let object = JsFuture::from(promise(0)).await.expect("fulfilled");
    assert_eq!(Reflect::get(&object, &"a".into()), Ok(promise(1).into()));
    assert_eq!(JsFuture::from(promise(1)).await, Ok(7.into()));
    decoder.end();
    let error = JsFuture::from(promise(2)).await.expect_err("rejected");
    assert_eq!(Reflect::get(&error, &"message".into()), Ok("the answer ended before row 3".into()));
}

#[wasm_bindgen_test]
fn elements_have_the_properties_of_react() {
    check(
        "0:[\"$\",\"ul\",null,{\"id\":\"l\",\"children\":[[\"$\",\"li\",\"1\",{\"at\":\"$Dnull\"}],[\"$\",\"li\",\"2\",{},\"$7\",[],1]]}]\n",
        "v.$$typeof === Symbol.for('react.transitional.element') && v.type === 'ul' && v.key === null && v.ref === null \
         && Object.keys(v).join() === '$$typeof,type,key,ref,props' \
         && v.props.children[0].key === '1' && isNaN(v.props.children[0].props.at) && v.props.children[1].type === 'li'",
    );
    check(
        "1:[\"$\",\"a\",null,{\"p\":{\"z\":1}}]\n0:{\"x\":\"$1:props:p\",\"t\":\"$1:type\",\"e\":\"$1\"}\n",
        "v.x.z === 1 && v.t === 'a' && v.e.props.p === v.x",
    );
    check("1:\"$Sreact.fragment\"\n0:[\"$\",\"$1\",null,{}]\n", "v.type === Symbol.for('react.fragment')");
    check(
        "1:[[\"$\",\"a\",null,{}],{\"e\":[\"$\",\"b\",\"k\",{\"c\":[[\"$\",\"i\"],[1,[\"$\",\"u\",null,null]]]}]}]\n\
         2:[\"$\",\"p\",null,{},null,[[\"$\"]],1]\n3:{\"d\":\"$Dnull\",\"e\":[\"$\",\"s\",null,{}]}\n0:[\"$1\",\"$2\",\"$3\",[\"$L2\"]]\n",
        "v[0][0].type === 'a' && v[0][1].e.key === 'k' && v[0][1].e.props.c[0].type === 'i' && v[0][1].e.props.c[1][1].type === 'u' \
         && Object.keys(v[1]).join() === '$$typeof,type,key,ref,props' && v[2].e.type === 's' && isNaN(v[2].d) \
         && v[3][0]._init(v[3][0]._payload) === v[1]",
    );
}

#[wasm_bindgen_test]
fn lazy_values_load_when_their_row_arrives() {
    let mut decoder = decoder();
    decoder.push(b"0:[[\"$\",\"b\",null,{\"x\":\"$1\"}],\"$L2\",\"$L2\",\"$L3\"]\n").expect("rows");
    let Poll::Ready(Ok(value)) = decoder.value() else { panic!("no value") };
    let is = |test: &str| {
        let function: Function = js_sys::eval(&format!("(v => {test})")).expect("a function").unchecked_into();
        assert_eq!(function.call1(&JsValue::UNDEFINED, &value), Ok(JsValue::TRUE), "{test}");
    };
    let get = "const get = (l) => { try { return l._init(l._payload) } catch (e) { return e } };";
    is("v.every(l => l.$$typeof === Symbol.for('react.lazy')) && v[1] !== v[2] && v[1]._payload === v[2]._payload");
    is(&format!("{{ {get} return v.every(l => get(l) === l._payload && typeof l._payload.then === 'function'); }}"));
    decoder.push(b"1:{\"late\":1}\n2:7\n3:E{\"digest\":\"d\"}\n").expect("rows");
    is(&format!("{{ {get} return get(v[0]).props.x.late === 1 && get(v[1]) === 7 && get(v[3]).message !== undefined; }}"));
}

#[wasm_bindgen_test]
fn binary_rows_become_buffers_views_and_blobs() {
    for (tag, test) in [
        ("A", "v instanceof ArrayBuffer && v.byteLength === 8"),
        ("O", "v instanceof Int8Array && v.length === 8"),
        ("o", "v instanceof Uint8Array && v[0] === 97 && v.buffer.byteLength === 8"),
        ("U", "v instanceof Uint8ClampedArray"),
        ("S", "v instanceof Int16Array && v.length === 4"),
        ("s", "v instanceof Uint16Array && v[0] === 0x6261"),
        ("L", "v instanceof Int32Array"),
        ("l", "v instanceof Uint32Array && v.length === 2"),
        ("G", "v instanceof Float32Array"),
        ("g", "v instanceof Float64Array"),
        ("M", "v instanceof BigInt64Array && v[0] === 0x6867666564636261n"),
        ("m", "v instanceof BigUint64Array"),
        ("V", "v instanceof DataView && v.getUint8(1) === 98"),
    ] {
        check(&format!("1:{tag}8,abcdefgh0:\"$1\"\n"), test);
    }
    check("0:\"$B1\"\n2:o3,abc1:[\"text/x\",\"$2\"]\n", "v instanceof Blob && v.type === 'text/x' && v.size === 3");
    check("1:[[\"f\",\"$B2\"]]\n0:\"$K1\"\n3:o2,hi2:[\"a/b\",\"$3\"]\n", "v.get('f').name === 'blob' && v.get('f').size === 2");
}

#[wasm_bindgen_test]
fn modules_are_frozen_and_iterators_end_once() {
    check(
        "1:I[\"m\",[\"c\",\"c.js\"],\"default\",1]\n0:[\"$1\",\"$1\"]\n",
        "Object.isFrozen(v[0]) && JSON.stringify(v[0]) === '{\"id\":\"m\",\"chunks\":[\"c\",\"c.js\"],\"name\":\"default\",\"async\":true}' && v[0] === v[1]",
    );
    check("1:[1,2]\n0:\"$i1\"\n", "[...v].join() === '1,2' && [...v].length === 0");
    check("1:[1,2]\n0:[[\"$i1\"],\"$0:0:0\",\"$i1\"]\n", "v[0][0] === v[1] && v[0][0] !== v[2]");
}

#[wasm_bindgen_test]
async fn functions_of_the_server_use_bind_or_reject() {
    let rows = b"1:{\"id\":\"f\",\"bound\":\"$@2\"}\n2:[1,2]\n0:\"$h1\"\n";
    let mut alone = decoder();
    alone.push(rows).expect("rows");
    let Poll::Ready(Ok(function)) = alone.value() else { panic!("no value") };
    let promise: js_sys::Promise = function.unchecked_into::<Function>().call0(&JsValue::UNDEFINED).expect("a promise").unchecked_into();
    assert!(JsFuture::from(promise).await.is_err());
    let bind = js_sys::eval("((id, bound) => async (...args) => [id, ...await bound, ...args].join())").expect("a function");
    let mut bound = Decoder::new(Js::new(Temporaries::default()).bind(bind));
    bound.push(rows).expect("rows");
    let Poll::Ready(Ok(function)) = bound.value() else { panic!("no value") };
    let promise = function.unchecked_into::<Function>().call1(&JsValue::UNDEFINED, &3.into()).expect("a promise");
    assert_eq!(JsFuture::from(promise.unchecked_into::<js_sys::Promise>()).await, Ok("f,1,2,3".into()));
}

/// Runs `test`, the body of an async function of `v`. The decoder receives one chunk each time it calls `await
/// more()`.
async fn flows(chunks: &[&str], test: &str) -> Decoder<Js> {
    let mut decoder = decoder();
    let mut chunks = chunks.iter();
    decoder.push(chunks.next().expect("a chunk").as_bytes()).expect("rows");
    let Poll::Ready(Ok(value)) = decoder.value() else { panic!("no value") };
    let run = format!(
        "(v => {{ let next; const state = {{}}; const more = () => new Promise(r => {{ state.r?.('more'); next = r; }}); \
           const sorted = (_, v) => v?.constructor === Object ? Object.fromEntries(Object.entries(v).sort()) : v; \
           const text = a => JSON.stringify(a, sorted); \
           const is = (a, b) => {{ if (text(a) !== text(JSON.parse(b))) throw new Error(JSON.stringify(a) + ' is not ' + b) }}; \
           const step = () => new Promise((r, j) => {{ state.r = r; state.j = j; next?.(); }}); \
           const run = async () => {{ {test} }}; \
           let all; return () => {{ const p = step(); all ??= run().then(() => state.r('done'), (e) => state.j(e)); return p; }} }})"
    );
    let start: Function = js_sys::eval(&run).expect("a test").unchecked_into();
    let step: Function = start.call1(&JsValue::UNDEFINED, &value).expect("a function").unchecked_into();
    loop {
        let promise: js_sys::Promise = step.call0(&JsValue::UNDEFINED).expect("a promise").unchecked_into();
        match JsFuture::from(promise).await {
            Ok(word) if word == "done" => return decoder,
            Ok(_) => match chunks.next() {
                Some(bytes) => decoder.push(bytes.as_bytes()).expect("rows"),
                None => decoder.end(),
            },
            Err(error) => panic!("{}", js_sys::JSON::stringify(&error).map_or_else(|_| String::new(), |text| format!("{text} {error:?}"))),
        }
    }
}

#[wasm_bindgen_test]
async fn streams_are_delivered_while_they_arrive() {
    let decoder = flows(
        &["1:R\n0:\"$1\"\n", "1:{\"a\":\"$2\"}\n", "1:Ta,0123456789", "2:1\n", "1:C\n"],
        "const r = v.getReader(); const first = r.read(); await more(); await more(); await more(); \
         is(await first, '{\"value\":{\"a\":1},\"done\":false}'); is(await r.read(), '{\"value\":\"0123456789\",\"done\":false}'); \
         const last = r.read(); await more(); is(await last, '{\"done\":true}');",
    )
    .await;
    assert_eq!((decoder.open(), decoder.is_abandoned()), (0, false));
    flows(
        &["1:r\n0:\"$1\"\n1:b3,abc1:o0,1:b2,de", "1:C\n"],
        "const r = v.getReader({ mode: 'byob' }); const a = await r.read(new Uint8Array(2)); is([...a.value], '[97,98]'); \
         is([...(await r.read(new Uint8Array(2))).value], '[99]'); is([...(await r.read(new Uint8Array(9))).value], '[100,101]'); \
         const last = r.read(new Uint8Array(1)); await more(); is((await last).done, 'true');",
    )
    .await;
    flows(
        &["1:R\n0:\"$1\"\n1:1\n"],
        "const r = v.getReader(); await more(); const e = await r.read().catch((e) => e); is(e.message, '\"the answer ended before the end of row 1\"');",
    )
    .await;
}

#[wasm_bindgen_test]
async fn async_iterables_start_again_and_iterators_do_not() {
    flows(
        &["1:X\n0:\"$1\"\n1:1\n", "1:2\n", "1:C\"r\"\n"],
        "const i = v[Symbol.asyncIterator](); is(await i.next(), '{\"value\":1,\"done\":false}'); const n = i.next(); await more(); \
         is(await n, '{\"value\":2,\"done\":false}'); const l = i.next(); await more(); is(await l, '{\"value\":\"r\",\"done\":true}'); \
         is(await i.next(), '{\"done\":true}'); const all = []; for await (const x of v) all.push(x); is(all, '[1,2]');",
    )
    .await;
    flows(
        &["1:x\n0:\"$1\"\n1:1\n", "1:2\n1:E{}\n"],
        "is(v[Symbol.asyncIterator]() === v, 'true'); await more(); is((await v.next()).value, '1'); is((await v.next()).value, '2'); \
         is(await v.next().then(() => 'value', () => 'error'), '\"error\"');",
    )
    .await;
}

#[wasm_bindgen_test]
async fn a_failed_value_does_not_end_its_iterable() {
    for tag in ["X", "x"] {
        flows(
            &[&format!("1:{tag}\n0:\"$1\"\n2:E{{\"digest\":\"d\"}}\n1:1\n1:{{\"a\":\"$2\"}}\n1:3\n1:\"$2\"\n"), "1:4\n1:C\n"],
            "const i = v[Symbol.asyncIterator](); const say = () => i.next().then((r) => r.done ? 'done' : r.value, () => 'failed'); \
             const all = [await say(), await say(), await say(), await say()]; const n = say(); await more(); all.push(await n, await say()); \
             is(all, '[1,\"failed\",3,\"failed\",4,\"done\"]'); is(await i.next(), '{\"done\":true}');",
        )
        .await;
    }
}

#[wasm_bindgen_test]
async fn an_iterable_without_readers_ends_with_the_values_that_had_arrived() {
    flows(
        &["1:X\n0:\"$1\"\n1:1\n1:2\n", "1:3\n1:C\n"],
        "for await (const x of v) break; await more(); const all = []; for await (const x of v) all.push(x); is(all, '[1,2]');",
    )
    .await;
}

#[wasm_bindgen_test]
async fn an_answer_is_abandoned_once_all_its_streams_are_cancelled() {
    let rows = "1:R\n2:X\n0:[\"$1\",\"$2\"]\n2:1\n";
    let decoder = flows(&[rows, "1:1\n2:{\"x\":\"$9\"}\n"], "await v[0].cancel(); await more(); for await (const x of v[1]) break;").await;
    assert_eq!((decoder.open(), decoder.is_abandoned()), (0, true));
    let decoder = flows(&[rows], "await v[0].cancel();").await;
    assert_eq!((decoder.open(), decoder.is_abandoned()), (1, false));
    let bell = js_sys::eval("(() => { const bell = () => bell.rung++; bell.rung = 0; return bell; })()").expect("a function");
    let mut decoder = Decoder::new(Js::new(Temporaries::default()).on_cancel(bell.clone()));
    decoder.push(rows.as_bytes()).expect("rows");
    let Poll::Ready(Ok(value)) = decoder.value() else { panic!("no value") };
    let cancel: Function = js_sys::eval("(v => v[0].cancel())").expect("a function").unchecked_into();
    let cancelled: js_sys::Promise = cancel.call1(&JsValue::UNDEFINED, &value).expect("cancelled").unchecked_into();
    JsFuture::from(cancelled).await.expect("cancelled");
    assert_eq!(Reflect::get(&bell, &"rung".into()), Ok(1.into()), "it has rung, once");
}

#[wasm_bindgen_test]
async fn unread_bytes_are_bounded() {
    let mut decoder = decoder().limits(crate::flight::Limits { unread_bytes: 10, ..crate::flight::Limits::DEFAULT });
    decoder.push(b"1:R\n0:\"$1\"\n1:T8,01234567").expect("rows");
    assert_eq!(decoder.open(), 1);
    decoder.push(b"1:T8,012345671:C\n").expect("rows");
    assert_eq!(decoder.open(), 0);
    let Poll::Ready(Ok(value)) = decoder.value() else { panic!("no value") };
    let read: Function = js_sys::eval("(v => v.getReader().read())").expect("a function").unchecked_into();
    let promise: js_sys::Promise = read.call1(&JsValue::UNDEFINED, &value).expect("a promise").unchecked_into();
    let error = JsFuture::from(promise).await.expect_err("too much");
    assert_eq!(Reflect::get(&error, &"message".into()), Ok("row 1: more than 10 bytes wait to be read".into()));
}
