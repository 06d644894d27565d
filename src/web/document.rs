//! Reads from the text of a document which app it belongs to.

use wasm_bindgen::prelude::*;

use crate::protocol::manifest::base::base_path;
use crate::protocol::manifest::scan_html;

/// Which build rendered a document of Next.js, by the data in its scripts; undefined where a deployment id takes its place.
#[wasm_bindgen(js_name = buildOf)]
#[must_use]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
pub fn build_of(html: &str) -> Option<String> {
    scan_html(html).build
}

/// Where the app lies that a document belongs to: see [`base_path`].
#[wasm_bindgen(js_name = basePathOf)]
#[must_use]
#[expect(
    unreachable_pub,
    clippy::needless_pass_by_value,
    reason = "wasm-bindgen exports public functions only, and gives them their arguments"
)]
pub fn base_path_of(html: &str, loaded: &str, prefix: Option<String>) -> String {
    base_path(scan_html(html).path.as_deref(), loaded, prefix.as_deref()).to_owned()
}
