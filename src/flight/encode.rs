//! Values to the body of a request: React's Reply encoding.
//!
//! ```text
//! body  = json                  where no part was needed: one text
//!       | part* "0" = json      else form data, the root last: every part comes before the ones that refer to it
//! part  = <d> = json            a Map's entries, a Set's or an iterator's values
//!       | <d> = Blob
//!       | "_<h>_<key>" = entry  of a FormData
//! json  = as in answers: "$$…" "$undefined" "$NaN" "$Infinity" "$-Infinity" "$-0" "$n…" "$D…"
//!         "$Q<h>" "$W<h>" "$i<h>" "$K<h>" "$B<h>"    the parts above
//!         "$<h>:k1:k2"                               an object written already: where
//! ```
//!
//! `<d>` and `<h>` are a part's id in decimal and in hex. React writes decimal ids into the names of FormData entries, where its servers look
//! for hex: from id 10 on the form arrives empty. Hex is right on all of them.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::rc::Rc;
use std::vec;

use super::{Key, Limits, json};
use crate::{Error, Kind};

/// What [`encode`] needs to know of values.
pub trait Inspect {
    /// A value. Clones of a container are the same container.
    type Value: Clone;

    /// What `value` is. `key` is where it stands, for hosts with a `toJSON(key)`.
    fn look(&mut self, value: &Self::Value, key: Key<'_>) -> Look<Self::Value>;

    /// What is in a container; asked once for each that is written. `None` if reading it threw.
    fn contents(&mut self, value: &Self::Value, container: Container) -> Option<Contents<Self::Value>>;

    /// A finite number as JavaScript's `Number::toString` writes it.
    fn number(&mut self, number: f64) -> String;

    /// The number under which this very container is remembered.
    fn known(&mut self, value: &Self::Value) -> Option<u32>;

    /// Remembers a container.
    fn remember(&mut self, value: &Self::Value, number: u32);
}

/// What a value is.
#[derive(Debug)]
pub struct Look<V> {
    /// What the value's `toJSON` gave instead of it.
    pub value: Option<V>,
    pub shape: Shape,
}

/// Everything a value can be, as far as it can be sent.
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
    /// Something that cannot be sent, with its article: "a function".
    Unsupported(&'static str),
    /// Reading it threw.
    Threw,
}

/// What holds other values, and is referred to when it is met again.
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
    /// `Values`, of something else that can be iterated: it arrives as an array.
    Iterable,
    /// `Fields`: strings and files, which are sent as they are.
    FormData,
    /// A Blob or File, sent as it is; never asked for its contents.
    Blob,
}

/// What is in a container.
#[derive(Debug)]
pub enum Contents<V> {
    Values(Vec<V>),
    Members(Vec<(Text, V)>),
    Entries(Vec<(V, V)>),
    Fields(Vec<(String, V)>),
}

/// A string of JavaScript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// All of it is Unicode.
    Plain(String),
    /// It is not: halves of surrogate pairs are in it. As `JSON.stringify` writes it, quotes included.
    Quoted(String),
}

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
    /// A string, Blob or File of the caller's, unchanged.
    Entry {
        name: String,
        value: V,
    },
}

/// Every container that was sent, by its path. Servers that send one back send only its path.
pub struct Temporaries<V>(Rc<Sent<V>>);

struct Sent<V> {
    places: Vec<Place<V>>,
    paths: OnceCell<HashMap<String, usize>>,
}

/// Where a container was written.
struct Place<V> {
    parent: Option<u32>,
    /// The key in the parent; the part's id in hex where there is none.
    key: String,
    /// `None` for arrays that only exist in the encoding: a Map's entries.
    value: Option<V>,
}

