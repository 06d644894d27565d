//! Serves files of a directory.

use std::path::{Component, Path, PathBuf};

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// Returns the file at `path` below `root`, or 404. Forbids caching.
pub(crate) fn serve(root: &Path, path: &str) -> Response {
    let found = below(root, path).and_then(|file| std::fs::read(file).ok());
    match found {
        Some(bytes) => ([(CONTENT_TYPE, content_type(path)), (CACHE_CONTROL, "no-store")], bytes).into_response(),
        None => (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], "not found").into_response(),
    }
}

/// Returns `root` joined with `path`, unless that leaves `root`.
fn below(root: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    path.components().all(|part| matches!(part, Component::Normal(_))).then(|| root.join(path))
}

fn content_type(path: &str) -> &'static str {
    match Path::new(path).extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_outside_the_root_is_served() {
        let root = Path::new("/srv");
        assert_eq!(below(root, "a/b.js"), Some(PathBuf::from("/srv/a/b.js")));
        assert_eq!(below(root, "../etc/passwd"), None);
        assert_eq!(below(root, "/etc/passwd"), None);
    }
}
