//! Reads Rust values from [`Value`]s.
//!
//! Must not repeat a value in a message. Uses the native stack, so the depth is limited.

use std::cell::Cell;
use std::rc::Rc;
use std::task::Poll;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::fault::{Fault, Step, noun};
use super::newtype::{BIGINT, DATE};
use super::{Depth, Limits, MAX_WRAPS, PRESERVED};
use crate::flight::{ErrorValue, Object, Shared, Value, date};

/// Reads one value.
pub(super) struct Reader<'b> {
    value: Value,
    /// Values and bytes of text that may still be read.
    budget: &'b Cell<usize>,
    depth: Depth,
}

impl<'b> Reader<'b> {
    pub(super) fn new(value: Value, budget: &'b Cell<usize>) -> Self {
        Self { value, budget, depth: Depth::default() }
    }

    /// Replaces a promise by the value it was settled with, and a value of JavaScript by one of Rust.
    fn settled(self) -> Result<Self, Fault> {
        let mut this = self.resolved()?;
        if let Value::Foreign(foreign) = &this.value
            && let Some(value) = foreign.0.read()
        {
            this.value = value;
        }
        Ok(this)
    }

    /// Replaces a promise by the value it was settled with.
    fn resolved(mut self) -> Result<Self, Fault> {
        for _ in 0..MAX_WRAPS {
            let Value::Promise(promise) = &self.value else { return Ok(self) };
            let value = match &promise.borrow().0 {
                Poll::Ready(Ok(value)) => value.clone(),
                Poll::Ready(Err(rejection)) => return Err(Fault::rejected(rejection.clone().into_error())),
                Poll::Pending => return Err(Fault::new("a promise that is not settled")),
            };
            self.value = value;
        }
        Err(Fault::new("too many promises of promises"))
    }

    /// Reads a value as a list.
    fn items(self, expected: &dyn Expected) -> Result<Items<'b>, Fault> {
        let pair = |key: &Value, value: &Value| Value::array([key.clone(), value.clone()]);
        let items = match self.value {
            Value::Array(items) | Value::Set(items) => items,
            Value::Map(entries) => Shared::new(entries.borrow().iter().map(|(key, value)| pair(key, value)).collect()),
            Value::FormData(fields) => {
                Shared::new(fields.borrow().iter().map(|(name, value)| pair(&Value::String(name.clone()), value)).collect())
            }
            other => return Err(Fault::expected(expected, noun(&other))),
        };
        Ok(Items { items, at: 0, budget: self.budget, inside: self.depth.enter()? })
    }

    /// Reads a value as a list of keys and values.
    fn entries(self, expected: &dyn Expected) -> Result<Entries<'b>, Fault> {
        let source = match self.value {
            Value::Object(object) => Source::Object(object),
            Value::Map(entries) => Source::Map(entries),
            Value::FormData(fields) => Source::Form(fields),
            Value::Error(error) => Source::Object(members(&error.borrow())),
            other => return Err(Fault::expected(expected, noun(&other))),
        };
        Ok(Entries { source, at: 0, value: None, budget: self.budget, inside: self.depth.enter()? })
    }

    fn sequence<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let mut items = self.items(&visitor)?;
        let out = visitor.visit_seq(&mut items)?;
        match items.items.borrow().len() {
            length if length == items.at => Ok(out),
            length => Err(Fault::new(format!("expected {} elements, found {length}", items.at))),
        }
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let text = match &self.value {
            Value::String(text) | Value::BigInt(text) => text.clone(),
            Value::Date(ms) => match date::write(*ms) {
                Some(text) => text.into(),
                None => return Err(Fault::expected(&visitor, "an invalid date")),
            },
            other => return Err(Fault::expected(&visitor, noun(other))),
        };
        charge(self.budget, text.len())?;
        visitor.visit_str(&text)
    }

    fn float<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Value::Number(number) | Value::Date(number) => visitor.visit_f64(number),
            other => Err(Fault::expected(&visitor, noun(&other))),
        }
    }

    /// Reads an integer of up to 64 bits. The visitor checks the range.
    fn narrow<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.integer(visitor, false)
    }

    /// Reads an integer of 128 bits.
    fn wide<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.integer(visitor, true)
    }

    fn integer<'de, V: Visitor<'de>>(self, visitor: V, wide: bool) -> Result<V::Value, Fault> {
        let integer = match &self.value {
            Value::Number(number) | Value::Date(number) if number.fract() == 0.0 => Integer::of_number(*number),
            Value::BigInt(digits) => Integer::of_digits(digits),
            other => return Err(Fault::expected(&visitor, noun(other))),
        };
        match integer {
            Some(Integer::Unsigned(integer)) => visitor.visit_u64(integer),
            Some(Integer::Signed(integer)) => visitor.visit_i64(integer),
            Some(Integer::WideSigned(integer)) if wide => visitor.visit_i128(integer),
            Some(Integer::WideUnsigned(integer)) if wide => visitor.visit_u128(integer),
            _ => Err(Fault::expected(&visitor, &format!("{} that does not fit", noun(&self.value)))),
        }
    }
}

