//! Names what JavaScript has a type for and serde has not. Each goes through serde as a newtype struct of a name nobody else uses; formats that
//! do not know the name see what is inside.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::flight::date;
use crate::flight::native::canonical;

pub(super) const DATE: &str = "$actionlane::Date";
pub(super) const BIGINT: &str = "$actionlane::BigInt";

/// A JavaScript `Date`: milliseconds since 1970. NaN is the invalid date, which is sent as `null`.
///
/// In other formats a number. Read back from one, ISO text as `toISOString` writes it will do, too.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Date(pub f64);

/// A JavaScript `BigInt` of any size: decimal digits, perhaps after a `-`.
///
/// Sending anything else is an `ENCODE` error. In other formats a string.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BigInt(pub String);

/// The digits as BigInt writes them; `None` if they are none.
pub(super) fn digits(text: &str) -> Option<String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| canonical(text))
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(DATE, &self.0)
    }
}

impl Serialize for BigInt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(BIGINT, &self.0)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(DATE, DateVisitor)
    }
}

impl<'de> Deserialize<'de> for BigInt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(BIGINT, BigIntVisitor)
    }
}

struct DateVisitor;

impl<'de> Visitor<'de> for DateVisitor {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Date, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_f64<E: Error>(self, ms: f64) -> Result<Date, E> {
        Ok(Date(ms))
    }

    fn visit_u64<E: Error>(self, ms: u64) -> Result<Date, E> {
        Ok(Date(ms as f64))
    }

    fn visit_i64<E: Error>(self, ms: i64) -> Result<Date, E> {
        Ok(Date(ms as f64))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Date, E> {
        let ms = date::parse(text);
        if ms.is_nan() { Err(E::invalid_value(Unexpected::Str(text), &self)) } else { Ok(Date(ms)) }
    }

    /// The invalid date, where it went through `null`.
    fn visit_unit<E: Error>(self) -> Result<Date, E> {
        Ok(Date(f64::NAN))
    }
}

struct BigIntVisitor;

impl<'de> Visitor<'de> for BigIntVisitor {
    type Value = BigInt;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bigint")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<BigInt, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<BigInt, E> {
        Ok(BigInt(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<BigInt, E> {
        Ok(BigInt(number.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<BigInt, E> {
        digits(text).map(BigInt).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}
