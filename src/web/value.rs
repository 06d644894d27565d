//! Flight values as JavaScript's own.
//!
//! Everything that could run the page's code (it may have replaced any global) is imported with `catch`: what throws is a value that
//! cannot be made, never a panic.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::error;
use crate::flight::{Build, Key, Made, Rejection, Scalar, Temporaries};
use crate::{Sent, protocol};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Date)]
    type JsDate;
    #[wasm_bindgen(constructor, catch, js_class = "Date")]
    fn new(ms: f64) -> Result<JsDate, JsValue>;

    #[wasm_bindgen(js_name = Error)]
    type JsError;
    #[wasm_bindgen(constructor, catch, js_class = "Error")]
    fn new(message: &str) -> Result<JsError, JsValue>;

    #[wasm_bindgen(js_name = Map)]
    type JsMap;
    #[wasm_bindgen(constructor, catch, js_class = "Map")]
    fn new() -> Result<JsMap, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn set(this: &JsMap, key: &JsValue, value: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = Set)]
    type JsSet;
    #[wasm_bindgen(constructor, catch, js_class = "Set")]
    fn new() -> Result<JsSet, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn add(this: &JsSet, value: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = FormData)]
    type JsForm;
    #[wasm_bindgen(constructor, catch, js_class = "FormData")]
    fn new() -> Result<JsForm, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn append(this: &JsForm, name: &JsValue, value: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = Promise)]
    type JsPromise;
    #[wasm_bindgen(constructor, catch, js_class = "Promise")]
    fn new(executor: &mut dyn FnMut(Function, Function)) -> Result<JsPromise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn then(this: &JsPromise, fulfilled: &JsValue, rejected: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = BigInt)]
    fn big_int(digits: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Symbol, js_name = "for")]
    fn symbol_for(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Object, js_name = hasOwn)]
    fn has_own(object: &JsValue, key: &str) -> Result<bool, JsValue>;

    // A function that does nothing to speak of.
    #[wasm_bindgen(thread_local_v2, js_name = Boolean)]
    static IGNORE: JsValue;
    #[wasm_bindgen(thread_local_v2, js_namespace = Object, js_name = prototype)]
    static OBJECT: JsValue;
}

/// Makes JavaScript values.
pub(crate) struct Js {
    temporaries: Temporaries<JsValue>,
}

/// What settles a promise.
pub(crate) struct Resolver {
    resolve: Function,
    reject: Function,
}

impl Js {
    /// `temporaries`: the arguments of the call, which the answer may name.
    pub(crate) fn new(temporaries: Temporaries<JsValue>) -> Self {
        Self { temporaries }
    }
}

impl Build for Js {
    type Value = JsValue;
    type Promise = Resolver;

    fn parse(&mut self, text: &str) -> Option<JsValue> {
        js_sys::JSON::parse(text).ok()
    }

    fn string(&mut self, text: &str) -> JsValue {
        JsValue::from_str(text)
    }

    fn scalar(&mut self, scalar: &Scalar<'_>) -> Option<JsValue> {
        Some(match scalar {
            Scalar::Undefined => JsValue::UNDEFINED,
            Scalar::Null => JsValue::NULL,
            Scalar::Number(number) => JsValue::from_f64(*number),
            Scalar::Date(ms) => JsDate::new(*ms).ok()?.into(),
            Scalar::BigInt(digits) => big_int(digits).ok()?,
            Scalar::Symbol(name) => symbol_for(name).ok()?,
            Scalar::Error => JsError::new("the answer holds an error, of which the server tells no more").ok()?.into(),
        })
    }

    fn put(&mut self, container: &JsValue, key: Key<'_>, value: JsValue) -> bool {
        match key {
            Key::Index(index) => Reflect::set_u32(container, index as u32, &value),
            Key::Name("then") if value.is_function() => Reflect::set(container, &"then".into(), &JsValue::NULL),
            Key::Name(name) => Reflect::set(container, &name.into(), &value),
        }
        .unwrap_or(false)
    }

    fn step(&mut self, container: &JsValue, key: &str) -> Option<JsValue> {
        let own = if Array::is_array(container) {
            // Not `length`: an element.
            (key == "0" || !key.starts_with('0')) && key.bytes().all(|b| b.is_ascii_digit())
        } else {
            container.is_object() && is_plain(container)
        };
        if own && has_own(container, key).ok()? { Reflect::get(container, &key.into()).ok() } else { None }
    }

    fn make(&mut self, kind: Made) -> Option<JsValue> {
        Some(match kind {
            Made::Map => JsMap::new().ok()?.into(),
            Made::Set => JsSet::new().ok()?.into(),
            Made::Form => JsForm::new().ok()?.into(),
            Made::Error => JsError::new("").ok()?.into(),
        })
    }

    fn fill(&mut self, kind: Made, made: &JsValue, from: &JsValue) -> bool {
        match kind {
            Made::Error => ["name", "message"].iter().all(|key| copy(from, made, key).is_some()),
            _ => from.dyn_ref().is_some_and(|values| fill(kind, made, values).is_some()),
        }
    }

    fn promise(&mut self) -> Option<(JsValue, Resolver)> {
        let mut functions = None;
        let promise = JsPromise::new(&mut |resolve, reject| functions = Some((resolve, reject))).ok()?;
        // A promise nobody looks at may be rejected without an `unhandledrejection` in the page.
        IGNORE.with(|ignore| promise.then(&JsValue::UNDEFINED, ignore)).ok()?;
        let (resolve, reject) = functions?;
        Some((promise.into(), Resolver { resolve, reject }))
    }

