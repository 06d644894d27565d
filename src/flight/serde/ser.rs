//! Writes Rust values as [`Value`]s. Must not know how values are encoded.
//!
//! Uses the native stack, so the depth is limited.

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
    Serializer,
};

use super::fault::{Fault, Step};
use super::newtype::{self, BIGINT, DATE};
use super::{Depth, Limits, PRESERVED};
use crate::flight::{Object, Shared, Value};

/// Most elements for which memory is taken in advance: a type may claim any length.
const MAX_RESERVED: usize = 4096;

/// Writes one value.
#[derive(Clone, Copy, Default)]
pub(super) struct Writer(Depth);

impl Writer {
    /// Returns the writer for values inside a container.
    fn inside(self) -> Result<Self, Fault> {
        self.0.enter().map(Self)
    }

    /// Writes an integer: as a number if a double holds it exactly, else as a bigint.
    fn integer(integer: i128) -> Value {
        let number = integer as f64;
        if number as i128 == integer { Value::Number(number) } else { Value::BigInt(integer.to_string().into()) }
    }

    fn items(self, length: usize, variant: Option<&'static str>) -> Result<Items, Fault> {
        let outer = if variant.is_some() { self.inside()? } else { self };
        Ok(Items { items: Vec::with_capacity(length.min(MAX_RESERVED)), inside: outer.inside()?, variant })
    }

    fn members(self, variant: Option<&'static str>) -> Result<Members, Fault> {
        let outer = if variant.is_some() { self.inside()? } else { self };
        Ok(Members { object: Object::default(), inside: outer.inside()?, variant })
    }
}

impl Serializer for Writer {
    type Ok = Value;
    type Error = Fault;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Members;
    type SerializeStructVariant = Members;

    fn serialize_bool(self, bool: bool) -> Result<Value, Fault> {
        Ok(Value::Bool(bool))
    }

    fn serialize_i8(self, integer: i8) -> Result<Value, Fault> {
        Ok(Value::Number(integer.into()))
    }

    fn serialize_i16(self, integer: i16) -> Result<Value, Fault> {
        Ok(Value::Number(integer.into()))
    }

    fn serialize_i32(self, integer: i32) -> Result<Value, Fault> {
        Ok(Value::Number(integer.into()))
    }

    fn serialize_i64(self, integer: i64) -> Result<Value, Fault> {
        Ok(Self::integer(integer.into()))
    }

    fn serialize_i128(self, integer: i128) -> Result<Value, Fault> {
        Ok(Value::BigInt(integer.to_string().into()))
    }

    fn serialize_u8(self, integer: u8) -> Result<Value, Fault> {
        Ok(Value::Number(integer.into()))
    }

    fn serialize_u16(self, integer: u16) -> Result<Value, Fault> {
        Ok(Value::Number(integer.into()))
    }

    fn serialize_u32(self, integer: u32) -> Result<Value, Fault> {
        Ok(Value::Number(integer.into()))
    }

    fn serialize_u64(self, integer: u64) -> Result<Value, Fault> {
        Ok(Self::integer(integer.into()))
    }

    fn serialize_u128(self, integer: u128) -> Result<Value, Fault> {
        Ok(Value::BigInt(integer.to_string().into()))
    }

    fn serialize_f32(self, number: f32) -> Result<Value, Fault> {
        Ok(Value::Number(number.into()))
    }

    fn serialize_f64(self, number: f64) -> Result<Value, Fault> {
        Ok(Value::Number(number))
    }

    fn serialize_char(self, char: char) -> Result<Value, Fault> {
        Ok(Value::string(char.encode_utf8(&mut [0; 4])))
    }

