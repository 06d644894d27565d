//! Sends values that only a browser has, and makes them from answers: files, blobs, forms, streams, any `JsValue`.
//!
//! Nothing here is linked by a program that neither uses [`Js`] nor `serde_wasm_bindgen::preserve`: `src/flight`
//! reaches it where serde names a preserved value. Must not read rows or write bodies of text: the codec does.

mod made;

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

use serde::de::{self, DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_wasm_bindgen::preserve;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, FormData};

use super::FetchError;
use crate::Client;
use crate::client::{Body, Call};
use crate::flight::{
    Class, Classified, Container, Contents, Encoded, Encoder, Foreign, Inspect, Key, Native, Opening, Outside, PRESERVED, Part, Shared,
    Text, Value,
};
use crate::js::read::open::{self, Holds};
use crate::js::read::{Reader, Thrown};
use crate::{Error, Kind};

use self::made::to_js;

/// A form with files, as the body of a request: a `web_sys::FormData` in a browser. Elsewhere there is none.
///
/// ```
/// use actionlane::client::Body;
///
/// fn has_files(body: &Body) -> bool {
///     matches!(body, Body::Form(_))
/// }
/// assert!(!has_files(&Body::from("[]")));
/// ```
pub type Form = FormData;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = WeakMap)]
    type Numbers;
    #[wasm_bindgen(constructor, js_class = "WeakMap")]
    fn new() -> Numbers;
    #[wasm_bindgen(method, catch)]
    fn get(this: &Numbers, key: &JsValue) -> Result<Option<u32>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn set(this: &Numbers, key: &JsValue, value: u32) -> Result<JsValue, JsValue>;

    // Files and texts alike. A file keeps its name.
    #[wasm_bindgen(js_name = FormData)]
    type Fields;
    #[wasm_bindgen(constructor, catch, js_class = "FormData")]
    fn new() -> Result<Fields, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn append(this: &Fields, name: &str, value: &JsValue) -> Result<(), JsValue>;
}

/// Makes a call as [`Client::call`] does, with values of JavaScript among the arguments, or in the answer: [`Js`], or
/// what `serde_wasm_bindgen::preserve` makes.
///
/// A program that makes no such call does not link what reads and writes those values. [`Client::call`] fails with
/// `ENCODE` or `DECODE` where it meets one.
///
/// ```no_run
/// use actionlane::browser::{self, Js};
/// use web_sys::File;
///
/// #[derive(serde::Serialize)]
/// struct Photo {
///     title: String,
///     #[serde(with = "serde_wasm_bindgen::preserve")]
///     file: File,
/// }
///
/// # async fn upload(file: File) -> Result<(), actionlane::Error> {
/// const SAVE: &str = "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
///
/// let client = browser::builder().build()?;
/// let photo = Photo { title: "Ada".to_owned(), file };
/// let address = browser::call::<String>(&client, SAVE, (photo,)).lane("uploads").await?.into_value()?;
/// # let _ = address;
/// # Ok(())
/// # }
/// ```
pub fn call<R: DeserializeOwned + 'static>(client: &Client, action: impl AsRef<str>, arguments: impl Serialize) -> Call<R> {
    crate::client::values::call(client, action.as_ref(), &arguments)
}

/// A value of JavaScript as an argument or an answer, or inside of one. `T` is its class; `JsValue` is any value.
///
/// Inside a struct, `#[serde(with = "serde_wasm_bindgen::preserve")]` on a field does the same, except that this type
/// also goes into an `Option` or a list. Other formats of serde than the client's refuse it.
///
/// ```no_run
/// use actionlane::browser::{self, Js};
/// use wasm_bindgen::JsValue;
///
/// # async fn upload(file: web_sys::File, form: web_sys::FormData) -> Result<(), actionlane::Error> {
/// const SAVE: &str = "7faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
///
/// let client = browser::builder().build()?;
/// browser::call::<()>(&client, SAVE, (Js(file), Some(Js(form)), 12)).await?;
///
/// // All arguments as one array of JavaScript, and an answer of any kind.
/// let list = js_sys::Array::of2(&"cart".into(), &js_sys::Date::new_0());
/// let Js(answer) = browser::call::<Js>(&client, SAVE, Js(list)).await?.into_value()?;
/// # let _: JsValue = answer;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Js<T = JsValue>(pub T);

