//! Serves the demo app for the tests.

use std::env;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::{Owned, next};

/// Environment variable of the tests: address of the demo app.
pub const WWW_ENV: &str = "ACTIONLANE_WWW";

/// A running `next start` of the demo app.
#[derive(Debug)]
#[must_use = "dropping this ends the server"]
pub struct Www {
    url: String,
    process: Owned,
}

impl Www {
    /// Serves the built app in `dir` on `port`, with `vars` added to its environment and its output in the file
    /// `log`. Returns when the first page has been answered.
    pub async fn start(dir: &Path, port: u16, vars: &[(&str, &str)], log: &Path) -> Result<Self> {
        let process = next::start(dir, port, "/", vars, log).await?;
        Ok(Self { url: format!("http://localhost:{port}"), process })
    }

    /// Returns its address, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits until the server ends by itself, and returns that as an error.
    pub async fn ended(&mut self) -> Result<()> {
        loop {
            if let Some(status) = self.process.ended()? {
                anyhow::bail!("the server ended ({status})");
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Returns the address of a running app, from `ACTIONLANE_WWW`.
    pub fn from_env() -> Result<String> {
        env::var(WWW_ENV).with_context(|| format!("{WWW_ENV} is not set: run these tests with `cargo xtask test --only e2e`"))
    }
}
