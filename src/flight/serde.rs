//! Converts Rust types to and from Flight, through serde. The table in `flight.rs` says which type becomes which
//! value.
//!
//! Knows no rows: it converts [`Value`]s.

mod de;
mod fault;
mod newtype;
#[cfg(feature = "client")]
mod reply;
mod ser;
mod source;

use std::cell::Cell;
use std::task::Poll;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) use self::fault::Fault;
pub use self::newtype::{BigInt, Date};
#[cfg(feature = "client")]
pub(crate) use self::reply::write;
pub(super) use self::source::{Look, Name, Source, charge};

use self::de::Reader;
use self::ser::Writer;
use super::foreign::{Foreign, Opening};
use super::received::Received;
use super::{Class, Classified, Container, Encoded, Encoder, Key, Limits, Native, Value};
use crate::protocol::WireForm;
use crate::{Error, Kind};

/// Name of the newtype that `serde_wasm_bindgen::preserve` makes of a value of JavaScript. Only where serde names it
/// may `crate::javascript` be called: a program without such values does not link it.
pub(crate) const PRESERVED: &str = "1fc430ca-5b7f-4295-92de-33cf2b145d38";

/// Says where a value of JavaScript can be read and sent.
pub(super) const JAVASCRIPT: &str = "a value of JavaScript, for which the action is called by `actionlane::browser::call`";

/// Newtypes and `Option`s that may be directly inside each other. Beyond that, a type counts as endless.
pub(super) const MAX_WRAPS: usize = 32;

/// Reads a Rust value from `value`, which does not change.
///
/// Fails with `DECODE`, saying where, if the value does not suit the type `T`. If it contains a rejected promise,
/// fails with the error of the promise. Panics if one of its containers is mutably borrowed.
///
/// ```
/// use actionlane::flight::{Value, from_value};
///
/// let value = Value::object([("total", Value::Number(12.5)), ("items", Value::array([Value::string("book")]))]);
/// let error = from_value::<std::collections::BTreeMap<String, f64>>(&value).unwrap_err();
/// assert_eq!(error.message(), ".items: expected f64, found an array");
/// ```
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    read(value.clone())
}

pub(super) fn read<S: Source, T: DeserializeOwned>(source: S) -> Result<T, Error> {
    let budget = Cell::new(Limits::NATIVE_BYTES);
    T::deserialize(Reader::new(source, &budget)).map_err(|fault| fault.into_error(Kind::Decode))
}

/// Reads a whole stream: the value of row 0.
///
/// Fails as [`from_value`] does. If the value did not arrive, fails with the error of
/// [`Decoder::push`](super::Decoder::push), or because
/// the stream ended. If the server's code threw, fails with the error of
/// [`action_error`](crate::protocol::action_error).
///
/// ```
/// use actionlane::flight;
///
/// let (name, tags): (String, Vec<String>) = flight::from_stream(b"0:[\"Ada\",\"$1\"]\n1:[\"new\"]\n")?;
/// assert_eq!((&*name, &*tags), ("Ada", &["new".to_owned()][..]));
///
/// let error = flight::from_stream::<String>(b"0:\"Ad").unwrap_err();
/// assert_eq!(error.message(), "the answer ended inside row 0");
/// # Ok::<(), actionlane::Error>(())
/// ```
pub fn from_stream<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    decode_whole(Received::stream(), bytes)
}

/// Reads a whole answer to an action: the value that the action returned, as
/// [`Decoder::action`](super::Decoder::action) finds it.
///
/// Fails as [`from_stream`] does.
///
/// ```
/// use actionlane::flight::{self, Date};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Session {
///     token: String,
///     expires: Date,
///     retries: Option<u8>,
/// }
///
/// let answer = br#"0:{"a":"$@1","f":"","b":"development"}
/// 1:{"token":"cs_1","expires":"$D2024-02-29T12:34:56.789Z"}
/// "#;
/// let session: Session = flight::from_action(answer)?;
/// assert_eq!(session.token, "cs_1");
/// assert_eq!(session.expires, Date(1_709_210_096_789.0));
/// assert_eq!(session.retries, None);
/// # Ok::<(), actionlane::Error>(())
/// ```
pub fn from_action<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    decode_whole(Received::action(None), bytes)
}

