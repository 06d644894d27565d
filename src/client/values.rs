//! Sends arguments that may hold values of JavaScript, and reads answers as values. Knows no JavaScript:
//! `src/browser/values.rs` does.
#![allow(dead_code, reason = "only the client's edge in a browser makes such calls")]

use std::any::Any;
use std::rc::Rc;
use std::task::Poll;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::arguments::{Arguments, Given, Reading};
use super::call::Call;
use super::multipart::Payload;
use super::{ActionId, Client};
use crate::Error;
use crate::flight::{Decoder, Encoded, Native, Rejection, Value, from_value, read_arguments};

/// Makes a call whose arguments and answer may be values of JavaScript.
pub(crate) fn call<R: DeserializeOwned + 'static>(client: &Client, action: &str, arguments: &impl Serialize) -> Call<R> {
    let given = read_arguments(arguments).map(|arguments| match arguments {
        crate::flight::Arguments::Complete(encoded) => Given::Now(Rc::new(encoded) as _),
        crate::flight::Arguments::Open(open) => Given::Later(Box::pin(async { Ok(Rc::new(open.await?) as _) })),
    });
    Call::new(Rc::clone(&client.calls), ActionId::parse(action), given, read::<R>, std::any::type_name::<(R, Value)>())
}

fn read<R: DeserializeOwned + 'static>(value: &dyn Any) -> Result<Box<dyn Any>, Error> {
    let value = value.downcast_ref().unwrap_or(&Value::Undefined);
    from_value::<R>(value).map(|value| Box::new(value) as _)
}

impl Arguments for Encoded<Value> {
    fn payload(&self, random: &dyn Fn() -> [u8; 16]) -> Result<Payload, Error> {
        Payload::of_values(self, random)
    }

    fn reader(self: Rc<Self>) -> Box<dyn Reading> {
        Box::new(Decoder::action(Native::with_temporaries(self.temporaries.clone())))
    }
}

impl Reading for Decoder<Native> {
    fn push(&mut self, bytes: &[u8]) {
        let _ = Self::push(self, bytes);
    }

    fn end(&mut self) {
        Self::end(self);
    }

    fn value(&self) -> Poll<Result<(), Rejection>> {
        Self::value(self).map_ok(drop)
    }

    fn is_whole(&self) -> bool {
        Self::value(self).is_ready() && self.open() == 0
    }

    fn root_row(&self) -> Option<&str> {
        Self::root_row(self)
    }

    fn finish(self: Box<Self>) -> Rc<dyn Any> {
        match Self::value(&self) {
            Poll::Ready(Ok(value)) => Rc::new(value),
            _ => Rc::new(Value::Undefined),
        }
    }
}
