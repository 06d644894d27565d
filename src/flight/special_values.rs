//! Declares the kinds of [`Value`] beyond JSON and JavaScript's collections: binary data, client modules, functions of
//! the server, lazy values and streams.
//!
//! Loads and calls nothing: each only describes what the server sent.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Poll;

use super::value::{Children, PromiseState, Shared};
use super::{Binary, Flow, Rejection, Value};

/// An ArrayBuffer or a view of one.
///
/// ```
/// use actionlane::flight::{Binary, Decoder, Native, Value};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::new(Native::default());
/// decoder.push(b"1:s4,\x01\x00\x02\x000:\"$1\"\n")?;
/// let Poll::Ready(Ok(Value::Bytes(bytes))) = decoder.value() else { panic!() };
/// assert_eq!((bytes.kind, &*bytes.bytes), (Binary::Uint16Array, &[1, 0, 2, 0][..]));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes {
    /// Type of the data.
    pub kind: Binary,
    /// The bytes, little endian. Their number is a multiple of the element's size.
    pub bytes: Rc<[u8]>,
}

/// Bytes with a media type.
///
/// ```
/// use actionlane::flight::{Decoder, Native, Value};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::new(Native::default());
/// decoder.push(b"1:o5,hello2:[\"text/plain\",\"$1\"]\n0:\"$B2\"\n")?;
/// let Poll::Ready(Ok(Value::Blob(blob))) = decoder.value() else { panic!() };
/// assert_eq!((&*blob.kind, &*blob.bytes), ("text/plain", &b"hello"[..]));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Media type, as the server sent it; may be empty.
    pub kind: Rc<str>,
    /// The content.
    pub bytes: Rc<[u8]>,
}

/// A server's description of an export of a client module. Untrusted; nothing is loaded.
///
/// ```
/// use actionlane::flight::{Decoder, Native, Value};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::new(Native::default());
/// decoder.push(b"1:I[42,[\"c1\",\"/_next/c1.js\"],\"Button\"]\n0:\"$1\"\n")?;
/// let Poll::Ready(Ok(Value::Client(client))) = decoder.value() else { panic!() };
/// let client = client.borrow();
/// assert_eq!((&*client.id, &*client.name, client.is_async), ("42", "Button", false));
/// assert_eq!(client.chunks.iter().map(|chunk| &**chunk).collect::<Vec<_>>(), ["c1", "/_next/c1.js"]);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The bundler's name for the module.
    pub id: Rc<str>,
    /// Names of chunks, or names and files alternately, as the bundler has them.
    pub chunks: Vec<Rc<str>>,
    /// The export: `*` is the whole module, the empty string is what CommonJS exports.
    pub name: Rc<str>,
    /// True if the module is loaded asynchronously.
    pub is_async: bool,
}

/// A function of the server, which may be sent back to it as an argument.
///
/// ```
/// use actionlane::flight::{Decoder, Native, Value};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::new(Native::default());
/// decoder.push(b"1:{\"id\":\"7f00\",\"bound\":[\"cart\"]}\n0:\"$h1\"\n")?;
/// let Poll::Ready(Ok(Value::Server(function))) = decoder.value() else { panic!() };
/// assert_eq!(&*function.borrow().id, "7f00");
/// assert!(matches!(&function.borrow().bound, Value::Array(bound) if bound.borrow().len() == 1));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Server {
    /// The action's id.
    pub id: Rc<str>,
    /// Arguments that come before those of a call: a promise of an array, an array, or null.
    pub bound: Value,
}

/// A value that React loads when it renders the place. Lazy values of one row share a state.
///
/// ```
/// use actionlane::flight::{Decoder, Native, Value};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::new(Native::default());
/// decoder.push(b"0:\"$L1\"\n")?;
/// let Poll::Ready(Ok(Value::Lazy(lazy))) = decoder.value() else { panic!() };
/// assert!(lazy.borrow().0.borrow().0.is_pending());
/// decoder.push(b"1:\"late\"\n")?;
/// assert!(matches!(&lazy.borrow().0.borrow().0, Poll::Ready(Ok(Value::String(text))) if **text == *"late"));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Lazy(pub Shared<PromiseState>);

/// A stream or async iterable, as far as it has arrived.
///
/// ```
/// use actionlane::flight::{Decoder, Flow, Native, Value};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::new(Native::default());
/// decoder.push(b"0:\"$1\"\n1:X\n1:\"a\"\n1:\"b\"\n1:C\"sum\"\n")?;
/// let Poll::Ready(Ok(Value::Flow(flow))) = decoder.value() else { panic!() };
/// let mut flow = flow.borrow_mut();
/// assert_eq!(flow.kind(), Flow::Iterable);
/// assert!(matches!(flow.end(), Poll::Ready(Ok(Value::String(returned))) if *returned == *"sum"));
/// assert!(matches!(flow.take(), Some(Value::String(text)) if *text == *"a"));
/// flow.cancel();
/// assert!(flow.is_cancelled() && flow.take().is_none(), "b was dropped");
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Debug)]
pub struct Flowing {
    kind: Flow,
    waiting: VecDeque<(Value, usize)>,
    /// The end, once it has arrived: the return value of an iterable, or the failure.
    end: Poll<Result<Value, Rejection>>,
    cancelled: bool,
    /// Sum of the sizes of waiting values, shared by all streams of the answer.
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

    /// Returns the kind of stream or iterable.
    pub fn kind(&self) -> Flow {
        self.kind
    }

    /// Removes the next value that has arrived. A value of an iterable that failed is a rejected promise. Returns
    /// `None` if no value waits: see [`end`](Self::end) for whether more may come.
    pub fn take(&mut self) -> Option<Value> {
        let (value, size) = self.waiting.pop_front()?;
        self.unread.set(self.unread.get() - size);
        Some(value)
    }

    /// Returns the values that wait to be taken.
    #[allow(dead_code, reason = "only the client's edge in a browser uses it")]
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Value> {
        self.waiting.iter().map(|(value, _)| value)
    }

    /// Returns the end, once all rows have arrived. Values may still wait to be taken.
    pub fn end(&self) -> Poll<Result<Value, Rejection>> {
        self.end.clone()
    }

    /// Drops the waiting values, and every value that still arrives. Does nothing the second time.
    pub fn cancel(&mut self) {
        self.cancelled = true;
        while self.take().is_some() {}
    }

    /// True after [`cancel`](Self::cancel).
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
