//! Refuses what React's server would refuse to decode, before it is sent (`react-server-dom-webpack` 19.3.1, `decodeReply`).

use super::{Encoder, Inspect, Text};
use crate::Error;

/// "slots" of one tree of arrays.
pub(super) const MAX_SLOTS: usize = 1_000_000;
/// Characters of a bigint, its sign included.
pub(super) const MAX_DIGITS: usize = 300;
/// Arguments of an action, and arguments bound to one.
pub(super) const MAX_ARGUMENTS: usize = 1_000;

/// What the server counts.
#[derive(Default)]
pub(super) struct Bounds {
    trees: Vec<Tree>,
    /// That of the outermost value.
    outermost: usize,
    /// By the numbers of their places, which only grow: the arrays that can be referred to, the part each is in, and its tree.
    arrays: Vec<(u32, Option<u32>, usize)>,
    /// The parts that are being written, each in the one before.
    parts: Vec<Written>,
}

struct Written {
    /// `None` where nothing can refer to it.
    id: Option<u32>,
    /// References in arrays to what is in it: the server follows them when it is through with it.
    met: Vec<Met>,
}

/// A tree of arrays: arrays that stand directly in arrays are one. Each array costs its length and one more, a string in it its length, a bigint
/// its digits, a typed array its bytes, a reference to an array costs all of its tree, once
/// more each time. The server looks at the sum once some array of the tree has two elements.
#[derive(Clone, Copy, Debug, Default)]
struct Tree {
    slots: usize,
    forked: bool,
}

struct Met {
    /// The tree it stands in.
    tree: usize,
    /// The one it refers to.
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
    /// Another outermost value, the part `id`.
    pub(super) fn begin(&mut self, id: Option<u32>) {
        self.outermost = self.tree();
        self.begin_part(id);
    }

    pub(super) fn begin_part(&mut self, id: Option<u32>) {
        self.parts.push(Written { id, met: Vec::new() });
    }

    pub(super) fn outermost(&self) -> usize {
        self.outermost
    }

    /// A new tree.
    pub(super) fn tree(&mut self) -> usize {
        self.trees.push(Tree::default());
        self.trees.len() - 1
    }

    /// An array, in a tree or in one of its own.
    pub(super) fn array(&mut self, tree: Option<usize>, len: usize) -> usize {
        let number = tree.unwrap_or_else(|| self.tree());
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

    /// Adds all that is in another tree. False if that is too much.
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
    /// The tree of the value that is being written.
    pub(super) fn tree(&self) -> Option<usize> {
        self.frames.last().map_or(Some(self.bounds.outermost), |frame| frame.tree)
    }

    pub(super) fn count(&mut self, slots: usize) {
        if let Some(tree) = self.tree().and_then(|tree| self.bounds.trees.get_mut(tree)) {
            tree.add(slots);
        }
    }

    /// Remembers the tree of the array at a new place.
    pub(super) fn array_at(&mut self, place: u32, tree: usize) {
        let part = self.bounds.parts.last().and_then(|part| part.id);
        self.bounds.arrays.push((place, part, tree));
    }

    /// Counts the array at a place, if it is one, where it is met once more.
    pub(super) fn count_met(&mut self, place: u32) -> Result<(), Error> {
        let (Some(tree), Some((part, other))) = (self.tree(), self.bounds.find(place)) else { return Ok(()) };
        match self.bounds.parts.iter_mut().rfind(|written| written.id == part) {
            Some(written) => {
                written.met.push(Met { tree, other });
                Ok(())
            }
            None => self.add(tree, other),
        }
    }

    /// Follows the references into the part that is written now.
    pub(super) fn end_part(&mut self) -> Result<(), Error> {
        let met = self.bounds.parts.pop().map(|part| part.met).unwrap_or_default();
        met.into_iter().try_for_each(|Met { tree, other }| self.add(tree, other))
    }

    /// A value that was loaded counts where it is loaded.
    pub(super) fn loaded_into(&mut self, tree: Option<usize>, loaded: usize) -> Result<(), Error> {
        tree.map_or(Ok(()), |tree| self.add(tree, loaded))
    }

    fn add(&mut self, tree: usize, other: usize) -> Result<(), Error> {
        if self.bounds.add(tree, other) {
            return Ok(());
        }
        Err(self.error(
            "makes an array too big for the server, which counts an array anew wherever it is met again, with all the arrays around it: put it into an \
             object",
        ))
    }

    pub(super) fn within_bounds(&self) -> Result<(), Error> {
        match self.tree().and_then(|tree| self.bounds.trees.get(tree)) {
            Some(tree) if tree.is_too_much() => Err(self.error(
                "makes an array too big for the server, which takes 1 000 000 elements, characters and bytes in arrays within arrays: \
                 send a Blob, or put it into an object",
            )),
            _ => Ok(()),
        }
    }
}

/// The length JavaScript gives a string; of a quoted one perhaps more.
pub(super) fn units(text: &Text) -> usize {
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
        let theirs: Vec<_> = crate::numbers::of_javascript().into_iter().filter(|(name, _)| name.starts_with("MAX_")).collect();
        assert_eq!(theirs, ours.map(|(name, limit)| (name.to_owned(), limit as u32)));
    }
}