impl<T: JsCast> Serialize for Js<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        preserve::serialize(&self.0, serializer)
    }
}

impl<'de, T: JsCast> Deserialize<'de> for Js<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        preserve::deserialize(deserializer).map(Self)
    }
}

impl<T> From<T> for Js<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// Writes a number as JavaScript does: its code is there already.
#[inline(always)]
pub(crate) fn number_to_text(number: f64) -> Option<String> {
    Some(js_sys::Number::from(number).to_string_with_radix(10).map_or_else(|_| String::new(), String::from))
}

/// Reads a number as JavaScript does.
#[inline(always)]
pub(crate) fn text_to_number(text: &str) -> Option<f64> {
    Some(js_sys::parse_float(text))
}

/// Returns the value that `preserve` passes as the number `abi`.
pub(crate) fn take(abi: &Value) -> Result<Value, String> {
    /// The same newtype once more: the library that made the number reads it.
    #[derive(Clone, Copy)]
    struct Preserved(u32);

    impl Serialize for Preserved {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_newtype_struct(PRESERVED, &self.0)
        }
    }

    let preserved = match abi {
        Value::Number(abi) => serde_wasm_bindgen::to_value(&Preserved(*abi as u32)).ok(),
        _ => None,
    };
    preserved.map(Value::hold).ok_or_else(|| "a value that cannot be read".to_owned())
}

/// Gives a value of an answer to the program as one of JavaScript, which `preserve` reads.
pub(crate) fn give<'de, V: Visitor<'de>, E: de::Error>(value: &Value, visitor: V) -> Result<V::Value, E> {
    let value = to_js(value).map_err(E::custom)?;
    serde_wasm_bindgen::Deserializer::from(value).deserialize_tuple_struct(PRESERVED, 2, visitor).map_err(E::custom)
}

/// Returns what to say instead of the message of `preserve` about another class, which repeats the value.
pub(crate) fn wrong_class(message: &str) -> Option<String> {
    let text = message.strip_prefix("incompatible JS value ")?;
    let class = text.bytes().rposition(|byte| byte == b':' || byte == b' ')?;
    Some(["expected ", text.get(class + 1..)?, ", found another value"].concat())
}

/// A value of JavaScript that is no value of Rust.
struct Held(JsValue);

impl Holds for Value {
    fn hold(value: JsValue) -> Self {
        if value.is_undefined() {
            return Self::Undefined;
        }
        if value.is_null() {
            return Self::Null;
        }
        let simple = value.as_bool().map(Self::Bool).or_else(|| value.as_f64().map(Self::Number));
        // The encoder writes halves of surrogate pairs, which Rust does not have.
        let whole = || value.as_string().filter(|text| !text.contains('\u{fffd}'));
        simple.or_else(|| whole().map(|text| Self::string(&text))).unwrap_or_else(|| Self::Foreign(Foreign(Rc::new(Held(value)))))
    }

    fn held(&self) -> JsValue {
        match self {
            Self::Foreign(foreign) => js(foreign),
            _ => JsValue::UNDEFINED,
        }
    }
}

thread_local! {
    static NUMBERS: Numbers = Numbers::new();
    static LAST: Cell<u32> = const { Cell::new(0) };
}

impl Outside for Held {
    fn identity(&self) -> usize {
        if !self.0.is_object() && !self.0.is_function() {
            return 0;
        }
        NUMBERS.with(|numbers| {
            let number = numbers.get(&self.0).ok().flatten().unwrap_or_else(|| {
                let number = LAST.get() + 1;
                LAST.set(number);
                // An object that cannot be remembered is sent twice instead of referred to.
                let _ = numbers.set(&self.0, number);
                number
            });
            number as usize * 2 + 1
        })
    }

    fn classify(&self, key: Key<'_>) -> Classified<Value> {
        let Classified { value, class } = Reader::default().classify(&self.0, key);
        Classified { value: value.map(Value::hold), class }
    }