enum Integer {
    Unsigned(u64),
    Signed(i64),
    /// An integer that neither of the former can hold.
    WideSigned(i128),
    WideUnsigned(u128),
}

impl Integer {
    /// Converts a number without a fraction.
    fn of_number(number: f64) -> Option<Self> {
        /// 2^63. Its multiples by powers of two are the ends of the integer types.
        const HALF: f64 = 9_223_372_036_854_775_808.0;
        match number {
            _ if (0.0..2.0 * HALF).contains(&number) => Some(Self::Unsigned(number as u64)),
            _ if (-HALF..0.0).contains(&number) => Some(Self::Signed(number as i64)),
            _ if (-2.0 * HALF * HALF..2.0 * HALF * HALF).contains(&number) => Some(Self::WideSigned(number as i128)),
            _ if (0.0..4.0 * HALF * HALF).contains(&number) => Some(Self::WideUnsigned(number as u128)),
            _ => None,
        }
    }

    fn of_digits(digits: &str) -> Option<Self> {
        let narrow = digits.parse().map(Self::Unsigned).or_else(|_| digits.parse().map(Self::Signed));
        narrow.or_else(|_| digits.parse().map(Self::WideSigned)).or_else(|_| digits.parse().map(Self::WideUnsigned)).ok()
    }
}

