//! The fixture app (`tests/next/`), as one version of Next.js has built it, served.

use std::fs;
use std::path::{self, Path, PathBuf};

use anyhow::Result;
use serde::Deserialize;

use crate::{Owned, next};

/// What `tests/next/build.mjs --json` prints of a build.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Build {
    pub dir: PathBuf,
    /// Of Next.js: `16.4.6`.
    pub version: String,
    /// It is not built: `next dev` serves it.
    #[serde(default)]
    pub dev: bool,
    /// Where the app lies below its origin: `/base`, or nothing.
    #[serde(default)]
    pub base_path: String,
    /// Where it is to be served, as its pages say where their assets are.
    #[serde(default)]
    pub port: Option<u16>,
    /// Its pages have addresses with a slash at their end.
    #[serde(default)]
    pub trailing_slash: bool,
    /// How long `npm ci` took, in milliseconds; none where the packages were there.
    pub install_ms: Option<u64>,
    /// How long `next build` took, in milliseconds; none where nothing had changed.
    pub build_ms: Option<u64>,
}

/// `next start` of a build, or `next dev`.
#[derive(Debug)]
#[must_use = "dropping this ends the server"]
pub struct Fixture {
    build: Build,
    origin: String,
    port: u16,
    _process: Owned,
}

impl Fixture {
    /// Serves the build on `port`, with what it prints in `log`. Returns when the first page has been answered. To serve another build
    /// on the same port, drop this one first.
    pub async fn start(build: &Build, port: u16, log: &Path) -> Result<Self> {
        // The other form is a redirect.
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

    /// Of Next.js: `16.4.6`.
    pub fn version(&self) -> &str {
        &self.build.version
    }

    /// What is served.
    pub fn build(&self) -> &Build {
        &self.build
    }

    /// `http://localhost:PORT`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The same server under another origin: `http://127.0.0.1:PORT`.
    pub fn other_origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A page of the app: `/second` is `http://localhost:PORT/base/second` in a build with a base path.
    pub fn url(&self, path: &str) -> String {
        let path = if path == "/" && !self.build.base_path.is_empty() { "" } else { path };
        format!("{}{}{path}", self.origin, self.build.base_path)
    }
}

/// For `FIXTURE_STORE`, where the app keeps what has been done under keys: beside the log. Nothing is left there of an earlier server.
pub fn fresh_store(log: &Path) -> Result<String> {
    let store = path::absolute(log.with_extension("store"))?;
    if store.exists() {
        fs::remove_dir_all(&store)?;
    }
    Ok(store.display().to_string())
}
