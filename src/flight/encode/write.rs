//! Writes numbers, strings and keys as React's encoding has them.
//!
//! Knows nothing of containers.

use std::fmt::Write as _;

use super::super::json;
use super::{Encoder, Inspect, Text};

impl<I: Inspect> Encoder<I> {
    pub(super) fn write_number(&mut self, number: f64) {
        match number {
            _ if number.is_nan() => self.out.push_str("\"$NaN\""),
            f64::INFINITY => self.out.push_str("\"$Infinity\""),
            f64::NEG_INFINITY => self.out.push_str("\"$-Infinity\""),
            _ if number == 0.0 && number.is_sign_negative() => self.out.push_str("\"$-0\""),
            _ if number.fract() == 0.0 && number.abs() < 1e15 => {
                let _ = write!(self.out, "{}", number as i64);
            }
            _ => self.out.push_str(&self.inspector.number(number)),
        }
    }

    pub(super) fn write_text(&mut self, text: &Text) {
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

    pub(super) fn write_key(&mut self, key: &Text) {
        match key {
            Text::Plain(key) => json::quote(&mut self.out, key),
            Text::Quoted(quoted) => self.out.push_str(quoted),
        }
        self.out.push(':');
    }

    pub(super) fn write_special(&mut self, letter: char, text: &str) {
        let _ = write!(self.out, "\"${letter}");
        json::escape_into(&mut self.out, text);
        self.out.push('"');
    }
}