macro_rules! with {
    ($read:ident: $($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.settled()?.$read(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let this = self.settled()?;
        match &this.value {
            Value::Undefined | Value::Null => visitor.visit_unit(),
            Value::Bool(bool) => visitor.visit_bool(*bool),
            Value::Number(number) => match Integer::of_number(*number) {
                Some(Integer::Unsigned(integer)) if is_integer(*number) => visitor.visit_u64(integer),
                Some(Integer::Signed(integer)) if is_integer(*number) => visitor.visit_i64(integer),
                _ => visitor.visit_f64(*number),
            },
            Value::BigInt(digits) => match Integer::of_digits(digits) {
                Some(Integer::Unsigned(integer)) => visitor.visit_u64(integer),
                Some(Integer::Signed(integer)) => visitor.visit_i64(integer),
                _ => this.text(visitor),
            },
            Value::Date(ms) if date::write(*ms).is_none() => visitor.visit_unit(),
            Value::String(_) | Value::Date(_) => this.text(visitor),
            Value::Array(_) | Value::Set(_) => this.sequence(visitor),
            Value::Object(_) | Value::Map(_) | Value::FormData(_) | Value::Error(_) => visitor.visit_map(this.entries(&"a value")?),
            other => Err(Fault::expected(&visitor, noun(other))),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.settled()?.value {
            Value::Bool(bool) => visitor.visit_bool(bool),
            other => Err(Fault::expected(&visitor, noun(&other))),
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
        if let Value::Undefined | Value::Null = this.value {
            return visitor.visit_none();
        }
        this.depth = this.depth.wrap()?;
        visitor.visit_some(this)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.settled()?.value {
            Value::Undefined | Value::Null => visitor.visit_unit(),
            other => Err(Fault::expected(&visitor, noun(&other))),
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
        match self.settled()?.value {
            Value::Date(ms) if name == DATE => visitor.visit_newtype_struct(ms.into_deserializer()),
            Value::BigInt(digits) if name == BIGINT => visitor.visit_newtype_struct(name_of(&digits)),
            other => Err(Fault::expected(&visitor, noun(&other))),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    // Inlined for the same reason as `serialize_newtype_struct`.
    #[inline(always)]
    fn deserialize_tuple_struct<V: Visitor<'de>>(self, name: &'static str, _: usize, visitor: V) -> Result<V::Value, Fault> {
        if name == PRESERVED {
            return crate::javascript::give(&self.resolved()?.value, visitor);
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
        match &this.value {
            Value::String(name) => visitor.visit_enum(name_of(name)),
            Value::Object(object) => {
                let only = match object.borrow().members() {
                    [only] => only.clone(),
                    members => return Err(Fault::expected(&visitor, &format!("an object of {} members", members.len()))),
                };
                let inside = this.depth.enter()?;
                visitor.visit_enum(Variant { name: only.0, content: Reader { value: only.1, budget: this.budget, depth: inside } })
            }
            other => Err(Fault::expected(&visitor, noun(other))),
        }
    }

    /// Does not look at the value.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}

/// Elements of a list that is being read.
struct Items<'b> {
    items: Shared<Vec<Value>>,
    at: usize,
    budget: &'b Cell<usize>,
    inside: Depth,
}

impl<'de> SeqAccess<'de> for &mut Items<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(value) = self.items.borrow().get(self.at).cloned() else { return Ok(None) };
        charge(self.budget, 1)?;
        let at = self.at;
        self.at += 1;
        let reader = Reader { value, budget: self.budget, depth: self.inside };
        seed.deserialize(reader).map(Some).map_err(|fault| fault.at(Step::Index(at)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.borrow().len() - self.at)
    }
}

/// A value with keys.
enum Source {
    Object(Shared<Object>),
    Map(Shared<Vec<(Value, Value)>>),
    Form(Shared<Vec<(Rc<str>, Value)>>),
}

impl Source {
    fn get(&self, at: usize) -> Option<(Value, Value)> {
        let named = |(name, value): &(Rc<str>, Value)| (Value::String(name.clone()), value.clone());
        match self {
            Self::Object(object) => object.borrow().members().get(at).map(named),
            Self::Form(fields) => fields.borrow().get(at).map(named),
            Self::Map(entries) => entries.borrow().get(at).cloned(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Object(object) => object.borrow().len(),
            Self::Form(fields) => fields.borrow().len(),
            Self::Map(entries) => entries.borrow().len(),
        }
    }
}

/// Entries of a value with keys that is being read.
struct Entries<'b> {
    source: Source,
    at: usize,
    /// The value of the key that was read last, and the step to it.
    value: Option<(Value, Step)>,
    budget: &'b Cell<usize>,
    inside: Depth,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((key, value)) = self.source.get(self.at) else { return Ok(None) };
        charge(self.budget, 1)?;
        let at = self.at;
        self.at += 1;
        self.value = Some((value, Step::of_entry(&key, at)));
        let key = match (&self.source, key) {
            (Source::Object(_) | Source::Form(_), Value::String(name)) => {
                charge(self.budget, name.len())?;
                seed.deserialize(Name(name))
            }
            (_, value) => {
                let reader = Reader { value, budget: self.budget, depth: self.inside };
                seed.deserialize(reader).map_err(|fault| fault.at(Step::Key(at)))
            }
        };
        key.map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let Some((value, step)) = self.value.take() else { return Err(Fault::custom("a value was read before its key")) };
        let reader = Reader { value, budget: self.budget, depth: self.inside };
        seed.deserialize(reader).map_err(|fault| fault.at(step))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.source.len() - self.at)
    }
}

/// The key of an object: text, which may stand for an integer.
struct Name(Rc<str>);

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

impl<'de> Deserializer<'de> for Name {
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
struct Variant<'b> {
    name: Rc<str>,
    content: Reader<'b>,
}

impl<'de, 'b> EnumAccess<'de> for Variant<'b> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Fault> {
        charge(self.content.budget, self.name.len())?;
        Ok((seed.deserialize(name_of(&self.name))?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        let Self { name, content } = self;
        serde::Deserialize::deserialize(content).map_err(|fault: Fault| fault.at(step(&name)))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        let Self { name, content } = self;
        seed.deserialize(content).map_err(|fault| fault.at(step(&name)))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        let Self { name, content } = self;
        content.deserialize_seq(visitor).map_err(|fault| fault.at(step(&name)))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        let Self { name, content } = self;
        content.deserialize_map(visitor).map_err(|fault| fault.at(step(&name)))
    }
}

/// Returns the name and message of an Error as an object.
fn members(error: &ErrorValue) -> Shared<Object> {
    let mut object = Object::default();
    for (key, text) in [("name", &error.name), ("message", &error.message)] {
        if let Some(text) = text {
            object.set(key, Value::String(text.clone()));
        }
    }
    Shared::new(object)
}

/// True if the number may be read as an integer; not for `-0`, which would lose its sign.
fn is_integer(number: f64) -> bool {
    number.fract() == 0.0 && !(number == 0.0 && number.is_sign_negative())
}

fn name_of(text: &str) -> StrDeserializer<'_, Fault> {
    text.into_deserializer()
}

fn step(name: &Rc<str>) -> Step {
    Step::of_entry(&Value::String(name.clone()), 0)
}

/// Takes `cost` from the budget. A container may be read many times: without a budget, a few rows could become
/// exponentially many values.
fn charge(budget: &Cell<usize>, cost: usize) -> Result<(), Fault> {
    match budget.get().checked_sub(cost) {
        Some(left) => {
            budget.set(left);
            Ok(())
        }
        None => Err(Fault::new(format!("more than {} values and bytes, repeated ones counted", Limits::NATIVE_BYTES))),
    }
}
