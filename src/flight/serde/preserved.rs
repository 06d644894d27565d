//! Takes and gives the values of JavaScript that `serde_wasm_bindgen::preserve` passes through serde.
//!
//! Must be called only where serde names that newtype: a program without it does not link `src/browser/values.rs`.

use serde::de::Visitor;

use super::fault::Fault;
use crate::flight::Value;

/// Name of the newtype that `serde_wasm_bindgen::preserve` makes of a value.
pub(crate) const PRESERVED: &str = "1fc430ca-5b7f-4295-92de-33cf2b145d38";

/// Returns the value that was preserved as `abi`.
#[cfg(all(target_arch = "wasm32", feature = "client-web"))]
pub(super) fn take(abi: &Value) -> Result<Value, Fault> {
    match abi {
        Value::Number(abi) => crate::browser::values::take(*abi as u32).map_err(Fault::new),
        _ => Err(Fault::new("a value that cannot be read")),
    }
}

/// Gives a value of an answer to the program as one of JavaScript.
#[cfg(all(target_arch = "wasm32", feature = "client-web"))]
pub(super) fn give<'de, V: Visitor<'de>>(value: &Value, visitor: V) -> Result<V::Value, Fault> {
    use serde::de::{Deserializer as _, Error as _};

    let value = crate::browser::values::to_js(value).map_err(Fault::new)?;
    serde_wasm_bindgen::Deserializer::from(value).deserialize_tuple_struct(PRESERVED, 2, visitor).map_err(Fault::custom)
}

/// Returns what to say instead of the message of `preserve` about another class, which repeats the value.
#[cfg(all(target_arch = "wasm32", feature = "client-web"))]
pub(super) fn wrong_class(message: &str) -> Option<String> {
    let text = message.strip_prefix("incompatible JS value ")?;
    let class = text.bytes().rposition(|byte| byte == b':' || byte == b' ')?;
    Some(["expected ", text.get(class + 1..)?, ", found another value"].concat())
}

/// Fails: there is no JavaScript.
#[cfg(not(all(target_arch = "wasm32", feature = "client-web")))]
pub(super) fn take(_: &Value) -> Result<Value, Fault> {
    Err(Fault::new(ELSEWHERE))
}

/// Fails: there is no JavaScript.
#[cfg(not(all(target_arch = "wasm32", feature = "client-web")))]
pub(super) fn give<'de, V: Visitor<'de>>(_: &Value, _: V) -> Result<V::Value, Fault> {
    Err(Fault::new(ELSEWHERE))
}

#[cfg(not(all(target_arch = "wasm32", feature = "client-web")))]
const ELSEWHERE: &str = "a value of JavaScript, which needs a browser and the feature `client-web`";
