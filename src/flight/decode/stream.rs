//! Delivers the rows of streams and async iterables, in order, as they arrive.
//!
//! Knows no JavaScript stream: the builder makes them and counts what was read.

use std::collections::VecDeque;
use std::task::Poll;

use super::waiting::{Receiver, Want};
use super::{Decoder, broken, text};
use crate::flight::row::{Row, Tag};
use crate::flight::{Build, Flow, Rejection, Scalar};
use crate::{Error, Kind};

/// A stream or async iterable of the answer.
pub(super) struct RowFlow<B: Build> {
    kind: Flow,
    /// The value and the handle that feeds it, once a value refers to the stream.
    made: Option<(B::Value, B::Flow)>,
    /// Rows that arrived before that.
    backlog: Vec<Row>,
    /// Values that arrived since and were not delivered. Each waits for the rows it needs, and for the values before
    /// it.
    slots: VecDeque<Slot<B::Value>>,
    /// Number of the first slot.
    first: usize,
    /// True once its last row has arrived.
    ended: bool,
    /// True once the builder knows its end.
    finished: bool,
}

/// A value of a stream, until it is delivered.
struct Slot<V> {
    size: usize,
    /// True for the end: the return value of an iterable, or the failure.
    last: bool,
    value: Poll<Result<V, Rejection>>,
}

impl<B: Build> RowFlow<B> {
    pub(super) fn new(kind: Flow) -> Self {
        Self { kind, made: None, backlog: Vec::new(), slots: VecDeque::new(), first: 0, ended: false, finished: false }
    }

    fn is_stream(&self) -> bool {
        matches!(self.kind, Flow::Stream | Flow::ByteStream)
    }
}

impl<B: Build> Decoder<B> {
    /// Takes a row of a stream that has started. A row after the end of a ReadableStream breaks the answer, as in
    /// React's client; a row after the end of an iterable is ignored.
    pub(super) fn add_flow_row(&mut self, row: Row) -> Result<(), Error> {
        let id = row.id;
        let Some(flow) = self.flows.get_mut(&id) else { return Ok(()) };
        if row.tag == Tag::Module {
            return Err(Error::new(Kind::Decode, format!("row {id:x}: came twice")));
        }
        if flow.ended {
            let ignored = !flow.is_stream() || matches!(row.tag, Tag::Close | Tag::Error);
            let error = || Error::new(Kind::Decode, format!("row {id:x}: came after the end of its stream"));
            return if ignored { Ok(()) } else { Err(error()) };
        }
        flow.ended = matches!(row.tag, Tag::Close | Tag::Error);
        if flow.made.is_none() {
            self.backlog += row.body.len();
            flow.backlog.push(row);
            if self.backlog > self.limits.unread_bytes {
                self.overflow(id);
            }
            return Ok(());
        }
        self.feed(row);
        self.run();
        self.flush(id);
        Ok(())
    }

    /// Returns the stream of row `id`. The first time, makes it and feeds it the rows that arrived before.
    pub(super) fn flow(&mut self, id: u32) -> Result<B::Value, Rejection> {
        let unmade = || broken(id, "a stream that cannot be made here");
        let Some(flow) = self.flows.get_mut(&id) else { return Err(unmade()) };
        if let Some((value, _)) = &flow.made {
            return Ok(value.clone());
        }
        let (value, handle) = self.builder.flow(flow.kind).ok_or_else(unmade)?;
        flow.made = Some((value.clone(), handle));
        for row in std::mem::take(&mut flow.backlog) {
            self.backlog -= row.body.len();
            self.feed(row);
        }
        self.flush(id);
        Ok(value)
    }

    fn feed(&mut self, row: Row) {
        let Row { id, tag, body } = row;
        let Some(flow) = self.flows.get(&id) else { return };
        if !self.is_flowing(id) {
            return;
        }
        let (size, number, kind) = (body.len(), flow.first + flow.slots.len(), flow.kind);
        let last = matches!(tag, Tag::Close | Tag::Error);
        let value = match tag {
            Tag::Error => Poll::Ready(Err(self.thrown(id, &text(body)))),
            Tag::Close if body.is_empty() || matches!(kind, Flow::Stream | Flow::ByteStream) => {
                Poll::Ready(self.scalar(id, &Scalar::Undefined))
            }
            Tag::Text => Poll::Ready(Ok(self.builder.string(&text(body)))),
            Tag::Bytes(letter) => Poll::Ready(self.binary(id, letter, &body)),
            _ => {
                let cell = self.cell(id, &text(body));
                let own = self.add_cell(id, cell);
                self.ready.push_back(Want::of_row(Receiver::Flow(id, number), own));
                Poll::Pending
            }
        };
        if let Some(flow) = self.flows.get_mut(&id) {
            flow.slots.push_back(Slot { size, last, value });
        }
    }

