//! Declares [`Inspect`]: the functions by which the encoder reads values.
//!
//! Knows no wire format and no JavaScript. [`Native`](super::super::Native) and the codec's edge implement it.

use super::super::Key;

/// Reads the values of one language for an [`Encoder`](super::Encoder).
///
/// ```
/// use actionlane::flight::{Body, Class, Classified, Container, Contents, Inspect, Key, encode};
///
/// #[derive(Clone, Debug, PartialEq)]
/// enum Order {
///     Cents(u32),
///     List(Vec<Order>),
/// }
///
/// /// Sends cents as prices.
/// struct Orders;
///
/// impl Inspect for Orders {
///     type Value = Order;
///
///     fn classify(&mut self, order: &Order, _: Key<'_>) -> Classified<Order> {
///         let class = match order {
///             Order::Cents(cents) => Class::Number(f64::from(*cents) / 100.0),
///             Order::List(_) => Class::Container(Container::Array),
///         };
///         Classified { value: None, class }
///     }
///
///     fn contents(&mut self, order: &Order, _: Container) -> Option<Contents<Order>> {
///         if let Order::List(orders) = order { Some(Contents::Values(orders.clone())) } else { None }
///     }
///
///     fn number(&mut self, number: f64) -> String {
///         number.to_string()
///     }
///
///     fn known(&mut self, _: &Order) -> Option<u32> {
///         None // a list is never shared
///     }
///
///     fn remember(&mut self, _: &Order, _: u32) {}
/// }
///
/// let body = encode(&mut Orders, Order::List(vec![Order::Cents(1250), Order::Cents(99)]))?.body;
/// assert_eq!(body, Body::Text("[12.5,0.99]".to_owned()));
/// # Ok::<(), actionlane::Error>(())
/// ```
pub trait Inspect {
    /// A value. A clone of a container must be the same container.
    type Value: Clone;

    /// Classifies a value. `key` is its place, for values with a `toJSON(key)`.
    fn classify(&mut self, value: &Self::Value, key: Key<'_>) -> Classified<Self::Value>;

    /// Returns the contents of a container; called once each time it is written. Returns `None` if reading it threw.
    fn contents(&mut self, value: &Self::Value, container: Container) -> Option<Contents<Self::Value>>;

    /// Writes a finite number as JavaScript's `Number::toString` does.
    fn number(&mut self, number: f64) -> String;

    /// True if the caller keeps the temporaries for the answer. If false, a value that the server cannot read is an
    /// error.
    fn keeps_temporaries(&self) -> bool {
        true
    }

    /// Returns the name of a symbol made by `Symbol.for`.
    fn symbol(&mut self, _value: &Self::Value) -> Option<String> {
        None
    }

    /// Returns the number by which this very container was [remembered](Self::remember).
    fn known(&mut self, value: &Self::Value) -> Option<u32>;

    /// Remembers a container by a number.
    fn remember(&mut self, value: &Self::Value, number: u32);
}

impl<I: Inspect> Inspect for &mut I {
    type Value = I::Value;

    fn classify(&mut self, value: &Self::Value, key: Key<'_>) -> Classified<Self::Value> {
        (**self).classify(value, key)
    }

    fn contents(&mut self, value: &Self::Value, container: Container) -> Option<Contents<Self::Value>> {
        (**self).contents(value, container)
    }

    fn number(&mut self, number: f64) -> String {
        (**self).number(number)
    }

