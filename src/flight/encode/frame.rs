//! Holds the state of a container while the encoder writes it.
//!
//! Writes nothing.

use std::vec;

use super::super::Key;
use super::Text;

/// A container that is being written.
pub(super) struct Frame<V> {
    /// The values that are not written yet.
    pub(super) rest: Rest<V>,
    /// Number of values that were begun.
    pub(super) count: usize,
    /// Key of the value that was begun last.
    pub(super) key: Text,
    /// Number of its place, if it can be referred to.
    pub(super) place: Option<u32>,
    /// Id of the part, if the container is a part of its own.
    pub(super) part: Option<u32>,
    /// Tree of arrays it belongs to, if it is an array or a loaded part.
    pub(super) tree: Option<usize>,
}

pub(super) enum Rest<V> {
    Values(vec::IntoIter<V>),
    Members(vec::IntoIter<(Text, V)>),
    Entries(vec::IntoIter<(V, V)>),
    /// One value, which is the whole part.
    One(Option<V>),
    /// A function of the server, and its bound arguments.
    Bound(V, Option<V>),
}

pub(super) enum Next<V> {
    Value(V),
    Pair(V, V),
}

impl<V> Frame<V> {
    pub(super) fn new(rest: Rest<V>, place: Option<u32>, part: Option<u32>, tree: Option<usize>) -> Self {
        Self { rest, count: 0, key: Text::Plain(String::new()), place, part, tree }
    }

    /// Returns the next value; true if a value came before it.
    pub(super) fn next(&mut self) -> Option<(Next<V>, bool)> {
        let value = match &mut self.rest {
            Rest::Values(values) => Next::Value(values.next()?),
            Rest::Entries(entries) => entries.next().map(|(key, value)| Next::Pair(key, value))?,
            Rest::One(value) => Next::Value(value.take()?),
            Rest::Bound(_, bound) => Next::Value(bound.take()?),
            Rest::Members(members) => {
                let (key, value) = members.next()?;
                self.key = key;
                Next::Value(value)
            }
        };
        self.count += 1;
        Some((value, self.count > 1))
    }

    /// Returns the place of the value that was begun last.
    pub(super) fn at(&self) -> Key<'_> {
        match (&self.rest, &self.key) {
            (Rest::Members(..), Text::Plain(key) | Text::Quoted(key)) => Key::Name(key),
            (Rest::Bound(..), _) => Key::Name("bound"),
            (Rest::One(_), _) => Key::Name(""),
            _ => Key::Index(self.count.saturating_sub(1)),
        }
    }
}
