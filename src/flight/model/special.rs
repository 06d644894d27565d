//! Reads a string that stands for a value that JSON does not have. Knows one string, and no place.

use std::borrow::Cow;

use super::{Made, Path, Scalar, Special, Target};
use crate::flight::date;
use crate::flight::row::MAX_ID;

impl<'t> Special<'t> {
    /// Reads a text that begins with `$`, and not with `$$`. On failure, returns what is wrong.
    pub(in crate::flight) fn read(text: Cow<'t, str>, max_digits: usize) -> Result<Self, String> {
        let rest = text.get(1..).unwrap_or_default();
        let tail = |text: Cow<'t, str>| match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[2..]),
            Cow::Owned(text) => Cow::Owned(text[2..].to_owned()),
        };
        let Some(letter) = rest.chars().next() else {
            return Ok(Self::Scalar(Scalar::Symbol(Cow::Borrowed("react.transitional.element"))));
        };
        let body = &rest[letter.len_utf8()..];
        let special = match letter {
            '0'..='9' | 'a'..='f' => match parse_target(rest, None) {
                Some(target) => Special::Link(target),
                None => return Err(unsupported("reference")),
            },
            // Until December 2025 a function of the server was `$F`.
            'Q' | 'W' | 'K' | 'B' | 'i' | 'h' | 'F' => {
                let made = match letter {
                    'Q' => Made::Map,
                    'W' => Made::Set,
                    'K' => Made::Form,
                    'B' => Made::Blob,
                    'i' => Made::Iterator,
                    _ => Made::Server,
                };
                match parse_target(body, Some(made)) {
                    Some(target) if target.path.is_empty() => Special::Link(target),
                    _ => return Err(unsupported("reference")),
                }
            }
            '@' => match parse_row_id(body) {
                Some(id) => Special::Promise(id),
                None => return Err(unsupported("promise")),
            },
            'L' => match parse_row_id(body) {
                Some(id) => Special::Lazy(id),
                None => return Err(unsupported("$L")),
            },
            'Z' if body.is_empty() => Special::Scalar(Scalar::Error),
            'Z' => match parse_target(body, Some(Made::Error)) {
                Some(target) if target.path.is_empty() => Special::Link(target),
                _ => return Err(unsupported("$Z")),
            },
            'T' => Special::Temporary(tail(text)),
            'S' => Special::Scalar(Scalar::Symbol(tail(text))),
            'D' => Special::Scalar(Scalar::Date(date::parse(body))),
            'n' => {
                let digits = body.strip_prefix('-').unwrap_or(body);
                if !digits.bytes().all(|b| b.is_ascii_digit()) || (digits.is_empty() && !body.is_empty()) {
                    return Err("not a bigint".to_owned());
                }
                if digits.len() > max_digits {
                    return Err(format!("a bigint of more than {max_digits} digits"));
                }
                Special::Scalar(Scalar::BigInt(if body.is_empty() { Cow::Borrowed("0") } else { tail(text) }))
            }
            // Only the second letter counts, as in React's client.
            'u' | 'w' | 'H' | 'E' | 'P' | 'Y' => Special::Scalar(Scalar::Undefined),
            'N' => Special::Scalar(Scalar::Number(f64::NAN)),
            'I' => Special::Scalar(Scalar::Number(f64::INFINITY)),
            '-' if body == "0" => Special::Scalar(Scalar::Number(-0.0)),
            '-' => Special::Scalar(Scalar::Number(f64::NEG_INFINITY)),
            'A'..='Z' | 'g'..='z' => return Err(unsupported(&format!("${letter}"))),
            _ => return Err(unsupported("$")),
        };
        Ok(special)
    }
}

fn unsupported(what: &str) -> String {
    ["unsupported value ", what].concat()
}

fn parse_target(text: &str, made: Option<Made>) -> Option<Target> {
    let (id, path) = text.split_at(text.find(':').unwrap_or(text.len()));
    Some(Target { id: parse_row_id(id)?, path: Path::new(path), made })
}

fn parse_row_id(hex: &str) -> Option<u32> {
    let digits = hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if digits { u32::from_str_radix(hex, 16).ok().filter(|id| *id <= MAX_ID) } else { None }
}