    fn contents(&self, container: Container) -> Option<Contents<Value>> {
        let all = |values: Vec<JsValue>| values.into_iter().map(Value::hold).collect();
        Some(match Reader::default().contents(&self.0, container)? {
            Contents::Values(values) => Contents::Values(all(values)),
            Contents::Remaining(values) => Contents::Remaining(all(values)),
            Contents::Members(members) => Contents::Members(members.into_iter().map(|(key, value)| (key, Value::hold(value))).collect()),
            Contents::Entries(entries) => {
                Contents::Entries(entries.into_iter().map(|(key, value)| (Value::hold(key), Value::hold(value))).collect())
            }
            Contents::Fields(fields) => Contents::Fields(fields.into_iter().map(|(name, value)| (name, Value::hold(value))).collect()),
            Contents::Bytes { blob, len } => Contents::Bytes { blob: Value::hold(blob), len },
            Contents::Later { later, source } => Contents::Later { later, source: Value::Foreign(Foreign(Rc::new(Self(source)))) },
            Contents::Loaded(value) => Contents::Loaded(Value::hold(value)),
            Contents::Reference { id, bound } => Contents::Reference { id, bound: bound.map(Value::hold) },
        })
    }

    fn symbol(&self) -> Option<String> {
        Reader::default().symbol(&self.0)
    }

    fn read(&self) -> Option<Value> {
        if let Some(date) = self.0.dyn_ref::<js_sys::Date>() {
            return Some(Value::Date(date.get_time()));
        }
        let container = match self.classify(Key::Name("")) {
            Classified { value: Some(value), .. } => return Some(value),
            Classified { class: Class::BigInt(digits), .. } => return Some(Value::BigInt(digits.into())),
            Classified { class: Class::String(_), .. } => return self.0.as_string().map(|text| Value::string(&text)),
            Classified { class: Class::Container(container), .. } => container,
            _ => return None,
        };
        Some(match (container, self.contents(container)?) {
            (Container::Array, Contents::Values(values)) => Value::array(values),
            (Container::Set, Contents::Values(values)) => Value::Set(Shared::new(values)),
            (Container::Map, Contents::Entries(entries)) => Value::Map(Shared::new(entries)),
            (Container::FormData, Contents::Fields(fields)) => {
                Value::FormData(Shared::new(fields.into_iter().map(|(name, value)| (name.into(), value)).collect()))
            }
            (Container::Object, Contents::Members(members)) => {
                let plain = |text: &Text| match text {
                    Text::Plain(text) | Text::Quoted(text) => text.clone(),
                };
                let members: Vec<_> = members.into_iter().map(|(key, value)| (plain(&key), value)).collect();
                Value::object(members.iter().map(|(key, value)| (&**key, value.clone())))
            }
            _ => return None,
        })
    }

    fn collect(&self, encoder: Encoder<Native>) -> Opening {
        let collecting = open::collect(encoder, Thrown::default(), None);
        Box::pin(async move {
            let complete: Result<Encoded<Value>, _> = collecting.await.map(Encoder::finish);
            complete.map_err(|(error, cause)| if cause.is_undefined() { error } else { error.with_source(FetchError::from(cause)) })
        })
    }

    fn body(&self, parts: &[Part<Value>]) -> Result<(Body, usize), Error> {
        form(parts).map_err(|_| Error::new(Kind::Encode, "the form data cannot be built"))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Returns the value that `foreign` holds. Only this file makes such values.
fn js(foreign: &Foreign) -> JsValue {
    foreign.0.as_any().downcast_ref::<Held>().map_or(JsValue::UNDEFINED, |held| held.0.clone())
}

/// Makes a form. Also returns its size: that of the names, texts and files.
fn form(parts: &[Part<Value>]) -> Result<(Body, usize), JsValue> {
    let (form, mut size) = (Fields::new()?, 0);
    for part in parts {
        let (name, value, bytes) = match part {
            Part::Json { name, text } => (name, text.into(), text.len()),
            Part::Entry { name, value: Value::String(text) } => (name, (&**text).into(), text.len()),
            Part::Entry { name, value } => {
                let value = to_js(value)?;
                let bytes = value.dyn_ref::<Blob>().map_or(0, |blob| blob.size() as usize);
                (name, value, bytes)
            }
        };
        form.append(name, &value)?;
        size += name.len() + bytes;
    }
    Ok((Body::Form(form.unchecked_into::<Form>()), size))
}
