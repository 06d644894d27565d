//! The arguments of a call, as a request body.

use js_sys::{Array, Function, JsString, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, FormData};

use crate::flight::{self, Body, Container, Contents, Inspect, Key, Look, Part, Shape, Text};
use crate::{Error, Kind};

/// What an answer may refer back to.
pub(crate) type Temporaries = flight::Temporaries<JsValue>;

/// Encoded arguments.
pub(crate) struct Encoded {
    /// A string or a `FormData`: what `fetch` takes as a body.
    pub(crate) body: JsValue,
    pub(crate) temporaries: Temporaries,
}

// What may run the page's code is fallible.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = FormData)]
    type Form;
    #[wasm_bindgen(constructor, catch, js_class = "FormData")]
    fn new() -> Result<Form, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn append(this: &Form, name: &str, value: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = Map)]
    type Numbers;
    #[wasm_bindgen(constructor, catch, js_class = "Map")]
    fn new() -> Result<Numbers, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn get(this: &Numbers, key: &JsValue) -> Result<Option<u32>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn set(this: &Numbers, key: &JsValue, value: u32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    fn array_from(value: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn keys(value: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(catch, js_name = Object)]
    fn boxed(value: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Symbol, js_name = "for")]
    fn symbol_for(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = String)]
    fn string_of(value: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ArrayBuffer, js_name = isView)]
    fn is_view(value: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(thread_local_v2, js_namespace = Symbol, js_name = iterator)]
    static ITERATOR: JsValue;
    #[wasm_bindgen(thread_local_v2, js_namespace = Symbol, js_name = asyncIterator)]
    static ASYNC_ITERATOR: JsValue;
}

thread_local! {
    static TO_JSON: JsValue = "toJSON".into();
    static THEN: JsValue = "then".into();
    static TYPE_OF: JsValue = "$$typeof".into();
}

/// Encodes the arguments.
///
/// Fails with `ENCODE`, saying which argument and where in it, for what cannot be sent.
pub(crate) fn encode(args: &Array) -> Result<Encoded, Error> {
    let flight::Encoded { body, temporaries } = flight::encode(&mut Reader::default(), args.clone().into())?;
    let body = match body {
        Body::Text(text) => text.into(),
        Body::Form(parts) => form(&parts).map_err(|_| Error::new(Kind::Encode, "the form data cannot be built"))?,
    };
    Ok(Encoded { body, temporaries })
}

fn form(parts: &[Part<JsValue>]) -> Result<JsValue, JsValue> {
    let form = Form::new()?;
    for part in parts {
        match part {
            Part::Json { name, text } => form.append(name, &text.into())?,
            Part::Entry { name, value } => form.append(name, value)?,
        }
    }
    Ok(form.into())
}

/// Up to this many containers are told apart by looking at each.
const FEW: usize = 4;

/// Reads JavaScript values.
#[derive(Default)]
struct Reader {
    few: Vec<(JsValue, u32)>,
    many: Option<Numbers>,
}

impl Inspect for Reader {
    type Value = JsValue;

    fn look(&mut self, value: &JsValue, key: Key<'_>) -> Look<JsValue> {
        match primitive(value) {
            Some(shape) => Look { value: None, shape },
            None => object(value, key).unwrap_or(Look { value: None, shape: Shape::Threw }),
        }
    }

    fn contents(&mut self, value: &JsValue, container: Container) -> Option<Contents<JsValue>> {
        Some(match container {
            Container::Object => {
                let keys = keys(value).ok()?;
                let member = |key: JsValue| Some((text(&key)?, Reflect::get(value, &key).ok()?));
                Contents::Members(keys.iter().map(member).collect::<Option<_>>()?)
            }
            Container::Map => {
                let pair = |entry: JsValue| entry.dyn_ref().map(|pair: &Array| (pair.get(0), pair.get(1)));
                Contents::Entries(array_from(value).ok()?.iter().map(pair).collect::<Option<_>>()?)
            }
            Container::FormData => {
                let field = |entry: JsValue| entry.dyn_ref().and_then(|pair: &Array| Some((pair.get(0).as_string()?, pair.get(1))));
                Contents::Fields(array_from(value).ok()?.iter().map(field).collect::<Option<_>>()?)
            }
            Container::Array | Container::Set | Container::Iterator | Container::Iterable => {
                Contents::Values(array_from(value).ok()?.iter().collect())
            }
            Container::Blob => return None,
        })
    }

