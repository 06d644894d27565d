//! Declares [`Date`] and [`BigInt`], which JavaScript has and serde does not.
//!
//! Each passes through serde as a newtype struct with a name of its own. A format that does not know the name sees the
//! content; so nothing here may depend on Flight's serializer.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::flight::date;
use crate::flight::native::canonical;

pub(super) const DATE: &str = "$actionlane::Date";
pub(super) const BIGINT: &str = "$actionlane::BigInt";

/// A JavaScript `Date`: milliseconds since 1970. NaN is the invalid date, which is sent as `null`.
///
/// Other formats write it as a number. They may read it from a number, from ISO text as `toISOString` writes it, or
/// from `null`.
///
/// ```
/// use actionlane::flight::{Body, Date, from_stream, to_reply};
///
/// let encoded = to_reply(&[Date(0.0)])?;
/// assert!(matches!(encoded.body, Body::Text(text) if text == r#"["$D1970-01-01T00:00:00.000Z"]"#));
/// assert_eq!(from_stream::<Date>(b"0:\"$D1970-01-01T00:00:01.500Z\"\n")?, Date(1500.0));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Date(pub f64);

/// A JavaScript `BigInt` of any size: decimal digits, possibly after a `-`.
///
/// Sending any other text is an `ENCODE` error. Other formats write it as a string.
///
/// ```
/// use actionlane::flight::{BigInt, Body, from_stream, to_reply};
///
/// let encoded = to_reply(&[BigInt("-9007199254740993".to_owned())])?;
/// assert!(matches!(encoded.body, Body::Text(text) if text == r#"["$n-9007199254740993"]"#));
/// assert_eq!(from_stream::<BigInt>(b"0:\"$n42\"\n")?.0, "42");
/// assert!(to_reply(&[BigInt("4.2".to_owned())]).is_err());
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BigInt(pub String);

/// Returns the digits as JavaScript writes them, or `None` if `text` is not a bigint.
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

    /// Reads the invalid date, which other formats have as `null`.
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
