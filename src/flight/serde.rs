//! Rust types straight to and from Flight, through serde, as the table in `flight.rs` says.

mod de;
mod fault;
mod newtype;
mod ser;

use std::cell::Cell;
use std::task::Poll;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::newtype::{BigInt, Date};

use self::de::Reader;
use self::fault::Fault;
use self::ser::Writer;
use super::{Decoder, Encoded, Limits, Native, Value, encode};
use crate::{Error, Kind};

/// Newtypes and `Option`s directly inside each other, before a type counts as endless.
const MAX_WRAPS: usize = 32;

/// Reads a Rust value out of `value`, which stays as it is.
///
/// Fails with `DECODE`, saying where, if it is not of the type `T`; if a promise in it was rejected, with what it was rejected with. Panics if
/// a container in it is mutably borrowed.
///
/// ```
/// use actionlane::flight::{Value, from_value};
///
/// let value = Value::object([("total", Value::Number(12.5)), ("items", Value::array([Value::string("book")]))]);
/// let error = from_value::<std::collections::BTreeMap<String, f64>>(&value).unwrap_err();
/// assert_eq!(error.message(), ".items: expected f64, found an array");
/// ```
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    let budget = Cell::new(Limits::NATIVE_BYTES);
    T::deserialize(Reader::new(value.clone(), &budget)).map_err(|fault| fault.into_error(Kind::Decode))
}

/// Reads a whole stream: the value of row 0.
///
/// Fails as [`from_value`] does, and with what [`Decoder::push`] fails with if the value is not complete by then. Whatever the server's code
/// threw is the error of [`protocol::thrown`].
pub fn from_stream<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    whole(Decoder::new(Native::default()), bytes)
}

/// Reads a whole answer to an action: what the action returned, as [`Decoder::action`] finds it.
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
    whole(Decoder::action(Native::default()), bytes)
}

/// Makes a [`Value`] of a Rust value.
///
/// Fails with `ENCODE`, saying where, if something in it has no place in the table of [`flight`](super) or is nested too deep.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, Error> {
    value.serialize(Writer::default()).map_err(|fault| fault.into_error(Kind::Encode))
}

/// Encodes the arguments of an action: a tuple, an array, or anything else that is written as an array; `()` is none.
///
/// Fails as [`to_value`] does, and if `arguments` is something else: one argument is `(argument,)`.
///
/// ```
/// use actionlane::flight::{Body, to_reply};
///
/// let encoded = to_reply(&("cart", 3, None::<bool>))?;
/// assert!(matches!(encoded.body, Body::Text(text) if text == r#"["cart",3,null]"#));
/// # Ok::<(), actionlane::Error>(())
/// ```
pub fn to_reply<T: Serialize + ?Sized>(arguments: &T) -> Result<Encoded<Value>, Error> {
    let root = match arguments.serialize(Writer::default()).map_err(Fault::into_argument_error)? {
        Value::Null => Value::array([]),
        root @ Value::Array(_) => root,
        other => return Err(Error::new(Kind::Encode, format!("the arguments: expected a tuple, found {}", fault::noun(&other)))),
    };
    encode(&mut Native::default(), root)
}

fn whole<T: DeserializeOwned>(mut decoder: Decoder<Native>, bytes: &[u8]) -> Result<T, Error> {
    // What is complete stays so, and what is not is rejected with the same error.
    let _ = decoder.push(bytes);
    decoder.end();
    match decoder.value() {
        Poll::Ready(Ok(value)) => from_value(&value),
        Poll::Ready(Err(rejection)) => Err(rejection.into_error()),
        Poll::Pending => Err(Error::new(Kind::Decode, "the answer ended before its value")),
    }
}

/// How far inside a value serde is.
#[derive(Clone, Copy, Default)]
struct Depth {
    containers: usize,
    /// Since the last container.
    wraps: usize,
}

impl Depth {
    /// Inside one more container.
    fn enter(self) -> Result<Self, Fault> {
        if self.containers >= Limits::NATIVE_DEPTH {
            return Err(Fault::new(format!("nested deeper than {} containers", Limits::NATIVE_DEPTH)));
        }
        Ok(Self { containers: self.containers + 1, wraps: 0 })
    }

    /// Inside one more newtype or `Option`.
    fn wrap(self) -> Result<Self, Fault> {
        if self.wraps >= MAX_WRAPS {
            return Err(Fault::new(format!("more than {MAX_WRAPS} newtypes and options directly inside each other")));
        }
        Ok(Self { wraps: self.wraps + 1, ..self })
    }
}

#[cfg(test)]
mod tests;
