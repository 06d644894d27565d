//! Holds a container while the encoder writes what is in it.

use std::vec;

use super::super::Key;
use super::Text;

/// A container that is being written.
pub(super) struct Frame<V> {
    pub(super) rest: Rest<V>,
    /// How many of its values were begun.
    pub(super) count: usize,
    /// The key of the one begun last.
    pub(super) key: Text,
    /// Its place, if it can be referred to.
    pub(super) place: Option<u32>,
    /// It is a part of its own.
    pub(super) part: Option<u32>,
    /// The tree of arrays it belongs to, if it is one.
    pub(super) tree: Option<usize>,
}

pub(super) enum Rest<V> {
    Values(vec::IntoIter<V>),
    Members(vec::IntoIter<(Text, V)>),
    Entries(vec::IntoIter<(V, V)>),
    /// One value, which is all of the part; it is begun with the frame.
    Alone,
    /// What is bound to this function of the server's.
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

    /// The next value, and whether one came before it.
    pub(super) fn next(&mut self) -> Option<(Next<V>, bool)> {
        let value = match &mut self.rest {
            Rest::Values(values) => Next::Value(values.next()?),
            Rest::Entries(entries) => entries.next().map(|(key, value)| Next::Pair(key, value))?,
            Rest::Alone => return None,
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

    /// Where the value begun last stands.
    pub(super) fn at(&self) -> Key<'_> {
        match (&self.rest, &self.key) {
            (Rest::Members(..), Text::Plain(key) | Text::Quoted(key)) => Key::Name(key),
            (Rest::Bound(..), _) => Key::Name("bound"),
            (Rest::Alone, _) => Key::Name(""),
            _ => Key::Index(self.count.saturating_sub(1)),
        }
    }
}
