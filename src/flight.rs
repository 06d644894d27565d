//! React's two encodings, outside React: answers ([`Decoder`]) and arguments ([`encode()`]).
//!
//! An answer is a stream of rows, each a value or a part of one. Their framing is described in `flight/row.rs`, the values in
//! `flight/model.rs`, the encoding of arguments, which is no stream, in `flight/encode.rs`. Nothing here knows JavaScript: a host says how
//! values are made ([`Build`]) and read ([`Inspect`]). [`Native`] is the host for [`Value`]s, which need no JavaScript engine.
//!
//! Rows are read only when a value needs them. Streams and async iterables deliver while they arrive; lazy values and elements follow when
//! the rows they need are there. Client modules are described and never loaded; nothing is evaluated.
//!
//! Where React's own client fails, this decoder does not: a row of text or bytes may come after the row that uses it; a promise that resolves
//! to itself is an error and not a loop; a Map or Set may contain itself; rows for development are skipped by everyone.

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
mod value;

pub use build::{Binary, Build, Flow, Key, Put};
pub use decode::Decoder;
pub use encode::{Body, Container, Contents, Encoded, Inspect, Look, Part, Shape, Temporaries, Text, encode};
pub use kinds::{Blob, Bytes, Client, Flowing, Lazy, Server};
pub use limits::Limits;
pub use model::{Edit, Made, Node, Scalar, Spot, Tree};
pub use native::Native;
pub use rejection::{Rejection, Thrown};
pub use value::{Children, Fault, Object, Settled, Shared, Value};
