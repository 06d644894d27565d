//! Writes values that arrive later: those of promises, lazy components, streams and async iterables.
//!
//! Does not wait: the caller does, and reports what arrived.

use super::{Encoder, Inspect, Later, Part, Slot, Top};
use crate::{Error, Kind};

/// A slot that is not settled or closed.
pub(super) struct Open {
    later: Later,
    /// Its place, as messages name it.
    place: String,
    /// Tree of arrays in which it stands.
    tree: Option<usize>,
}

impl<I: Inspect> Encoder<I> {
    /// Returns the next slot to wait for. Each is returned once, in the order in which they were met.
    pub fn poll_open(&mut self) -> Option<Slot<I::Value>> {
        self.slots.pop_front()
    }

    /// Returns the source of the next slot to wait for.
    pub(in crate::flight) fn open_source(&self) -> Option<&I::Value> {
        self.slots.front().map(|slot| &slot.source)
    }

    /// True if no slot is open: the body is complete.
    pub fn is_complete(&self) -> bool {
        self.open.is_empty()
    }

    /// Settles a promise or lazy component with `value`, or a stream of bytes with a Blob. Does nothing if the slot is
    /// not open.
    ///
    /// Fails as [`encode`](super::encode) does; then there is no body.
    pub fn settle(&mut self, id: u32, value: I::Value) -> Result<(), Error> {
        let Some(Open { later, place, tree }) = self.open.remove(&id) else { return Ok(()) };
        match later {
            Later::Promise | Later::Lazy => {
                let text = self.write(value, Top::Part(id, place))?;
                self.parts.push(Part::Json { name: id.to_string(), text });
                if later == Later::Lazy {
                    self.count_loaded(tree, self.bounds.outermost())?;
                }
            }
            Later::Bytes => {
                self.last_id += 1;
                self.parts.push(Part::Entry { name: self.last_id.to_string(), value });
                self.add_stream_field(id, &format!("\"$o{:x}\"", self.last_id));
                self.add_stream_field(id, "C");
            }
            Later::Stream | Later::AsyncIterable | Later::AsyncIterator => {}
        }
        Ok(())
    }

    /// Adds a value to a stream or async iterable. Does nothing if the slot is not open.
    ///
    /// Fails as [`encode`](super::encode) does; then there is no body.
    pub fn chunk(&mut self, id: u32, value: I::Value) -> Result<(), Error> {
        let Some(open) = self.open.get(&id) else { return Ok(()) };
        let place = open.place.clone();
        let text = self.write(value, Top::Chunk(place))?;
        self.add_stream_field(id, &text);
        Ok(())
    }

    /// Ends a stream or async iterable. `returned` is the return value of an iterable; `None` for `undefined`. Does
    /// nothing if the slot is not open.
    ///
    /// Fails as [`encode`](super::encode) does; then there is no body.
    pub fn close(&mut self, id: u32, returned: Option<I::Value>) -> Result<(), Error> {
        let Some(Open { place, .. }) = self.open.remove(&id) else { return Ok(()) };
        let mut text = "C".to_owned();
        if let Some(value) = returned {
            text.push_str(&self.write(value, Top::Chunk(place))?);
        }
        self.add_stream_field(id, &text);
        Ok(())
    }

    /// Returns the error for a promise that was rejected, or a stream that failed: an `ENCODE` error that names the
    /// place. Then there is no body.
    ///
    /// ```
    /// use actionlane::flight::{Encoder, Native, PromiseState, Shared, Value};
    /// use actionlane::protocol::WireForm;
    ///
    /// let promise = Value::Promise(Shared::new(PromiseState(std::task::Poll::Pending)));
    /// let mut encoder = Encoder::new(Native::default(), Value::array([promise]), WireForm::default())?;
    /// let slot = encoder.poll_open().expect("the promise");
    /// assert_eq!(encoder.fail(slot.id).message(), "argument 0 is a promise that was rejected");
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn fail(&self, id: u32) -> Error {
        let what = self.open.get(&id).map_or("failed".to_owned(), |Open { later, place, .. }| format!("{place} {}", later.failed()));
        Error::new(Kind::Encode, what)
    }

    /// Returns the place of the first open slot.
    pub(super) fn open_place(&self) -> Option<&str> {
        self.open.values().next().map(|open| &*open.place)
    }

    /// Refers to a value that arrives later, and opens a slot for it.
    pub(super) fn open_slot(&mut self, value: &I::Value, later: Later, source: I::Value) {
        let id = self.write_new_id(later.sigil());
        if later == Later::Promise {
            self.register_as(value, format!("@{id:x}"));
        }
        self.open.insert(id, Open { later, place: self.here(), tree: self.tree() });
        self.slots.push_back(Slot { id, later, source });
    }

    /// Adds a field of a stream, under the names that the server's version looks for.
    fn add_stream_field(&mut self, id: u32, text: &str) {
        for prefix in self.wire.stream_prefixes() {
            self.parts.push(Part::Json { name: format!("{prefix}{id}"), text: text.to_owned() });
        }
    }
}
