//! Inspects JavaScript values for the encoder: their kinds, contents and identities. Writes nothing.

pub(crate) mod open;
pub(crate) mod plain;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, JsString, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, FormData};

use self::plain::{Reads, kind};
use super::error::Failure;
use crate::Error;
use crate::codes::kind as codes;
use crate::flight::{Class, Classified, Container, Contents, Inspect, Key, Later, Opaque, Text};

// Every function that may run the page's code may throw.
#[wasm_bindgen]
extern "C" {
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
    #[wasm_bindgen(catch, js_namespace = Symbol, js_name = keyFor)]
    fn key_for(symbol: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = String)]
    fn string_of(value: &JsValue) -> Result<String, JsValue>;

    #[wasm_bindgen(js_name = ReadableStream)]
    type Stream;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader(this: &Stream) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader_with(this: &Stream, options: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(thread_local_v2, js_namespace = Symbol, js_name = iterator)]
    static ITERATOR: JsValue;
    #[wasm_bindgen(thread_local_v2, js_namespace = Symbol, js_name = asyncIterator)]
    static ASYNC_ITERATOR: JsValue;
}

thread_local! {
    static TO_JSON: JsValue = "toJSON".into();
    static THEN: JsValue = "then".into();
    static TYPE_OF: JsValue = "$$typeof".into();
    static OLD_ITERATOR: JsValue = "@@iterator".into();
    static ID: JsValue = "$$id".into();
    static BOUND: JsValue = "$$bound".into();
    static REFERENCE: JsValue = symbol_for("actionlane.reference").unwrap_or_default();
    static ELEMENTS: [JsValue; 2] = ["react.transitional.element", "react.element"].map(|name| symbol_for(name).unwrap_or_default());
    static LAZY: JsValue = symbol_for("react.lazy").unwrap_or_default();
}

/// Highest number of containers that are compared one by one; more go into a `Map`.
const FEW: usize = 4;

/// The error that the page's code threw while a value was read.
#[derive(Clone, Default)]
pub(crate) struct Thrown(Rc<RefCell<JsValue>>);

impl Thrown {
    /// Returns an error with the value that was thrown, if that caused it.
    pub(crate) fn with(&self, error: Error) -> Failure {
        (error, self.0.take())
    }
}

/// Inspects JavaScript values.
#[derive(Default)]
pub(crate) struct Reader {
    /// True if temporary references are not stored.
    no_temporaries: bool,
    thrown: Thrown,
    /// Containers and their numbers, up to [`FEW`].
    few: Vec<(JsValue, u32)>,
    /// All containers and their numbers, if there are more.
    many: Option<Numbers>,
    /// Containers read before. They must not be read again: the page's code would run twice.
    reads: Option<Reads>,
}

impl Reader {
    /// Makes a reader. `no_temporaries`: temporary references are not stored. `reads`: containers read before.
    pub(crate) fn new(no_temporaries: bool, reads: Option<Reads>) -> Self {
        Self { no_temporaries, reads, ..Self::default() }
    }

    pub(crate) fn thrown(&self) -> Thrown {
        self.thrown.clone()
    }

    /// Stores the error of a failed read.
    fn store_thrown<T>(&self, read: Result<T, JsValue>) -> Option<T> {
        read.map_err(|thrown| self.thrown.0.replace(thrown)).ok()
    }
}

impl Inspect for Reader {
    type Value = JsValue;

    fn keeps_temporaries(&self) -> bool {
        !self.no_temporaries
    }

    fn symbol(&mut self, value: &JsValue) -> Option<String> {
        key_for(value).ok()?.as_string()
    }

    fn classify(&mut self, value: &JsValue, key: Key<'_>) -> Classified<JsValue> {
        match primitive(value).or_else(|| common(value)) {
            Some(class) => Classified { value: None, class },
            None => self.store_thrown(classify_object(value, key)).unwrap_or(Classified { value: None, class: Class::Threw }),
        }
    }

    fn contents(&mut self, value: &JsValue, container: Container) -> Option<Contents<JsValue>> {
        let read = self.reads.as_ref().and_then(|reads| reads.get(value).ok()).filter(|read| !read.is_undefined());
        self.store_thrown(contents(read.as_ref().unwrap_or(value), container))
    }

    fn number(&mut self, number: f64) -> String {
        // Does not fail for radix 10.
        js_sys::Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default()
    }

    fn known(&mut self, value: &JsValue) -> Option<u32> {
        match &self.many {
            Some(many) => many.get(value).ok()?,
            None => self.few.iter().find(|(known, _)| known == value).map(|(_, number)| *number),
        }
    }

    fn remember(&mut self, value: &JsValue, number: u32) {
        if self.many.is_none() && self.few.len() == FEW {
            self.many = Numbers::new().ok();
        }
        let Some(many) = &self.many else {
            self.few.push((value.clone(), number));
            return;
        };
        // A container that cannot be stored is sent twice instead of referred to.
        for (value, number) in self.few.drain(..).chain([(value.clone(), number)]) {
            let _ = many.set(&value, number);
        }
    }
}

