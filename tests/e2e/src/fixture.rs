//! Serves the fixture app (`tests/next/`), as one version of Next.js has built it.

use std::fs;
use std::path::{self, Path, PathBuf};

use anyhow::Result;
use serde::Deserialize;

use crate::{Owned, next};

/// A build of the fixture app, as `tests/next/build.mjs --json` prints it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Build {
    pub dir: PathBuf,
    /// Version of Next.js: `16.4.6`.
    pub version: String,
    /// True if it is not built: `next dev` serves it.
    #[serde(default)]
    pub dev: bool,
    /// Path of the app below its origin: `/base`, or empty.
    #[serde(default)]
    pub base_path: String,
    /// Port on which it must be served, because its pages name it in the URLs of their assets.
    #[serde(default)]
    pub port: Option<u16>,
    /// True if the URLs of its pages end with a slash.
    #[serde(default)]
    pub trailing_slash: bool,
    /// Milliseconds that `npm ci` took; `None` if the packages were installed already.
    pub install_ms: Option<u64>,
    /// Milliseconds that `next build` took; `None` if nothing had changed.
    pub build_ms: Option<u64>,
}

/// A running `next start` or `next dev` of a build.
#[derive(Debug)]
#[must_use = "dropping this ends the server"]
pub struct Fixture {
    build: Build,
    origin: String,
    port: u16,
    _process: Owned,
}

impl Fixture {
    /// Serves the build on `port`, with its output in the file `log`. Returns when the first page has been answered.
    /// To serve another build on the same port, drop this one first.
    pub async fn start(build: &Build, port: u16, log: &Path) -> Result<Self> {
        // The other form of the URL redirects.
        let slash = if build.base_path.is_empty() || build.trailing_slash { "/" } else { "" };
        let first = format!("{}{slash}", build.base_path);
        let process = next::start_as(
            if build.dev { "dev" } else { "start" },
            &build.dir,
            port,
            &first,
            &[("FIXTURE_STORE", &fresh_store(log)?)],
            log,
        )
        .await?;
        Ok(Self { build: build.clone(), origin: format!("http://localhost:{port}"), port, _process: process })
    }

    /// Returns the version of Next.js: `16.4.6`.
    pub fn version(&self) -> &str {
        &self.build.version
    }

    /// Returns the build that is served.
    pub fn build(&self) -> &Build {
        &self.build
    }

    /// Returns `http://localhost:PORT`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns another origin of the same server: `http://127.0.0.1:PORT`.
    pub fn other_origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the URL of a page: for `/second`, `http://localhost:PORT/base/second` in a build with a base path.
    pub fn url(&self, path: &str) -> String {
        let path = if path == "/" && !self.build.base_path.is_empty() { "" } else { path };
        format!("{}{}{path}", self.origin, self.build.base_path)
    }
}

/// Returns a directory beside the log for `FIXTURE_STORE`, where the app stores results by idempotency key. Deletes
/// the store of an earlier server.
pub fn fresh_store(log: &Path) -> Result<String> {
    let store = path::absolute(log.with_extension("store"))?;
    if store.exists() {
        fs::remove_dir_all(&store)?;
    }
    Ok(store.display().to_string())
}
