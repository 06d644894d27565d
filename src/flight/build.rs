//! Declares what the decoder asks of its builder, which makes the values.

use super::{Made, Rejection, Scalar, Tree};

/// Where a value stands in its container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'k> {
    /// An element of an array.
    Index(usize),
    /// A member of an object.
    Name(&'k str),
}

/// A value, and the place of a numbered container where it goes.
#[derive(Clone, Copy, Debug)]
pub struct Put<'p, V> {
    pub holder: usize,
    pub key: Key<'p>,
    /// Where the value is found: by `path` from here, as [`Build::walk`] does.
    pub from: &'p V,
    pub path: &'p str,
    /// Those next to each other that have the same number here come from the same value.
    pub source: usize,
}

/// A value that is there already, and the place of a numbered container where it goes.
pub type Given<'p, V> = (usize, Key<'p>, V);

/// What delivers values over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// A ReadableStream. When it fails, what has not been read is lost, as the standard has it.
    Stream,
    /// A ReadableStream of bytes.
    ByteStream,
    /// An async iterable, which can be iterated from its beginning any number of times. Where iterations can be left (`break`), it is
    /// cancelled once that was done to all there are: one that begins later yields what had arrived by then, and ends. React's client
    /// has no way to cancel.
    Iterable,
    /// An async iterator, which can be iterated once.
    Iterator,
}

/// The types of binary data, by the letter of their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    ArrayBuffer,
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
}

/// What a [`Decoder`](super::Decoder) needs to be able to make: the values of one language.
///
/// Nothing here panics, whatever the values. What cannot be done is `None` or `false`, and becomes a `DECODE` error that says where.
pub trait Build {
    /// A value. Clones of a container are the same container.
    type Value: Clone + 'static;
    /// The containers of one model that have a number.
    type Holders: Clone;
    /// The other end of a promise: what settles it.
    type Promise;
    /// What all lazy values of one row share.
    type Lazy: Clone;
    /// The other end of a stream or async iterable.
    type Flow;

