//! What the text of a document says of the app it belongs to.

use wasm_bindgen::prelude::*;

use crate::protocol::manifest::scan_html;

/// Which build rendered a document of Next.js, by the data in its scripts; undefined where a deployment id takes its place.
#[wasm_bindgen(js_name = buildOf)]
#[must_use]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
pub fn build_of(html: &str) -> Option<String> {
    scan_html(html).build
}