    fn number(&mut self, number: f64) -> String {
        // Radix 10 never fails.
        js_sys::Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default()
    }

    fn known(&mut self, value: &JsValue) -> Option<u32> {
        let near = self.few.iter().find(|(known, _)| known == value).map(|(_, number)| *number);
        near.or_else(|| self.many.as_ref()?.get(value).ok()?)
    }

    fn remember(&mut self, value: &JsValue, number: u32) {
        if self.few.len() < FEW {
            self.few.push((value.clone(), number));
            return;
        }
        if self.many.is_none() {
            self.many = Numbers::new().ok();
        }
        if let Some(many) = &self.many {
            // What is not remembered is sent twice.
            let _ = many.set(value, number);
        }
    }
}

/// What is not an object; `None` for objects, functions among them.
fn primitive(value: &JsValue) -> Option<Shape> {
    if let Some(text) = text(value) {
        return Some(Shape::String(text));
    }
    if let Some(number) = value.as_f64() {
        return Some(Shape::Number(number));
    }
    if value.is_undefined() {
        return Some(Shape::Undefined);
    }
    if value.is_null() {
        return Some(Shape::Null);
    }
    if let Some(bool) = value.as_bool() {
        return Some(Shape::Bool(bool));
    }
    if value.is_symbol() {
        return Some(Shape::Unsupported("a symbol"));
    }
    None
}

/// A string; where halves of surrogate pairs are in it, as `JSON.stringify` writes it.
fn text(value: &JsValue) -> Option<Text> {
    let text = value.as_string()?;
    if !text.contains('\u{fffd}') {
        return Some(Text::Plain(text));
    }
    let quoted = js_sys::JSON::stringify(value).ok().and_then(|quoted: JsString| quoted.as_string());
    Some(quoted.filter(|quoted| quoted.starts_with('"')).map_or(Text::Plain(text), Text::Quoted))
}

/// What an object is: first `toJSON`, as `JSON.stringify` calls it, then React's order. `None` if the page's code threw.
fn object(value: &JsValue, key: Key<'_>) -> Option<Look<JsValue>> {
    let to_json = get(value, &TO_JSON)?;
    let Some(to_json) = to_json.dyn_ref::<Function>() else {
        let shape = if value.is_bigint() { Shape::BigInt(string_of(value).ok()?) } else { classify(value)? };
        return Some(Look { value: None, shape });
    };
    let key = match key {
        Key::Index(index) => index.to_string(),
        Key::Name(name) => name.to_owned(),
    };
    let json = to_json.call1(value, &key.into()).ok()?;
    let shape = match primitive(&json) {
        Some(Shape::String(Text::Plain(text))) if text.ends_with('Z') && value.is_instance_of::<js_sys::Date>() => Shape::Date(text),
        Some(shape) => shape,
        None if json.is_bigint() => Shape::BigInt(string_of(&json).ok()?),
        None => classify(&json)?,
    };
    Some(Look { value: Some(json), shape })
}

fn classify(value: &JsValue) -> Option<Shape> {
    if value.is_function() {
        return Some(Shape::Unsupported("a function"));
    }
    if Array::is_array(value) {
        return Some(Shape::Container(Container::Array));
    }
    let type_of = get(value, &TYPE_OF)?;
    if type_of.is_symbol() {
        for name in ["react.transitional.element", "react.element", "react.lazy"] {
            if symbol_for(name).ok()? == type_of {
                return Some(Shape::Unsupported(if name == "react.lazy" { "a lazy component" } else { "a React element" }));
            }
        }
    }
    if get(value, &THEN)?.is_function() {
        return Some(Shape::Unsupported("a promise"));
    }
    let prototype = Reflect::get_prototype_of(value).ok()?;
    let base = if prototype.is_null() { None } else { Some(Reflect::get_prototype_of(&prototype).ok()?) };
    let plain = base.is_some_and(|base| base.is_null());
    if !plain {
        if value.is_instance_of::<FormData>() {
            return Some(Shape::Container(Container::FormData));
        }
        if value.is_instance_of::<js_sys::Map>() {
            return Some(Shape::Container(Container::Map));
        }
        if value.is_instance_of::<js_sys::Set>() {
            return Some(Shape::Container(Container::Set));
        }
        if value.is_instance_of::<js_sys::ArrayBuffer>() {
            return Some(Shape::Unsupported("an ArrayBuffer"));
        }
        if is_view(value).ok()? {
            return Some(Shape::Unsupported("a typed array"));
        }
        if value.is_instance_of::<Blob>() {
            return Some(Shape::Container(Container::Blob));
        }
    }
    if let Some(iterate) = ITERATOR.with(|key| Reflect::get(value, key)).ok()?.dyn_ref::<Function>() {
        let same = iterate.call0(value).ok()? == *value;
        return Some(Shape::Container(if same { Container::Iterator } else { Container::Iterable }));
    }
    if ASYNC_ITERATOR.with(|key| Reflect::get(value, key)).ok()?.is_function() {
        return Some(Shape::Unsupported("a stream or async iterable"));
    }
    Some(match (plain, prototype.is_null()) {
        (true, _) => Shape::Container(Container::Object),
        (_, true) => Shape::Unsupported("an object without a prototype"),
        _ => Shape::Unsupported("an instance of a class"),
    })
}

