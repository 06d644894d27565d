//! Declares the values that serde reads: [`Value`]s, and the places of an answer.
//!
//! Must not know the types that they are read into.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;
use std::task::Poll;

use serde::de::Unexpected;

use super::fault::{Fault, describe};
use super::{Limits, MAX_WRAPS};
use crate::flight::Value;

/// A value, or a reference to one.
pub(in crate::flight) trait Source: Clone {
    /// Replaces references, and promises by the values they were settled with. The others need it.
    fn settled(self, budget: &Cell<usize>) -> Result<Self, Fault>;

    /// Returns the value for `preserve`, which makes one of JavaScript of it.
    fn preserved(self) -> Result<Value, Fault>;

    /// Returns the value, without its contents.
    fn look(&self) -> Look<'_>;

    /// Returns the number of elements, members or entries.
    fn len(&self) -> usize;

    /// Returns an element of a list; of a Map or FormData, the pair of an entry.
    fn item(&self, at: usize) -> Option<Self>;

    /// Returns a member or an entry.
    fn entry(&self, at: usize) -> Option<(Name<'_, Self>, Self)>;
}

/// A value without its contents.
pub(in crate::flight) enum Look<'v> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Date(f64),
    String(Cow<'v, str>),
    BigInt(Cow<'v, str>),
    Array,
    Set,
    Object,
    Map,
    FormData,
    Error,
    /// A value that no type can be read from, by its name in messages.
    Other(&'static str),
}

/// The key of a member or an entry.
pub(in crate::flight) enum Name<'v, S> {
    Text(Cow<'v, str>),
    /// The key of a Map.
    Value(S),
}

impl Look<'_> {
    /// Returns the kind of the value, with its article.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(number) => describe(Unexpected::Float(*number)),
            Self::String(_) => "a string",
            Self::BigInt(_) => "a bigint",
            Self::Date(ms) if ms.is_nan() => "an invalid date",
            Self::Date(_) => "a date",
            Self::Array => "an array",
            Self::Object => "an object",
            Self::Map => "a Map",
            Self::Set => "a Set",
            Self::FormData => "a FormData",
            Self::Error => "an Error",
            Self::Other(noun) => noun,
        }
    }
}

/// Takes `cost` from the budget. A container may be read many times: without a budget, a few rows could become
/// exponentially many values.
pub(in crate::flight) fn charge(budget: &Cell<usize>, cost: usize) -> Result<(), Fault> {
    match budget.get().checked_sub(cost) {
        Some(left) => {
            budget.set(left);
            Ok(())
        }
        None => {
            let most = crate::text::digits(Limits::NATIVE_BYTES as u64);
            Err(Fault::new(["more than ", &most, " values and bytes, repeated ones counted"].concat()))
        }
    }
}

impl Source for Value {
    /// Also replaces a value of JavaScript by one of Rust.
    fn settled(self, _: &Cell<usize>) -> Result<Self, Fault> {
        let value = self.preserved()?;
        let read = if let Self::Foreign(foreign) = &value { foreign.0.read() } else { None };
        Ok(read.unwrap_or(value))
    }

    fn preserved(mut self) -> Result<Self, Fault> {
        for _ in 0..MAX_WRAPS {
            let Self::Promise(promise) = &self else { return Ok(self) };
            let value = match &promise.borrow().0 {
                Poll::Ready(Ok(value)) => value.clone(),
                Poll::Ready(Err(rejection)) => return Err(Fault::rejected(rejection.clone().into_error())),
                Poll::Pending => return Err(Fault::new("a promise that is not settled")),
            };
            self = value;
        }
        Err(Fault::new("too many promises of promises"))
    }

    fn look(&self) -> Look<'_> {
        match self {
            Self::Undefined => Look::Undefined,
            Self::Null => Look::Null,
            Self::Bool(bool) => Look::Bool(*bool),
            Self::Number(number) => Look::Number(*number),
            Self::Date(ms) => Look::Date(*ms),
            Self::String(text) => Look::String(Cow::Borrowed(text)),
            Self::BigInt(digits) => Look::BigInt(Cow::Borrowed(digits)),
            Self::Array(_) => Look::Array,
            Self::Set(_) => Look::Set,
            Self::Object(_) => Look::Object,
            Self::Map(_) => Look::Map,
            Self::FormData(_) => Look::FormData,
            Self::Error(_) => Look::Error,
            Self::Symbol(_) => Look::Other("a symbol"),
            Self::Promise(_) => Look::Other("a promise"),
            Self::Bytes(_) => Look::Other("binary data"),
            Self::Blob(_) => Look::Other("a Blob"),
            Self::Client(_) => Look::Other("something in a client module"),
            Self::Server(_) => Look::Other("a function of the server"),
            Self::Iterator(_) => Look::Other("an iterator"),
            Self::Lazy(_) => Look::Other("a lazy value"),
            Self::Flow(_) => Look::Other("a stream"),
            Self::Foreign(_) => Look::Other("a value of JavaScript"),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Array(items) | Self::Set(items) => items.borrow().len(),
            Self::Object(object) => object.borrow().len(),
            Self::Map(entries) => entries.borrow().len(),
            Self::FormData(fields) => fields.borrow().len(),
            Self::Error(error) => {
                let error = error.borrow();
                usize::from(error.name.is_some()) + usize::from(error.message.is_some())
            }
            _ => 0,
        }
    }

    fn item(&self, at: usize) -> Option<Self> {
        match self {
            Self::Array(items) | Self::Set(items) => items.borrow().get(at).cloned(),
            Self::Map(entries) => entries.borrow().get(at).map(|(key, value)| Self::array([key.clone(), value.clone()])),
            Self::FormData(fields) => fields.borrow().get(at).map(|(name, value)| Self::array([Self::String(name.clone()), value.clone()])),
            _ => None,
        }
    }

    fn entry(&self, at: usize) -> Option<(Name<'_, Self>, Self)> {
        let named = |(name, value): &(Rc<str>, Self)| (Name::Text(Cow::Owned(name.to_string())), value.clone());
        match self {
            Self::Object(object) => object.borrow().members().get(at).map(named),
            Self::FormData(fields) => fields.borrow().get(at).map(named),
            Self::Map(entries) => entries.borrow().get(at).map(|(key, value)| (Name::Value(key.clone()), value.clone())),
            Self::Error(error) => {
                let error = error.borrow();
                let members = [("name", &error.name), ("message", &error.message)];
                let mut members = members.into_iter().filter_map(|(name, text)| Some((name, text.clone()?)));
                members.nth(at).map(|(name, text)| (Name::Text(Cow::Borrowed(name)), Self::String(text)))
            }
            _ => None,
        }
    }
}