/// Encodes `root`, for an action the array of its arguments.
///
/// Fails with `ENCODE`, saying where, when something in it cannot be sent, threw while it was read, or is nested deeper than
/// [`Limits::DEFAULT`] allows.
pub fn encode<H: Inspect>(host: &mut H, root: H::Value) -> Result<Encoded<H::Value>, Error> {
    let mut encoder =
        Encoder { host, out: String::new(), outer: Vec::new(), frames: Vec::new(), places: Vec::new(), parts: Vec::new(), ids: 0 };
    encoder.value(root, None)?;
    while let Some(mut frame) = encoder.frames.pop() {
        match frame.next() {
            None => encoder.close(frame),
            Some((value, separate)) => {
                if separate {
                    encoder.out.push(',');
                }
                if let Rest::Members(..) = frame.rest {
                    encoder.key(&frame.key);
                }
                encoder.frames.push(frame);
                match value {
                    Next::Value(value) => encoder.value(value, encoder.frames.last().and_then(|frame| frame.place))?,
                    Next::Pair(key, value) => encoder.pair(key, value),
                }
            }
        }
    }
    let Encoder { out, places, mut parts, .. } = encoder;
    let body = if parts.is_empty() {
        Body::Text(out)
    } else {
        parts.push(Part::Json { name: "0".to_owned(), text: out });
        Body::Form(parts)
    };
    Ok(Encoded { body, temporaries: Temporaries(Rc::new(Sent { places, paths: OnceCell::new() })) })
}

/// How many keys a message names before it says `…`.
const MAX_STEPS: usize = 16;

struct Encoder<'h, H: Inspect> {
    host: &'h mut H,
    /// The text being written.
    out: String,
    /// The texts around it, which go on once it is a part.
    outer: Vec<String>,
    frames: Vec<Frame<H::Value>>,
    places: Vec<Place<H::Value>>,
    parts: Vec<Part<H::Value>>,
    ids: u32,
}

/// A container that is being written.
struct Frame<V> {
    rest: Rest<V>,
    /// How many of its values were begun.
    count: usize,
    /// The key of the one begun last.
    key: Text,
    /// Its place, if it can be referred to.
    place: Option<u32>,
    /// It is a part of its own.
    part: Option<u32>,
}

enum Rest<V> {
    Values(vec::IntoIter<V>),
    Members(vec::IntoIter<(Text, V)>),
    Entries(vec::IntoIter<(V, V)>),
}

enum Next<V> {
    Value(V),
    Pair(V, V),
}

impl<V> Frame<V> {
    fn new(rest: Rest<V>, place: Option<u32>, part: Option<u32>) -> Self {
        Self { rest, count: 0, key: Text::Plain(String::new()), place, part }
    }

    /// The next value, and whether one came before it.
    fn next(&mut self) -> Option<(Next<V>, bool)> {
        let value = match &mut self.rest {
            Rest::Values(values) => Next::Value(values.next()?),
            Rest::Entries(entries) => entries.next().map(|(key, value)| Next::Pair(key, value))?,
            Rest::Members(members) => {
                let (key, value) = members.next()?;
                self.key = key;
                Next::Value(value)
            }
        };
        self.count += 1;
        Some((value, self.count > 1))
    }
}

