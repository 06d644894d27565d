//! Stands for `src/browser/values.rs` in builds without a browser: there are no values of JavaScript. Must not make
//! any.

use serde::de::{Error, Visitor};

use crate::flight::Value;

const REFUSED: &str = "a value of JavaScript, which needs a browser and the feature `client-web`";

/// A form with files, as the body of a request: a `web_sys::FormData` in a browser. Elsewhere there is none.
///
/// ```
/// use actionlane::client::Body;
///
/// fn has_files(body: &Body) -> bool {
///     matches!(body, Body::Form(_))
/// }
/// assert!(!has_files(&Body::from("[]")));
/// ```
#[cfg(feature = "client")]
pub type Form = std::convert::Infallible;

/// Fails.
pub(crate) fn take(_: &Value) -> Result<Value, String> {
    Err(REFUSED.to_owned())
}

/// Fails.
pub(crate) fn give<'de, V: Visitor<'de>, E: Error>(_: &Value, _: V) -> Result<V::Value, E> {
    Err(E::custom(REFUSED))
}

/// Returns `None`: no message is about a class.
pub(crate) fn wrong_class(_: &str) -> Option<String> {
    None
}

/// Returns `None`: the codec writes numbers by itself.
pub(crate) fn number_to_text(_: f64) -> Option<String> {
    None
}

/// Returns `None`: the codec reads numbers by itself.
pub(crate) fn text_to_number(_: &str) -> Option<f64> {
    None
}
