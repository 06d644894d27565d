//! Writes Rust values as the arguments of an action, straight to text. Makes no [`Value`](crate::flight::Value)s.
//!
//! Writes what [`to_reply`](super::to_reply) does; the tests compare them. Uses the native stack, so the depth is
//! limited.

mod map;

use std::rc::Rc;

use serde::Serialize;
use serde::ser::{
    SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use self::map::Entries;
use super::fault::{Fault, Step};
use super::newtype::{self, BIGINT, DATE};
use super::source::Look;
use super::{Depth, JAVASCRIPT, Limits, PRESERVED};
use crate::flight::encode::server_limits::{MAX_ARGUMENTS, MAX_DIGITS, MAX_SLOTS, TOO_BIG};
use crate::flight::received::Sent;
use crate::flight::{date, json, number};
use crate::text::digits;
use crate::{Error, Kind};

/// Writes the arguments of an action: their text, and the texts to which it refers.
///
/// Fails as [`to_reply`](super::to_reply) does.
pub(crate) fn write<T: Serialize + ?Sized>(arguments: &T) -> Result<Sent, Error> {
    let mut reply = Reply::default();
    let written = arguments.serialize(Writer::new(&mut reply));
    reply.finish(written)
}

/// Texts that are being written.
#[derive(Default)]
struct Reply {
    out: String,
    parts: Vec<(u32, Rc<str>)>,
    last_id: u32,
    /// The sums that the server would reach, one for each tree of arrays.
    trees: Vec<Tree>,
}

/// A tree of arrays: an array directly inside an array belongs to the same tree.
///
/// An array costs its length plus one, a string in it its length, and a bigint its digits. The server checks the sum
/// once an array of the tree has two elements.
#[derive(Default)]
struct Tree {
    slots: usize,
    forked: bool,
}

/// A value that was written.
#[derive(Clone, Copy)]
pub(in crate::flight) enum Written {
    Null,
    Array,
    Text,
    Number(f64),
    /// By its name in messages.
    Other(&'static str),
}

impl Reply {
    fn finish(self, written: Result<Written, Fault>) -> Result<Sent, Error> {
        let Self { out, mut parts, .. } = self;
        let text = match written.map_err(Fault::into_argument_error)? {
            Written::Array => out,
            Written::Null => "[]".to_owned(),
            other => {
                let noun = match other {
                    Written::Number(number) => Look::Number(number).noun(),
                    Written::Other(noun) => noun,
                    _ => "a string",
                };
                return Err(Error::new(Kind::Encode, ["the arguments: expected a tuple, found ", noun].concat()));
            }
        };
        parts.push((0, text.into()));
        Ok(Sent { parts })
    }

    fn word(&mut self, word: &str, written: Written) -> Result<Written, Fault> {
        self.out.push_str(word);
        Ok(written)
    }

    fn number(&mut self, number: f64) -> Written {
        match number {
            _ if number.is_nan() => self.out.push_str("\"$NaN\""),
            f64::INFINITY => self.out.push_str("\"$Infinity\""),
            f64::NEG_INFINITY => self.out.push_str("\"$-Infinity\""),
            _ if number == 0.0 && number.is_sign_negative() => self.out.push_str("\"$-0\""),
            _ => self.out.push_str(&number::write(number)),
        }
        Written::Number(number)
    }

    /// Writes an integer as a number if a double holds it exactly, else as a bigint.
    fn integer(&mut self, tree: Option<usize>, negative: bool, size: u64) -> Result<Written, Fault> {
        let sign = if negative { "-" } else { "" };
        let exact = size == 0 || size >> size.trailing_zeros() < 1 << 53;
        if exact {
            return Ok(self.number(if negative { -(size as f64) } else { size as f64 }));
        }
        self.bigint(tree, &[sign, &digits(size)].concat())
    }

    fn bigint(&mut self, tree: Option<usize>, digits: &str) -> Result<Written, Fault> {
        if digits.len() > MAX_DIGITS {
            return Err(Fault::is("is a bigint of more than 300 digits, which the server refuses: send it as a string"));
        }
        self.out.extend(["\"$n", digits, "\""]);
        self.count(tree, digits.len(), false)?;
        Ok(Written::Other("a bigint"))
    }

    fn text(&mut self, tree: Option<usize>, text: &str) -> Result<Written, Fault> {
        self.out.push_str(if text.starts_with('$') { "\"$" } else { "\"" });
        json::escape_into(&mut self.out, text);
        self.out.push('"');
        self.count(tree, text.chars().map(char::len_utf16).sum(), false)?;
        Ok(Written::Text)
    }

    /// Starts a tree of arrays.
    fn plant(&mut self) -> usize {
        self.trees.push(Tree::default());
        self.trees.len() - 1
    }

    /// Counts slots in a tree of arrays, if there is one.
    fn count(&mut self, tree: Option<usize>, slots: usize, forks: bool) -> Result<(), Fault> {
        let Some(tree) = tree.and_then(|tree| self.trees.get_mut(tree)) else { return Ok(()) };
        tree.slots = tree.slots.saturating_add(slots);
        tree.forked |= forks;
        if tree.forked && tree.slots > MAX_SLOTS {
            return Err(Fault::is(TOO_BIG));
        }
        Ok(())
    }
}

/// Writes one value.
struct Writer<'r> {
    reply: &'r mut Reply,
    depth: Depth,
    /// Number of the tree of arrays that the value is in.
    tree: Option<usize>,
    /// True for all arguments together.
    root: bool,
}

impl<'r> Writer<'r> {
    fn new(reply: &'r mut Reply) -> Self {
        Self { reply, depth: Depth::default(), tree: None, root: true }
    }

    /// Begins a container. `variant`: the variant of an enum around it.
    fn open(self, begins: &str, length: Option<usize>, variant: Option<&'static str>) -> Result<Open<'r>, Fault> {
        let Self { reply, mut depth, mut tree, root } = self;
        if let Some(variant) = variant {
            depth = depth.enter()?;
            tree = None;
            reply.out.push('{');
            json::quote(&mut reply.out, variant);
            reply.out.push(':');
        }
        let depth = depth.enter().map_err(|fault| tagged(fault, variant))?;
        reply.out.push_str(begins);
        let mut open = Open { reply, depth, tree, count: 0, known: length.unwrap_or(0), root, variant };
        open.bound(open.known)?;
        if begins == "[" {
            open.array()?;
        } else {
            open.tree = None;
        }
        Ok(open)
    }

    /// Returns the writer of a value that is directly inside a newtype or an `Option`.
    fn wrapped(self) -> Result<Self, Fault> {
        Ok(Self { depth: self.depth.wrap()?, ..self })
    }
}

/// An array or an object that is being written.
pub(in crate::flight) struct Open<'r> {
    reply: &'r mut Reply,
    depth: Depth,
    tree: Option<usize>,
    /// Number of values that were begun.
    count: usize,
    /// Number of elements that were counted in advance.
    known: usize,
    /// True for all arguments together.
    root: bool,
    variant: Option<&'static str>,
}

impl Open<'_> {
    /// Fails if so many elements are too many arguments.
    fn bound(&self, elements: usize) -> Result<(), Fault> {
        if self.root && elements > MAX_ARGUMENTS {
            return Err(Fault::is("has more than 1000 arguments, which the server refuses: pass one array"));
        }
        Ok(())
    }

    /// Counts an array, in the tree around it or in a new one.
    fn array(&mut self) -> Result<(), Fault> {
        if self.tree.is_none() {
            self.tree = Some(self.reply.plant());
        }
        self.reply
            .count(self.tree, self.known.saturating_add(1), self.known > 1)
            .map_err(|fault| tagged(fault.at(Step::Index(0)), self.variant))
    }

    fn inside(&mut self) -> Writer<'_> {
        Writer { reply: self.reply, depth: self.depth, tree: self.tree, root: false }
    }

    /// Begins the next value.
    fn begin(&mut self) -> Result<(), Fault> {
        if self.count > 0 {
            self.reply.out.push(',');
        }
        self.count += 1;
        if self.count > self.known && self.tree.is_some() {
            self.known = self.count;
            self.bound(self.count)?;
            self.reply.count(self.tree, 1, self.count > 1)?;
        }
        Ok(())
    }

    fn index(&self, fault: Fault) -> Fault {
        tagged(fault.at(Step::Index(self.count - 1)), self.variant)
    }

    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.begin()?;
        value.serialize(self.inside()).map(drop).map_err(|fault| self.index(fault))
    }

    fn key(&mut self, key: &str) {
        if self.count > 0 {
            self.reply.out.push(',');
        }
        self.count += 1;
        json::quote(&mut self.reply.out, key);
        self.reply.out.push(':');
    }

    fn put<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
        self.key(key);
        value.serialize(self.inside()).map(drop).map_err(|fault| tagged(fault.at(Step::of_entry(Some(key), 0)), self.variant))
    }

    fn finish(self, ends: &str, written: Written) -> Result<Written, Fault> {
        self.reply.out.push_str(ends);
        match self.variant {
            Some(_) => self.reply.word("}", OBJECT),
            None => Ok(written),
        }
    }
}

