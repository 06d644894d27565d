//! Reads Rust values from the values of an answer.
//!
//! Must not repeat a value in a message. Uses the native stack, so the depth is limited.

use std::borrow::Cow;
use std::cell::Cell;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::fault::{Fault, Step};
use super::newtype::{BIGINT, DATE};
use super::source::{Look, Name, Source, charge};
use super::{Depth, PRESERVED};
use crate::flight::date;
use crate::text::digits;

/// Reads one value.
pub(super) struct Reader<'b, S> {
    source: S,
    /// Values and bytes of text that may still be read.
    budget: &'b Cell<usize>,
    depth: Depth,
}

impl<'b, S: Source> Reader<'b, S> {
    pub(super) fn new(source: S, budget: &'b Cell<usize>) -> Self {
        Self { source, budget, depth: Depth::default() }
    }

    /// Follows references and promises.
    fn settled(self) -> Result<Self, Fault> {
        Ok(Self { source: self.source.settled(self.budget)?, ..self })
    }

    /// Makes the fault of a value that is of another kind.
    fn other(&self, expected: &dyn Expected) -> Fault {
        Fault::expected(expected, self.source.look().noun())
    }

    /// Enters a value that is read as a list.
    fn items(self, expected: &dyn Expected) -> Result<Contents<'b, S>, Fault> {
        match self.source.look() {
            Look::Array | Look::Set | Look::Map | Look::FormData => self.contents(),
            _ => Err(self.other(expected)),
        }
    }

    /// Enters a value that is read as a list of keys and values.
    fn entries(self, expected: &dyn Expected) -> Result<Contents<'b, S>, Fault> {
        match self.source.look() {
            Look::Object | Look::Map | Look::FormData | Look::Error => self.contents(),
            _ => Err(self.other(expected)),
        }
    }

    fn contents(self) -> Result<Contents<'b, S>, Fault> {
        Ok(Contents { inside: self.depth.enter()?, source: self.source, at: 0, value: None, budget: self.budget })
    }

    fn sequence<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let mut items = self.items(&visitor)?;
        let out = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(out)
    }

    /// Returns the text of a value that has one.
    fn characters(&self, expected: &dyn Expected) -> Result<Cow<'_, str>, Fault> {
        let text = match self.source.look() {
            Look::String(text) | Look::BigInt(text) => text,
            Look::Date(ms) => match date::write(ms) {
                Some(text) => text.into(),
                None => return Err(Fault::expected(expected, "an invalid date")),
            },
            other => return Err(Fault::expected(expected, other.noun())),
        };
        charge(self.budget, text.len())?;
        Ok(text)
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let text = self.characters(&visitor)?;
        visitor.visit_str(&text)
    }

    fn float<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.source.look() {
            Look::Number(number) | Look::Date(number) => visitor.visit_f64(number),
            other => Err(Fault::expected(&visitor, other.noun())),
        }
    }

    /// Reads an integer of up to 64 bits. The visitor checks the range.
    fn narrow<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.integer(&visitor, Integer::of_number, Integer::of_digits)? {
            Integer::Unsigned(integer) => visitor.visit_u64(integer),
            Integer::Signed(integer) => visitor.visit_i64(integer),
        }
    }

    /// Reads an integer of 128 bits.
    fn wide<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.integer(&visitor, Wide::of_number, Wide::of_digits)? {
            Wide::Narrow(Integer::Unsigned(integer)) => visitor.visit_u64(integer),
            Wide::Narrow(Integer::Signed(integer)) => visitor.visit_i64(integer),
            Wide::Signed(integer) => visitor.visit_i128(integer),
            Wide::Unsigned(integer) => visitor.visit_u128(integer),
        }
    }

    fn integer<I>(&self, expected: &dyn Expected, of_number: fn(f64) -> Option<I>, of_digits: fn(&str) -> Option<I>) -> Result<I, Fault> {
        let look = self.source.look();
        let integer = match &look {
            Look::Number(number) | Look::Date(number) if number.fract() == 0.0 => of_number(*number),
            Look::BigInt(digits) => of_digits(digits),
            other => return Err(Fault::expected(expected, other.noun())),
        };
        integer.ok_or_else(|| Fault::expected(expected, &[look.noun(), " that does not fit"].concat()))
    }
}

/// An integer of up to 64 bits.
enum Integer {
    Unsigned(u64),
    Signed(i64),
}

/// An integer of up to 128 bits.
enum Wide {
    Narrow(Integer),
    Signed(i128),
    Unsigned(u128),
}

/// 2^63. Its multiples by powers of two are the ends of the integer types.
const HALF: f64 = 9_223_372_036_854_775_808.0;

impl Integer {
    /// Converts a number without a fraction.
    fn of_number(number: f64) -> Option<Self> {
        match number {
            _ if (0.0..2.0 * HALF).contains(&number) => Some(Self::Unsigned(number as u64)),
            _ if (-HALF..0.0).contains(&number) => Some(Self::Signed(number as i64)),
            _ => None,
        }
    }

