//! Resolves URLs that a server wrote with the browser's `URL`. Navigates nowhere.

use wasm_bindgen::prelude::*;

use crate::Error;
use crate::protocol::Redirect;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = URL)]
    type JsUrl;
    #[wasm_bindgen(constructor, catch, js_class = "URL")]
    fn new(url: &str, base: &str) -> Result<JsUrl, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn href(this: &JsUrl) -> Result<String, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn protocol(this: &JsUrl) -> Result<String, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn origin(this: &JsUrl) -> Result<String, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn pathname(this: &JsUrl) -> Result<String, JsValue>;
}

/// Returns the absolute URL of a redirect, resolved against `page`. Fails with `REDIRECT_BLOCKED` if no user may be
/// sent there.
pub(crate) fn target(redirect: &Redirect, page: &str, base_path: &str) -> Result<String, Error> {
    let resolved = resolve(redirect, page, base_path).ok();
    redirect.check(resolved.as_ref().map(|(_, scheme, own)| (scheme.as_str(), *own)))?;
    Ok(resolved.map(|(href, ..)| href).unwrap_or_default())
}

fn resolve(redirect: &Redirect, page: &str, base_path: &str) -> Result<(String, String, bool), JsValue> {
    let page = JsUrl::new(page, page)?;
    let url = JsUrl::new(&redirect.url_to_resolve(base_path, &page.pathname()?), &page.href()?)?;
    Ok((url.href()?, url.protocol()?, url.origin()? == page.origin()?))
}
