//! What React's server refuses to decode, known before it is sent (`react-server-dom-webpack` 19.3.1, `decodeReply`).

use super::Text;

/// "slots" of one tree of arrays.
pub(super) const MAX_SLOTS: usize = 1_000_000;
/// Characters of a bigint, its sign included.
pub(super) const MAX_DIGITS: usize = 300;
/// Arguments of an action, and arguments bound to one.
pub(super) const MAX_ARGUMENTS: usize = 1_000;

/// What a tree of arrays costs the server: arrays that stand directly in arrays are one tree. Each array costs its length and one more, a string
/// in it its length, a bigint its digits, a typed array its bytes. The server looks at the sum once some array of the tree has two elements.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tree {
    slots: usize,
    forked: bool,
}

impl Tree {
    pub(super) fn array(&mut self, len: usize) {
        self.forked |= len > 1;
        self.add(len + 1);
    }

    pub(super) fn add(&mut self, slots: usize) {
        self.slots = self.slots.saturating_add(slots);
    }

    pub(super) fn is_too_much(&self) -> bool {
        self.forked && self.slots > MAX_SLOTS
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
