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
        self.places[self.place(id)].checked_sub(1)
    }

    /// Returns the number of a row's line. Makes the line if there is none.
    pub(super) fn line(&mut self, id: u32) -> u32 {
        let place = self.place(id);
        if let Some(number) = self.places[place].checked_sub(1) {
            return number;
        }
        let part = id.checked_sub(SENT).zip(self.sent.as_ref());
        let part = part.and_then(|(part, sent)| sent.parts.iter().find(|(id, _)| *id == part));
        let content = part.map_or(Content::Missing, |(_, text)| Content::Raw((**text).to_owned()));
        self.lines.push(Line { id, need: Need::No, content, entries: OnceCell::new() });
        self.places[place] = self.lines.len() as u32;
        if self.lines.len() * 2 > self.places.len() {
            self.places = vec![0; self.places.len() * 4];
            for number in 0..self.lines.len() {
                let place = self.place(self.lines[number].id);
                self.places[place] = number as u32 + 1;
            }
        }
        self.lines.len() as u32 - 1
    }

    /// Returns the place of a row's number, or the empty place where it belongs.
    fn place(&self, id: u32) -> usize {
        let mut at = (id.wrapping_mul(0x9e37_79b9) >> 4) as usize;
        loop {
            at &= self.places.len() - 1;
            match self.places[at] {
                0 => return at,
                number if self.lines[number as usize - 1].id == id => return at,
                _ => at += 1,
            }
        }
    }
}