    fn of_digits(digits: &str) -> Option<Self> {
        digits.parse().map(Self::Unsigned).or_else(|_| digits.parse().map(Self::Signed)).ok()
    }
}

impl Wide {
    /// Converts a number without a fraction.
    fn of_number(number: f64) -> Option<Self> {
        match Integer::of_number(number) {
            Some(narrow) => Some(Self::Narrow(narrow)),
            None if (-2.0 * HALF * HALF..2.0 * HALF * HALF).contains(&number) => Some(Self::Signed(number as i128)),
            None if (0.0..4.0 * HALF * HALF).contains(&number) => Some(Self::Unsigned(number as u128)),
            None => None,
        }
    }

    fn of_digits(digits: &str) -> Option<Self> {
        let narrow = Integer::of_digits(digits).map(Self::Narrow);
        narrow.or_else(|| digits.parse().map(Self::Signed).or_else(|_| digits.parse().map(Self::Unsigned)).ok())
    }
}

macro_rules! with {
    ($read:ident: $($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.settled()?.$read(visitor)
        }
    )*};
}

impl<'de, S: Source> Deserializer<'de> for Reader<'_, S> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let this = self.settled()?;
        match this.source.look() {
            Look::Undefined | Look::Null => visitor.visit_unit(),
            Look::Bool(bool) => visitor.visit_bool(bool),
            Look::Number(number) => match Integer::of_number(number) {
                Some(Integer::Unsigned(integer)) if is_integer(number) => visitor.visit_u64(integer),
                Some(Integer::Signed(integer)) if is_integer(number) => visitor.visit_i64(integer),
                _ => visitor.visit_f64(number),
            },
            Look::BigInt(digits) => match Integer::of_digits(&digits) {
                Some(Integer::Unsigned(integer)) => visitor.visit_u64(integer),
                Some(Integer::Signed(integer)) => visitor.visit_i64(integer),
                None => this.text(visitor),
            },
            Look::Date(ms) if date::write(ms).is_none() => visitor.visit_unit(),
            Look::String(_) | Look::Date(_) => this.text(visitor),
            Look::Array | Look::Set => this.sequence(visitor),
            Look::Object | Look::Map | Look::FormData | Look::Error => visitor.visit_map(this.entries(&"a value")?),
            other => Err(Fault::expected(&visitor, other.noun())),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.settled()?.source.look() {
            Look::Bool(bool) => visitor.visit_bool(bool),
            other => Err(Fault::expected(&visitor, other.noun())),
        }
    }

    with!(narrow: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64);
    with!(narrow: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);
    with!(wide: deserialize_i128 deserialize_u128);
    with!(float: deserialize_f32 deserialize_f64);
    with!(text: deserialize_char deserialize_str deserialize_string deserialize_identifier);
    with!(sequence: deserialize_bytes deserialize_byte_buf deserialize_seq);

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let mut this = self.settled()?;
        if let Look::Undefined | Look::Null = this.source.look() {
            return visitor.visit_none();
        }
        this.depth = this.depth.wrap()?;
        visitor.visit_some(this)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.settled()?.source.look() {
            Look::Undefined | Look::Null => visitor.visit_unit(),
            other => Err(Fault::expected(&visitor, other.noun())),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(mut self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        if name != DATE && name != BIGINT {
            self.depth = self.depth.wrap()?;
            return visitor.visit_newtype_struct(self);
        }
        match self.settled()?.source.look() {
            Look::Date(ms) if name == DATE => visitor.visit_newtype_struct(ms.into_deserializer()),
            Look::BigInt(digits) if name == BIGINT => visitor.visit_newtype_struct(name_of(&digits)),
            other => Err(Fault::expected(&visitor, other.noun())),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    // The name is known where this is called. Inlined, a program that preserves no value does not link what makes one.
    #[inline(always)]
    fn deserialize_tuple_struct<V: Visitor<'de>>(self, name: &'static str, _: usize, visitor: V) -> Result<V::Value, Fault> {
        if name == PRESERVED {
            return crate::javascript::give(&self.source.preserved()?, visitor);
        }
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let entries = self.settled()?.entries(&visitor)?;
        visitor.visit_map(entries)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        let this = self.settled()?;
        match this.source.look() {
            Look::String(name) => visitor.visit_enum(name_of(&name)),
            Look::Object => match (this.source.len(), this.source.entry(0)) {
                (1, Some((Name::Text(name), content))) => {
                    let content = Reader { source: content, budget: this.budget, depth: this.depth.enter()? };
                    visitor.visit_enum(Variant { name: &name, content })
                }
                (length, _) => Err(Fault::expected(&visitor, &["an object of ", &digits(length as u64), " members"].concat())),
            },
            other => Err(Fault::expected(&visitor, other.noun())),
        }
    }

    /// Does not look at the value.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}

/// Contents of a value that are being read.
struct Contents<'b, S> {
    source: S,
    at: usize,
    /// The value of the key that was read last, and the step to it.
    value: Option<(S, Step)>,
    budget: &'b Cell<usize>,
    inside: Depth,
}

impl<'b, S: Source> Contents<'b, S> {
    /// Takes the next item of a list.
    fn next_item(&mut self) -> Result<Option<Reader<'b, S>>, Fault> {
        let Some(source) = self.source.item(self.at) else { return Ok(None) };
        charge(self.budget, 1)?;
        self.at += 1;
        Ok(Some(self.reader(source)))
    }

    /// Takes the next key of an object or Map.
    fn next_key(&mut self) -> Result<Option<Key<'b, S>>, Fault> {
        let Some((name, value)) = self.source.entry(self.at) else { return Ok(None) };
        charge(self.budget, 1)?;
        let (key, step) = match name {
            Name::Text(name) => {
                charge(self.budget, name.len())?;
                let step = Step::of_entry(Some(&name), self.at);
                (Key::Name(name.into_owned()), step)
            }
            Name::Value(source) => {
                let key = source.clone().settled(self.budget).ok();
                let name = key.as_ref().and_then(|key| if let Look::String(name) = key.look() { Some(name) } else { None });
                (Key::Value(self.reader(source)), Step::of_entry(name.as_deref(), self.at))
            }
        };
        self.value = Some((value, step));
        self.at += 1;
        Ok(Some(key))
    }

    fn next_value(&mut self) -> Result<(Reader<'b, S>, Step), Fault> {
        let Some((source, step)) = self.value.take() else { return Err(Fault::custom("a value was read before its key")) };
        Ok((self.reader(source), step))
    }

    fn reader(&self, source: S) -> Reader<'b, S> {
        Reader { source, budget: self.budget, depth: self.inside }
    }

    /// Fails if not all items were read.
    fn end(&self) -> Result<(), Fault> {
        match self.source.len() {
            length if length == self.at => Ok(()),
            length => {
                let (read, length) = (digits(self.at as u64), digits(length as u64));
                Err(Fault::new(["expected ", &read, " elements, found ", &length].concat()))
            }
        }
    }
}

