//! A client-side dispatcher for Next.js Server Actions.

mod call;
mod dispatcher;
mod error;
pub mod flight;
mod lane;
pub mod protocol;
mod time;

pub use call::{Call, CallId, Event, LaneName, Options, State, Timings};
pub use dispatcher::{Config, Dispatcher, Effect};
pub use error::{Error, Kind, Sent};
pub use time::Instant;
