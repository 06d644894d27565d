//! Writes maps: which text one becomes is known once all of its keys are. Must not write other values itself.

use serde::Serialize;
use serde::ser::SerializeMap;

use super::{OBJECT, Open, Writer, Written};
use crate::flight::json;
use crate::flight::serde::fault::{Fault, Step};
use crate::text::hex;

/// A map that is being written: an object if all keys are strings, else a Map, which is a text of its own.
pub(in crate::flight) struct Entries<'r> {
    open: Open<'r>,
    /// Place of the map in the text.
    from: usize,
    /// Places of the keys and values.
    places: Vec<usize>,
    /// True while all keys are strings.
    names: bool,
    /// Number of the tree of arrays that a Map's entries are.
    tree: usize,
}

impl<'r> Entries<'r> {
    pub(super) fn new(mut open: Open<'r>) -> Self {
        let (from, tree) = (open.reply.out.len(), open.reply.plant());
        open.tree = None;
        Self { open, from, places: Vec::new(), names: true, tree }
    }

    fn fault(&self, fault: Fault) -> Fault {
        let at = self.open.count - 1;
        let key = match self.places.len().checked_sub(2).map(|from| (self.places[from], self.places[from + 1])) {
            Some((from, to)) if self.names => self.open.reply.out.get(from + 1..to - 2).map(json::unescape),
            _ => None,
        };
        let key = key.as_deref().map(|key| key.strip_prefix("$$").map_or(key.to_owned(), |rest| ["$", rest].concat()));
        fault.at(Step::of_entry(key.as_deref(), at))
    }

    /// Counts the entry whose key was written. The server reads a Map from an array of arrays.
    fn count(&mut self, written: Written) -> Result<(), Fault> {
        let slots = if self.names { 4 * self.open.count + 1 } else { 4 };
        self.names &= matches!(written, Written::Text);
        if !self.names {
            self.open.tree = Some(self.tree);
            self.open.reply.count(self.open.tree, slots, true)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Written, Fault> {
        let Self { open, from, mut places, names, .. } = self;
        let out = &mut open.reply.out;
        let written = out.split_off(from);
        places.push(from + written.len() + 1);
        // Each place is that of a key or a value, with the comma before the next.
        let cut = |at: usize| written.get(places[at] - from..places[at + 1] - from - 1).unwrap_or_default();
        let mut text = String::with_capacity(written.len());
        for entry in (0..places.len() - 1).step_by(2) {
            text.push_str(match (entry, names) {
                (0, true) => "",
                (0, false) => "[",
                (_, true) => ",",
                (_, false) => ",[",
            });
            // No name has lost its own `$`.
            text.push_str(&match cut(entry).strip_prefix("\"$$") {
                Some(rest) if names => ["\"$", rest].concat(),
                _ => cut(entry).to_owned(),
            });
            text.push_str(if names { ":" } else { "," });
            text.push_str(cut(entry + 1));
            text.push_str(if names { "" } else { "]" });
        }
        if names {
            out.extend(["{", &text, "}"]);
            return Ok(OBJECT);
        }
        let reply = open.reply;
        reply.last_id += 1;
        reply.out.extend(["\"$Q", &hex(reply.last_id), "\""]);
        reply.parts.push((reply.last_id, ["[", &text, "]"].concat().into()));
        Ok(Written::Other("a Map"))
    }
}

impl SerializeMap for Entries<'_> {
    type Ok = Written;
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        if self.open.count > 0 {
            self.open.reply.out.push(',');
        }
        self.open.count += 1;
        self.places.push(self.open.reply.out.len());
        let at = self.open.count - 1;
        let inside = Writer { tree: Some(self.tree), ..self.open.inside() };
        let written = key.serialize(inside).map_err(|fault| fault.at(Step::Key(at)))?;
        self.count(written).map_err(|fault| fault.at(Step::Key(at)))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.open.reply.out.push(',');
        self.places.push(self.open.reply.out.len());
        value.serialize(self.open.inside()).map(drop).map_err(|fault| self.fault(fault))
    }

    fn end(self) -> Result<Written, Fault> {
        self.finish()
    }
}