    /// The value of a model with `ready` put in, as [`put`](Self::put) does, once all of it is made; and its numbered containers if `keep` says
    /// that they are needed. `None` if it is not JSON, or has no such containers because a key comes twice.
    fn tree(&mut self, tree: &Tree<'_>, ready: &[Given<'_, Self::Value>], keep: bool) -> Option<(Self::Value, Option<Self::Holders>)>;

    /// The values of many models, each by itself as [`tree`](Self::tree) makes it. `None` for what cannot be made that way.
    fn trees(&mut self, trees: &[Tree<'_>]) -> Vec<Option<Self::Value>> {
        trees.iter().map(|tree| self.tree(tree, &[], false).map(|(value, _)| value)).collect()
    }

    /// Container number `holder`: an element where there is one.
    fn holder(&mut self, holders: &Self::Holders, holder: usize) -> Option<Self::Value>;

    /// Replaces what stands at `key` of a numbered container. The parts of an element are named.
    /// A function is never put under the name `then`: `null` is, so that no answer becomes a promise by accident.
    fn put(&mut self, holders: &Self::Holders, holder: usize, key: Key<'_>, value: &Self::Value) -> bool;

    /// Puts many values at once, in order; gives the number of the first that cannot be followed or put.
    fn put_all(&mut self, holders: &Self::Holders, puts: &[Put<'_, Self::Value>]) -> Result<(), usize> {
        for (at, put) in puts.iter().enumerate() {
            let value = if put.path.is_empty() { Some(put.from.clone()) } else { self.walk(put.from, put.path) };
            let value = value.ok_or(at)?;
            self.put(holders, put.holder, put.key, &value).then_some(()).ok_or(at)?;
        }
        Ok(())
    }

    /// A string.
    fn string(&mut self, text: &str) -> Self::Value;

    /// A value that is not in JSON.
    fn scalar(&mut self, scalar: &Scalar<'_>) -> Option<Self::Value>;

    /// Binary data of its own; the length is right for the type.
    fn binary(&mut self, kind: Binary, bytes: &[u8]) -> Option<Self::Value>;

    /// Follows `path`, in which a `:` comes before each step, through own elements and members of arrays and plain objects; `None` for everything else. An index is decimal,
    /// without leading zeros.
    fn walk(&mut self, from: &Self::Value, path: &str) -> Option<Self::Value>;

    /// An empty Map, Set, FormData, Error or module description, to be filled once everything it may hold is there.
    fn make(&mut self, kind: Made) -> Option<Self::Value>;

    /// Fills what `make` made from the value of its row; called once for each.
    fn fill(&mut self, kind: Made, made: &Self::Value, from: &Self::Value) -> bool;

    /// What `make` makes, filled at once: what it may hold is there.
    fn made(&mut self, kind: Made, from: &Self::Value) -> Option<Self::Value> {
        let made = self.make(kind)?;
        self.fill(kind, &made, from).then_some(made)
    }

    /// [`made`](Self::made) of many at once. `None` for what cannot be made that way.
    fn made_all(&mut self, list: &[(Made, Self::Value)]) -> Vec<Option<Self::Value>> {
        list.iter().map(|(kind, from)| self.made(*kind, from)).collect()
    }

    /// An iterator over an array, which is filled before anybody iterates.
    fn iterator(&mut self, array: &Self::Value) -> Option<Self::Value>;

    /// A Blob: the type and the bytes in order. `None` if the type is not a string, or a part not binary data.
    fn blob(&mut self, kind: &Self::Value, parts: &[Self::Value]) -> Option<Self::Value>;

    /// A function of the server, and the arguments bound to it: a promise of an array, an array or null. `null` if `id` is not a string.
    fn server(&mut self, id: &Self::Value, bound: &Self::Value) -> Option<Self::Value>;

    /// How many elements an array has; `None` for everything else.
    fn length(&mut self, array: &Self::Value) -> Option<usize>;

    /// A promise nobody has settled, and what settles it.
    fn promise(&mut self) -> Option<(Self::Value, Self::Promise)>;

    /// Settles a promise. A value that is itself a promise is followed, never to itself.
    fn settle(&mut self, promise: Self::Promise, outcome: Result<Self::Value, Rejection>);

    /// What lazy values of one row share.
    fn lazy(&mut self) -> Option<Self::Lazy>;

    /// A lazy value: a new one each time.
    fn lazy_value(&mut self, lazy: &Self::Lazy) -> Option<Self::Value>;

    /// Puts many lazy values, each a new one: `puts` are containers, places, and which of `shared` it belongs to. Those of `shared` that are
    /// `None` are made as [`lazy`](Self::lazy) does; gives all of them, or `None` if something cannot be made or put.
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

    /// A stream or async iterable into which nothing has flown, and its other end.
    fn flow(&mut self, kind: Flow) -> Option<(Self::Value, Self::Flow)>;

    /// Delivers a value that took `size` bytes. False if it does not belong there.
    fn push(&mut self, flow: &Self::Flow, value: Self::Value, size: usize) -> bool;

    /// Delivers that one value of an iterable failed; those after it still come. It takes as much room as a value of `size` bytes.
    fn push_failure(&mut self, flow: &Self::Flow, rejection: Rejection, size: usize) -> bool;

    /// The stream is over, the iterable with a return value; or it failed. Called once for each.
    fn finish(&mut self, flow: &Self::Flow, outcome: Result<Self::Value, Rejection>);

    /// Whether nobody will read any more of it.
    fn is_cancelled(&self, flow: &Self::Flow) -> bool;

    /// The sizes of what was delivered and not read yet, of all streams together.
    fn unread(&self) -> usize;

    /// Tells whether thrown errors come with their `cause` and `errors`, as far as the server sends them.
    fn wants_causes(&self) -> bool {
        false
    }

    /// The caller's own argument at `path` (`0:0`), which the server sent back by name.
    fn temporary(&mut self, path: &str) -> Option<Self::Value>;
}

impl Binary {
    /// By the letter of the row; `b`, a chunk of a byte stream, is a `Uint8Array`.
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

    /// The letter of its rows.
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

    /// The name of the type in JavaScript.
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

    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            Self::ArrayBuffer | Self::Int8Array | Self::Uint8Array | Self::Uint8ClampedArray | Self::DataView => 1,
            Self::Int16Array | Self::Uint16Array => 2,
            Self::Int32Array | Self::Uint32Array | Self::Float32Array => 4,
            Self::Float64Array | Self::BigInt64Array | Self::BigUint64Array => 8,
        }
    }
}
