//! Declares [`Build`]: the functions by which the decoder makes values.
//!
//! Knows no wire format and no JavaScript. [`Native`](super::Native) and the codec's edge implement it.

use super::{Made, Rejection, Scalar, Tree};

/// Place of a value in its container.
///
/// ```
/// use actionlane::flight::{Build, Key, Native, Value};
/// use std::rc::Rc;
///
/// let (mut native, object) = (Native::default(), Value::object([]));
/// let holders: Rc<[Value]> = Rc::new([object.clone()]);
/// assert!(native.put(&holders, 0, Key::Name("a"), &Value::Bool(true)));
/// assert!(!native.put(&holders, 0, Key::Index(0), &Value::Null), "an object has no elements");
/// let Value::Object(object) = object else { panic!() };
/// assert!(matches!(object.borrow().get("a"), Some(Value::Bool(true))));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'k> {
    /// An element of an array.
    Index(usize),
    /// A member of an object.
    Name(&'k str),
}

/// A value that must be put into a numbered container.
///
/// ```
/// use actionlane::flight::{Build, Key, Native, Put, Value};
/// use std::rc::Rc;
///
/// let (mut native, list) = (Native::default(), Value::array([Value::Null]));
/// let from = Value::from_json(r#"{"user":{"name":"Ada"}}"#).unwrap();
/// let holders: Rc<[Value]> = Rc::new([list.clone()]);
/// let put = |path| Put { holder: 0, key: Key::Index(0), from: &from, path, source: 0 };
/// assert_eq!(native.put_all(&holders, &[put(":user:name"), put(":email")]), Err(1), "the second leads nowhere");
/// let Value::Array(list) = list else { panic!() };
/// assert!(matches!(&list.borrow()[0], Value::String(name) if **name == *"Ada"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Put<'p, V> {
    /// Number of the container.
    pub holder: usize,
    /// Place in that container.
    pub key: Key<'p>,
    /// Value in which [`Build::walk`] finds the value to put, along `path`.
    pub from: &'p V,
    /// Steps from `from` to the value, each after a `:`. Empty: `from` itself.
    pub path: &'p str,
    /// Neighbours with the same number have the same `from`, so a builder may look it up once.
    pub source: usize,
}

/// A value that is complete already: number of its container, place there, and the value.
pub type Ready<'p, V> = (usize, Key<'p>, V);

/// Kinds of values that deliver other values over time.
///
/// ```
/// use actionlane::flight::{Build, Flow, Native, Value};
///
/// let mut native = Native::default();
/// let (value, flow) = native.flow(Flow::ByteStream).unwrap();
/// assert!(matches!(value, Value::Flow(_)));
/// assert!(!native.push(&flow, Value::string("text"), 4), "a stream of bytes takes binary data only");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// A ReadableStream. When it fails, values that were not read are lost, as the Streams standard says.
    Stream,
    /// A ReadableStream of bytes.
    ByteStream,
    /// An async iterable. It can be iterated from its beginning any number of times. In JavaScript, it is cancelled
    /// once every iteration was left early (`break`): an iteration that begins later yields the values that had
    /// arrived by then, and ends. React's client cannot cancel.
    Iterable,
    /// An async iterator. It can be iterated once.
    Iterator,
}

/// Types of binary data.
///
/// ```
/// use actionlane::flight::Binary;
///
/// assert_eq!(Binary::BigInt64Array.name(), "BigInt64Array");
/// assert_eq!(Binary::BigInt64Array.size(), 8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `ArrayBuffer`.
    ArrayBuffer,
    /// `Int8Array`.
    Int8Array,
    /// `Uint8Array`.
    Uint8Array,
    /// `Uint8ClampedArray`.
    Uint8ClampedArray,
    /// `Int16Array`.
    Int16Array,
    /// `Uint16Array`.
    Uint16Array,
    /// `Int32Array`.
    Int32Array,
    /// `Uint32Array`.
    Uint32Array,
    /// `Float32Array`.
    Float32Array,
    /// `Float64Array`.
    Float64Array,
    /// `BigInt64Array`.
    BigInt64Array,
    /// `BigUint64Array`.
    BigUint64Array,
    /// `DataView`.
    DataView,
}

