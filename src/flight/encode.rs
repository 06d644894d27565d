//! Encodes values as the body of a request: React's Reply encoding.
//!
//! Reads values through an inspector ([`Inspect`]) only. Must not use recursion where the arguments decide how deep it
//! goes.
//!
//! ```text
//! body  = json                  where no part was needed: one text
//!       | part* "0" = json      else form data, the root last: every part comes before the ones that refer to it
//! part  = <d> = json            a Map's entries, the values of a Set or an iterator, the value of a promise or a lazy
//!                               component, {"id":…,"bound":null | "$@<h>"} of a function of the server
//!       | <d> = Blob            a file, or the bytes of a buffer
//!       | "_<h>_<key>" = entry  of a FormData
//!       | "S<d>" = json         a value of a stream or an async iterable
//!       | "S<d>" = "C" json?    its end, with what it returned
//! json  = as in answers: "$$…" "$undefined" "$NaN" "$Infinity" "$-Infinity" "$-0" "$n…" "$D…"
//!         "$Q<h>" "$W<h>" "$i<h>" "$K<h>" "$B<h>" "$A<h>" …  the parts above
//!         "$@<h>" "$<h>" "$h<h>" "$R<h>" "$r<h>" "$X<h>" "$x<h>"
//!         "$<h>:k1:k2"                                       an object that was written at this path
//!         "$T"                                               a value the server cannot read, only return
//! ```
//!
//! `<d>` and `<h>` are a part's id in decimal and in hex. React writes decimal ids into the names of FormData entries,
//! but its servers look for hex, so from id 10 on they find an empty form. Hex is right on all of them.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

mod async_values;
mod back_reference;
mod container;
mod frame;
mod inspector;
mod location;
pub(super) mod server_limits;
mod write;

use self::back_reference::Place;
use self::frame::{Frame, Next, Rest};
use self::server_limits::Bounds;
use super::{Key, Limits, json};
use crate::protocol::WireForm;
use crate::{Error, Kind};

pub use self::back_reference::Temporaries;
pub use self::inspector::{Class, Classified, Container, Contents, Inspect, Later, Opaque, Slot, Text};

/// The result of encoding.
///
/// ```
/// use actionlane::flight::{Body, Native, Value, encode};
///
/// let cart = Value::object([("total", Value::Number(12.5))]);
/// let encoded = encode(&mut Native::default(), Value::array([cart.clone()]))?;
/// assert_eq!(encoded.temporaries.get("0:0").map(|value| value.identity()), Some(cart.identity()));
/// assert!(matches!(encoded.body, Body::Text(text) if text == r#"[{"total":12.5}]"#));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Debug)]
pub struct Encoded<V> {
    /// The body to send.
    pub body: Body<V>,
    /// The values that the answer may refer to by their paths.
    pub temporaries: Temporaries<V>,
}

/// A body to send.
///
/// ```
/// use actionlane::flight::{Body, Native, Part, Shared, Value, encode};
///
/// let map = Value::Map(Shared::new(vec![(Value::string("a"), Value::Number(1.0))]));
/// let Body::Form(parts) = encode(&mut Native::default(), Value::array([map]))?.body else { panic!() };
/// assert!(matches!(&parts[0], Part::Json { name, text } if name == "1" && text == r#"[["a",1]]"#));
/// assert!(matches!(&parts[1], Part::Json { name, text } if name == "0" && text == r#"["$Q1"]"#));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body<V> {
    /// One text, to send as `text/plain;charset=UTF-8`.
    Text(String),
    /// Form data with these fields, in this order.
    Form(Vec<Part<V>>),
}

/// A field of form data.
///
/// ```
/// use actionlane::flight::{Body, Native, Part, Shared, Value, encode};
///
/// let form = Value::FormData(Shared::new(vec![("name".into(), Value::string("Ada"))]));
/// let Body::Form(parts) = encode(&mut Native::default(), Value::array([form]))?.body else { panic!() };
/// let Part::Entry { name, value: Value::String(value) } = &parts[0] else { panic!() };
/// assert_eq!((&**name, &**value), ("_1_name", "Ada"));
/// assert!(matches!(&parts[1], Part::Json { name, text } if name == "0" && text == r#"["$K1"]"#));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<V> {
    /// A part in JSON.
    Json {
        /// The field's name.
        name: String,
        /// The part's text.
        text: String,
    },
    /// A string, Blob or File, sent as it is.
    Entry {
        /// The field's name.
        name: String,
        /// The value.
        value: V,
    },
}