    fn settle(&mut self, promise: Resolver, outcome: Result<JsValue, Rejection>) {
        // A promise that cannot even be settled has nobody to tell.
        let _ = match outcome {
            Ok(value) => promise.resolve.call1(&JsValue::UNDEFINED, &value),
            Err(rejection) => promise.reject.call1(&JsValue::UNDEFINED, &reason(rejection)),
        };
    }

    fn temporary(&mut self, path: &str) -> Option<JsValue> {
        self.temporaries.get(path)
    }
}

/// The `ActionError` of a rejected promise.
fn reason(rejection: Rejection) -> JsValue {
    let error = match rejection {
        Rejection::Thrown(thrown) => protocol::thrown(thrown.digest.as_deref(), thrown.message.as_deref()),
        Rejection::Broken(error) => error,
    };
    error::to_js(&error.sent(Sent::Yes), None)
}

fn is_plain(value: &JsValue) -> bool {
    let prototype = Reflect::get_prototype_of(value);
    prototype.is_ok_and(|prototype| OBJECT.with(|object| Object::is(&prototype, object)))
}

fn fill(kind: Made, made: &JsValue, values: &Array) -> Option<()> {
    for value in values.iter() {
        if kind == Made::Set {
            made.unchecked_ref::<JsSet>().add(&value).ok()?;
            continue;
        }
        let entry: &Array = value.dyn_ref()?;
        let (key, value) = (entry.get(0), entry.get(1));
        if kind == Made::Map {
            made.unchecked_ref::<JsMap>().set(&key, &value).ok()?;
        } else {
            made.unchecked_ref::<JsForm>().append(&key, &value).ok()?;
        }
    }
    Some(())
}

/// Copies a string from one object to another.
fn copy(from: &JsValue, to: &JsValue, key: &str) -> Option<()> {
    if from.is_object() && has_own(from, key).ok()? {
        let key = key.into();
        let value = Reflect::get(from, &key).ok()?;
        if value.is_string() {
            Reflect::set(to, &key, &value).ok()?;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::flight::Decoder;

    fn decode(bytes: &str) -> JsValue {
        let mut decoder = Decoder::new(Js::new(Temporaries::default()));
        decoder.push(bytes.as_bytes()).expect("rows");
        decoder.end();
        match decoder.value() {
            Poll::Ready(Ok(value)) => value,
            Poll::Ready(Err(rejection)) => panic!("{rejection:?}"),
            Poll::Pending => panic!("pending"),
        }
    }

    /// What `test(value)` says of a decoded value.
    fn check(bytes: &str, test: &str) {
        let function: Function = js_sys::eval(&format!("(v => {test})")).expect("a function").unchecked_into();
        let outcome = function.call1(&JsValue::UNDEFINED, &decode(bytes));
        assert_eq!(outcome, Ok(JsValue::TRUE), "{test}");
    }

    #[wasm_bindgen_test]
    fn every_kind_of_value() {
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
    fn places_that_are_not_own_cannot_be_reached() {
        for path in ["0:l:length", "0:l:map", "0:o:constructor", "0:d:getTime", "0:t:0", "0:e:message"] {
            let mut decoder = Decoder::new(Js::new(Temporaries::default()));
            let row = format!("0:{{\"l\":[],\"o\":{{}},\"d\":\"$Dnull\",\"t\":\"text\",\"e\":\"$Z\",\"x\":\"${path}\"}}\n");
            decoder.push(row.as_bytes()).expect("rows");
            assert!(matches!(decoder.value(), Poll::Ready(Err(Rejection::Broken(_)))), "{path}");
        }
    }

    #[wasm_bindgen_test]
    fn a_function_never_stands_under_then() {
        let object = js_sys::eval("({ then: null, other: null })").expect("an object");
        let function = js_sys::eval("(() => 1)").expect("a function");
        let mut host = Js::new(Temporaries::default());
        assert!(host.put(&object, Key::Name("then"), function.clone()) && host.put(&object, Key::Name("other"), function));
        assert_eq!(Reflect::get(&object, &"then".into()), Ok(JsValue::NULL));
        assert!(Reflect::get(&object, &"other".into()).is_ok_and(|value| value.is_function()));
    }

    #[wasm_bindgen_test]
    async fn promises_settle_while_the_rest_arrives() {
        let mut decoder = Decoder::new(Js::new(Temporaries::default()));
        decoder.push(b"0:[\"$@1\",\"$@2\",\"$@3\"]\n").expect("rows");
        let Poll::Ready(Ok(value)) = decoder.value() else { panic!("no value") };
        let promise = |index: u32| -> js_sys::Promise { Array::from(&value).get(index).unchecked_into() };
        decoder.push(b"1:{\"a\":\"$@2\"}\n2:7\n").expect("rows");
        let object = wasm_bindgen_futures::JsFuture::from(promise(0)).await.expect("fulfilled");
        assert_eq!(Reflect::get(&object, &"a".into()), Ok(promise(1).into()));
        assert_eq!(wasm_bindgen_futures::JsFuture::from(promise(1)).await, Ok(7.into()));
        decoder.end();
        let error = wasm_bindgen_futures::JsFuture::from(promise(2)).await.expect_err("rejected");
        assert_eq!(Reflect::get(&error, &"message".into()), Ok("the answer ended before row 3".into()));
    }
}
