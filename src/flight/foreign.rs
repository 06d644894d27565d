//! Carries values that only JavaScript can read. Knows none of them and no JavaScript: `src/browser/values.rs` does.
//!
//! That file is reached through the trait [`Outside`], and where serde names what `preserve` made. So a program without
//! such values does not link it.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;

use super::{Classified, Container, Contents, Encoded, Encoder, Key, Native, Value};
use crate::Error;

/// A value of JavaScript: an argument, or an argument that an answer refers back to. Only a browser makes them.
///
/// ```
/// use actionlane::flight::Value;
///
/// fn needs_a_browser(value: &Value) -> bool {
///     matches!(value, Value::Foreign(_))
/// }
/// assert!(!needs_a_browser(&Value::Null));
/// ```
#[derive(Clone)]
pub struct Foreign(pub(crate) Rc<dyn Outside>);

/// Arguments that are complete later.
pub(crate) type Opening = Pin<Box<dyn Future<Output = Result<Encoded<Value>, Error>>>>;

/// A value of JavaScript, for the encoder.
#[allow(dead_code, reason = "only the client's edge in a browser makes them")]
pub(crate) trait Outside {
    /// Returns a number that tells containers apart, as [`Value::identity`] does. Odd: no address is.
    fn identity(&self) -> usize;

    /// See [`Inspect::classify`](super::Inspect::classify).
    fn classify(&self, key: Key<'_>) -> Classified<Value>;

    /// See [`Inspect::contents`](super::Inspect::contents).
    fn contents(&self, container: Container) -> Option<Contents<Value>>;

    /// See [`Inspect::symbol`](super::Inspect::symbol).
    fn symbol(&self) -> Option<String>;

    /// Returns the value as one of Rust, with the same contents. `None` if there is none.
    fn read(&self) -> Option<Value>;

    /// Waits for everything that is open in the arguments.
    fn collect(&self, encoder: Encoder<Native>) -> Opening;

    /// Makes the body of a request with fields of JavaScript. Also returns its size in bytes, as far as it is known.
    #[cfg(feature = "client")]
    fn body(&self, parts: &[super::Part<Value>]) -> Result<(crate::client::Body, usize), Error>;

    /// Returns itself, for the edge that made it.
    fn as_any(&self) -> &dyn Any;
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
