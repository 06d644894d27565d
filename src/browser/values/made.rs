//! Makes values of JavaScript from decoded ones. Knows no rows and no types of the program.
//!
//! Containers are made empty and filled later, so depth costs no stack, and circles and shared values stay as they are.

use std::collections::BTreeMap;
use std::task::Poll;

use js_sys::{Array, BigInt, Date, Function, Object, Promise, Reflect, Symbol, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag};

use super::{Fields, js};
use crate::flight::{Binary, Bytes, Flow, Flowing, PromiseState, Rejection, Shared, Value};

/// Promises that may be directly inside each other.
const MAX_WRAPS: usize = 32;

/// A fault, as messages name it.
type Made<T> = Result<T, String>;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = ReadableStream)]
    type Stream;
    #[wasm_bindgen(constructor, catch, js_class = "ReadableStream")]
    fn new(source: &JsValue) -> Result<Stream, JsValue>;

    type Controller;
    #[wasm_bindgen(method, catch)]
    fn enqueue(this: &Controller, chunk: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn close(this: &Controller) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn error(this: &Controller, reason: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = Function, js_name = prototype, thread_local_v2)]
    static NOTHING: Function;
}

/// Makes the value of JavaScript that `value` is.
pub(super) fn to_js(value: &Value) -> Made<JsValue> {
    let mut maker = Maker::default();
    let root = maker.make(value, 0)?;
    while let Some((made, value)) = maker.todo.pop() {
        maker.fill(&made, &value)?;
    }
    Ok(root)
}

#[derive(Default)]
struct Maker {
    /// Made containers, by the identity of their values.
    known: BTreeMap<usize, JsValue>,
    /// Containers to fill.
    todo: Vec<(JsValue, Value)>,
}

impl Maker {
    /// Makes a value; of a container only an empty one. `wraps`: promises around it.
    fn make(&mut self, value: &Value, wraps: usize) -> Made<JsValue> {
        let identity = value.identity();
        if let Some(made) = self.known.get(&identity) {
            return Ok(made.clone());
        }
        let (made, unfilled) = match value {
            Value::Undefined => (JsValue::UNDEFINED, false),
            Value::Null => (JsValue::NULL, false),
            Value::Bool(bool) => ((*bool).into(), false),
            Value::Number(number) => ((*number).into(), false),
            Value::String(text) => ((&**text).into(), false),
            Value::BigInt(digits) => (BigInt::new(&(&**digits).into()).map_err(|_| "a bigint that is too large")?.into(), false),
            Value::Symbol(name) => (Symbol::for_(name).into(), false),
            Value::Date(ms) => (Date::new(&(*ms).into()).into(), false),
            Value::Array(_) => (Array::new().into(), true),
            Value::Object(_) => (Object::new().into(), true),
            Value::Map(_) => (js_sys::Map::new().into(), true),
            Value::Set(_) => (js_sys::Set::new(&JsValue::UNDEFINED).into(), true),
            Value::FormData(_) => (Fields::new().map_err(refused)?.into(), true),
            Value::Error(error) => (error_of(error.borrow().message.as_deref().unwrap_or_default()), true),
            Value::Promise(promise) => (self.promise(promise, wraps)?, false),
            Value::Bytes(bytes) => (binary(bytes).map_err(refused)?, false),
            Value::Blob(blob) => (blob_of(&blob.bytes, &blob.kind).map_err(refused)?, false),
            Value::Server(server) => (self.function(&server.borrow().id, &server.borrow().bound, wraps)?, false),
            Value::Iterator(items) => (self.iterator(items)?, false),
            Value::Flow(flow) => (self.stream(&flow.borrow(), wraps)?, false),
            Value::Foreign(foreign) => (js(foreign), false),
            Value::Client(_) => return Err("something in a client module, which JavaScript cannot have here".into()),
            Value::Lazy(_) => return Err("a lazy value, which JavaScript cannot have here".into()),
        };
        if identity != 0 {
            self.known.insert(identity, made.clone());
        }
        if unfilled {
            self.todo.push((made.clone(), value.clone()));
        }
        Ok(made)
    }

