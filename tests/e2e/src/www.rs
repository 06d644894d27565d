//! The demo app, served.

use std::env;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::Owned;
use crate::http::wait_until_ready;

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
        let next = dir.join("node_modules/.bin/next");
        ensure!(next.exists(), "{} is missing: run `npm ci` in {}", next.display(), dir.display());
        let out = File::create(log).with_context(|| format!("writing {}", log.display()))?;
        let mut command = Command::new(&next);
        command.args(["start", "--hostname", "127.0.0.1", "--port", &port.to_string()]).current_dir(dir);
        command.env("NEXT_TELEMETRY_DISABLED", "1").envs(vars.iter().copied());
        command.stdout(out.try_clone()?).stderr(out);
        let starting = || format!("starting the app in {} (its output: {})", dir.display(), log.display());
        let mut process = Owned::spawn(&mut command).with_context(starting)?;
        wait_until_ready(&mut process, port, "/", Duration::from_secs(60)).await.with_context(starting)?;
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
