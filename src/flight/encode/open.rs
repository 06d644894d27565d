//! Writes what comes later: promises, streams and async iterables.

use super::{Encoder, Inspect, Later, Part, Slot, Top};
use crate::{Error, Kind};

/// A slot that is not settled or closed.
pub(super) struct Open {
    later: Later,
    /// Where it stands, for people.
    place: String,
    /// The tree of arrays it stands in.
    tree: Option<usize>,
}

impl<I: Inspect> Encoder<I> {
    /// Something to wait for, each once, in the order of meeting.
    pub fn poll_open(&mut self) -> Option<Slot<I::Value>> {
        self.slots.pop_front()
    }

    /// Whether nothing is open.
    pub fn is_complete(&self) -> bool {
        self.open.is_empty()
    }

    /// A promise or a lazy component has come to `value`, or a stream of bytes to a Blob. Nothing happens if it is not open.
    ///
    /// Fails as [`encode`](super::encode) does; there is no body then.
    pub fn settle(&mut self, id: u32, value: I::Value) -> Result<(), Error> {
        let Some(Open { later, place, tree }) = self.open.remove(&id) else { return Ok(()) };
        match later {
            Later::Promise | Later::Lazy => {
                let text = self.write(value, Top::Part(id, place))?;
                self.parts.push(Part::Json { name: id.to_string(), text });
                if later == Later::Lazy {
                    self.loaded_into(tree, self.bounds.outermost())?;
                }
            }
            Later::Bytes => {
                self.ids += 1;
                self.parts.push(Part::Entry { name: self.ids.to_string(), value });
                self.stream(id, &format!("\"$o{:x}\"", self.ids));
                self.stream(id, "C");
            }
            Later::Stream | Later::AsyncIterable | Later::AsyncIterator => {}
        }
        Ok(())
    }

    /// A stream has given a value. Nothing happens if it is not open.
    ///
    /// Fails as [`encode`](super::encode) does; there is no body then.
    pub fn chunk(&mut self, id: u32, value: I::Value) -> Result<(), Error> {
        let Some(open) = self.open.get(&id) else { return Ok(()) };
        let place = open.place.clone();
        let text = self.write(value, Top::Chunk(place))?;
        self.stream(id, &text);
        Ok(())
    }

    /// A stream has ended; an async iterable may have returned something other than `undefined`. Nothing happens if it is not open.
    ///
    /// Fails as [`encode`](super::encode) does; there is no body then.
    pub fn close(&mut self, id: u32, returned: Option<I::Value>) -> Result<(), Error> {
        let Some(Open { place, .. }) = self.open.remove(&id) else { return Ok(()) };
        let mut text = "C".to_owned();
        if let Some(value) = returned {
            text.push_str(&self.write(value, Top::Chunk(place))?);
        }
        self.stream(id, &text);
        Ok(())
    }

    /// What to say of a promise that was rejected, or a stream that failed: an `ENCODE` error that says where. There is no body then.
    pub fn fail(&self, id: u32) -> Error {
        let what = self.open.get(&id).map_or("failed".to_owned(), |Open { later, place, .. }| format!("{place} {}", later.failed()));
        Error::new(Kind::Encode, what)
    }

    /// Where the first that is open stands.
    pub(super) fn open_place(&self) -> Option<&str> {
        self.open.values().next().map(|open| &*open.place)
    }

    /// Refers to what comes later.
    pub(super) fn later(&mut self, value: &I::Value, later: Later, source: I::Value) {
        let id = self.id(later.sigil());
        if later == Later::Promise {
            self.name(value, format!("@{id:x}"));
        }
        self.open.insert(id, Open { later, place: self.here(), tree: self.tree() });
        self.slots.push_back(Slot { id, later, source });
    }

    /// A field of a stream: under the names that the server's version looks for.
    fn stream(&mut self, id: u32, text: &str) {
        for prefix in self.wire.stream_prefixes() {
            self.parts.push(Part::Json { name: format!("{prefix}{id}"), text: text.to_owned() });
        }
    }
}