/// Encodes `root` for a server of the newest version. For an action, `root` is the array of its arguments.
///
/// Fails with `ENCODE`, saying where, if a value cannot be sent, threw while it was read, is nested deeper than
/// [`Limits::DEFAULT`] allows, exceeds what the server accepts, or arrives later: that needs an [`Encoder`].
///
/// ```
/// use actionlane::flight::{Body, Native, Value, encode};
///
/// let arguments = Value::array([Value::string("$5"), Value::Date(0.0), Value::Undefined]);
/// let Body::Text(text) = encode(&mut Native::default(), arguments)?.body else { panic!() };
/// assert_eq!(text, r#"["$$5","$D1970-01-01T00:00:00.000Z","$undefined"]"#);
/// # Ok::<(), actionlane::Error>(())
/// ```
pub fn encode<I: Inspect>(inspector: &mut I, root: I::Value) -> Result<Encoded<I::Value>, Error> {
    let encoder = Encoder::new(inspector, root, WireForm::default())?;
    encoder.open_place().map_or(Ok(()), |place| Err(Error::new(Kind::Encode, format!("{place} is still open"))))?;
    Ok(encoder.finish())
}

/// Encodes values that may arrive later: promises, lazy components and streams.
///
/// Reads the whole root at once. Then the caller takes the open [`Slot`]s, waits for their sources, and reports values
/// in the order in which they arrive; these may open more slots. Once nothing is open, the body is complete. After an
/// error there is no body.
///
/// ```
/// use actionlane::flight::{Body, Encoder, Native, PromiseState, Shared, Value};
/// use actionlane::protocol::WireForm;
///
/// let promise = Value::Promise(Shared::new(PromiseState(std::task::Poll::Pending)));
/// let mut encoder = Encoder::new(Native::default(), Value::array([promise]), WireForm::default())?;
/// let slot = encoder.poll_open().expect("the promise");
/// encoder.settle(slot.id, Value::string("late"))?;
/// assert!(encoder.is_complete());
/// let Body::Form(parts) = encoder.finish().body else { panic!() };
/// assert_eq!(parts.len(), 2, "1 = \"late\", 0 = [\"$@1\"]");
/// # Ok::<(), actionlane::Error>(())
/// ```
///
/// ```
/// use actionlane::flight::{
///     Body, Build, Class, Classified, Container, Contents, Encoder, Flow, Inspect, Key, Later, Native, Part, Value,
/// };
/// use actionlane::protocol::WireForm;
///
/// /// Sends the streams that `Native` does not send.
/// struct Streams(Native);
///
/// impl Inspect for Streams {
///     type Value = Value;
///
///     fn classify(&mut self, value: &Value, key: Key<'_>) -> Classified<Value> {
///         match value {
///             Value::Flow(_) => Classified { value: None, class: Class::Container(Container::Stream) },
///             _ => self.0.classify(value, key),
///         }
///     }
///
///     fn contents(&mut self, value: &Value, container: Container) -> Option<Contents<Value>> {
///         match value {
///             Value::Flow(_) => Some(Contents::Later { later: Later::Stream, source: value.clone() }),
///             _ => self.0.contents(value, container),
///         }
///     }
///     // …
/// #   fn number(&mut self, number: f64) -> String { self.0.number(number) }
/// #   fn known(&mut self, value: &Value) -> Option<u32> { self.0.known(value) }
/// #   fn remember(&mut self, value: &Value, number: u32) { self.0.remember(value, number) }
/// }
///
/// let (stream, _) = Native::default().flow(Flow::Stream).unwrap();
/// let mut encoder = Encoder::new(Streams(Native::default()), Value::array([stream]), WireForm::default())?;
/// let slot = encoder.poll_open().expect("the stream");
/// encoder.chunk(slot.id, Value::string("a"))?;
/// encoder.close(slot.id, None)?;
/// let Body::Form(parts) = encoder.finish().body else { panic!() };
/// assert!(matches!(&parts[0], Part::Json { name, text } if name == "S1" && text == "\"a\""));
/// assert!(matches!(&parts[1], Part::Json { name, text } if name == "S1" && text == "C"));
/// assert!(matches!(&parts[2], Part::Json { name, text } if name == "0" && text == r#"["$R1"]"#));
/// # Ok::<(), actionlane::Error>(())
/// ```
pub struct Encoder<I: Inspect> {
    inspector: I,
    wire: WireForm,
    /// Most containers that may be nested.
    depth: usize,
    /// The text that is being written.
    out: String,
    /// The texts around it, which continue once it is a complete part.
    outer: Vec<String>,
    /// The containers that are being written, outermost first.
    frames: Vec<Frame<I::Value>>,
    bounds: Bounds,
    /// The outermost value of the text.
    top: Top,
    temporaries: Temporaries<I::Value>,
    parts: Vec<Part<I::Value>>,
    /// The text of the root.
    root: String,
    /// True if the value that is being written came from a `toJSON`.
    replaced: bool,
    /// The last id that was given to a part.
    last_id: u32,
    /// Slots that the caller has not taken.
    slots: VecDeque<Slot<I::Value>>,
    /// Slots that are not settled or closed, by id.
    open: BTreeMap<u32, async_values::Open>,
}