const OBJECT: Written = Written::Other("an object");

fn tagged(fault: Fault, variant: Option<&'static str>) -> Fault {
    match variant {
        Some(variant) => fault.at(Step::Name(variant.to_owned())),
        None => fault,
    }
}

macro_rules! integers {
    ($($method:ident $type:ty,)*) => {$(
        fn $method(self, integer: $type) -> Result<Written, Fault> {
            #[allow(unused_comparisons, reason = "unsigned types have it, too")]
            let negative = integer < 0;
            #[allow(clippy::cast_lossless, reason = "the same for all types")]
            self.reply.integer(self.tree, negative, if negative { (integer as i64).unsigned_abs() } else { integer as u64 })
        }
    )*};
}

impl<'r> Serializer for Writer<'r> {
    type Ok = Written;
    type Error = Fault;
    type SerializeSeq = Open<'r>;
    type SerializeTuple = Open<'r>;
    type SerializeTupleStruct = Open<'r>;
    type SerializeTupleVariant = Open<'r>;
    type SerializeMap = Entries<'r>;
    type SerializeStruct = Open<'r>;
    type SerializeStructVariant = Open<'r>;

    integers! {
        serialize_i8 i8,
        serialize_i16 i16,
        serialize_i32 i32,
        serialize_i64 i64,
        serialize_u8 u8,
        serialize_u16 u16,
        serialize_u32 u32,
        serialize_u64 u64,
    }