/// A property; on a bigint, that of its prototype, which `JSON.stringify` asks, too.
fn get(value: &JsValue, key: &'static std::thread::LocalKey<JsValue>) -> Option<JsValue> {
    key.with(|key| if value.is_bigint() { Reflect::get(&boxed(value)?, key) } else { Reflect::get(value, key) }).ok()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    /// Bodies that React's `encodeReply` wrote for JavaScript expressions.
    const VECTORS: &[&str] = &[
        include_str!("../../tests/vectors/encode/args-bigint-300digits.json"),
        include_str!("../../tests/vectors/encode/args-blob-two.json"),
        include_str!("../../tests/vectors/encode/args-date-invalid.json"),
        include_str!("../../tests/vectors/encode/args-date-subclass.json"),
        include_str!("../../tests/vectors/encode/args-file-in-object.json"),
        include_str!("../../tests/vectors/encode/args-file.json"),
        include_str!("../../tests/vectors/encode/args-formdata-file.json"),
        include_str!("../../tests/vectors/encode/args-formdata-repeated.json"),
        include_str!("../../tests/vectors/encode/args-formdata-two.json"),
        include_str!("../../tests/vectors/encode/args-formdata.json"),
        include_str!("../../tests/vectors/encode/args-iterator.json"),
        include_str!("../../tests/vectors/encode/args-key-empty.json"),
        include_str!("../../tests/vectors/encode/args-map-cyclic.json"),
        include_str!("../../tests/vectors/encode/args-map-empty.json"),
        include_str!("../../tests/vectors/encode/args-map-nested.json"),
        include_str!("../../tests/vectors/encode/args-map.json"),
        include_str!("../../tests/vectors/encode/args-numbers.json"),
        include_str!("../../tests/vectors/encode/args-repeated.json"),
        include_str!("../../tests/vectors/encode/args-set.json"),
        include_str!("../../tests/vectors/encode/args-shared-before-map.json"),
        include_str!("../../tests/vectors/encode/args-simple.json"),
        include_str!("../../tests/vectors/encode/args-sparse.json"),
        include_str!("../../tests/vectors/encode/args-string-ends-z.json"),
        include_str!("../../tests/vectors/encode/args-string-lone-surrogate.json"),
        include_str!("../../tests/vectors/encode/args-string-long.json"),
        include_str!("../../tests/vectors/encode/args-strings.json"),
        include_str!("../../tests/vectors/encode/args-then-key.json"),
        include_str!("../../tests/vectors/encode/args-tojson-class.json"),
        include_str!("../../tests/vectors/encode/args-tojson-null-proto.json"),
        include_str!("../../tests/vectors/encode/next-form-action.json"),
    ];

    fn js(expression: &str) -> JsValue {
        js_sys::eval(expression).expect("an expression")
    }

    /// The body of arguments, described as the vectors describe it.
    fn body(args: &JsValue) -> String {
        let encoded = encode(args.unchecked_ref()).expect("encodes");
        let describe = "(body => typeof body === 'string' ? JSON.stringify({ kind: 'string', body }) : JSON.stringify({ kind: 'formdata',
            parts: [...body].map(([name, value]) => typeof value === 'string' ? { name, kind: 'string', value }
                : { name, kind: 'blob', filename: value.name, type: value.type, size: value.size }) }))";
        let describe: Function = js(describe).unchecked_into();
        describe.call1(&JsValue::UNDEFINED, &encoded.body).ok().and_then(|text| text.as_string()).expect("a description")
    }

    fn message(expression: &str) -> String {
        let error = encode(js(expression).unchecked_ref()).err().expect("cannot be sent");
        assert_eq!(error.kind(), Kind::Encode);
        error.message().to_owned()
    }

    #[wasm_bindgen_test]
    fn as_react_writes_it() {
        let read: Function =
            js("(text => { const { name, expr, result } = JSON.parse(text); for (const part of result.parts ?? []) delete part.base64;
            return [name, (0, eval)(expr), JSON.stringify(result)] })")
            .unchecked_into();
        for vector in VECTORS {
            let vector: Array = read.call1(&JsValue::UNDEFINED, &(*vector).into()).expect("a vector").unchecked_into();
            assert_eq!(Some(body(&vector.get(1))), vector.get(2).as_string(), "{:?}", vector.get(0));
        }
    }

    #[wasm_bindgen_test]
    fn what_json_stringify_does() {
        assert_eq!(body(&js("[{ a: 1, [Symbol('s')]: 2, get b() { return 3 } }]")), r#"{"kind":"string","body":"[{\"a\":1,\"b\":3}]"}"#);
        assert_eq!(body(&js("[{ toJSON(key) { return 'key ' + key } }]")), r#"{"kind":"string","body":"[\"key 0\"]"}"#);
        assert_eq!(body(&js("[new URL('http://a/b')]")), r#"{"kind":"string","body":"[\"http://a/b\"]"}"#);
        assert_eq!(body(&js("[{ '2': 1, b: 2, '1': 3 }]")), r#"{"kind":"string","body":"[{\"1\":3,\"2\":1,\"b\":2}]"}"#);
        assert_eq!(body(&js("[{ *[Symbol.iterator]() { yield 1; yield [2] } }]")), r#"{"kind":"string","body":"[[1,[2]]]"}"#);
    }

    #[wasm_bindgen_test]
    fn what_cannot_be_sent() {
        for (expression, what) in [
            ("[1, () => 1]", "argument 1 is a function"),
            ("[{ a: [{ b: Symbol('s') }] }]", "argument 0: .a[0].b is a symbol"),
            ("[new (class A {})()]", "argument 0 is an instance of a class"),
            ("[Object.create(null)]", "argument 0 is an object without a prototype"),
            ("[Promise.resolve(1)]", "argument 0 is a promise"),
            ("[{ $$typeof: Symbol.for('react.transitional.element') }]", "argument 0 is a React element"),
            ("[new Uint8Array(1)]", "argument 0 is a typed array"),
            ("[new ArrayBuffer(1)]", "argument 0 is an ArrayBuffer"),
            ("[new ReadableStream()]", "argument 0 is a stream or async iterable"),
            ("[new Error('e')]", "argument 0 is an instance of a class"),
            ("[Object(1)]", "argument 0 is an instance of a class"),
            ("[{ get a() { throw new Error('secret') } }]", "argument 0 threw while it was read"),
            ("[{ toJSON() { throw 'secret' } }]", "argument 0 threw while it was read"),
            ("[{ x: new Proxy({}, { ownKeys() { throw 1 } }) }]", "argument 0: .x threw while it was read"),
            ("[new Proxy([1], { get() { throw 1 } })]", "argument 0 threw while it was read"),
            ("[{ *[Symbol.iterator]() { throw 1 } }]", "argument 0 threw while it was read"),
            ("(() => { const r = Proxy.revocable({}, {}); r.revoke(); return [r.proxy] })()", "argument 0 threw while it was read"),
        ] {
            assert_eq!(message(expression), what, "{expression}");
        }
    }

    #[wasm_bindgen_test]
    fn many_containers_are_told_apart() {
        let args = js("(() => { const all = Array.from({ length: 50 }, (_, n) => ({ n })); return [...all, ...all] })()");
        let text = body(&args);
        assert!(text.contains(r#"{\"n\":49},\"$0:0\",\"$0:1\""#) && text.ends_with(r#"\"$0:49\"]"}"#), "{text}");
    }

    #[wasm_bindgen_test]
    fn arguments_can_be_referred_back_to() {
        let args = js("[{ x: new Map([['k', { v: 1 }]]) }]");
        let found = |path: &str| encode(args.unchecked_ref()).expect("encodes").temporaries.get(path);
        let inner = Reflect::get(&args, &0.into()).expect("an element");
        assert_eq!(found("0:0"), Some(inner.clone()));
        assert_eq!(found("0:0:x"), Reflect::get(&inner, &"x".into()).ok());
        assert!(found("1:0:1").is_some_and(|value| value.is_object()));
        assert_eq!(found("1:0"), None);
    }
}