    /// Fills a container.
    fn fill(&mut self, made: &JsValue, value: &Value) -> Made<()> {
        match value {
            Value::Array(items) | Value::Iterator(items) => {
                let made: &Array = made.unchecked_ref();
                for item in items.borrow().iter() {
                    made.push(&self.make(item, 0)?);
                }
            }
            Value::Object(object) => {
                // An own member of that name cannot be set: it is the prototype.
                for (key, value) in object.borrow().iter().filter(|(key, _)| *key != "__proto__") {
                    put(made, key, &self.make(value, 0)?);
                }
            }
            Value::Map(entries) => {
                let made: &js_sys::Map = made.unchecked_ref();
                for (key, value) in entries.borrow().iter() {
                    made.set(&self.make(key, 0)?, &self.make(value, 0)?);
                }
            }
            Value::Set(values) => {
                let made: &js_sys::Set = made.unchecked_ref();
                for value in values.borrow().iter() {
                    made.add(&self.make(value, 0)?);
                }
            }
            Value::FormData(fields) => {
                let made: &Fields = made.unchecked_ref();
                for (name, value) in fields.borrow().iter() {
                    made.append(name, &self.make(value, 0)?).map_err(refused)?;
                }
            }
            Value::Error(error) => {
                let error = error.borrow();
                for (key, text) in [("name", &error.name), ("environmentName", &error.environment)] {
                    if let Some(text) = text {
                        put(made, key, &(&**text).into());
                    }
                }
                for (key, value) in [("cause", &error.cause), ("errors", &error.errors)] {
                    if let Some(value) = value {
                        put(made, key, &self.make(value, 0)?);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn promise(&mut self, promise: &Shared<PromiseState>, wraps: usize) -> Made<JsValue> {
        if wraps >= MAX_WRAPS {
            return Err("too many promises of promises".into());
        }
        Ok(match &promise.borrow().0 {
            Poll::Ready(Ok(value)) => Promise::resolve(&self.make(value, wraps + 1)?).into(),
            Poll::Ready(Err(rejection)) => {
                let promise: JsValue = Promise::reject(&error_of_rejection(rejection)).into();
                // The program may never look at it: the page must not see an unhandled rejection.
                let _ = method(&promise, "catch").and_then(|catch| NOTHING.with(|nothing| catch.call1(&promise, nothing)));
                promise
            }
            Poll::Pending => return Err("a promise that is not settled".into()),
        })
    }

    /// Makes a function that can only be an argument: it rejects with an error that says so.
    fn function(&mut self, id: &str, bound: &Value, wraps: usize) -> Made<JsValue> {
        if wraps >= MAX_WRAPS {
            return Err("too many functions bound to functions".into());
        }
        let error = error_of("a function of the server can be sent as an argument, and not be called from here");
        let class = Promise::resolve(&JsValue::UNDEFINED).constructor();
        let function: JsValue = method(&class, "reject").map_err(refused)?.bind1(&class, &error).into();
        put(&function, "$$id", &id.into());
        put(&function, "$$bound", &self.make(bound, wraps + 1)?);
        Ok(function)
    }

    fn iterator(&mut self, items: &Shared<Vec<Value>>) -> Made<JsValue> {
        let array = Array::new();
        self.todo.push((array.clone().into(), Value::Array(items.clone())));
        Ok(array.values().into())
    }

    /// Makes a stream of everything that has arrived.
    fn stream(&mut self, flow: &Flowing, wraps: usize) -> Made<JsValue> {
        if wraps >= MAX_WRAPS {
            return Err("too many streams of streams".into());
        }
        if !matches!(flow.kind(), Flow::Stream | Flow::ByteStream) {
            return Err("an async iterable, which cannot be had here: return a stream or an array".into());
        }
        let chunks = flow.waiting().map(|chunk| self.make(chunk, wraps + 1)).collect::<Made<Vec<_>>>()?;
        let failure = match flow.end() {
            Poll::Ready(Ok(_)) => None,
            Poll::Ready(Err(rejection)) => Some(error_of_rejection(&rejection)),
            Poll::Pending => return Err("a stream that has not ended".into()),
        };
        let source = Object::new();
        let start = Closure::once_into_js(move |controller: Controller| {
            chunks.iter().try_for_each(|chunk| controller.enqueue(chunk))?;
            failure.map_or_else(|| controller.close(), |failure| controller.error(&failure))
        });
        put(&source, "start", &start);
        Stream::new(&source).map(Into::into).map_err(refused)
    }
}

/// Sets a member of a value that was made here.
fn put(object: &JsValue, key: &str, value: &JsValue) {
    let _ = Reflect::set(object, &key.into(), value);
}

fn method(object: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(object, &name.into())?.dyn_into()
}

fn error_of(message: &str) -> JsValue {
    js_sys::Error::new(message).into()
}

fn error_of_rejection(rejection: &Rejection) -> JsValue {
    error_of(rejection.clone().into_error().message())
}

/// Describes a value that the browser did not make.
fn refused(_: JsValue) -> String {
    "a value that the browser refuses to make".to_owned()
}

fn binary(bytes: &Bytes) -> Result<JsValue, JsValue> {
    let buffer = Uint8Array::from(&*bytes.bytes).buffer();
    if bytes.kind == Binary::ArrayBuffer {
        return Ok(buffer.into());
    }
    Reflect::construct(&method(&js_sys::global(), bytes.kind.name())?, &Array::of1(&buffer))
}

fn blob_of(bytes: &[u8], kind: &str) -> Result<JsValue, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    Blob::new_with_u8_array_sequence_and_options(&Array::of1(&Uint8Array::from(bytes)), &options).map(Into::into)
}
