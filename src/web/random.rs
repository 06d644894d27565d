//! Makes random bytes with `crypto.getRandomValues`, which also exists on insecure origins, unlike
//! `crypto.randomUUID`. Nothing else here may draw random numbers.

use wasm_bindgen::prelude::*;

use crate::{Error, Kind};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(into: &mut [u8]) -> Result<JsValue, JsValue>;
}

/// Returns random bytes. Fails with `INVALID_OPTION` where the platform has no source of them.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    let had = get_random_values(&mut bytes);
    had.map_err(|_| Error::new(Kind::InvalidOption, "crypto.getRandomValues, which traces and idempotency keys need, gives nothing here"))?;
    Ok(bytes)
}
