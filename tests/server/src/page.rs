//! A minimal page with Actionlane.
//!
//! - `load=script` (default): loads the drop-in script, which sets `window.actionlane`.
//! - `load=module`: `window.load()` imports the package's ES module, and sets `window.module` to its exports.
//! - `tag=…`: has these HTML tags instead.
//! - `csp=none` (default); `csp=strict`: allows no WebAssembly; `csp=wasm`: allows exactly what Actionlane needs;
//!   `csp=connect`: `fetch` may only call `/only`.

use serde::Deserialize;

/// Ways in which the page loads Actionlane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Load {
    #[default]
    Script,
    Module,
}

/// The page's Content-Security-Policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Csp {
    #[default]
    None,
    /// `script-src` without `'wasm-unsafe-eval'`.
    Strict,
    /// `script-src` with `'wasm-unsafe-eval'`.
    Wasm,
    /// `connect-src` with one path.
    Connect,
}

impl Csp {
    /// Returns the value of the header.
    pub fn policy(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Strict => Some("script-src 'self' 'unsafe-inline'"),
            Self::Wasm => Some("script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'"),
            Self::Connect => Some("connect-src http://localhost:*/only"),
        }
    }
}

/// Returns the page's HTML.
pub(crate) fn html(load: Load, tag: Option<&str>) -> String {
    let script = tag.unwrap_or(match load {
        Load::Script => r#"<script src="/actionlane.js"></script>"#,
        Load::Module => r#"<script>window.load = async () => void (window.module = await import("/pkg/index.js"));</script>"#,
    });
    format!("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Misbehaving</title>\n{script}\n</html>\n")
}
