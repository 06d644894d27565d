//! Values to the body of a request: React's Reply encoding.
//!
//! ```text
//! body  = json                  where no part was needed: one text
//!       | part* "0" = json      else form data, the root last: every part comes before the ones that refer to it
//! part  = <d> = json            a Map's entries, the values of a Set or an iterator, what a promise or a lazy component came to,
//!                               {"id":…,"bound":null | "$@<h>"} of a function of the server's
//!       | <d> = Blob            a file, or the bytes of a buffer
//!       | "_<h>_<key>" = entry  of a FormData
//!       | "S<d>" = json         a value of a stream or an async iterable
//!       | "S<d>" = "C" json?    its end, with what it returned
//! json  = as in answers: "$$…" "$undefined" "$NaN" "$Infinity" "$-Infinity" "$-0" "$n…" "$D…"
//!         "$Q<h>" "$W<h>" "$i<h>" "$K<h>" "$B<h>" "$A<h>" …  the parts above
//!         "$@<h>" "$<h>" "$h<h>" "$R<h>" "$r<h>" "$X<h>" "$x<h>"
//!         "$<h>:k1:k2"                                       an object written already: where
//!         "$T"                                               what the server can only give back
//! ```
//!
//! `<d>` and `<h>` are a part's id in decimal and in hex. React writes decimal ids into the names of FormData entries, where its servers look
//! for hex: from id 10 on the form arrives empty. Hex is right on all of them.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

mod bounds;
mod frame;
mod here;
mod inspect;
mod open;
mod place;
mod write;

use self::bounds::Bounds;
use self::frame::{Frame, Next, Rest};
use self::place::Place;
use super::{Key, Limits, json};
use crate::protocol::WireForm;
use crate::{Error, Kind};

pub use self::inspect::{Container, Contents, Inspect, Later, Look, Opaque, Shape, Slot, Text};
pub use self::place::Temporaries;

/// An encoded value.
#[derive(Debug)]
pub struct Encoded<V> {
    pub body: Body<V>,
    /// What the answer may refer back to.
    pub temporaries: Temporaries<V>,
}

/// What to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body<V> {
    /// The body is this text (`text/plain;charset=UTF-8`).
    Text(String),
    /// The body is form data with these fields, in this order.
    Form(Vec<Part<V>>),
}

/// One field of form data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<V> {
    Json {
        name: String,
        text: String,
    },
    /// A string, Blob or File, as it is.
    Entry {
        name: String,
        value: V,
    },
}

/// Encodes `root`, for an action the array of its arguments, for servers of today.
///
/// Fails with `ENCODE`, saying where, when something in it cannot be sent, threw while it was read, is nested deeper than
/// [`Limits::DEFAULT`] allows, is more than the server takes, or comes later: that needs an [`Encoder`].
pub fn encode<I: Inspect>(inspector: &mut I, root: I::Value) -> Result<Encoded<I::Value>, Error> {
    let encoder = Encoder::new(inspector, root, WireForm::default())?;
    encoder.open_place().map_or(Ok(()), |place| Err(Error::new(Kind::Encode, format!("{place} is still open"))))?;
    Ok(encoder.finish())
}

/// Encodes values of which something may come later: promises, streams.
///
/// The whole root is read at once. Then whoever drives it takes the open [`Slot`]s, waits for their sources and says what came, in the order in
/// which it came; what comes may open more. Once nothing is open, the body is complete. After an error there is no body.
///
/// ```
/// use actionlane::flight::{Body, Encoder, Native, Settled, Shared, Value};
/// use actionlane::protocol::WireForm;
///
/// let promise = Value::Promise(Shared::new(Settled(std::task::Poll::Pending)));
/// let mut encoder = Encoder::new(Native::default(), Value::array([promise]), WireForm::default())?;
/// let slot = encoder.poll_open().expect("the promise");
/// encoder.settle(slot.id, Value::string("late"))?;
/// assert!(encoder.is_complete());
/// let Body::Form(parts) = encoder.finish().body else { panic!() };
/// assert_eq!(parts.len(), 2, "1 = \"late\", 0 = [\"$@1\"]");
/// # Ok::<(), actionlane::Error>(())
/// ```
pub struct Encoder<I: Inspect> {
    inspector: I,
    wire: WireForm,
    /// How many containers may be inside each other.
    depth: usize,
    /// The text being written.
    out: String,
    /// The texts around it, which go on once it is a part.
    outer: Vec<String>,
    frames: Vec<Frame<I::Value>>,
    bounds: Bounds,
    /// What is being written.
    top: Top,
    temporaries: Temporaries<I::Value>,
    parts: Vec<Part<I::Value>>,
    /// The root's text.
    root: String,
    /// The value that is being written is what a `toJSON` gave.
    replaced: bool,
    ids: u32,
    /// Slots that nobody has taken.
    slots: VecDeque<Slot<I::Value>>,
    open: BTreeMap<u32, open::Open>,
}

