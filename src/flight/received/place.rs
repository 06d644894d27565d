//! Shows the places of an answer to serde as values. Must not wait: what has not arrived is an error.

use std::borrow::Cow;
use std::cell::Cell;

use super::Received;
use super::follow::{Spot, Stop};
use super::line::Content;
use crate::Error;
use crate::flight::model::Special;
use crate::flight::native::canonical;
use crate::flight::serde::{Fault, JAVASCRIPT, Look, MAX_WRAPS, Name, Source, charge};
use crate::flight::tape::Shape;
use crate::flight::{Made, Scalar, Value, number};

/// A value of an answer.
#[derive(Clone, Copy)]
pub(in crate::flight) struct Place<'a> {
    answer: &'a Received,
    spot: Spot,
}

/// The node of a missing half of an entry, which is in no line.
pub(super) const ABSENT: u32 = 1;

impl Received {
    /// Returns the value.
    pub(in crate::flight) fn root(&self) -> Place<'_> {
        let (number, node) = self.root.unwrap_or((u32::MAX, 0));
        Place { answer: self, spot: Spot { number, node, made: None } }
    }

    fn error(&self, stop: Stop) -> Error {
        match stop {
            Stop::Missing(id) => self.lost(id),
            Stop::Rejected(rejection) => rejection.into_error(),
        }
    }
}

impl<'a> Place<'a> {
    fn at(&self, place: (u32, u32)) -> Self {
        Self { answer: self.answer, spot: Spot { number: place.0, node: place.1, made: None } }
    }

    fn content(&self) -> Option<&'a Content> {
        self.answer.lines.get(self.spot.number as usize).map(|line| &line.content)
    }

    /// Returns the place that a reference leads to.
    fn follow(&self) -> Option<Self> {
        let spot = self.answer.follow(self.spot.number, self.spot.node).ok()?;
        Some(Self { spot, ..*self })
    }

    /// True if a member is a text.
    fn is_text(&self, name: &str) -> bool {
        let Some(Content::Model(tape)) = self.content() else { return false };
        let member = tape.child(self.spot.node, name).and_then(|node| self.at((self.spot.number, node)).follow());
        member.is_some_and(|member| matches!(member.looked(), Look::String(_)))
    }

    fn children(&self) -> &'a [u32] {
        self.answer.entries(self.spot).unwrap_or_default()
    }

    fn looked(&self) -> Look<'a> {
        match self.spot.made {
            None => {}
            Some(Made::Map) => return Look::Map,
            Some(Made::Set) => return Look::Set,
            Some(Made::Form) => return Look::FormData,
            Some(Made::Error) => return Look::Error,
            // React makes no function without an id.
            Some(Made::Server) if !self.is_text("id") => return Look::Null,
            Some(other) => return Look::Other(other.name()),
        }
        let node = self.spot.node;
        match self.content() {
            None if node == ABSENT => Look::Undefined,
            None => Look::Null,
            Some(Content::Text(text)) => Look::String(Cow::Borrowed(text)),
            Some(Content::Bytes) => Look::Other("binary data"),
            Some(Content::Module) => Look::Other("something in a client module"),
            Some(Content::Model(tape)) => match tape.shape(node) {
                Shape::Undefined => Look::Undefined,
                Shape::Null => Look::Null,
                Shape::True => Look::Bool(true),
                Shape::False => Look::Bool(false),
                Shape::Number => Look::Number(number::parse(&tape.text(node))),
                Shape::Text => Look::String(tape.text(node)),
                Shape::Special => self.special(),
                Shape::Symbol => Look::Other("a symbol"),
                Shape::Array => Look::Array,
                Shape::Object => Look::Object,
            },
            Some(_) => Look::Other("a stream"),
        }
    }

    fn special(&self) -> Look<'a> {
        match self.answer.special(self.spot.number, self.spot.node) {
            Some(Ok(Special::Scalar(scalar))) => match scalar {
                Scalar::Undefined => Look::Undefined,
                Scalar::Null => Look::Null,
                Scalar::Number(number) => Look::Number(number),
                Scalar::Date(ms) => Look::Date(ms),
                Scalar::BigInt(digits) => Look::BigInt(canonical(&digits).into()),
                Scalar::Symbol(_) => Look::Other("a symbol"),
                Scalar::Error => Look::Error,
            },
            Some(Ok(Special::Promise(_))) => Look::Other("a promise"),
            _ => Look::Other("a lazy value"),
        }
    }
}

impl Source for Place<'_> {
    fn settled(mut self, budget: &Cell<usize>) -> Result<Self, Fault> {
        for _ in 0..MAX_WRAPS {
            if self.spot.made.is_some() {
                return Ok(self);
            }
            let before = self.answer.walked.get();
            self.spot = self.answer.follow(self.spot.number, self.spot.node).map_err(|stop| Fault::rejected(self.answer.error(stop)))?;
            // Each read of a place walks again, and a place may be read many times.
            charge(budget, self.answer.walked.get() - before)?;
            match self.answer.special(self.spot.number, self.spot.node) {
                Some(Ok(Special::Promise(id))) if self.spot.made.is_none() => {
                    let Some(number) = self.answer.number(id) else { return Err(Fault::rejected(self.answer.lost(id))) };
                    self = self.at((number, 0));
                }
                _ => {
                    // The entries may not have been looked at: then that takes time for each.
                    let entries = self.answer.entries(self.spot).map_err(|stop| Fault::rejected(self.answer.error(stop)));
                    if self.spot.made.is_some() {
                        charge(budget, entries?.len())?;
                    }
                    return Ok(self);
                }
            }
        }
        Err(Fault::new("too many promises of promises"))
    }

    fn preserved(self) -> Result<Value, Fault> {
        Err(Fault::new(JAVASCRIPT))
    }

    fn look(&self) -> Look<'_> {
        self.looked()
    }

    fn len(&self) -> usize {
        match self.spot.made {
            Some(Made::Error) => usize::from(self.entry(0).is_some()) + usize::from(self.entry(1).is_some()),
            _ => self.children().len(),
        }
    }

    fn item(&self, at: usize) -> Option<Self> {
        let child = self.children().get(at)?;
        Some(self.at((self.spot.number, *child)))
    }

    fn entry(&self, at: usize) -> Option<(Name<'_, Self>, Self)> {
        let Some(Content::Model(tape)) = self.content() else { return None };
        if self.spot.made == Some(Made::Error) {
            let name = ["name", "message"].into_iter().filter(|name| self.is_text(name)).nth(at)?;
            return Some((Name::Text(Cow::Borrowed(name)), self.at((self.spot.number, tape.child(self.spot.node, name)?))));
        }
        let child = *self.children().get(at)?;
        let value = self.at((self.spot.number, child));
        match self.spot.made {
            None => {
                let name = tape.key(child);
                // As in React's client: else the object would be taken for a promise.
                let promising = name == "then" && value.follow().is_some_and(|value| value.spot.made == Some(Made::Server));
                Some((Name::Text(name), if promising { self.at((u32::MAX, 0)) } else { value }))
            }
            _ => {
                let none = (u32::MAX, ABSENT);
                let [key, value] = self.answer.pair(self.spot, child).ok()?.map(|place| self.at(place.unwrap_or(none)));
                if self.spot.made == Some(Made::Map) {
                    return Some((Name::Value(key), value));
                }
                match key.follow()?.looked() {
                    Look::String(name) => Some((Name::Text(name), value)),
                    _ => None,
                }
            }
        }
    }
}
