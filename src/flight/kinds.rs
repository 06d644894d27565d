//! Lists what a [`Value`] may be beside JavaScript's plain values and containers.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Poll;

use super::value::{Children, Settled, Shared};
use super::{Binary, Flow, Rejection, Value};

/// An ArrayBuffer or a view of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes {
    pub kind: Binary,
    /// A multiple of the size of the type; little endian.
    pub bytes: Rc<[u8]>,
}

/// Bytes with a media type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    pub kind: Rc<str>,
    pub bytes: Rc<[u8]>,
}

/// What a server says of something in a client module. Untrusted; nothing is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The bundler's name for the module.
    pub id: Rc<str>,
    /// Names of chunks, or names and files in turn.
    pub chunks: Vec<Rc<str>>,
    /// The export: `*` is the whole module, the empty string what CommonJS exports.
    pub name: Rc<str>,
    /// The module is loaded asynchronously.
    pub is_async: bool,
}

/// A function of the server.
#[derive(Clone, Debug)]
pub struct Server {
    pub id: Rc<str>,
    /// The arguments that come before those of a call: a promise of an array, an array, or null.
    pub bound: Value,
}

/// A value that is loaded when React gets there; several may share one state.
#[derive(Clone, Debug)]
pub struct Lazy(pub Shared<Settled>);

/// A stream or async iterable, as far as it has arrived.
#[derive(Debug)]
pub struct Flowing {
    kind: Flow,
    waiting: VecDeque<(Value, usize)>,
    /// What it ends with, once that has arrived: what an iterable returns, or why it failed.
    end: Poll<Result<Value, Rejection>>,
    cancelled: bool,
    /// Sizes of what waits, of all streams of the answer.
    unread: Rc<Cell<usize>>,
}

impl Client {
    /// Reads `[id, [chunk, …], name, async?]`.
    pub(super) fn read(parts: &[Value]) -> Option<Self> {
        let text = |value: Option<&Value>| match value {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(super::number::write(*number).into()),
            _ => None,
        };
        let chunks = match parts.get(1)? {
            Value::Array(chunks) => chunks.borrow().iter().map(|chunk| text(Some(chunk))).collect::<Option<_>>()?,
            _ => return None,
        };
        let is_async = matches!(parts.get(3), Some(Value::Number(number)) if *number == 1.0);
        Some(Self { id: text(parts.first())?, chunks, name: text(parts.get(2))?, is_async })
    }
}

impl Flowing {
    pub(super) fn new(kind: Flow, unread: Rc<Cell<usize>>) -> Self {
        Self { kind, waiting: VecDeque::new(), end: Poll::Pending, cancelled: false, unread }
    }

    /// What it is.
    pub fn kind(&self) -> Flow {
        self.kind
    }

    /// The next value that has arrived, a promise that was rejected if that value of an iterable failed; `None` if there is none yet, or none any more.
    pub fn take(&mut self) -> Option<Value> {
        let (value, size) = self.waiting.pop_front()?;
        self.unread.set(self.unread.get() - size);
        Some(value)
    }

    /// How it ended, once all of it has arrived. There may still be values to take.
    pub fn end(&self) -> Poll<Result<Value, Rejection>> {
        self.end.clone()
    }

    /// Nobody will read any more: what waits is dropped, and what is still to come. Twice is as good as once.
    pub fn cancel(&mut self) {
        self.cancelled = true;
        while self.take().is_some() {}
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    pub(super) fn push(&mut self, value: Value, size: usize) -> bool {
        if self.kind == Flow::ByteStream && !matches!(value, Value::Bytes(_)) {
            return false;
        }
        self.unread.set(self.unread.get() + size);
        self.waiting.push_back((value, size));
        true
    }

    pub(super) fn finish(&mut self, outcome: Result<Value, Rejection>) {
        if outcome.is_err() && matches!(self.kind, Flow::Stream | Flow::ByteStream) {
            while self.take().is_some() {}
        }
        self.end = Poll::Ready(outcome);
    }
}

impl Drop for Flowing {
    fn drop(&mut self) {
        self.unread.set(self.unread.get() - self.waiting.iter().map(|(_, size)| size).sum::<usize>());
    }
}

impl Children for Client {
    fn take(&mut self, _: &mut Vec<Value>) {}
}

impl Children for Server {
    fn take(&mut self, out: &mut Vec<Value>) {
        out.push(std::mem::replace(&mut self.bound, Value::Null));
    }
}

impl Children for Lazy {
    fn take(&mut self, out: &mut Vec<Value>) {
        self.0.take(out);
    }
}

impl Children for Flowing {
    fn take(&mut self, out: &mut Vec<Value>) {
        while let Some(value) = Self::take(self) {
            out.push(value);
        }
        if let Poll::Ready(Ok(value)) = std::mem::replace(&mut self.end, Poll::Pending) {
            out.push(value);
        }
    }
}
