//! The demo app, served.

use std::env;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::{Owned, next};

/// The address of the demo app, for the tests.
pub const WWW_ENV: &str = "ACTIONLANE_WWW";

/// `next start` of a built app.
#[derive(Debug)]
#[must_use = "dropping this ends the server"]
pub struct Www {
    url: String,
    process: Owned,
}

impl Www {
    /// Serves the app in `dir` (built already) on `port`, with `vars` added to its environment and what it prints in `log`.
    /// Returns when the first page has been answered.
    pub async fn start(dir: &Path, port: u16, vars: &[(&str, &str)], log: &Path) -> Result<Self> {
        let process = next::start(dir, port, "/", vars, log).await?;
        Ok(Self { url: format!("http://localhost:{port}"), process })
    }

    /// Where it listens, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns when the server has ended by itself.
    pub async fn ended(&mut self) -> Result<()> {
        loop {
            if let Some(status) = self.process.ended()? {
                anyhow::bail!("the server ended ({status})");
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// The address of an app that runs already, from `ACTIONLANE_WWW`.
    pub fn from_env() -> Result<String> {
        env::var(WWW_ENV).with_context(|| format!("{WWW_ENV} is not set: run these tests with `cargo xtask test --only e2e`"))
    }
}
