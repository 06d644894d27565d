//! Refuses arguments that React's server would refuse to decode, before they are sent. Knows the limits only, not how
//! values are written.
//!
//! The rules are those of `decodeReply` in `react-server-dom-webpack` 19.3.1. Must count as that server does.

use super::{Encoder, Inspect, Text};
use crate::Error;

/// Slots of one tree of arrays.
pub(in crate::flight) const MAX_SLOTS: usize = 1_000_000;
/// Characters of a bigint, its sign included.
pub(in crate::flight) const MAX_DIGITS: usize = 300;
/// Arguments of an action, or arguments bound to one.
pub(in crate::flight) const MAX_ARGUMENTS: usize = 1_000;

/// Message about a tree of arrays beyond that.
pub(in crate::flight) const TOO_BIG: &str = "makes an array too big for the server, which takes 1 000 000 elements, characters and bytes in arrays within arrays: send a Blob, or \
     put it into an object";

/// The sums that the server would reach, so far.
#[derive(Default)]
pub(super) struct Bounds {
    trees: Vec<Tree>,
    /// Tree of the outermost value.
    outermost: usize,
    /// Arrays that can be referred to, by ascending number of their places: that number, the part, and the tree.
    arrays: Vec<(u32, Option<u32>, usize)>,
    /// The parts that are being written, each inside the one before.
    parts: Vec<OpenPart>,
}

/// A part that is being written.
struct OpenPart {
    /// Id of the part; `None` if nothing can refer to it.
    id: Option<u32>,
    /// References from arrays to arrays in this part. The server follows them once it has read the part.
    references: Vec<ArrayReference>,
}

/// A tree of arrays: an array directly inside an array belongs to the same tree.
///
/// An array costs its length plus one, a string in it its length, a bigint its digits, a typed array its bytes, and a
/// reference to an array the whole tree of that array, each time. The server checks the sum once an array of the tree
/// has two elements.
#[derive(Clone, Copy, Debug, Default)]
struct Tree {
    slots: usize,
    forked: bool,
}

/// A reference from an array to another.
struct ArrayReference {
    /// Tree in which the reference stands.
    tree: usize,
    /// Tree to which it refers.
    other: usize,
}

impl Tree {
    fn add(&mut self, slots: usize) {
        self.slots = self.slots.saturating_add(slots);
    }

    fn is_too_much(&self) -> bool {
        self.forked && self.slots > MAX_SLOTS
    }
}

impl Bounds {
    /// Starts another outermost value, which is the part `id`.
    pub(super) fn begin(&mut self, id: Option<u32>) {
        self.outermost = self.start_tree();
        self.begin_part(id);
    }

    pub(super) fn begin_part(&mut self, id: Option<u32>) {
        self.parts.push(OpenPart { id, references: Vec::new() });
    }

    pub(super) fn outermost(&self) -> usize {
        self.outermost
    }

    /// Starts a tree.
    pub(super) fn start_tree(&mut self) -> usize {
        self.trees.push(Tree::default());
        self.trees.len() - 1
    }

    /// Counts an array of `len` elements, in `tree` or in a new one. Returns the tree.
    pub(super) fn count_array(&mut self, tree: Option<usize>, len: usize) -> usize {
        let number = tree.unwrap_or_else(|| self.start_tree());
        if let Some(tree) = self.trees.get_mut(number) {
            tree.forked |= len > 1;
            tree.add(len + 1);
        }
        number
    }

    fn find(&self, place: u32) -> Option<(Option<u32>, usize)> {
        let at = self.arrays.binary_search_by_key(&place, |(place, ..)| *place).ok()?;
        self.arrays.get(at).map(|(_, part, tree)| (*part, *tree))
    }

    /// Adds the sum of another tree. Returns false if that is too much.
    fn add(&mut self, tree: usize, other: usize) -> bool {
        let more = self.trees.get(other).copied().unwrap_or_default();
        self.trees.get_mut(tree).is_none_or(|tree| {
            tree.forked |= more.forked;
            tree.add(more.slots);
            !tree.is_too_much()
        })
    }
}

impl<I: Inspect> Encoder<I> {
    /// Returns the tree of the value that is being written.
    pub(super) fn tree(&self) -> Option<usize> {
        self.frames.last().map_or(Some(self.bounds.outermost), |frame| frame.tree)
    }

    pub(super) fn count_in_tree(&mut self, slots: usize) {
        if let Some(tree) = self.tree().and_then(|tree| self.bounds.trees.get_mut(tree)) {
            tree.add(slots);
        }
    }

    /// Stores the tree of the array at a new place.
    pub(super) fn store_array(&mut self, place: u32, tree: usize) {
        let part = self.bounds.parts.last().and_then(|part| part.id);
        self.bounds.arrays.push((place, part, tree));
    }

    /// Counts the array at a place once more, if there is one.
    pub(super) fn count_repeated(&mut self, place: u32) -> Result<(), Error> {
        let (Some(tree), Some((part, other))) = (self.tree(), self.bounds.find(place)) else { return Ok(()) };
        match self.bounds.parts.iter_mut().rfind(|open| open.id == part) {
            Some(open) => {
                open.references.push(ArrayReference { tree, other });
                Ok(())
            }
            None => self.add(tree, other),
        }
    }

    /// Follows the references into the part that is now complete.
    pub(super) fn end_part(&mut self) -> Result<(), Error> {
        let references = self.bounds.parts.pop().map(|part| part.references).unwrap_or_default();
        references.into_iter().try_for_each(|ArrayReference { tree, other }| self.add(tree, other))
    }

    /// Counts a value that was loaded in the tree that holds the lazy component.
    pub(super) fn count_loaded(&mut self, tree: Option<usize>, loaded: usize) -> Result<(), Error> {
        tree.map_or(Ok(()), |tree| self.add(tree, loaded))
    }

    fn add(&mut self, tree: usize, other: usize) -> Result<(), Error> {
        if self.bounds.add(tree, other) {
            return Ok(());
        }
        Err(self.error(
            "makes an array too big for the server, which counts an array each time it is met, with all the arrays around it: put it into an \
             object",
        ))
    }

    pub(super) fn check_bounds(&self) -> Result<(), Error> {
        match self.tree().and_then(|tree| self.bounds.trees.get(tree)) {
            Some(tree) if tree.is_too_much() => Err(self.error(TOO_BIG)),
            _ => Ok(()),
        }
    }
}

/// Returns the length of the string in JavaScript; for a quoted text possibly more.
pub(super) fn utf16_length(text: &Text) -> usize {
    match text {
        Text::Plain(text) if text.is_ascii() => text.len(),
        Text::Plain(text) => text.encode_utf16().count(),
        Text::Quoted(text) => text.encode_utf16().count() - 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flight::Limits;

    #[test]
    fn javascript_has_the_same_limits() {
        let Limits { row_bytes, total_bytes, depth, digits, .. } = Limits::DEFAULT;
        let ours = [
            ("MAX_ANSWER_BYTES", total_bytes),
            ("MAX_ANSWER_DIGITS", digits),
            ("MAX_ARGUMENTS", MAX_ARGUMENTS),
            ("MAX_DEPTH", depth),
            ("MAX_DIGITS", MAX_DIGITS),
            ("MAX_ROW_BYTES", row_bytes),
            ("MAX_SLOTS", MAX_SLOTS),
        ];
        let theirs: Vec<_> = crate::codes::of_javascript().into_iter().filter(|(name, _)| name.starts_with("MAX_")).collect();
        assert_eq!(theirs, ours.map(|(name, limit)| (name.to_owned(), limit as u32)));
    }
}