/// Makes the values of one language for a [`Decoder`](super::Decoder).
///
/// The decoder calls [`tree`](Self::tree) for each row that a value needs, and [`put_all`](Self::put_all) for the
/// references in it. It calls [`make_from`](Self::make_from) for Maps and the like, and [`promise`](Self::promise),
/// [`lazy`](Self::lazy) and [`flow`](Self::flow) for values that arrive later. [`Tree`] has an example of a builder.
///
/// No function may panic, for any values: the server may be hostile. A function that cannot do its work returns `None`,
/// `false` or an index; the decoder makes that a `DECODE` error that says where.
///
/// ```
/// use actionlane::flight::{Build, Made, Native, Value};
/// use std::task::Poll;
///
/// let mut native = Native::default();
/// let entries = Value::from_json(r#"[["a",1],["b",2],["a",3]]"#).unwrap();
/// let Some(Value::Map(map)) = native.make_from(Made::Map, &entries) else { panic!() };
/// assert_eq!(map.borrow().len(), 2, "as in JavaScript, a key that repeats replaces the value");
/// assert!(native.make_from(Made::Map, &Value::Null).is_none(), "not a list of entries");
///
/// let (value, promise) = native.promise().unwrap();
/// let name = native.walk(&entries, ":1:0").unwrap();
/// native.settle(promise, Ok(name));
/// let Value::Promise(settled) = value else { panic!() };
/// assert!(matches!(&settled.borrow().0, Poll::Ready(Ok(Value::String(name))) if **name == *"b"));
/// ```
pub trait Build {
    /// A value. A clone of a container must be the same container.
    type Value: Clone + 'static;
    /// The numbered containers of one model ([`Tree::nodes`]).
    type Holders: Clone;
    /// The handle that settles a promise.
    type Promise;
    /// The state that all lazy values of one row share.
    type Lazy: Clone;
    /// The handle that feeds a stream or async iterable.
    type Flow;

