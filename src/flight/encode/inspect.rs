//! Declares what the encoder asks of its inspector, which reads the values.

use super::super::Key;

/// What an [`Encoder`](super::Encoder) needs to know of values.
pub trait Inspect {
    /// A value. Clones of a container are the same container.
    type Value: Clone;

    /// What `value` is. `key` is where it stands, for values with a `toJSON(key)`.
    fn look(&mut self, value: &Self::Value, key: Key<'_>) -> Look<Self::Value>;

    /// What is in a container; asked once for each that is written. `None` if reading it threw.
    fn contents(&mut self, value: &Self::Value, container: Container) -> Option<Contents<Self::Value>>;

    /// A finite number as JavaScript's `Number::toString` writes it.
    fn number(&mut self, number: f64) -> String;

    /// Whether somebody keeps the temporaries, so that what cannot be shown to the server can be given back by it. If not, it is an error.
    fn keeps(&self) -> bool {
        true
    }

    /// The name of a symbol that is known by it everywhere (`Symbol.for`).
    fn symbol(&mut self, _value: &Self::Value) -> Option<String> {
        None
    }

    /// The number under which this very container is remembered.
    fn known(&mut self, value: &Self::Value) -> Option<u32>;

    /// Remembers a container.
    fn remember(&mut self, value: &Self::Value, number: u32);
}

impl<I: Inspect> Inspect for &mut I {
    type Value = I::Value;

    fn look(&mut self, value: &Self::Value, key: Key<'_>) -> Look<Self::Value> {
        (**self).look(value, key)
    }

    fn contents(&mut self, value: &Self::Value, container: Container) -> Option<Contents<Self::Value>> {
        (**self).contents(value, container)
    }

    fn number(&mut self, number: f64) -> String {
        (**self).number(number)
    }

    fn keeps(&self) -> bool {
        (**self).keeps()
    }

    fn symbol(&mut self, value: &Self::Value) -> Option<String> {
        (**self).symbol(value)
    }

    fn known(&mut self, value: &Self::Value) -> Option<u32> {
        (**self).known(value)
    }

    fn remember(&mut self, value: &Self::Value, number: u32) {
        (**self).remember(value, number);
    }
}

/// What a value is.
#[derive(Debug)]
pub struct Look<V> {
    /// What the value's `toJSON` gave instead of it.
    pub value: Option<V>,
    pub shape: Shape,
}

/// Everything a value can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Null,
    Undefined,
    Bool(bool),
    Number(f64),
    String(Text),
    /// Decimal digits, perhaps after a `-`.
    BigInt(String),
    /// As `toISOString` writes it; an invalid date is `Null`.
    Date(String),
    Container(Container),
    /// The server cannot look into it, only give it back.
    Opaque(Opaque),
    /// Reading it threw.
    Threw,
}

/// What holds other values, now or later, and is referred to when it is met again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// `Values`; holes are `undefined`.
    Array,
    /// `Members`: own, enumerable, with string keys.
    Object,
    /// `Entries`.
    Map,
    /// `Values`.
    Set,
    /// `Values`: those that remain.
    Iterator,
    /// `Values`, of something else that can be iterated: it arrives as an array. Or `Remaining`, if it turns out to be an iterator.
    Iterable,
    /// `Fields`: strings and files, which are sent as they are.
    FormData,
    /// A Blob or File, sent as it is; never asked for its contents.
    Blob,
    /// `Bytes`, of an ArrayBuffer (`A`) or a view of one: `O o U S s L l G g M m V`, as in answers.
    Binary(char),
    /// `Later`: a promise or another thenable.
    Promise,
    /// `Later`: a stream.
    Stream,
    /// `Later`: an async iterable or iterator.
    AsyncIterable,
    /// `Loaded` or `Later`: a component that is loaded when it is needed.
    Lazy,
    /// `Reference`: a function of the server's.
    Reference,
}

impl Container {
    /// What is not known to the servers of Next 14, with its article.
    pub(super) fn name_beyond_14(self) -> Option<&'static str> {
        match self {
            Self::Blob => Some("a Blob or a File outside a FormData"),
            Self::Binary('A') => Some("an ArrayBuffer"),
            Self::Binary(_) => Some("a typed array"),
            Self::Stream => Some("a stream"),
            Self::AsyncIterable => Some("an async iterable"),
            Self::Lazy => Some("a lazy component"),
            _ => None,
        }
    }
}

/// What the server is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opaque {
    Function,
    Symbol,
    /// A React element.
    Element,
    /// An instance of a class, or an object without a prototype.
    Instance,
}

impl Opaque {
    /// With its article.
    pub(in crate::flight) fn name(self) -> &'static str {
        match self {
            Self::Function => "a function",
            Self::Symbol => "a symbol",
            Self::Element => "a React element",
            Self::Instance => "an instance of a class",
        }
    }
}

/// What is in a container.
#[derive(Debug)]
pub enum Contents<V> {
    Values(Vec<V>),
    /// Of an `Iterable` that is an iterator: those that remain.
    Remaining(Vec<V>),
    Members(Vec<(Text, V)>),
    Entries(Vec<(V, V)>),
    Fields(Vec<(String, V)>),
    /// A Blob of exactly the bytes that are looked at.
    Bytes {
        blob: V,
        len: usize,
    },
    /// It comes later: whoever drives the encoder waits for `source` ([`Slot`]).
    Later {
        later: Later,
        source: V,
    },
    Loaded(V),
    /// `bound` is an array of arguments, or the promise of one.
    Reference {
        id: String,
        bound: Option<V>,
    },
}

/// What is still open, and what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// One value: [`settle`](super::Encoder::settle).
    Promise,
    /// One value: [`settle`](super::Encoder::settle).
    Lazy,
    /// Values, [`chunk`](super::Encoder::chunk) by chunk, until [`close`](super::Encoder::close).
    Stream,
    /// One Blob of everything: [`settle`](super::Encoder::settle).
    Bytes,
    /// As a `Stream`; what it returns goes into `close`.
    AsyncIterable,
    /// As an `AsyncIterable`, and it can be iterated once only.
    AsyncIterator,
}

impl Later {
    /// How it is referred to: this and its id.
    pub(super) fn sigil(self) -> &'static str {
        match self {
            Self::Promise => "@",
            Self::Lazy => "",
            Self::Stream => "R",
            Self::Bytes => "r",
            Self::AsyncIterable => "X",
            Self::AsyncIterator => "x",
        }
    }

    /// What its failure is called.
    pub(super) fn failed(self) -> &'static str {
        match self {
            Self::Promise => "is a promise that was rejected",
            Self::Lazy => "is a lazy component that could not be loaded",
            Self::Stream | Self::Bytes => "is a stream that failed",
            Self::AsyncIterable | Self::AsyncIterator => "is an async iterable that threw",
        }
    }
}

/// Something an argument still waits for.
#[derive(Debug)]
#[must_use = "the body is not complete before it is settled or closed"]
pub struct Slot<V> {
    /// Its part.
    pub id: u32,
    pub later: Later,
    pub source: V,
}

/// A string of JavaScript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// All of it is Unicode.
    Plain(String),
    /// It is not: halves of surrogate pairs are in it. As `JSON.stringify` writes it, quotes included.
    Quoted(String),
}
