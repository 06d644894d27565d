//! Starts `next start`, `next dev` and other servers.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::Owned;
use crate::http::wait_until_ready;

/// Time limit for the first answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Serves the built app in `dir` on `port`, with `vars` added to its environment and its output in the file `log`.
/// Returns when `GET path` answers 200.
pub(crate) async fn start(dir: &Path, port: u16, path: &str, vars: &[(&str, &str)], log: &Path) -> Result<Owned> {
    start_as("start", dir, port, path, vars, log).await
}

/// Does the same with the command `start`, or with `dev` for an app that is not built: its first answers take longer.
pub(crate) async fn start_as(command: &str, dir: &Path, port: u16, path: &str, vars: &[(&str, &str)], log: &Path) -> Result<Owned> {
    let next = dir.join("node_modules/.bin/next");
    ensure!(next.exists(), "{} is missing: run `npm ci` in {}", next.display(), dir.display());
    let mut next = Command::new(&next);
    next.args([command, "--hostname", "127.0.0.1", "--port", &port.to_string()]).current_dir(dir);
    next.env("NEXT_TELEMETRY_DISABLED", "1").envs(vars.iter().copied());
    serve(&mut next, port, path, log).await
}

/// Runs a server that listens on `port`, with its output in the file `log`. Returns when `GET path` answers 200.
pub async fn serve(command: &mut Command, port: u16, path: &str, log: &Path) -> Result<Owned> {
    let out = File::create(log).with_context(|| format!("writing {}", log.display()))?;
    command.stdout(out.try_clone()?).stderr(out);
    let program = command.get_program().to_owned();
    let starting = || format!("starting {} (its output: {})", Path::new(&program).display(), log.display());
    let mut process = Owned::spawn(command).with_context(starting)?;
    wait_until_ready(&mut process, port, path, PATIENCE).await.with_context(starting)?;
    Ok(process)
}