/// A key that is being read.
enum Key<'b, S> {
    Name(String),
    Value(Reader<'b, S>),
}

impl<'de, S: Source> SeqAccess<'de> for &mut Contents<'_, S> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        match self.next_item()? {
            Some(reader) => seed.deserialize(reader).map(Some).map_err(|fault| fault.at(Step::Index(self.at - 1))),
            None => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.source.len() - self.at)
    }
}

impl<'de, S: Source> MapAccess<'de> for Contents<'_, S> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        match self.next_key()? {
            Some(Key::Name(name)) => seed.deserialize(ObjectKey(name)).map(Some),
            Some(Key::Value(reader)) => seed.deserialize(reader).map(Some).map_err(|fault| fault.at(Step::Key(self.at - 1))),
            None => Ok(None),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let (reader, step) = self.next_value()?;
        seed.deserialize(reader).map_err(|fault| fault.at(step))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.source.len() - self.at)
    }
}

/// The key of an object: text, which may stand for an integer.
struct ObjectKey(String);

macro_rules! integer_names {
    ($($method:ident $visit:ident $type:ty,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.0.parse::<$type>() {
                Ok(integer) if integer.to_string() == *self.0 => visitor.$visit(integer),
                _ => Err(Fault::expected(&visitor, "another key")),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for ObjectKey {
    type Error = Fault;

    integer_names! {
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
        deserialize_i128 visit_i128 i128,
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
        deserialize_u128 visit_u128 u128,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_str(&self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_enum(name_of(&self.0))
    }

    forward_to_deserialize_any! {
        bool f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A variant with content: `{"Name": content}`.
struct Variant<'n, 'b, S> {
    name: &'n str,
    content: Reader<'b, S>,
}

impl<'de, S: Source> EnumAccess<'de> for Variant<'_, '_, S> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Fault> {
        charge(self.content.budget, self.name.len())?;
        Ok((seed.deserialize(name_of(self.name))?, self))
    }
}

impl<'de, S: Source> VariantAccess<'de> for Variant<'_, '_, S> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        let Self { name, content } = self;
        serde::Deserialize::deserialize(content).map_err(|fault: Fault| fault.at(step(name)))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        let Self { name, content } = self;
        seed.deserialize(content).map_err(|fault| fault.at(step(name)))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        let Self { name, content } = self;
        content.deserialize_seq(visitor).map_err(|fault| fault.at(step(name)))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        let Self { name, content } = self;
        content.deserialize_map(visitor).map_err(|fault| fault.at(step(name)))
    }
}

/// True if the number may be read as an integer; not for `-0`, which would lose its sign.
fn is_integer(number: f64) -> bool {
    number.fract() == 0.0 && !(number == 0.0 && number.is_sign_negative())
}

fn name_of(text: &str) -> StrDeserializer<'_, Fault> {
    text.into_deserializer()
}

fn step(name: &str) -> Step {
    Step::of_entry(Some(name), 0)
}
