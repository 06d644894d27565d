//! The part `stores`: runs the scripts of `tests/stores/` on real Redis, PostgreSQL and SQLite. Knows none of their
//! checks.

use anyhow::{Context, Result};
use e2e::Kind;

use crate::nexts::{Version, install};
use crate::{browser, build, run, store_servers, workspace};

use super::count;
use super::part::Ran;

/// The scripts and their arguments. The soak is short: `node tests/stores/soak.mjs` makes 2000 calls for each store.
const SCRIPTS: [&[&str]; 4] = [&["run.mjs"], &["correlation.mjs"], &["outbox.mjs"], &["soak.mjs", "--calls", "300"]];

pub(crate) fn all() -> Result<Ran> {
    store_servers::ensure()?;
    browser::ensure_light(Kind::Chromium).context("the servers of the app are called from a browser")?;
    build::prepare()?;
    build::package()?;
    install(Version::V16_4)?;
    SCRIPTS.into_iter().try_fold(Ran::default(), |ran, words| Ok(ran.and(script(words)?)))
}

/// Runs a script. One that counts no check has failed.
fn script(words: &[&str]) -> Result<Ran> {
    let mut node = run::command("node", &workspace::root().join("tests/stores"));
    Ok(count::lines(run::captured(node.args(words))?))
}