    fn serialize_str(self, text: &str) -> Result<Value, Fault> {
        Ok(Value::string(text))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, Fault> {
        Err(Fault::new("bytes cannot be sent yet, other than as a sequence of numbers"))
    }

    fn serialize_none(self) -> Result<Value, Fault> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Fault> {
        value.serialize(Self(self.0.wrap()?))
    }

    fn serialize_unit(self) -> Result<Value, Fault> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, Fault> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Value, Fault> {
        Ok(Value::string(variant))
    }

    // The name is known where this is called. Inlined, a program that preserves no value does not link what takes one.
    #[inline(always)]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<Value, Fault> {
        if name == PRESERVED {
            return crate::javascript::take(&value.serialize(self)?).map_err(Fault::new);
        }
        let value = value.serialize(Self(self.0.wrap()?))?;
        match (name, &value) {
            (DATE, Value::Number(ms)) => Ok(Value::Date(*ms)),
            (BIGINT, Value::String(text)) => match newtype::digits(text) {
                Some(digits) if digits.len() <= Limits::DEFAULT.digits => Ok(Value::BigInt(digits.into())),
                Some(_) => Err(Fault::new(format!("a bigint of more than {} digits", Limits::DEFAULT.digits))),
                None => Err(Fault::new("not the digits of a bigint")),
            },
            _ => Ok(value),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Fault> {
        let mut members = self.members(None)?;
        members.put(variant, value)?;
        Ok(members.finish())
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items, Fault> {
        self.items(length.unwrap_or(0), None)
    }

    fn serialize_tuple(self, length: usize) -> Result<Items, Fault> {
        self.items(length, None)
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Items, Fault> {
        self.items(length, None)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, length: usize) -> Result<Items, Fault> {
        self.items(length, Some(variant))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Entries, Fault> {
        Ok(Entries { entries: Vec::with_capacity(length.unwrap_or(0).min(MAX_RESERVED)), key: Value::Undefined, inside: self.inside()? })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members, Fault> {
        self.members(None)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Members, Fault> {
        self.members(Some(variant))
    }
}

/// An array that is being written.
pub(super) struct Items {
    items: Vec<Value>,
    inside: Writer,
    variant: Option<&'static str>,
}

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let value = value.serialize(self.inside).map_err(|fault| tagged(fault.at(Step::Index(self.items.len())), self.variant))?;
        self.items.push(value);
        Ok(())
    }

    fn finish(self) -> Value {
        tag(Value::Array(Shared::new(self.items)), self.variant)
    }
}

/// An object or a Map that is being written: an object if all keys are strings.
pub(super) struct Entries {
    entries: Vec<(Value, Value)>,
    key: Value,
    inside: Writer,
}

/// An object whose keys are the type's.
pub(super) struct Members {
    object: Object,
    inside: Writer,
    variant: Option<&'static str>,
}

impl Members {
    fn put<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
        let value = value.serialize(self.inside).map_err(|fault| tagged(fault.at(Step::Name(key.to_owned())), self.variant))?;
        self.object.set(key, value);
        Ok(())
    }

    fn finish(mut self) -> Value {
        self.object.sort();
        tag(Value::Object(Shared::new(self.object)), self.variant)
    }
}

fn tag(value: Value, variant: Option<&'static str>) -> Value {
    match variant {
        Some(variant) => Value::object([(variant, value)]),
        None => value,
    }
}

fn tagged(fault: Fault, variant: Option<&'static str>) -> Fault {
    match variant {
        Some(variant) => fault.at(Step::Name(variant.to_owned())),
        None => fault,
    }
}

fn name_of(key: &Value) -> Option<&str> {
    if let Value::String(name) = key { Some(name) } else { None }
}

impl SerializeMap for Entries {
    type Ok = Value;
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        self.key = key.serialize(self.inside).map_err(|fault| fault.at(Step::Key(self.entries.len())))?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let value = value.serialize(self.inside).map_err(|fault| fault.at(Step::of_entry(name_of(&self.key), self.entries.len())))?;
        self.entries.push((std::mem::replace(&mut self.key, Value::Undefined), value));
        Ok(())
    }

    fn end(self) -> Result<Value, Fault> {
        if !self.entries.iter().all(|(key, _)| matches!(key, Value::String(_))) {
            return Ok(Value::Map(Shared::new(self.entries)));
        }
        let mut object = Object::default();
        for (key, value) in self.entries {
            if let Value::String(key) = key {
                object.set(&key, value);
            }
        }
        object.sort();
        Ok(Value::Object(Shared::new(object)))
    }
}

impl SerializeSeq for Items {
    type Ok = Value;
    type Error = Fault;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.push(value)
    }

    fn end(self) -> Result<Value, Fault> {
        Ok(self.finish())
    }
}

impl SerializeTuple for Items {
    type Ok = Value;
    type Error = Fault;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.push(value)
    }

    fn end(self) -> Result<Value, Fault> {
        Ok(self.finish())
    }
}

impl SerializeTupleStruct for Items {
    type Ok = Value;
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.push(value)
    }

    fn end(self) -> Result<Value, Fault> {
        Ok(self.finish())
    }
}

impl SerializeTupleVariant for Items {
    type Ok = Value;
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.push(value)
    }

    fn end(self) -> Result<Value, Fault> {
        Ok(self.finish())
    }
}

impl SerializeStruct for Members {
    type Ok = Value;
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
        self.put(key, value)
    }

    fn end(self) -> Result<Value, Fault> {
        Ok(self.finish())
    }
}

impl SerializeStructVariant for Members {
    type Ok = Value;
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
        self.put(key, value)
    }

    fn end(self) -> Result<Value, Fault> {
        Ok(self.finish())
    }
}