/// The outermost value that is written.
enum Top {
    Root,
    /// The value of a slot, with the slot's id, as a part of its own. The text names the slot's place.
    Part(u32, String),
    /// A value of a stream, to which nothing can refer. The text names the stream's place.
    Chunk(String),
}

impl Top {
    /// Returns the id of the value's part, if something can refer to it. The root's is 0.
    fn part_id(&self) -> Option<u32> {
        match self {
            Self::Root => Some(0),
            Self::Part(id, _) => Some(*id),
            Self::Chunk(_) => None,
        }
    }
}

impl<I: Inspect> Encoder<I> {
    /// Reads and writes `root`, for servers of the version `wire`. Fails as [`encode`] does.
    pub fn new(inspector: I, root: I::Value, wire: WireForm) -> Result<Self, Error> {
        Self::with_limits(&Limits::DEFAULT, inspector, root, wire)
    }

    /// Reads and writes `root` with other limits, of which only `depth` counts here.
    ///
    /// ```
    /// use actionlane::flight::{Encoder, Limits, Native, Value};
    /// use actionlane::protocol::WireForm;
    ///
    /// let (limits, root) = (Limits { depth: 1, ..Limits::DEFAULT }, Value::array([Value::array([])]));
    /// let error = Encoder::with_limits(&limits, Native::default(), root, WireForm::default()).err().unwrap();
    /// assert_eq!(error.message(), "argument 0 is nested deeper than 1 containers");
    /// ```
    pub fn with_limits(limits: &Limits, inspector: I, root: I::Value, wire: WireForm) -> Result<Self, Error> {
        Self::after(0, limits, inspector, root, wire)
    }

    /// Does the same, and numbers the parts from `last_id + 1` on: the caller adds parts of its own up to that number.
    pub(crate) fn after(last_id: u32, limits: &Limits, inspector: I, root: I::Value, wire: WireForm) -> Result<Self, Error> {
        let mut encoder = Self {
            inspector,
            wire,
            depth: limits.depth,
            out: String::new(),
            outer: Vec::new(),
            frames: Vec::new(),
            bounds: Bounds::default(),
            top: Top::Root,
            temporaries: Temporaries::default(),
            parts: Vec::new(),
            root: String::new(),
            replaced: false,
            last_id,
            slots: VecDeque::new(),
            open: BTreeMap::new(),
        };
        encoder.root = encoder.write(root, Top::Root)?;
        Ok(encoder)
    }