impl<H: Inspect> Encoder<'_, H> {
    /// Writes a value; of a container only the beginning.
    fn value(&mut self, value: H::Value, parent: Option<u32>) -> Result<(), Error> {
        let key = match self.frames.last() {
            Some(Frame { rest: Rest::Members(..), key: Text::Plain(key) | Text::Quoted(key), .. }) => Key::Name(key),
            Some(frame) => Key::Index(frame.count - 1),
            None => Key::Name(""),
        };
        let look = self.host.look(&value, key);
        let value = look.value.unwrap_or(value);
        match look.shape {
            Shape::Null => self.out.push_str("null"),
            Shape::Undefined => self.out.push_str("\"$undefined\""),
            Shape::Bool(bool) => self.out.push_str(if bool { "true" } else { "false" }),
            Shape::Number(number) => self.number(number),
            Shape::String(text) => self.text(&text),
            Shape::BigInt(digits) => self.special('n', &digits),
            Shape::Date(iso) => self.special('D', &iso),
            Shape::Container(container) => return self.container(value, container, parent),
            Shape::Unsupported(what) => return Err(self.error(&format!("is {what}"))),
            Shape::Threw => return Err(self.error("threw while it was read")),
        }
        Ok(())
    }

    fn container(&mut self, value: H::Value, container: Container, parent: Option<u32>) -> Result<(), Error> {
        if let Some(number) = self.host.known(&value) {
            let reference = format!("${}", path(&self.places, number));
            json::quote(&mut self.out, &reference);
            return Ok(());
        }
        let place = self.register(&value, parent);
        if container == Container::Blob {
            let id = self.id('B');
            self.parts.push(Part::Entry { name: id.to_string(), value });
            return Ok(());
        }
        if self.frames.len() >= Limits::DEFAULT.depth {
            return Err(self.error(&format!("is nested deeper than {} containers", Limits::DEFAULT.depth)));
        }
        let Some(contents) = self.host.contents(&value, container) else { return Err(self.error("threw while it was read")) };
        let rest = match contents {
            Contents::Values(values) => Rest::Values(values.into_iter()),
            Contents::Members(members) => Rest::Members(members.into_iter()),
            Contents::Entries(entries) => Rest::Entries(entries.into_iter()),
            Contents::Fields(fields) => {
                let id = self.id('K');
                self.parts.extend(fields.into_iter().map(|(key, value)| Part::Entry { name: format!("_{id:x}_{key}"), value }));
                return Ok(());
            }
        };
        match container {
            Container::Map => self.part('Q', rest),
            Container::Set => self.part('W', rest),
            Container::Iterator => self.part('i', rest),
            // What is iterated becomes a new array, which nothing can refer to.
            Container::Iterable => self.open(rest, None, None),
            _ => self.open(rest, place, None),
        }
        Ok(())
    }

    /// An entry of a Map: an array that is only in the encoding.
    fn pair(&mut self, key: H::Value, value: H::Value) {
        let place = self.frames.last().and_then(|frame| {
            let key = (frame.count - 1).to_string();
            self.places.push(Place { parent: Some(frame.place?), key, value: None });
            Some(self.places.len() as u32 - 1)
        });
        self.open(Rest::Values(vec![key, value].into_iter()), place, None);
    }

    fn open(&mut self, rest: Rest<H::Value>, place: Option<u32>, part: Option<u32>) {
        self.out.push(if matches!(rest, Rest::Members(..)) { '{' } else { '[' });
        self.frames.push(Frame::new(rest, place, part));
    }

    /// Refers to a new part and begins to write it.
    fn part(&mut self, letter: char, rest: Rest<H::Value>) {
        let id = self.id(letter);
        self.places.push(Place { parent: None, key: format!("{id:x}"), value: None });
        let place = self.places.len() as u32 - 1;
        self.outer.push(std::mem::take(&mut self.out));
        self.open(rest, Some(place), Some(id));
    }

    fn close(&mut self, frame: Frame<H::Value>) {
        self.out.push(if matches!(frame.rest, Rest::Members(..)) { '}' } else { ']' });
        if let Some(id) = frame.part {
            let text = std::mem::replace(&mut self.out, self.outer.pop().unwrap_or_default());
            self.parts.push(Part::Json { name: id.to_string(), text });
        }
    }

    /// A new id, and the reference to it.
    fn id(&mut self, letter: char) -> u32 {
        self.ids += 1;
        let _ = write!(self.out, "\"${letter}{:x}\"", self.ids);
        self.ids
    }

    /// Makes a container known by its path, if it has one: a reference cannot go through a key with a colon.
    fn register(&mut self, value: &H::Value, parent: Option<u32>) -> Option<u32> {
        let key = match self.frames.last() {
            None => "0".to_owned(),
            Some(_) if parent.is_none() => return None,
            Some(Frame { rest: Rest::Members(..), key: Text::Plain(key), .. }) if !key.contains(':') => key.clone(),
            Some(Frame { rest: Rest::Members(..), .. }) => return None,
            Some(frame) => (frame.count - 1).to_string(),
        };
        let number = self.places.len() as u32;
        self.places.push(Place { parent, key, value: Some(value.clone()) });
        self.host.remember(value, number);
        Some(number)
    }

    fn number(&mut self, number: f64) {
        match number {
            _ if number.is_nan() => self.out.push_str("\"$NaN\""),
            f64::INFINITY => self.out.push_str("\"$Infinity\""),
            f64::NEG_INFINITY => self.out.push_str("\"$-Infinity\""),
            _ if number == 0.0 && number.is_sign_negative() => self.out.push_str("\"$-0\""),
            _ if number.fract() == 0.0 && number.abs() < 1e15 => {
                let _ = write!(self.out, "{}", number as i64);
            }
            _ => self.out.push_str(&self.host.number(number)),
        }
    }

    fn text(&mut self, text: &Text) {
        match text {
            Text::Plain(text) => {
                self.out.push('"');
                if text.starts_with('$') {
                    self.out.push('$');
                }
                json::escape_into(&mut self.out, text);
                self.out.push('"');
            }
            Text::Quoted(quoted) => match quoted.strip_prefix("\"$") {
                Some(rest) => {
                    self.out.push_str("\"$$");
                    self.out.push_str(rest);
                }
                None => self.out.push_str(quoted),
            },
        }
    }

    fn key(&mut self, key: &Text) {
        match key {
            Text::Plain(key) => json::quote(&mut self.out, key),
            Text::Quoted(quoted) => self.out.push_str(quoted),
        }
        self.out.push(':');
    }

    fn special(&mut self, letter: char, text: &str) {
        let _ = write!(self.out, "\"${letter}{text}\"");
    }

    /// An error at the current place: "argument 0: .a\[1\] is a function".
    fn error(&self, what: &str) -> Error {
        let mut place = String::new();
        let mut frames = self.frames.iter();
        match frames.next() {
            Some(frame) if !matches!(frame.rest, Rest::Members(..)) => {
                let _ = write!(place, "argument {}", frame.count - 1);
                if self.frames.len() > 1 {
                    place.push_str(": ");
                }
            }
            Some(_) => {
                place.push_str("the value: ");
                frames = self.frames.iter();
            }
            None => place.push_str("the value"),
        }
        for (steps, frame) in frames.enumerate() {
            if steps >= MAX_STEPS {
                place.push('…');
                break;
            }
            let _ = match (&frame.rest, &frame.key) {
                (Rest::Members(..), Text::Plain(key) | Text::Quoted(key)) => write!(place, ".{key}"),
                _ => write!(place, "[{}]", frame.count - 1),
            };
        }
        Error::new(Kind::Encode, format!("{place} {what}"))
    }
}

/// `0:1:key`: how the server is told of a container it has seen.
fn path<V>(places: &[Place<V>], number: u32) -> String {
    let mut keys = Vec::new();
    let mut at = Some(number);
    while let Some(place) = at.and_then(|at| places.get(at as usize)) {
        keys.push(place.key.as_str());
        at = place.parent;
    }
    keys.reverse();
    keys.join(":")
}

impl<V: Clone> Temporaries<V> {
    /// The container at `path`, written as the server writes it: `0:1:key`.
    pub fn get(&self, path: &str) -> Option<V> {
        let Sent { places, paths } = &*self.0;
        let paths = paths.get_or_init(|| (0..places.len()).map(|number| (self::path(places, number as u32), number)).collect());
        places.get(*paths.get(path)?)?.value.clone()
    }
}

impl<V> Default for Temporaries<V> {
    fn default() -> Self {
        Self(Rc::new(Sent { places: Vec::new(), paths: OnceCell::new() }))
    }
}

impl<V> Clone for Temporaries<V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<V> std::fmt::Debug for Temporaries<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not what was sent: only how much.
        f.debug_tuple("Temporaries").field(&self.0.places.len()).finish()
    }
}

#[cfg(test)]
mod tests;