/// Returns the contents of a container. Fails with the error that the page's code threw.
fn contents(value: &JsValue, container: Container) -> Result<Contents<JsValue>, JsValue> {
    Ok(match container {
        Container::Object => {
            let keys = keys(value)?;
            let member = |key: JsValue| Ok::<_, JsValue>((text(&key).ok_or(key.clone())?, Reflect::get(value, &key)?));
            Contents::Members(keys.iter().map(member).collect::<Result<_, _>>()?)
        }
        Container::Map => {
            let pair = |entry: JsValue| entry.dyn_into().map(|pair: Array| (pair.get(0), pair.get(1)));
            Contents::Entries(array_from(value)?.iter().map(pair).collect::<Result<_, _>>()?)
        }
        Container::FormData => {
            let field = |entry: JsValue| {
                entry.dyn_into().and_then(|pair: Array| Ok((pair.get(0).as_string().ok_or(JsValue::UNDEFINED)?, pair.get(1))))
            };
            Contents::Fields(plain::fields(value)?.iter().map(field).collect::<Result<_, _>>()?)
        }
        Container::Array => Contents::Values(plain::list(value)?.iter().collect()),
        Container::Set => Contents::Values(array_from(value)?.iter().collect()),
        Container::Iterator | Container::Iterable => {
            let (values, remain) = plain::iterated(value)?.ok_or(JsValue::UNDEFINED)?;
            let values = values.iter().collect();
            if remain { Contents::Remaining(values) } else { Contents::Values(values) }
        }
        Container::Binary(_) => {
            let blob = plain::bytes(value)?;
            Contents::Bytes { len: blob.size() as usize, blob: blob.into() }
        }
        Container::Promise => Contents::Later { later: Later::Promise, source: value.clone() },
        Container::Stream => stream(value.unchecked_ref())?,
        Container::AsyncIterable => {
            let iterate = ASYNC_ITERATOR.with(|key| Reflect::get(value, key))?;
            let source = iterate.dyn_into::<Function>()?.call0(value)?;
            let later = if source == *value { Later::AsyncIterator } else { Later::AsyncIterable };
            Contents::Later { later, source }
        }
        Container::Lazy => match load(value) {
            Ok(loaded) => Contents::Loaded(loaded),
            Err(thrown) if is_thenable(&thrown) => Contents::Later { later: Later::Lazy, source: value.clone() },
            Err(thrown) => return Err(thrown),
        },
        Container::Reference => {
            let (id, bound) = reference(value)?.ok_or(JsValue::UNDEFINED)?;
            Contents::Reference { id, bound: Some(bound).filter(|bound| !bound.is_null() && !bound.is_undefined()) }
        }
        Container::Blob => return Err(JsValue::UNDEFINED),
    })
}

/// Recognises a string or a number.
fn primitive(value: &JsValue) -> Option<Class> {
    text(value).map(Class::String).or_else(|| value.as_f64().map(Class::Number))
}

/// Recognises the other common kinds.
fn common(value: &JsValue) -> Option<Class> {
    Some(match kind(value) {
        codes::UNDEFINED => Class::Undefined,
        codes::NULL => Class::Null,
        codes::TRUE => Class::Bool(true),
        codes::FALSE => Class::Bool(false),
        codes::ARRAY => Class::Container(Container::Array),
        codes::OBJECT => Class::Container(Container::Object),
        codes::MAP => Class::Container(Container::Map),
        codes::SET => Class::Container(Container::Set),
        _ if value.is_symbol() => Class::Opaque(Opaque::Symbol),
        _ => return None,
    })
}

/// Returns a string; one with halves of surrogate pairs in the quoted form of `JSON.stringify`.
fn text(value: &JsValue) -> Option<Text> {
    let text = value.as_string()?;
    if !text.contains('\u{fffd}') {
        return Some(Text::Plain(text));
    }
    let quoted = js_sys::JSON::stringify(value).ok().and_then(|quoted: JsString| quoted.as_string());
    Some(quoted.filter(|quoted| quoted.starts_with('"')).map_or(Text::Plain(text), Text::Quoted))
}

/// Determines the class of an object. Calls `toJSON` first, as `JSON.stringify` does, then tests in React's order.
/// Fails with the error that the page's code threw.
fn classify_object(value: &JsValue, key: Key<'_>) -> Result<Classified<JsValue>, JsValue> {
    let to_json = get(value, &TO_JSON)?;
    let Some(to_json) = to_json.dyn_ref::<Function>() else {
        let class = if value.is_bigint() { Class::BigInt(string_of(value)?) } else { class_of(value)? };
        return Ok(Classified { value: None, class });
    };
    let key = match key {
        Key::Index(index) => index.to_string(),
        Key::Name(name) => name.to_owned(),
    };
    let json = to_json.call1(value, &key.into())?;
    if json == *value {
        return Ok(Classified { value: None, class: class_of(value)? });
    }
    let class = match primitive(&json).or_else(|| common(&json)) {
        Some(Class::String(Text::Plain(text))) if text.ends_with('Z') && value.is_instance_of::<js_sys::Date>() => Class::Date(text),
        Some(class) => class,
        None if json.is_bigint() => Class::BigInt(string_of(&json)?),
        None => class_of(&json)?,
    };
    Ok(Classified { value: Some(json), class })
}