    /// Returns the values that the answer may refer to by their paths. Grows until the body is complete.
    ///
    /// ```
    /// use actionlane::flight::{Encoder, Native, Value};
    /// use actionlane::protocol::WireForm;
    ///
    /// let cart = Value::object([]);
    /// let encoder = Encoder::new(Native::default(), Value::array([cart.clone()]), WireForm::default())?;
    /// assert_eq!(encoder.temporaries().get("0:0").map(|value| value.identity()), Some(cart.identity()));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn temporaries(&self) -> Temporaries<I::Value> {
        self.temporaries.clone()
    }

    /// Returns the body, the root last. Slots that are still open will never be settled for the server.
    pub fn finish(self) -> Encoded<I::Value> {
        let Self { root, temporaries, mut parts, last_id, .. } = self;
        let body = if parts.is_empty() && last_id == 0 {
            Body::Text(root)
        } else {
            parts.push(Part::Json { name: "0".to_owned(), text: root });
            Body::Form(parts)
        };
        Encoded { body, temporaries }
    }

    /// Writes a whole value.
    fn write(&mut self, value: I::Value, top: Top) -> Result<String, Error> {
        self.top = top;
        self.bounds.begin(self.top.part_id());
        self.write_value(value)?;
        while let Some(mut frame) = self.frames.pop() {
            match frame.next() {
                None => self.close_container(frame)?,
                Some((value, separate)) => {
                    if separate {
                        self.out.push(',');
                    }
                    if let Rest::Members(..) = frame.rest {
                        self.write_key(&frame.key);
                    }
                    self.frames.push(frame);
                    match value {
                        Next::Value(value) => self.write_value(value)?,
                        Next::Pair(key, value) => self.begin_pair(key, value)?,
                    }
                }
            }
        }
        self.end_part()?;
        Ok(std::mem::take(&mut self.out))
    }

    /// Writes a value; of a container only the beginning.
    fn write_value(&mut self, value: I::Value) -> Result<(), Error> {
        let classified = self.inspector.classify(&value, self.frames.last().map_or(Key::Name(""), Frame::at));
        self.replaced = classified.value.is_some();
        let value = classified.value.unwrap_or(value);
        match classified.class {
            Class::Null => self.out.push_str("null"),
            Class::Undefined => self.out.push_str("\"$undefined\""),
            Class::Bool(bool) => self.out.push_str(if bool { "true" } else { "false" }),
            Class::Number(number) => self.write_number(number),
            Class::String(text) => {
                self.count_in_tree(server_limits::utf16_length(&text));
                self.write_text(&text);
            }
            Class::BigInt(digits) => {
                if digits.len() > server_limits::MAX_DIGITS {
                    return Err(self.error("is a bigint of more than 300 digits, which the server refuses: send it as a string"));
                }
                self.count_in_tree(digits.len());
                self.write_special('n', &digits);
            }
            Class::Date(iso) => self.write_special('D', &iso),
            Class::Container(container) => return self.write_container(value, container),
            Class::Opaque(opaque) => return self.write_opaque(value, opaque),
            Class::Threw => return Err(self.error("threw while it was read")),
        }
        self.check_bounds()
    }

    /// Writes a value that the server cannot read, only return by its path. As in React, a function or symbol must not
    /// be the root or all of a part; an element may be.
    fn write_opaque(&mut self, value: I::Value, opaque: Opaque) -> Result<(), Error> {
        if self.wire.is_14() {
            return match self.inspector.symbol(&value).filter(|_| opaque == Opaque::Symbol) {
                Some(name) => {
                    self.write_special('S', &name);
                    Ok(())
                }
                None => Err(self.error(&format!("is {}, which Next 14 cannot give back", opaque.name()))),
            };
        }
        if !self.inspector.keeps_temporaries() {
            return Err(self.error(&format!("is {}", opaque.name())));
        }
        if opaque == Opaque::Instance {
            if !self.write_reference(&value)? {
                self.register(&value);
                self.out.push_str("\"$T\"");
            }
            return Ok(());
        }
        let alone = matches!(self.frames.last(), None | Some(Frame { rest: Rest::One(_), .. }));
        let key = if alone && opaque != Opaque::Element { None } else { self.parent_and_key() };
        match key {
            Some((parent, key)) => self.temporaries.add(Place { parent, key, value: Some(value) }),
            None => {
                return Err(self.error(&format!("is {}, and the server could not say which: it cannot be sent there", opaque.name())));
            }
        };
        self.out.push_str("\"$T\"");
        Ok(())
    }

    /// Takes a new id, and writes the reference to it.
    fn write_new_id(&mut self, sigil: &str) -> u32 {
        self.last_id += 1;
        let _ = write!(self.out, "\"${sigil}{:x}\"", self.last_id);
        self.last_id
    }

    /// Writes a reference to a value that was written already. Returns false if the value is new.
    fn write_reference(&mut self, value: &I::Value) -> Result<bool, Error> {
        // Next 14 knows no references, so the value is written again.
        let Some(number) = self.inspector.known(value).filter(|_| !self.wire.is_14()) else { return Ok(false) };
        let reference = format!("${}", self.temporaries.path(number));
        json::quote(&mut self.out, &reference);
        self.count_repeated(number)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
