//! Describes failures between Rust and Flight, with the place in the value.
//!
//! The place is collected from the inside out, one step on each way back. Must not repeat values: they are private.

use std::fmt::{self, Write as _};

use serde::de::{Expected, Unexpected};
use serde::{de, ser};

use crate::flight::Value;
use crate::{Error, Kind};

/// Steps that a message names before it says `…`.
const MAX_STEPS: usize = 16;
/// Characters of a key that a message repeats.
const MAX_KEY: usize = 64;
/// Characters that a message repeats from a type's own implementation.
const MAX_SAID: usize = 200;

/// A failure and its place. Boxed, because every level of a nested value has room for one on the stack.
#[derive(Debug)]
pub(super) struct Fault(Box<Found>);

#[derive(Debug)]
struct Found {
    /// The place, innermost step first.
    steps: Vec<Step>,
    why: Why,
}

#[derive(Debug)]
enum Why {
    Said(String),
    /// The error of a rejected promise, passed on unchanged.
    Rejected(Error),
}

/// A step into a value.
#[derive(Debug)]
pub(super) enum Step {
    Name(String),
    Index(usize),
    /// The value of a Map's entry whose key is not a string.
    Entry(usize),
    /// The key of a Map's entry.
    Key(usize),
}

impl Step {
    /// Returns the step to the value of entry number `at`.
    pub(super) fn of_entry(key: &Value, at: usize) -> Self {
        match key {
            Value::String(key) => Self::Name(key.chars().take(MAX_KEY).collect()),
            _ => Self::Entry(at),
        }
    }
}

impl Fault {
    /// Makes a fault. `message` follows the place: "expected a string, found a number".
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Found { steps: Vec::new(), why: Why::Said(message.into()) }))
    }

    pub(super) fn rejected(error: Error) -> Self {
        Self(Box::new(Found { steps: Vec::new(), why: Why::Rejected(error) }))
    }

    /// Makes a fault that says "expected a string, found a number".
    pub(super) fn expected(expected: &dyn Expected, found: &str) -> Self {
        Self::new(format!("expected {expected}, found {found}"))
    }

    /// Returns the same fault, one step further out.
    pub(super) fn at(mut self, step: Step) -> Self {
        self.0.steps.push(step);
        self
    }

    /// Converts to an error whose message begins with the place: ".a\[1\]: expected a string, found a number".
    pub(super) fn into_error(self, kind: Kind) -> Error {
        match self.0.why {
            Why::Rejected(error) => error,
            Why::Said(message) => {
                let place = place(self.0.steps.iter().rev());
                let place = if place.is_empty() { "the value" } else { &place };
                Error::new(kind, format!("{place}: {message}"))
            }
        }
    }

    /// Converts to an error whose message begins with the argument: "argument 0: .a\[1\]: …".
    pub(super) fn into_argument_error(mut self) -> Error {
        match self.0.steps.pop() {
            Some(Step::Index(argument)) => {
                let error = if self.0.steps.is_empty() { self.to_string() } else { self.into_error(Kind::Encode).message().to_owned() };
                Error::new(Kind::Encode, format!("argument {argument}: {error}"))
            }
            Some(step) => self.at(step).into_error(Kind::Encode),
            None => Error::new(Kind::Encode, format!("the arguments: {self}")),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.why {
            Why::Said(message) => f.write_str(message),
            Why::Rejected(error) => f.write_str(error.message()),
        }
    }
}

impl std::error::Error for Fault {}

/// Replaces serde's own messages, some of which contain the value.
impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(said(message))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(expected, describe(found))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(expected, &format!("{} that does not fit", describe(found)))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::expected(expected, &format!("a length of {length}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        match expected {
            [] => Self::new("there are no variants"),
            _ => Self::new(format!("expected one of {}, found another variant", expected.join(", "))),
        }
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::new("an unknown member").at(Step::Name(field.to_owned()))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing").at(Step::Name(field.to_owned()))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new("there twice").at(Step::Name(field.to_owned()))
    }
}

impl ser::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(said(message))
    }
}

/// Returns the kind of a value, with its article.
pub(super) fn noun(value: &Value) -> &'static str {
    match value {
        Value::Undefined => "undefined",
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) => describe(Unexpected::Float(*number)),
        Value::String(_) => "a string",
        Value::BigInt(_) => "a bigint",
        Value::Date(ms) if ms.is_nan() => "an invalid date",
        Value::Date(_) => "a date",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
        Value::Map(_) => "a Map",
        Value::Set(_) => "a Set",
        Value::FormData(_) => "a FormData",
        Value::Symbol(_) => "a symbol",
        Value::Error(_) => "an Error",
        Value::Promise(_) => "a promise",
        Value::Bytes(_) => "binary data",
        Value::Blob(_) => "a Blob",
        Value::Client(_) => "something in a client module",
        Value::Server(_) => "a function of the server",
        Value::Iterator(_) => "an iterator",
        Value::Lazy(_) => "a lazy value",
        Value::Flow(_) => "a stream",
        Value::Foreign(_) => "a value of JavaScript",
    }
}

fn describe(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a number",
        Unexpected::Float(number) if !number.is_finite() => "a number that is not finite",
        Unexpected::Float(number) if number.fract() != 0.0 => "a number with a fraction",
        Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) => "a string",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Unit => "null",
        Unexpected::Option => "an option",
        Unexpected::NewtypeStruct => "a newtype",
        Unexpected::Seq => "an array",
        Unexpected::Map => "an object",
        Unexpected::Enum => "an enum",
        Unexpected::UnitVariant => "a variant without a value",
        Unexpected::NewtypeVariant => "a variant with a value",
        Unexpected::TupleVariant => "a variant with an array",
        Unexpected::StructVariant => "a variant with an object",
        // Its text may contain the value: serde's own does, for integers of 128 bits.
        Unexpected::Other(_) => "another value",
    }
}

fn said(message: impl fmt::Display) -> String {
    let mut message = message.to_string();
    if let Some(class) = crate::javascript::wrong_class(&message) {
        return class;
    }
    if let Some((end, _)) = message.char_indices().nth(MAX_SAID) {
        message.truncate(end);
        message.push('…');
    }
    message
}

fn place<'s>(steps: impl Iterator<Item = &'s Step>) -> String {
    let mut place = String::new();
    for (number, step) in steps.enumerate() {
        if number >= MAX_STEPS {
            place.push('…');
            break;
        }
        let _ = match step {
            Step::Name(key) => write!(place, ".{key:.MAX_KEY$}"),
            Step::Index(index) => write!(place, "[{index}]"),
            Step::Entry(index) => write!(place, "[entry {index}]"),
            Step::Key(index) => write!(place, "[key {index}]"),
        };
    }
    place
}
