//! Reads and writes React's two encodings without React: answers ([`Decoder`]) and arguments ([`encode()`]). Knows
//! no JavaScript and no network: [`Build`] makes values, [`Inspect`] reads them.
//!
//! ```
//! use actionlane::flight::{Body, from_action, to_reply};
//!
//! let arguments = to_reply(&("cart", 3))?;
//! assert!(matches!(arguments.body, Body::Text(text) if text == r#"["cart",3]"#));
//! let total: f64 = from_action(b"0:{\"a\":\"$@1\",\"f\":\"\"}\n1:37.5\n")?;
//! assert_eq!(total, 37.5);
//! # Ok::<(), actionlane::Error>(())
//! ```
//!
//! An answer is a stream of rows; each row is a value or a part of one. `flight/row.rs` describes how rows are framed,
//! `flight/model.rs` how values are written in them, and `flight/encode.rs` how arguments are encoded, which are no
//! stream. Nothing here knows JavaScript: a builder makes the values ([`Build`]), an inspector reads them
//! ([`Inspect`]). [`Native`] is both, for [`Value`]s, which need no JavaScript engine.
//!
//! A row is read once a value needs it. Streams and async iterables deliver while they arrive; lazy values and
//! elements settle once the rows they need have arrived. Client modules are described and never loaded; nothing is
//! evaluated.
//!
//! React's own client fails at some answers that this decoder reads. A row of text or bytes may come after the row
//! that uses it. A promise that resolves to itself is an error, not an endless loop. A Map or Set may contain itself.
//! Rows for development are skipped in production, too.
//!
//! # Rust types
//!
//! [`from_action`] and [`from_stream`] read an answer into any type that is `Deserialize`. [`to_reply`] encodes
//! arguments that are `Serialize`. No JavaScript is involved.
//!
//! | Rust | written as | read from |
//! |---|---|---|
//! | `bool` | boolean | boolean |
//! | `i8`…`u64`, `isize`, `usize` | number if a double holds it, else bigint | whole number, bigint, date (ms) |
//! | `i128`, `u128` | bigint | as the shorter integers |
//! | `f32`, `f64` | number, `NaN`, `-0` and the infinities too | number, date (ms) |
//! | `char`, `String` | string | string, bigint (digits), date (ISO text) |
//! | `Option` | `None`: `null` | `None`: `null` or `undefined` |
//! | `()`, unit structs | `null` | `null` or `undefined` |
//! | bytes (`serialize_bytes`) | an error: not supported yet | array of numbers |
//! | sequences, tuples, tuple structs | array | array, Set; of pairs also Map, FormData |
//! | maps | object if every key is a string, else Map | object, Map, FormData |
//! | structs | object | object, Map, FormData; an Error has `name` and `message` |
//! | enums | as serde tags them: `"Unit"`, `{"Variant": …}` | as written |
//! | newtype structs | the content | the content |
//! | [`Date`] | date | date |
//! | [`BigInt`] | bigint | bigint |
//!
//! An integer out of the type's range is an error. An integer may be the key of an object: `{"1": …}` is a map of
//! integers. Where serde accepts any value (`serde_json::Value`, `#[serde(flatten)]`, tagged and untagged enums), a
//! date becomes its ISO text, an invalid date `null`, and a bigint beyond 64 bits its digits. A promise is read as the
//! value it was settled with; a pending promise is a `DECODE` error, a rejected one fails with its own error. A value
//! that is not in the table, such as a symbol, is a `DECODE` error where a type needs it, and ignored elsewhere.
//!
//! Messages name the place and the types (`.items[3].price: expected u32, found a string`), never the value. Only the
//! message of a type's own implementation is repeated, up to 200 characters. Several places may refer to one
//! container, which is then read several times; [`Limits::NATIVE_BYTES`] limits the sum. [`Limits::NATIVE_DEPTH`]
//! limits nesting, so a circle is an error.

mod builder;
mod date;
mod decode;
mod encode;
mod foreign;
pub(crate) mod hash;
pub(crate) mod json;
mod limits;
mod model;
mod native;
mod number;
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "the client uses all of it"))]
mod received;
mod rejection;
mod row;
mod scan;
mod serde;
mod slice;
mod special_values;
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "the client uses all of it"))]
mod tape;
mod value;
mod value_watch;

#[cfg(feature = "client")]
pub(crate) use self::received::{Received, Sent};
#[cfg(feature = "client")]
pub(crate) use self::serde::write;
#[allow(unused_imports, reason = "the client uses them, and its edge in a browser")]
pub(crate) use self::serde::{Arguments, PRESERVED, read_arguments};
pub use self::serde::{BigInt, Date, from_action, from_stream, from_value, to_reply, to_value};
pub use builder::{Binary, Build, Flow, Key, Put, Ready};
pub use decode::Decoder;
pub use encode::{
    Body, Class, Classified, Container, Contents, Encoded, Encoder, Inspect, Later, Opaque, Part, Slot, Temporaries, Text, encode,
};
pub use foreign::Foreign;
#[allow(unused_imports, reason = "the client uses them, and its edge in a browser")]
pub(crate) use foreign::{Opening, Outside};
pub use limits::Limits;
pub use model::{Edit, Made, Node, Scalar, Spot, Tree};
pub use native::Native;
pub use rejection::{Rejection, Thrown};
pub use special_values::{Blob, Bytes, Client, Flowing, Lazy, Server};
pub use value::{Children, ErrorValue, Object, PromiseState, Shared, Value};
pub use value_watch::ValueWatch;