/// Converts a Rust value to a [`Value`].
///
/// Fails with `ENCODE`, saying where, if a part of it is not in the table of [`flight`](super) or is nested deeper
/// than [`Limits::NATIVE_DEPTH`].
///
/// ```
/// use actionlane::flight::{Value, to_value};
///
/// assert!(matches!(to_value(&(1_u64 << 53))?, Value::Number(9_007_199_254_740_992.0)));
/// assert!(matches!(to_value(&((1_u64 << 53) + 1))?, Value::BigInt(_)), "no double holds it");
/// # Ok::<(), actionlane::Error>(())
/// ```
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, Error> {
    value.serialize(Writer::default()).map_err(|fault| fault.into_error(Kind::Encode))
}

/// Encodes the arguments of an action: a tuple, an array, or anything else that becomes an array. `()` is no argument,
/// `(argument,)` is one.
///
/// Fails as [`to_value`] does, and if `arguments` does not become an array.
///
/// ```
/// use actionlane::flight::{Body, to_reply};
///
/// let encoded = to_reply(&("cart", 3, None::<bool>))?;
/// assert!(matches!(encoded.body, Body::Text(text) if text == r#"["cart",3,null]"#));
/// # Ok::<(), actionlane::Error>(())
/// ```
pub fn to_reply<T: Serialize + ?Sized>(arguments: &T) -> Result<Encoded<Value>, Error> {
    match read_arguments(arguments)? {
        Arguments::Complete(encoded) => Ok(encoded),
        Arguments::Open(_) => Err(Error::new(Kind::Encode, "the arguments: a promise or a stream is still open")),
    }
}

/// The arguments of an action.
pub(crate) enum Arguments {
    /// All of them are there.
    Complete(Encoded<Value>),
    /// A promise or a stream of JavaScript is among them.
    #[allow(dead_code, reason = "only the client waits for them")]
    Open(Opening),
}

/// Encodes the arguments of an action, as [`to_reply`] does. They may hold promises and streams of JavaScript.
pub(crate) fn read_arguments<T: Serialize + ?Sized>(arguments: &T) -> Result<Arguments, Error> {
    encode_arguments(arguments.serialize(Writer::default()))
}

fn encode_arguments(root: Result<Value, Fault>) -> Result<Arguments, Error> {
    let root = match root.map_err(Fault::into_argument_error)? {
        Value::Null => Value::array([]),
        root @ Value::Array(_) => root,
        Value::Foreign(list) if is_array(&list) => Value::Foreign(list),
        other => return Err(Error::new(Kind::Encode, format!("the arguments: expected a tuple, found {}", other.look().noun()))),
    };
    let encoder = Encoder::new(Native::default(), root, WireForm::default())?;
    match encoder.open_source() {
        None => Ok(Arguments::Complete(encoder.finish())),
        Some(Value::Foreign(source)) => Ok(Arguments::Open(source.clone().0.collect(encoder))),
        Some(_) => Err(Error::new(Kind::Encode, "the arguments: a promise is still open")),
    }
}

fn is_array(value: &Foreign) -> bool {
    matches!(value.0.classify(Key::Name("")), Classified { value: None, class: Class::Container(Container::Array) })
}

fn decode_whole<T: DeserializeOwned>(mut answer: Received, bytes: &[u8]) -> Result<T, Error> {
    // Values that are complete stay so; others are rejected with the error that `push` returns.
    let _ = answer.push(bytes);
    answer.end();
    answer.read()
}

impl Received {
    /// Reads the value into a Rust type. Fails with the error of the value if there is none.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        match self.value() {
            Poll::Ready(Ok(())) => read(self.root()),
            Poll::Ready(Err(rejection)) => Err(rejection.into_error()),
            Poll::Pending => Err(Error::new(Kind::Decode, "the answer ended before its value")),
        }
    }
}

/// The depth at which serde is inside a value.
#[derive(Clone, Copy, Default)]
struct Depth {
    /// Containers around the place.
    containers: usize,
    /// Newtypes and `Option`s since the last container.
    wraps: usize,
}

impl Depth {
    /// Enters a container. Fails beyond [`Limits::NATIVE_DEPTH`].
    fn enter(self) -> Result<Self, Fault> {
        if self.containers >= Limits::NATIVE_DEPTH {
            return Err(Fault::new(format!("nested deeper than {} containers", Limits::NATIVE_DEPTH)));
        }
        Ok(Self { containers: self.containers + 1, wraps: 0 })
    }

    /// Enters a newtype or an `Option`. Fails beyond [`MAX_WRAPS`].
    fn wrap(self) -> Result<Self, Fault> {
        if self.wraps >= MAX_WRAPS {
            return Err(Fault::new(format!("more than {MAX_WRAPS} newtypes and options directly inside each other")));
        }
        Ok(Self { wraps: self.wraps + 1, ..self })
    }
}

#[cfg(test)]
mod tests;