    fn serialize_bool(self, bool: bool) -> Result<Written, Fault> {
        self.reply.word(if bool { "true" } else { "false" }, Written::Other("a boolean"))
    }

    fn serialize_i128(self, integer: i128) -> Result<Written, Fault> {
        self.reply.bigint(self.tree, &integer.to_string())
    }

    fn serialize_u128(self, integer: u128) -> Result<Written, Fault> {
        self.reply.bigint(self.tree, &integer.to_string())
    }

    fn serialize_f32(self, number: f32) -> Result<Written, Fault> {
        Ok(self.reply.number(number.into()))
    }

    fn serialize_f64(self, number: f64) -> Result<Written, Fault> {
        Ok(self.reply.number(number))
    }

    fn serialize_char(self, char: char) -> Result<Written, Fault> {
        self.reply.text(self.tree, char.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<Written, Fault> {
        self.reply.text(self.tree, text)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Written, Fault> {
        Err(Fault::new("bytes cannot be sent yet, other than as a sequence of numbers"))
    }

    fn serialize_none(self) -> Result<Written, Fault> {
        self.reply.word("null", Written::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Written, Fault> {
        value.serialize(self.wrapped()?)
    }

    fn serialize_unit(self) -> Result<Written, Fault> {
        self.reply.word("null", Written::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Written, Fault> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Written, Fault> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<Written, Fault> {
        if name == PRESERVED {
            return Err(Fault::new(JAVASCRIPT));
        }
        let this = self.wrapped()?;
        let (from, tree) = (this.reply.out.len(), this.tree);
        if name == DATE || name == BIGINT {
            // The text of a date or bigint is written first as what it holds, which counts for nothing.
            let written = value.serialize(Writer { reply: &mut *this.reply, depth: this.depth, tree: None, root: false })?;
            return this.reply.special(tree, from, written, name == DATE);
        }
        value.serialize(this)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Written, Fault> {
        let mut open = self.open("{", None, None)?;
        open.put(variant, value)?;
        open.finish("}", OBJECT)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Open<'r>, Fault> {
        self.open("[", length, None)
    }

    fn serialize_tuple(self, length: usize) -> Result<Open<'r>, Fault> {
        self.open("[", Some(length), None)
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Open<'r>, Fault> {
        self.open("[", Some(length), None)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, length: usize) -> Result<Open<'r>, Fault> {
        self.open("[", Some(length), Some(variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'r>, Fault> {
        self.open("", None, None).map(Entries::new)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'r>, Fault> {
        self.open("{", None, None)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Open<'r>, Fault> {
        self.open("{", None, Some(variant))
    }
}

impl Reply {
    /// Replaces what was written from `from` on by the date or the bigint that it holds.
    fn special(&mut self, tree: Option<usize>, from: usize, written: Written, is_date: bool) -> Result<Written, Fault> {
        match written {
            Written::Number(ms) if is_date => {
                self.out.truncate(from);
                match date::write(ms) {
                    Some(text) => self.out.extend(["\"$D", &text, "\""]),
                    None => self.out.push_str("null"),
                }
                Ok(Written::Other(Look::Date(ms).noun()))
            }
            Written::Text if !is_date => {
                let text = self.out.split_off(from);
                match text.get(1..text.len() - 1).and_then(newtype::digits) {
                    Some(digits) if digits.len() <= Limits::DEFAULT.digits => self.bigint(tree, &digits),
                    Some(_) => Err(Fault::new(["a bigint of more than ", &digits(Limits::DEFAULT.digits as u64), " digits"].concat())),
                    None => Err(Fault::new("not the digits of a bigint")),
                }
            }
            other => Ok(other),
        }
    }
}

macro_rules! lists {
    ($($trait:ident $method:ident,)*) => {$(
        impl $trait for Open<'_> {
            type Ok = Written;
            type Error = Fault;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
                self.push(value)
            }

            fn end(self) -> Result<Written, Fault> {
                self.finish("]", Written::Array)
            }
        }
    )*};
}

lists! {
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
}

macro_rules! objects {
    ($($trait:ident,)*) => {$(
        impl $trait for Open<'_> {
            type Ok = Written;
            type Error = Fault;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
                self.put(key, value)
            }

            fn end(self) -> Result<Written, Fault> {
                self.finish("}", OBJECT)
            }
        }
    )*};
}

objects! {
    SerializeStruct,
    SerializeStructVariant,
}