    /// Stores the value of a slot, and delivers what can be delivered.
    pub(super) fn settle_slot(&mut self, id: u32, number: usize, outcome: Result<B::Value, Rejection>) {
        if let Some(flow) = self.flows.get_mut(&id)
            && let Some(slot) = number.checked_sub(flow.first).and_then(|at| flow.slots.get_mut(at))
        {
            slot.value = Poll::Ready(outcome);
        }
        self.flush(id);
    }

    /// Delivers values in order, up to the first that is missing.
    fn flush(&mut self, id: u32) {
        let Some(flow) = self.flows.get_mut(&id) else { return };
        let Some((_, handle)) = &flow.made else { return };
        if flow.finished || self.builder.is_cancelled(handle) {
            flow.slots.clear();
            return;
        }
        while flow.slots.front().is_some_and(|slot| slot.value.is_ready()) {
            let Some(Slot { size, last, value: Poll::Ready(value) }) = flow.slots.pop_front() else { break };
            flow.first += 1;
            let value = match value {
                Ok(value) if !last => {
                    if self.builder.push(handle, value, size) {
                        continue;
                    }
                    Err(broken(id, "not a value of its stream"))
                }
                // As in React's client, a stream fails with its first value that fails; in an iterable only that value
                // fails.
                Err(rejection) if !last && matches!(flow.kind, Flow::Iterable | Flow::Iterator) => {
                    if self.builder.push_failure(handle, rejection.clone(), size) {
                        continue;
                    }
                    Err(rejection)
                }
                ending => ending,
            };
            self.builder.finish(handle, value);
            flow.finished = true;
            flow.slots.clear();
            return;
        }
        if self.builder.unread() + self.backlog > self.limits.unread_bytes {
            self.overflow(id);
        }
    }

    fn overflow(&mut self, id: u32) {
        let error = broken(id, &format!("more than {} bytes wait to be read", self.limits.unread_bytes));
        let Some(flow) = self.flows.get_mut(&id) else { return };
        self.backlog -= std::mem::take(&mut flow.backlog).iter().map(|row| row.body.len()).sum::<usize>();
        match &flow.made {
            Some((_, handle)) => {
                self.builder.finish(handle, Err(error));
                flow.finished = true;
                flow.slots.clear();
            }
            // A value that refers to the stream later gets the error.
            None => {
                self.arrived.insert(id, super::Arrived::Overflowed(error));
            }
        }
    }

    /// True if a value refers to the stream, and it has neither ended nor been cancelled.
    pub(super) fn is_flowing(&self, id: u32) -> bool {
        let Some(flow) = self.flows.get(&id) else { return false };
        flow.made.as_ref().is_some_and(|(_, handle)| !flow.finished && !self.builder.is_cancelled(handle))
    }

    pub(super) fn open_flows(&self) -> usize {
        self.flows.keys().filter(|id| self.is_flowing(**id)).count()
    }

    pub(super) fn any_flow_cancelled(&self) -> bool {
        self.flows.values().filter_map(|flow| flow.made.as_ref()).any(|(_, handle)| self.builder.is_cancelled(handle))
    }

    /// Ends every open stream with an error, because no more bytes will come.
    pub(super) fn close_flows(&mut self, why: impl Fn(u32) -> Error) {
        let mut open: Vec<u32> = self.flows.keys().copied().filter(|id| self.is_flowing(*id)).collect();
        open.sort_unstable();
        for id in open {
            self.flush(id);
            if let Some(flow) = self.flows.get_mut(&id)
                && !flow.finished
                && let Some((_, handle)) = &flow.made
            {
                flow.finished = true;
                self.builder.finish(handle, Err(Rejection::Broken(why(id))));
            }
        }
    }
}
