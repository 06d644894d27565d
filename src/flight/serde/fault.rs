//! Describes failures between Rust and Flight, with the place in the value.
//!
//! The place is collected from the inside out, one step on each way back. Must not repeat values: they are private.

use std::fmt;

use serde::de::{Expected, Unexpected};
use serde::{de, ser};

use crate::text::{digits, first_characters};
use crate::{Error, Kind};

/// Steps that a message names before it says `…`.
const MAX_STEPS: usize = 16;
/// Characters of a key that a message repeats.
const MAX_KEY: usize = 64;
/// Characters that a message repeats from a type's own implementation.
const MAX_SAID: usize = 200;

/// A failure and its place. Boxed, because every level of a nested value has room for one on the stack.
#[derive(Debug)]
pub(in crate::flight) struct Fault(Box<Found>);

#[derive(Debug)]
struct Found {
    /// The place, innermost step first.
    steps: Vec<Step>,
    why: Why,
}

#[derive(Debug)]
enum Why {
    /// A message that follows the place after a colon.
    Said(String),
    /// A message that goes on after the place: "is …".
    #[cfg(feature = "client")]
    Is(&'static str),
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
    pub(super) fn of_entry(key: Option<&str>, at: usize) -> Self {
        match key {
            Some(key) => Self::Name(first_characters(key, MAX_KEY).to_owned()),
            None => Self::Entry(at),
        }
    }
}

impl Fault {
    /// Makes a fault. `message` follows the place: "expected a string, found a number".
    pub(in crate::flight) fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Found { steps: Vec::new(), why: Why::Said(message.into()) }))
    }

    /// Makes a fault whose message goes on after the place.
    #[cfg(feature = "client")]
    pub(super) fn is(message: &'static str) -> Self {
        Self(Box::new(Found { steps: Vec::new(), why: Why::Is(message) }))
    }

    pub(in crate::flight) fn rejected(error: Error) -> Self {
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
        self.into_error_after("", "the value", kind)
    }

    /// Converts to an error whose message begins with the argument: "argument 0: .a\[1\]: …".
    pub(super) fn into_argument_error(mut self) -> Error {
        match self.0.steps.pop() {
            Some(Step::Index(argument)) => {
                let argument = ["argument ", &digits(argument as u64)].concat();
                self.into_error_after(&[&*argument, ": "].concat(), &argument, Kind::Encode)
            }
            Some(step) => self.at(step).into_error(Kind::Encode),
            #[cfg(feature = "client")]
            None if matches!(self.0.why, Why::Is(_)) => self.into_error(Kind::Encode),
            None => self.into_error_after("", "the arguments", Kind::Encode),
        }
    }

    /// `before`: what stands before the place; `none`: what stands there if there is no place.
    fn into_error_after(self, before: &str, none: &str, kind: Kind) -> Error {
        let place = place(self.0.steps.iter().rev());
        let (before, place) = if place.is_empty() { ("", none) } else { (before, &*place) };
        match self.0.why {
            Why::Rejected(error) => error,
            Why::Said(message) => Error::new(kind, [before, place, ": ", &message].concat()),
            #[cfg(feature = "client")]
            Why::Is(message) => Error::new(kind, [before, place, " ", message].concat()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.why {
            Why::Said(message) => f.write_str(message),
            #[cfg(feature = "client")]
            Why::Is(message) => f.write_str(message),
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

pub(super) fn describe(found: Unexpected<'_>) -> &'static str {
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
        let at = |before: &str, index: usize| [before, &digits(index as u64), "]"].concat();
        place.push_str(&match step {
            Step::Name(key) => [".", first_characters(key, MAX_KEY)].concat(),
            Step::Index(index) => at("[", *index),
            Step::Entry(index) => at("[entry ", *index),
            Step::Key(index) => at("[key ", *index),
        });
    }
    place
}