    fn keeps_temporaries(&self) -> bool {
        (**self).keeps_temporaries()
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

/// The class of a value, and its replacement.
///
/// ```
/// use actionlane::flight::{Class, Inspect, Key, Native, Value};
///
/// let classified = Native::default().classify(&Value::Date(0.0), Key::Name("at"));
/// assert!(classified.value.is_none(), "only a `toJSON` replaces a value");
/// assert_eq!(classified.class, Class::Date("1970-01-01T00:00:00.000Z".to_owned()));
/// ```
#[derive(Debug)]
pub struct Classified<V> {
    /// The result of the value's `toJSON`, which replaces the value.
    pub value: Option<V>,
    /// The class of the value, or of its replacement.
    pub class: Class,
}

/// Classes of values.
///
/// ```
/// use actionlane::flight::{Class, Container, Inspect, Key, Native, Opaque, Value};
///
/// let mut class = |value: &Value| Native::default().classify(value, Key::Index(0)).class;
/// assert_eq!(class(&Value::Date(f64::NAN)), Class::Null, "as `JSON.stringify` writes an invalid date");
/// assert_eq!(class(&Value::array([])), Class::Container(Container::Array));
/// assert_eq!(class(&Value::Symbol("a".into())), Class::Opaque(Opaque::Symbol));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Class {
    /// `null`.
    Null,
    /// `undefined`.
    Undefined,
    /// A boolean.
    Bool(bool),
    /// A number; may be NaN, an infinity or `-0`.
    Number(f64),
    /// A string.
    String(Text),
    /// A bigint: decimal digits, possibly after a `-`.
    BigInt(String),
    /// A date, as `toISOString` writes it. An invalid date must be `Null` instead.
    Date(String),
    /// A value that holds other values.
    Container(Container),
    /// A value that the server cannot read, only return.
    Opaque(Opaque),
    /// A value that threw when it was read.
    Threw,
}

/// Kinds of values that hold other values, now or later. A repeated one becomes a reference.
///
/// ```
/// use actionlane::flight::{Container, Contents, Inspect, Native, Value};
///
/// let object = Value::from_json(r#"{"a":1}"#).unwrap();
/// let Some(Contents::Members(members)) = Native::default().contents(&object, Container::Object) else { panic!() };
/// assert_eq!(members.len(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// An array. Its contents are `Values`; holes are `undefined`.
    Array,
    /// A plain object. Its contents are `Members`: own, enumerable, with string keys.
    Object,
    /// A Map. Its contents are `Entries`.
    Map,
    /// A Set. Its contents are `Values`.
    Set,
    /// An iterator. Its contents are the remaining `Values`.
    Iterator,
    /// Another iterable, which arrives as an array. Its contents are `Values`, or `Remaining` if it turns out to be an
    /// iterator.
    Iterable,
    /// A FormData. Its contents are `Fields`: strings and files, which are sent as they are.
    FormData,
    /// A Blob or File, sent as it is. Its contents are never requested.
    Blob,
    /// An ArrayBuffer (`A`) or a view of one (`O o U S s L l G g M m V`, as in answers). Its contents are `Bytes`.
    Binary(char),
    /// A promise or another thenable. Its contents are `Later`.
    Promise,
    /// A stream. Its contents are `Later`.
    Stream,
    /// An async iterable or async iterator. Its contents are `Later`.
    AsyncIterable,
    /// A lazy component. Its contents are `Loaded` or `Later`.
    Lazy,
    /// A function of the server. Its contents are a `Reference`.
    Reference,
}

impl Container {
    /// Returns the name, with its article, of a container that servers of Next 14 do not know.
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

/// Kinds of values that the server cannot read. It receives a placeholder that it may return.
///
/// ```
/// use actionlane::flight::{Body, Native, Value, encode};
///
/// let encoded = encode(&mut Native::default(), Value::array([Value::Symbol("a".into())]))?;
/// assert!(matches!(encoded.body, Body::Text(text) if text == r#"["$T"]"#));
/// assert!(matches!(encoded.temporaries.get("0:0"), Some(Value::Symbol(name)) if *name == *"a"));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opaque {
    /// A function of the page.
    Function,
    /// A symbol.
    Symbol,
    /// A React element.
    Element,
    /// An instance of a class, or an object without a prototype.
    Instance,
}

impl Opaque {
    /// Returns the kind's name in messages, with its article.
    pub(in crate::flight) fn name(self) -> &'static str {
        match self {
            Self::Function => "a function",
            Self::Symbol => "a symbol",
            Self::Element => "a React element",
            Self::Instance => "an instance of a class",
        }
    }
}

/// Contents of a container.
///
/// ```
/// use actionlane::flight::{Contents, Container, Inspect, Later, Native, PromiseState, Shared, Value};
/// use std::task::Poll;
///
/// let promise = Value::Promise(Shared::new(PromiseState(Poll::Pending)));
/// let contents = Native::default().contents(&promise, Container::Promise);
/// assert!(matches!(contents, Some(Contents::Later { later: Later::Promise, .. })));
/// ```
#[derive(Debug)]
pub enum Contents<V> {
    /// Values, in order.
    Values(Vec<V>),
    /// Values that remain in an [`Iterable`](Container::Iterable) that is an iterator.
    Remaining(Vec<V>),
    /// Members of an object, in JavaScript's order.
    Members(Vec<(Text, V)>),
    /// Entries of a Map: keys and values.
    Entries(Vec<(V, V)>),
    /// Entries of a FormData: names, and strings or files.
    Fields(Vec<(String, V)>),
    /// Binary data.
    Bytes {
        /// A Blob of exactly the bytes in view.
        blob: V,
        /// Number of bytes.
        len: usize,
    },
    /// Contents that arrive later: the encoder opens a [`Slot`].
    Later {
        /// The kind of slot.
        later: Later,
        /// The value that the caller must wait for.
        source: V,
    },
    /// The value of a lazy component.
    Loaded(V),
    /// A function of the server.
    Reference {
        /// The action's id.
        id: String,
        /// Its bound arguments: an array, or the promise of one.
        bound: Option<V>,
    },
}

