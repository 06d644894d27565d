//! Names the current place of the encoder, for messages.
//!
//! Must not repeat the values themselves: they are private.

use std::fmt::Write as _;

use super::super::Key;
use super::frame::{Frame, Rest};
use super::{Encoder, Inspect, Top};
use crate::{Error, Kind};

/// Steps that a message names before it says `…`.
const MAX_STEPS: usize = 16;

impl<I: Inspect> Encoder<I> {
    /// Makes an error that names the current place: "argument 0: .a\[1\] is a function".
    pub(super) fn error(&self, what: &str) -> Error {
        Error::new(Kind::Encode, format!("{} {what}", self.here()))
    }

    /// Returns the current place, as messages name it.
    pub(super) fn here(&self) -> String {
        let mut frames = self.frames.iter().filter(|frame| !matches!(frame.rest, Rest::One(_)));
        let mut place = String::new();
        match (&self.top, self.frames.first()) {
            (Top::Part(_, around) | Top::Chunk(around), first) => {
                place.push_str(around);
                if first.is_some() && !around.contains(": ") {
                    place.push(':');
                }
                if first.is_some() {
                    place.push(' ');
                }
            }
            (Top::Root, None) => place.push_str("the value"),
            (Top::Root, Some(Frame { rest: Rest::Members(..) | Rest::Bound(..) | Rest::One(_), .. })) => place.push_str("the value: "),
            (Top::Root, Some(frame)) => {
                frames.next();
                let _ = write!(place, "argument {}", frame.count.saturating_sub(1));
                if self.frames.len() > 1 {
                    place.push_str(": ");
                }
            }
        }
        for (steps, frame) in frames.enumerate() {
            if steps >= MAX_STEPS {
                place.push('…');
                break;
            }
            let _ = match frame.at() {
                Key::Name(key) => write!(place, ".{key}"),
                Key::Index(index) => write!(place, "[{index}]"),
            };
        }
        place
    }
}
