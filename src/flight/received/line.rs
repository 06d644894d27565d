//! Holds the rows of an answer, and finds one by its id. Must not look into a row.

use std::cell::OnceCell;

use super::{Received, SENT};
use crate::flight::Rejection;
use crate::flight::tape::Tape;

/// A row.
pub(super) struct Line {
    pub(super) id: u32,
    pub(super) need: Need,
    pub(super) content: Content,
    /// The nodes of a Map's or Set's entries without those whose key comes again, once it was asked for.
    pub(super) entries: OnceCell<Box<[u32]>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    No,
    Later,
    Now,
}

pub(super) enum Content {
    Missing,
    /// An empty row: development servers send it for a row that will never come.
    Halted,
    /// A model that was not looked at.
    Raw(String),
    Model(Tape),
    Text(String),
    Thrown(String),
    Failed(Rejection),
    Bytes,
    Module,
    Flow {
        stream: bool,
        ended: bool,
    },
}

impl Received {
    /// Returns the number of a row's line, if it has one.
    pub(super) fn number(&self, id: u32) -> Option<u32> {
        let (node, slot, _) = self.place(id);
        let number = self.places[node][slot].checked_sub(1)?;
        (self.lines[number as usize].id == id).then_some(number)
    }

    /// Returns the number of a row's line. Makes the line if there is none.
    pub(super) fn line(&mut self, id: u32) -> u32 {
        if let Some(number) = self.number(id) {
            return number;
        }
        let part = id.checked_sub(SENT).zip(self.sent.as_ref());
        let part = part.and_then(|(part, sent)| sent.parts.iter().find(|(id, _)| *id == part));
        let content = part.map_or(Content::Missing, |(_, text)| Content::Raw((**text).to_owned()));
        let number = self.lines.len() as u32;
        self.lines.push(Line { id, need: Need::No, content, entries: OnceCell::new() });
        let (mut node, mut slot, mut shift) = self.place(id);
        // The line whose id ends with the same digits moves one node further in, until the next digits differ.
        while let Some(other) = self.places[node][slot].checked_sub(1) {
            self.places[node][slot] = INNER | self.places.len() as u32;
            node = self.places.len();
            self.places.push([0; 4]);
            shift += 2;
            self.places[node][digit(self.lines[other as usize].id, shift)] = other + 1;
            slot = digit(id, shift);
        }
        self.places[node][slot] = number + 1;
        number
    }

    /// Returns the node and the slot of an id, and the bits that lead there. The slot is empty, or has the line of an
    /// id that ends with the same bits.
    fn place(&self, id: u32) -> (usize, usize, u32) {
        let (mut node, mut shift) = (0, 0);
        loop {
            let slot = digit(id, shift);
            match self.places[node][slot] {
                inner @ INNER.. => (node, shift) = ((inner & !INNER) as usize, shift + 2),
                _ => return (node, slot, shift),
            }
        }
    }
}

/// Marks a slot that leads to another node.
const INNER: u32 = 1 << 31;

/// Returns two bits of an id, the last ones first: the ids of an answer are dense.
fn digit(id: u32, shift: u32) -> usize {
    (id >> shift & 3) as usize
}
