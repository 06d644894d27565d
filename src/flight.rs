//! React's two encodings, outside React: answers ([`Decoder`]) and arguments ([`encode()`]).
//!
//! An answer is a stream of rows, each a value or a part of one. Their framing is described in `flight/row.rs`, the values in
//! `flight/model.rs`, the encoding of arguments, which is no stream, in `flight/encode.rs`. Nothing here knows JavaScript: a builder says how
//! values are made ([`Build`]), an inspector how they are read ([`Inspect`]). [`Native`] is both for [`Value`]s, which need no JavaScript engine.
//!
//! Rows are read only when a value needs them. Streams and async iterables deliver while they arrive; lazy values and elements follow when
//! the rows they need are there. Client modules are described and never loaded; nothing is evaluated.
//!
//! Where React's own client fails, this decoder does not: a row of text or bytes may come after the row that uses it; a promise that resolves
//! to itself is an error and not a loop; a Map or Set may contain itself; rows for development are skipped by everyone.
//!
//! # Rust types
//!
//! [`from_action`] and [`from_stream`] read an answer into any type that is `Deserialize`, [`to_reply`] encodes arguments that are
//! `Serialize`, with no JavaScript in between.
//!
//! | Rust | written as | read from |
//! |---|---|---|
//! | `bool` | boolean | boolean |
//! | `i8`…`u64`, `isize`, `usize` | number if a double holds it exactly, else bigint | number without a fraction, bigint, date (ms); in range |
//! | `i128`, `u128` | bigint | the same |
//! | `f32`, `f64` | number, `NaN`, `-0` and the infinities too | number, date (ms) |
//! | `char`, `String` | string | string, bigint (digits), date (ISO text) |
//! | `Option` | `None`: `null` | `None`: `null` or `undefined` |
//! | `()`, unit structs | `null` | `null` or `undefined` |
//! | bytes (`serialize_bytes`) | an error: binary data is not sent yet | array of numbers |
//! | sequences, tuples, tuple structs | array | array, Set; of pairs also Map, FormData |
//! | maps | object if every key is a string, else Map | object, Map, FormData |
//! | structs | object | object, Map, FormData; an Error has `name` and `message` |
//! | enums | as serde tags them: `"Unit"`, `{"Variant": …}` | the same |
//! | newtype structs | what is inside | what is inside |
//! | [`Date`] | date | date |
//! | [`BigInt`] | bigint | bigint |
//!
//! Integers may be keys of an object where they are read: `{"1": …}` is a map of integers. Where serde asks for whatever is there
//! (`serde_json::Value`, `#[serde(flatten)]`, tagged and untagged enums) a date is its ISO text, an invalid one `null`, and a bigint beyond
//! 64 bits its digits. A promise is read as what it was settled with; one that is not settled is a `DECODE` error, one that was rejected the
//! error it was rejected with. What is not in the table, as symbols, is a `DECODE` error where a type needs it, and not looked at where it
//! does not.
//!
//! Messages say where (`.items[3].price: expected u32, found a string`) and never what; only what a type's own implementation says is
//! repeated as it says it, up to 200 characters. Values may hold a container many times: what is read may not be larger than an answer of
//! [`Limits::NATIVE_BYTES`] could make it without that. Nesting is bounded by [`Limits::NATIVE_DEPTH`], which circles exceed.

mod along;
mod build;
mod date;
mod decode;
mod encode;
pub(crate) mod hash;
pub(crate) mod json;
mod kinds;
mod limits;
mod model;
mod native;
mod number;
mod part;
mod rejection;
mod row;
mod scan;
mod serde;
mod value;

pub use self::serde::{BigInt, Date, from_action, from_stream, from_value, to_reply, to_value};
pub use along::Along;
pub use build::{Binary, Build, Flow, Given, Key, Put};
pub use decode::Decoder;
pub use encode::{Body, Container, Contents, Encoded, Encoder, Inspect, Later, Look, Opaque, Part, Shape, Slot, Temporaries, Text, encode};
pub use kinds::{Blob, Bytes, Client, Flowing, Lazy, Server};
pub use limits::Limits;
pub use model::{Edit, Made, Node, Scalar, Spot, Tree};
pub use native::Native;
pub use rejection::{Rejection, Thrown};
pub use value::{Children, Fault, Object, Settled, Shared, Value};
