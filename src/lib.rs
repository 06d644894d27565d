//! Dispatches calls of Next.js Server Actions from the client: a queue per lane, abort, timeouts, and the whole wire
//! protocol.
//!
//! A program takes the feature `client`, or `client-web` in a page. It calls actions with types of Rust, over any HTTP
//! library and any executor. [The guide] begins with a whole program.
//!
//! [The guide]: https://docs.rs/actionlane/latest/actionlane/guide/index.html
//!
//! Without these features, the crate is a deterministic core without I/O, and a thin edge that makes the npm package
//! `actionlane` from it. Natively you get the core, in four parts:
//!
//! - [`Dispatcher`] decides which call runs when. It does no I/O: a driver gives it inputs and carries out its effects.
//! - [`protocol`] reads and writes the parts of Next.js requests and answers around the value: headers, ids, redirects.
//! - [`flight`] decodes React's answers and encodes the arguments of calls.
//! - [`outbox`] defines how durable calls are stored, and when a record ends.
//!
//! Two calls of one lane run one after the other:
//!
//! ```
//! use actionlane::{Call, CallId, Dispatcher, Effect, Instant, Options, Visit};
//!
//! let mut dispatcher = Dispatcher::default();
//! let now = Instant::from_millis(0.0);
//! for id in [CallId(1), CallId(2)] {
//!     let call = Call { id, options: Options::default(), queued_at: now, visit: Some(Visit::default()), ready: true };
//!     dispatcher.enqueue(call, now)?;
//! }
//! let sends = std::iter::from_fn(|| dispatcher.poll_effect()).filter(|effect| matches!(effect, Effect::Send(_)));
//! assert_eq!(sends.collect::<Vec<_>>(), [Effect::Send(CallId(1))], "the second waits for the first");
//! # Ok::<(), actionlane::Error>(())
//! ```

#![deny(missing_docs)]
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(target_arch = "wasm32", feature = "client-web"))]
pub mod browser;
mod call;
#[cfg(feature = "client")]
pub mod client;
#[allow(dead_code, reason = "each edge uses some of them")]
mod codes;
mod dispatcher;
#[cfg(not(all(target_arch = "wasm32", feature = "client-web")))]
mod elsewhere;
mod error;
pub mod flight;
#[cfg(all(target_arch = "wasm32", any(feature = "dispatcher", feature = "flight", feature = "client-web")))]
mod js;
#[cfg(any(test, all(target_arch = "wasm32", feature = "dispatcher")))]
mod keepalive;
mod lane;
pub mod outbox;
pub mod protocol;
mod refresh;
mod retry;
mod sorted_map;
mod text;
mod time;
#[cfg(all(target_arch = "wasm32", feature = "dispatcher"))]
mod web;
#[cfg(all(target_arch = "wasm32", feature = "flight"))]
mod web_flight;

#[cfg(all(target_arch = "wasm32", feature = "client-web"))]
use browser::values as javascript;
#[cfg(not(all(target_arch = "wasm32", feature = "client-web")))]
use elsewhere as javascript;

pub use call::{Call, CallId, Event, LaneName, Options, RedirectMode, Render, Skew, State, Strategy, Timings, Visit};
#[cfg(feature = "client")]
pub use client::Client;
pub use dispatcher::{Config, Dispatcher, Effect, HeadFacts, LaneOptions, OfflineMode, Recovery, Scope};
pub use error::{Error, Kind, Sent};
pub use retry::{Retry, retry_after};
pub use time::Instant;

#[cfg(any(docsrs, all(doctest, feature = "client")))]
#[doc = include_str!("../docs/rust.md")]
pub mod guide {
    #[doc = include_str!("../docs/flight-outside-react.md")]
    pub mod flight {}
}

/// Runs the example of the page that crates.io shows.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../docs/crate.md")]
struct OnCratesIo;
