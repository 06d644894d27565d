//! Serves the package's wasm, and makes its file wrong on request.

use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;

use crate::files;

/// State of the wasm, which the package has as a file and as a copy in a JavaScript module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Wasm {
    /// Both are served.
    #[default]
    #[serde(rename = "1")]
    There,
    /// Both are 404.
    #[serde(rename = "0")]
    Gone,
    /// The file is 404.
    #[serde(rename = "missing")]
    Missing,
    /// Instead of the file, a page is served with status 200.
    #[serde(rename = "html")]
    Html,
    /// The content type has a parameter.
    #[serde(rename = "charset")]
    Charset,
    /// The content type is that of an unknown file.
    #[serde(rename = "octets")]
    Octets,
    /// The file is from another build of the package.
    #[serde(rename = "other")]
    Other,
    /// The connection breaks in the middle of the file, once.
    #[serde(rename = "cut")]
    Cut,
}

impl Wasm {
    /// Returns the answer to a request for the package's file at `path`, and the state for the next request.
    pub(crate) fn answer(self, package: &Path, path: &str) -> (Response, Self) {
        let (is_file, is_copy) = (path.ends_with(".wasm"), path.ends_with("_bytes.js") || path.ends_with(".bytes.js"));
        let missing = || (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], "missing on request").into_response();
        let whole = || std::fs::read(package.join(path)).unwrap_or_default();
        let typed =
            |content_type: &'static str, body: Body| ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store")], body).into_response();
        let response = match self {
            Self::Gone if is_file || is_copy => missing(),
            Self::Missing if is_file => missing(),
            Self::Html if is_file => Html("<!doctype html>\n<title>An app of one page</title>\n").into_response(),
            Self::Charset if is_file => typed("application/wasm; charset=utf-8", whole().into()),
            Self::Octets if is_file => typed("application/octet-stream", whole().into()),
            Self::Other if is_file => {
                let mut bytes = whole();
                // The file ends with the name of the build.
                if let Some(last) = bytes.last_mut() {
                    *last = b'x';
                }
                typed("application/wasm", bytes.into())
            }
            Self::Cut if is_file => {
                let mut bytes = whole();
                bytes.truncate(bytes.len() / 2);
                let pieces = [Ok(Bytes::from(bytes)), Err(std::io::Error::other("cut on request"))];
                return (typed("application/wasm", Body::from_stream(stream::iter(pieces))), Self::There);
            }
            _ => files::serve(package, path),
        };
        (response, self)
    }
}