    /// Makes the value of a model, then puts `ready` in, as [`put`](Self::put) does. Also returns the numbered
    /// containers; they may be `None` if `keep` is false. Returns `None` if the text is not JSON, or if a numbered
    /// container cannot be found because a key occurs twice.
    fn tree(&mut self, tree: &Tree<'_>, ready: &[Ready<'_, Self::Value>], keep: bool) -> Option<(Self::Value, Option<Self::Holders>)>;

    /// Makes the values of many models, each as [`tree`](Self::tree) does. An entry may be `None`: the decoder then
    /// makes that model alone, and reports its fault.
    fn trees(&mut self, trees: &[Tree<'_>]) -> Vec<Option<Self::Value>> {
        trees.iter().map(|tree| self.tree(tree, &[], false).map(|(value, _)| value)).collect()
    }

    /// Returns container number `holder`. If the container is the tuple of an element, returns the element.
    fn holder(&mut self, holders: &Self::Holders, holder: usize) -> Option<Self::Value>;

    /// Replaces the value at `key` of container number `holder`. The parts of an element have names. A function of the
    /// server must not be put under the name `then`, or the answer would become a promise by accident: put `null`
    /// instead.
    fn put(&mut self, holders: &Self::Holders, holder: usize, key: Key<'_>, value: &Self::Value) -> bool;

    /// Puts many values, in order. Returns the index of the first whose path leads nowhere or that cannot be put.
    fn put_all(&mut self, holders: &Self::Holders, puts: &[Put<'_, Self::Value>]) -> Result<(), usize> {
        for (at, put) in puts.iter().enumerate() {
            let value = if put.path.is_empty() { Some(put.from.clone()) } else { self.walk(put.from, put.path) };
            let value = value.ok_or(at)?;
            self.put(holders, put.holder, put.key, &value).then_some(()).ok_or(at)?;
        }
        Ok(())
    }

    /// Makes a string.
    fn string(&mut self, text: &str) -> Self::Value;

    /// Makes a value that JSON does not have.
    fn scalar(&mut self, scalar: &Scalar<'_>) -> Option<Self::Value>;

    /// Makes binary data from a copy of `bytes`. The decoder has checked that the length is a multiple of the
    /// element's size.
    fn binary(&mut self, kind: Binary, bytes: &[u8]) -> Option<Self::Value>;

    /// Follows `path` from a value, through own elements of arrays and own members of plain objects. Each step comes
    /// after a `:`; an index is decimal, without leading zeros. Returns `None` for everything else.
    fn walk(&mut self, from: &Self::Value, path: &str) -> Option<Self::Value>;

    /// Makes an empty Map, Set, FormData, Error or description of a client module. [`fill`](Self::fill) fills it
    /// later.
    fn make_empty(&mut self, kind: Made) -> Option<Self::Value>;

    /// Fills `made` with the value of its row. Called once for each.
    fn fill(&mut self, kind: Made, made: &Self::Value, from: &Self::Value) -> bool;

    /// Makes and fills a value at once. The decoder calls this if everything in `from` is complete.
    fn make_from(&mut self, kind: Made, from: &Self::Value) -> Option<Self::Value> {
        let made = self.make_empty(kind)?;
        self.fill(kind, &made, from).then_some(made)
    }

    /// Makes many values, each as [`make_from`](Self::make_from) does. An entry may be `None`: the decoder
    /// then makes that value alone.
    fn make_all_from(&mut self, list: &[(Made, Self::Value)]) -> Vec<Option<Self::Value>> {
        list.iter().map(|(kind, from)| self.make_from(*kind, from)).collect()
    }

    /// Makes an iterator over `array`. References may still be put into the array, but before anyone iterates.
    fn iterator(&mut self, array: &Self::Value) -> Option<Self::Value>;

    /// Makes a Blob of the type `kind` from binary `parts`, in order. Returns `None` if the type is not a string or a
    /// part is not binary.
    fn blob(&mut self, kind: &Self::Value, parts: &[Self::Value]) -> Option<Self::Value>;

    /// Makes a function of the server. `bound` are its bound arguments: a promise of an array, an array or null. Makes
    /// `null` if `id` is not a string.
    fn server(&mut self, id: &Self::Value, bound: &Self::Value) -> Option<Self::Value>;

    /// Returns the length of an array, or `None` for any other value.
    fn length(&mut self, array: &Self::Value) -> Option<usize>;

    /// Makes a pending promise, and the handle that settles it.
    fn promise(&mut self) -> Option<(Self::Value, Self::Promise)>;

    /// Settles a promise. If `outcome` is itself a promise, the reader of the value must follow it; the decoder never
    /// closes a circle.
    fn settle(&mut self, promise: Self::Promise, outcome: Result<Self::Value, Rejection>);

    /// Makes the shared state of the lazy values of one row, not settled.
    fn lazy(&mut self) -> Option<Self::Lazy>;

    /// Makes a lazy value with this state: a new one each time.
    fn lazy_value(&mut self, lazy: &Self::Lazy) -> Option<Self::Value>;

    /// Puts many lazy values, each a new one. An entry of `puts` is a container, a place there, and an index into
    /// `shared`. Makes the entries of `shared` that are `None`, as [`lazy`](Self::lazy) does. Returns all of `shared`,
    /// or `None` if something cannot be made or put.
    fn put_lazies(
        &mut self,
        holders: &Self::Holders,
        shared: Vec<Option<Self::Lazy>>,
        puts: &[(usize, Key<'_>, usize)],
    ) -> Option<Vec<Self::Lazy>> {
        let shared = shared.into_iter().map(|lazy| lazy.or_else(|| self.lazy())).collect::<Option<Vec<_>>>()?;
        for (holder, key, which) in puts {
            let value = self.lazy_value(shared.get(*which)?)?;
            self.put(holders, *holder, *key, &value).then_some(())?;
        }
        Some(shared)
    }

    /// Settles all lazy values of one row.
    fn settle_lazy(&mut self, lazy: &Self::Lazy, outcome: Result<Self::Value, Rejection>);

    /// Makes an empty stream or async iterable, and the handle that feeds it.
    fn flow(&mut self, kind: Flow) -> Option<(Self::Value, Self::Flow)>;

    /// Delivers a value that took `size` bytes. Returns false if the value is of the wrong type for the stream.
    fn push(&mut self, flow: &Self::Flow, value: Self::Value, size: usize) -> bool;

    /// Delivers the failure of one value of an iterable; later values still come. Counts as `size` bytes.
    fn push_failure(&mut self, flow: &Self::Flow, rejection: Rejection, size: usize) -> bool;

    /// Ends a stream or iterable. `Ok` holds the return value of an iterable, `undefined` for a stream. Called once
    /// for each.
    fn finish(&mut self, flow: &Self::Flow, outcome: Result<Self::Value, Rejection>);

    /// True if nothing more will be read from it.
    fn is_cancelled(&self, flow: &Self::Flow) -> bool;

    /// Returns the sum of the sizes of all values that were delivered and not read, over all streams.
    fn unread(&self) -> usize;

    /// True if thrown errors must carry their `cause` and `errors`, where the server sends them.
    fn wants_causes(&self) -> bool {
        false
    }

    /// Returns the caller's own argument at `path` (`0:0`), which the server sent back by its path.
    fn temporary(&mut self, path: &str) -> Option<Self::Value>;
}

impl Binary {
    /// Returns the type for the letter of a row. `b`, a chunk of a byte stream, is a `Uint8Array`.
    pub(super) fn of(letter: u8) -> Self {
        match letter {
            b'A' => Self::ArrayBuffer,
            b'O' => Self::Int8Array,
            b'U' => Self::Uint8ClampedArray,
            b'S' => Self::Int16Array,
            b's' => Self::Uint16Array,
            b'L' => Self::Int32Array,
            b'l' => Self::Uint32Array,
            b'G' => Self::Float32Array,
            b'g' => Self::Float64Array,
            b'M' => Self::BigInt64Array,
            b'm' => Self::BigUint64Array,
            b'V' => Self::DataView,
            _ => Self::Uint8Array,
        }
    }

    /// Returns the letter of the type's rows.
    pub(super) fn letter(self) -> char {
        match self {
            Self::ArrayBuffer => 'A',
            Self::Int8Array => 'O',
            Self::Uint8Array => 'o',
            Self::Uint8ClampedArray => 'U',
            Self::Int16Array => 'S',
            Self::Uint16Array => 's',
            Self::Int32Array => 'L',
            Self::Uint32Array => 'l',
            Self::Float32Array => 'G',
            Self::Float64Array => 'g',
            Self::BigInt64Array => 'M',
            Self::BigUint64Array => 'm',
            Self::DataView => 'V',
        }
    }

    /// Returns the letter of the type with this name.
    #[allow(dead_code, reason = "only the edges use it")]
    pub(crate) fn letter_of(name: &str) -> Option<char> {
        b"AOoUSsLlGgMmV".iter().map(|letter| Self::of(*letter)).find(|kind| kind.name() == name).map(Self::letter)
    }

    /// Returns the name of the type in JavaScript.
    pub fn name(self) -> &'static str {
        match self {
            Self::ArrayBuffer => "ArrayBuffer",
            Self::Int8Array => "Int8Array",
            Self::Uint8Array => "Uint8Array",
            Self::Uint8ClampedArray => "Uint8ClampedArray",
            Self::Int16Array => "Int16Array",
            Self::Uint16Array => "Uint16Array",
            Self::Int32Array => "Int32Array",
            Self::Uint32Array => "Uint32Array",
            Self::Float32Array => "Float32Array",
            Self::Float64Array => "Float64Array",
            Self::BigInt64Array => "BigInt64Array",
            Self::BigUint64Array => "BigUint64Array",
            Self::DataView => "DataView",
        }
    }

    /// Returns the bytes of one element; 1 for an `ArrayBuffer` and a `DataView`.
    pub fn size(self) -> usize {
        match self {
            Self::ArrayBuffer | Self::Int8Array | Self::Uint8Array | Self::Uint8ClampedArray | Self::DataView => 1,
            Self::Int16Array | Self::Uint16Array => 2,
            Self::Int32Array | Self::Uint32Array | Self::Float32Array => 4,
            Self::Float64Array | Self::BigInt64Array | Self::BigUint64Array => 8,
        }
    }
}
