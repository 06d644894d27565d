//! Declares what a call sends, and the reader of its answer. Has both for types of Rust, as text.
//!
//! `values.rs` does both with values of JavaScript. Must not name it: a program that sends none does not link it.

use std::any::Any;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use super::multipart::Payload;
use crate::Error;
use crate::flight::{Received, Rejection, Sent};

/// Arguments as they are sent.
pub(crate) trait Arguments {
    /// Makes the body of the request. `random`: makes the text between two fields.
    fn payload(&self, random: &dyn Fn() -> [u8; 16]) -> Result<Payload, Error>;

    /// Returns a reader for an answer, which may refer to the arguments.
    fn reader(self: Rc<Self>) -> Box<dyn Reading>;
}

/// Reads an answer as it arrives.
pub(crate) trait Reading {
    /// Takes the next bytes. A fault in them is in the value, too.
    fn push(&mut self, bytes: &[u8]);

    /// Ends the answer: what is missing now is an error.
    fn end(&mut self);

    /// Returns ready once the value can be read, except perhaps for its promises, or will never be there.
    fn value(&self) -> Poll<Result<(), Rejection>>;

    /// True once nothing that is still to come could change the value.
    fn is_whole(&self) -> bool;

    /// Returns the text of row 0, once it has arrived.
    fn root_row(&self) -> Option<&str>;

    /// Returns the value, for the function that reads it into the type that the caller wants.
    fn finish(self: Box<Self>) -> Rc<dyn Any>;
}

/// Arguments that are complete later.
pub(crate) type Later = Pin<Box<dyn Future<Output = Result<Rc<dyn Arguments>, Error>>>>;

/// The arguments of a call, now or later.
pub(crate) enum Given {
    Now(Rc<dyn Arguments>),
    /// A promise or a stream is among them.
    #[allow(dead_code, reason = "only the client's edge in a browser makes them")]
    Later(Later),
}

impl Arguments for Sent {
    fn payload(&self, random: &dyn Fn() -> [u8; 16]) -> Result<Payload, Error> {
        Ok(Payload::of_texts(self, random))
    }

    fn reader(self: Rc<Self>) -> Box<dyn Reading> {
        Box::new(Received::action(Some(self)))
    }
}

impl Reading for Received {
    fn push(&mut self, bytes: &[u8]) {
        let _ = Self::push(self, bytes);
    }

    fn end(&mut self) {
        Self::end(self);
    }

    fn value(&self) -> Poll<Result<(), Rejection>> {
        Self::value(self)
    }

    fn is_whole(&self) -> bool {
        Self::is_whole(self)
    }

    fn root_row(&self) -> Option<&str> {
        Self::root_row(self)
    }

    fn finish(self: Box<Self>) -> Rc<dyn Any> {
        Rc::from(self as Box<dyn Any>)
    }
}