/// What the outermost value is.
enum Top {
    Root,
    /// What a slot settled with: a part of its own. Where the slot stands.
    Part(u32, String),
    /// A value of a stream, which nothing can refer to. Where the stream stands.
    Chunk(String),
}

impl Top {
    /// The part it is, if something can refer to it: the root's id is 0.
    fn part(&self) -> Option<u32> {
        match self {
            Self::Root => Some(0),
            Self::Part(id, _) => Some(*id),
            Self::Chunk(_) => None,
        }
    }
}

impl<I: Inspect> Encoder<I> {
    /// Reads and writes `root`. Fails as [`encode`] does.
    pub fn new(inspector: I, root: I::Value, wire: WireForm) -> Result<Self, Error> {
        Self::within(&Limits::DEFAULT, inspector, root, wire)
    }

    /// The same with other bounds, of which it looks at the depth.
    pub fn within(limits: &Limits, inspector: I, root: I::Value, wire: WireForm) -> Result<Self, Error> {
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
            ids: 0,
            slots: VecDeque::new(),
            open: BTreeMap::new(),
        };
        encoder.root = encoder.write(root, Top::Root)?;
        Ok(encoder)
    }

    /// What the answer may refer back to. It grows until the body is complete.
    pub fn temporaries(&self) -> Temporaries<I::Value> {
        self.temporaries.clone()
    }

    /// The body, the root last; what is still open will never come.
    pub fn finish(self) -> Encoded<I::Value> {
        let Self { root, temporaries, mut parts, ids, .. } = self;
        let body = if parts.is_empty() && ids == 0 {
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
        self.bounds.begin(self.top.part());
        self.value(value)?;
        while let Some(mut frame) = self.frames.pop() {
            match frame.next() {
                None => self.close_container(frame)?,
                Some((value, separate)) => {
                    if separate {
                        self.out.push(',');
                    }
                    if let Rest::Members(..) = frame.rest {
                        self.key(&frame.key);
                    }
                    self.frames.push(frame);
                    match value {
                        Next::Value(value) => self.value(value)?,
                        Next::Pair(key, value) => self.pair(key, value)?,
                    }
                }
            }
        }
        self.end_part()?;
        Ok(std::mem::take(&mut self.out))
    }

    /// Writes a value; of a container only the beginning.
    fn value(&mut self, value: I::Value) -> Result<(), Error> {
        let look = self.inspector.look(&value, self.frames.last().map_or(Key::Name(""), Frame::at));
        self.replaced = look.value.is_some();
        let value = look.value.unwrap_or(value);
        match look.shape {
            Shape::Null => self.out.push_str("null"),
            Shape::Undefined => self.out.push_str("\"$undefined\""),
            Shape::Bool(bool) => self.out.push_str(if bool { "true" } else { "false" }),
            Shape::Number(number) => self.number(number),
            Shape::String(text) => {
                self.count(bounds::units(&text));
                self.text(&text);
            }
            Shape::BigInt(digits) => {
                if digits.len() > bounds::MAX_DIGITS {
                    return Err(self.error("is a bigint of more than 300 digits, which the server refuses: send it as a string"));
                }
                self.count(digits.len());
                self.special('n', &digits);
            }
            Shape::Date(iso) => self.special('D', &iso),
            Shape::Container(container) => return self.container(value, container),
            Shape::Opaque(opaque) => return self.opaque(value, opaque),
            Shape::Threw => return Err(self.error("threw while it was read")),
        }
        self.within_bounds()
    }

    /// What the server can only give back. React: a function or a symbol needs a path by which it is given back, an element, too, unless it
    /// is all there is.
    fn opaque(&mut self, value: I::Value, opaque: Opaque) -> Result<(), Error> {
        if self.wire.is_14() {
            return match self.inspector.symbol(&value).filter(|_| opaque == Opaque::Symbol) {
                Some(name) => {
                    self.special('S', &name);
                    Ok(())
                }
                None => Err(self.error(&format!("is {}, which Next 14 cannot give back", opaque.name()))),
            };
        }
        if !self.inspector.keeps() {
            return Err(self.error(&format!("is {}", opaque.name())));
        }
        if opaque == Opaque::Instance {
            if !self.refer(&value)? {
                self.register(&value);
                self.out.push_str("\"$T\"");
            }
            return Ok(());
        }
        let alone = matches!(self.frames.last(), None | Some(Frame { rest: Rest::Alone, .. }));
        let key = if alone && opaque != Opaque::Element { None } else { self.place() };
        match key {
            Some((parent, key)) => self.temporaries.add(Place { parent, key, value: Some(value) }),
            None => {
                return Err(self.error(&format!("is {}, and the server could not say which: it cannot be sent there", opaque.name())));
            }
        };
        self.out.push_str("\"$T\"");
        Ok(())
    }

    fn container(&mut self, value: I::Value, container: Container) -> Result<(), Error> {
        let mut container = container;
        if container == Container::Iterator && self.wire.is_14() {
            // An array there is all the same to be iterated.
            container = Container::Iterable;
        }
        if let Some(name) = container.name_beyond_14().filter(|_| self.wire.is_14()) {
            return Err(self.error(&format!("is {name}, which Next 14 cannot read: send plain values, or a FormData")));
        }
        let bound = container == Container::Array && matches!(self.frames.last(), Some(Frame { rest: Rest::Bound(..), .. }));
        if container != Container::Lazy && !bound && self.refer(&value)? {
            return Ok(());
        }
        if self.frames.len() >= self.depth {
            return Err(self.error(&format!("is nested deeper than {} containers", self.depth)));
        }
        let place = match container {
            Container::Promise | Container::Lazy | Container::Reference => None,
            _ if bound => None,
            _ => self.register(&value),
        };
        if container == Container::Blob {
            let id = self.id("B");
            self.parts.push(Part::Entry { name: id.to_string(), value });
            return Ok(());
        }
        let Some(contents) = self.inspector.contents(&value, container) else { return Err(self.error("threw while it was read")) };
        let rest = match contents {
            Contents::Values(values) => {
                if values.len() > bounds::MAX_ARGUMENTS && (bound || (self.frames.is_empty() && matches!(self.top, Top::Root))) {
                    let what = if bound { "is bound to" } else { "has" };
                    return Err(self.error(&format!("{what} more than 1000 arguments, which the server refuses: pass one array")));
                }
                Rest::Values(values.into_iter())
            }
            Contents::Remaining(values) => {
                if !self.wire.is_14() {
                    container = Container::Iterator;
                }
                Rest::Values(values.into_iter())
            }
            Contents::Members(members) => Rest::Members(members.into_iter()),
            Contents::Entries(entries) => Rest::Entries(entries.into_iter()),
            Contents::Fields(fields) => {
                self.fields(fields);
                return Ok(());
            }
            Contents::Bytes { blob, len } => {
                let Container::Binary(letter) = container else { return Err(self.error("cannot be sent")) };
                self.count(len);
                let id = self.id(letter.encode_utf8(&mut [0; 4]));
                self.parts.push(Part::Entry { name: id.to_string(), value: blob });
                return self.within_bounds();
            }
            Contents::Later { later, source } => {
                self.later(&value, later, source);
                return Ok(());
            }
            Contents::Loaded(loaded) => {
                return self.loaded(loaded);
            }
            Contents::Reference { id, bound } => {
                self.outer.push(std::mem::take(&mut self.out));
                self.out.push_str("{\"id\":");
                json::quote(&mut self.out, &id);
                self.out.push_str(",\"bound\":");
                if bound.is_none() {
                    self.out.push_str("null");
                }
                self.frames.push(Frame::new(Rest::Bound(value, bound), None, None, None));
                return Ok(());
            }
        };
        match container {
            Container::Map => self.part("Q", rest),
            Container::Set => self.part("W", rest),
            Container::Iterator => self.part("i", rest),
            // What is iterated becomes a new array, which nothing can refer to.
            Container::Iterable => self.begin(rest, None, None),
            _ if bound => self.part("@", rest),
            _ => self.begin(rest, place, None),
        }
        self.within_bounds()
    }

    /// The entries of a form: under the names that the server's version looks for.
    fn fields(&mut self, fields: Vec<(String, I::Value)>) {
        let id = self.id("K");
        for prefix in self.wire.form_prefixes() {
            for (key, value) in &fields {
                self.parts.push(Part::Entry { name: format!("{prefix}{id:x}_{key}"), value: value.clone() });
            }
        }
    }

    /// An entry of a Map: an array that is only in the encoding.
    fn pair(&mut self, key: I::Value, value: I::Value) -> Result<(), Error> {
        let place = self.frames.last().and_then(|frame| {
            let key = (frame.count - 1).to_string();
            Some(self.temporaries.add(Place { parent: Some(frame.place?), key, value: None }))
        });
        self.begin(Rest::Values(vec![key, value].into_iter()), place, None);
        self.within_bounds()
    }

    fn begin(&mut self, rest: Rest<I::Value>, place: Option<u32>, part: Option<u32>) {
        self.out.push(if matches!(rest, Rest::Members(..)) { '{' } else { '[' });
        let len = match &rest {
            Rest::Values(values) => Some(values.len()),
            Rest::Entries(entries) => Some(entries.len()),
            _ => None,
        };
        let around = self.tree().filter(|_| part.is_none());
        let tree = len.map(|len| self.bounds.array(around, len));
        self.frames.push(Frame::new(rest, place, part, tree));
        if let (Some(place), Some(tree), None) = (place, tree, part) {
            self.array_at(place, tree);
        }
    }

    /// Refers to a new part and begins to write it.
    fn part(&mut self, sigil: &str, rest: Rest<I::Value>) {
        let id = self.id(sigil);
        let place = self.temporaries.add(Place { parent: None, key: format!("{id:x}"), value: None });
        self.outer.push(std::mem::take(&mut self.out));
        self.bounds.begin_part(Some(id));
        self.begin(rest, Some(place), Some(id));
    }

    /// Refers to a new part and begins to write it: this value.
    fn loaded(&mut self, value: I::Value) -> Result<(), Error> {
        let id = self.id("");
        self.outer.push(std::mem::take(&mut self.out));
        self.bounds.begin_part(Some(id));
        let mut frame = Frame::new(Rest::Alone, None, Some(id), Some(self.bounds.tree()));
        frame.count = 1;
        self.frames.push(frame);
        self.value(value)
    }

    fn close_container(&mut self, frame: Frame<I::Value>) -> Result<(), Error> {
        match frame.rest {
            Rest::Alone => {}
            Rest::Members(..) | Rest::Bound(..) => self.out.push('}'),
            Rest::Values(..) | Rest::Entries(..) => self.out.push(']'),
        }
        if let Some(id) = frame.part {
            let text = std::mem::replace(&mut self.out, self.outer.pop().unwrap_or_default());
            self.parts.push(Part::Json { name: id.to_string(), text });
            self.end_part()?;
            if let (Rest::Alone, Some(tree)) = (&frame.rest, frame.tree) {
                self.loaded_into(self.tree(), tree)?;
            }
        }
        if let Rest::Bound(function, _) = frame.rest {
            let text = std::mem::replace(&mut self.out, self.outer.pop().unwrap_or_default());
            let letter = self.wire.reference();
            let id = self.id(letter);
            self.parts.push(Part::Json { name: id.to_string(), text });
            self.name(&function, format!("{letter}{id:x}"));
        }
        Ok(())
    }

    /// A new id, and the reference to it.
    fn id(&mut self, sigil: &str) -> u32 {
        self.ids += 1;
        let _ = write!(self.out, "\"${sigil}{:x}\"", self.ids);
        self.ids
    }

    /// Refers to a value that was written already.
    fn refer(&mut self, value: &I::Value) -> Result<bool, Error> {
        // Next 14 knows no references: what is met again is written again.
        let Some(number) = self.inspector.known(value).filter(|_| !self.wire.is_14()) else { return Ok(false) };
        let reference = format!("${}", self.temporaries.path(number));
        json::quote(&mut self.out, &reference);
        self.count_met(number)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