/// Determines the class of a value without `toJSON`, in React's order.
fn class_of(value: &JsValue) -> Result<Class, JsValue> {
    if value.is_function() {
        return Ok(if matches!(reference(value), Ok(Some(_))) {
            Class::Container(Container::Reference)
        } else {
            Class::Opaque(Opaque::Function)
        });
    }
    let type_of = get(value, &TYPE_OF)?;
    if type_of.is_symbol() {
        if ELEMENTS.with(|elements| elements.contains(&type_of)) {
            return Ok(Class::Opaque(Opaque::Element));
        }
        if LAZY.with(|lazy| *lazy == type_of) {
            return Ok(Class::Container(Container::Lazy));
        }
    }
    if get(value, &THEN)?.is_function() {
        return Ok(Class::Container(Container::Promise));
    }
    if Array::is_array(value) {
        return Ok(Class::Container(Container::Array));
    }
    let prototype = Reflect::get_prototype_of(value)?;
    let base = if prototype.is_null() { None } else { Some(Reflect::get_prototype_of(&prototype)?) };
    let plain = base.is_some_and(|base| base.is_null());
    if !plain && let Some(container) = builtin(value)? {
        return Ok(Class::Container(container));
    }
    let iterate = ITERATOR.with(|key| Reflect::get(value, key))?;
    if (if iterate.is_truthy() { iterate } else { get(value, &OLD_ITERATOR)? }).is_function() {
        return Ok(Class::Container(Container::Iterable));
    }
    if !plain && value.is_instance_of::<Stream>() {
        return Ok(Class::Container(Container::Stream));
    }
    if ASYNC_ITERATOR.with(|key| Reflect::get(value, key))?.is_function() {
        return Ok(Class::Container(Container::AsyncIterable));
    }
    Ok(if plain { Class::Container(Container::Object) } else { Class::Opaque(Opaque::Instance) })
}

/// Recognises the built-in classes that the wire supports.
fn builtin(value: &JsValue) -> Result<Option<Container>, JsValue> {
    Ok(if value.is_instance_of::<FormData>() {
        Some(Container::FormData)
    } else if value.is_instance_of::<js_sys::Map>() {
        Some(Container::Map)
    } else if value.is_instance_of::<js_sys::Set>() {
        Some(Container::Set)
    } else if value.is_instance_of::<js_sys::ArrayBuffer>() {
        Some(Container::Binary('A'))
    } else if let Some(letter) = plain::view(value)? {
        Some(Container::Binary(letter))
    } else if value.is_instance_of::<Blob>() {
        Some(Container::Blob)
    } else {
        None
    })
}

/// Returns the id of a server function and its bound arguments: of a function that we made, or that React made with
/// visible properties.
fn reference(function: &JsValue) -> Result<Option<(String, JsValue)>, JsValue> {
    let ours = get(function, &REFERENCE)?;
    if ours.is_object() {
        let Some(id) = Reflect::get(&ours, &"id".into())?.as_string() else { return Ok(None) };
        return Ok(Some((id, Reflect::get(&ours, &"bound".into())?)));
    }
    let Some(id) = get(function, &ID)?.as_string() else { return Ok(None) };
    Ok(Some((id, get(function, &BOUND)?)))
}

/// Returns a reader of a stream. It is one that fills buffers, if the stream supports that.
fn stream(stream: &Stream) -> Result<Contents<JsValue>, JsValue> {
    let options = js_sys::Object::new();
    Reflect::set(&options, &"mode".into(), &"byob".into())?;
    Ok(match stream.get_reader_with(&options) {
        Ok(source) => Contents::Later { later: Later::Bytes, source },
        Err(_) => Contents::Later { later: Later::Stream, source: stream.get_reader()? },
    })
}

/// Loads a lazy component. Throws a promise while it is not ready.
pub(crate) fn load(lazy: &JsValue) -> Result<JsValue, JsValue> {
    let init: Function = Reflect::get(lazy, &"_init".into())?.dyn_into()?;
    init.call1(&JsValue::UNDEFINED, &Reflect::get(lazy, &"_payload".into())?)
}

pub(crate) fn is_thenable(value: &JsValue) -> bool {
    value.is_object() && get(value, &THEN).is_ok_and(|then| then.is_function())
}

/// Returns a property. For a bigint it is one of the prototype, which `JSON.stringify` reads, too.
fn get(value: &JsValue, key: &'static std::thread::LocalKey<JsValue>) -> Result<JsValue, JsValue> {
    key.with(|key| if value.is_bigint() { Reflect::get(&boxed(value)?, key) } else { Reflect::get(value, key) })
}