/// Kinds of slots, and the calls that end them.
///
/// ```
/// use actionlane::flight::{Encoder, Later, Native, PromiseState, Shared, Value};
/// use actionlane::protocol::WireForm;
///
/// let promise = Value::Promise(Shared::new(PromiseState(std::task::Poll::Pending)));
/// let mut encoder = Encoder::new(Native::default(), Value::array([promise]), WireForm::default())?;
/// assert_eq!(encoder.poll_open().unwrap().later, Later::Promise);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// A promise. Ends with one value: [`settle`](super::Encoder::settle).
    Promise,
    /// A lazy component. Ends with one value: [`settle`](super::Encoder::settle).
    Lazy,
    /// A stream of values: a [`chunk`](super::Encoder::chunk) for each, then [`close`](super::Encoder::close).
    Stream,
    /// A stream of bytes. Ends with one Blob of all bytes: [`settle`](super::Encoder::settle).
    Bytes,
    /// An async iterable. Like a `Stream`, but `close` may have a return value.
    AsyncIterable,
    /// An async iterator. Like an `AsyncIterable`, but the server can iterate it only once.
    AsyncIterator,
}

impl Later {
    /// Returns the letter before the id in a reference.
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

    /// Returns the end of the message if it fails.
    pub(super) fn failed(self) -> &'static str {
        match self {
            Self::Promise => "is a promise that was rejected",
            Self::Lazy => "is a lazy component that could not be loaded",
            Self::Stream | Self::Bytes => "is a stream that failed",
            Self::AsyncIterable | Self::AsyncIterator => "is an async iterable that threw",
        }
    }
}

/// A place in the arguments that waits for a value.
///
/// ```
/// use actionlane::flight::{Encoder, Native, PromiseState, Shared, Value};
/// use actionlane::protocol::WireForm;
///
/// let promise = Value::Promise(Shared::new(PromiseState(std::task::Poll::Pending)));
/// let mut encoder = Encoder::new(Native::default(), Value::array([promise.clone()]), WireForm::default())?;
/// let slot = encoder.poll_open().unwrap();
/// assert_eq!(slot.source.identity(), promise.identity(), "the caller waits for this promise");
/// encoder.settle(slot.id, Value::Null)?;
/// assert!(encoder.poll_open().is_none() && encoder.is_complete());
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "the body is not complete before it is settled or closed"]
pub struct Slot<V> {
    /// Id of the slot, and of its part.
    pub id: u32,
    /// The kind of slot.
    pub later: Later,
    /// The value to wait for.
    pub source: V,
}

/// A JavaScript string.
///
/// ```
/// use actionlane::flight::{Body, Class, Classified, Container, Contents, Inspect, Key, Text, encode};
///
/// struct Texts;
///
/// impl Inspect for Texts {
///     type Value = Text;
///
///     fn classify(&mut self, text: &Text, _: Key<'_>) -> Classified<Text> {
///         Classified { value: None, class: Class::String(text.clone()) }
///     }
///     // …
/// #   fn contents(&mut self, _: &Text, _: Container) -> Option<Contents<Text>> { None }
/// #   fn number(&mut self, number: f64) -> String { number.to_string() }
/// #   fn known(&mut self, _: &Text) -> Option<u32> { None }
/// #   fn remember(&mut self, _: &Text, _: u32) {}
/// }
///
/// let plain = encode(&mut Texts, Text::Plain("$1".to_owned()))?;
/// assert_eq!(plain.body, Body::Text(r#""$$1""#.to_owned()));
/// let lone = encode(&mut Texts, Text::Quoted(r#""$\ud800""#.to_owned()))?;
/// assert_eq!(lone.body, Body::Text(r#""$$\ud800""#.to_owned()));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// A string without lone surrogates.
    Plain(String),
    /// A string with lone surrogates, as `JSON.stringify` writes it, quotes included.
    Quoted(String),
}
