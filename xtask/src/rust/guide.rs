//! Follows the guide as a reader does: `tests/dependant/guide.mjs` copies its blocks into clean crates, builds them,
//! and makes the first call of a real server. Prepares the script's tools, and knows none of its checks.

use anyhow::{Context, Result};
use e2e::Kind;

use crate::nexts::{Version, install};
use crate::run::{captured, command};
use crate::test::{Ran, count};
use crate::{browser, build, tools, workspace};

/// Runs the script. It prints the number of its checks.
pub(crate) fn run() -> Result<Ran> {
    browser::ensure_light(Kind::Chromium).context("the guide needs a browser")?;
    tools::ensure_wasm_target()?;
    tools::ensure_wasm_bindgen()?;
    build::prepare()?;
    install(Version::V16_4)?;
    let mut script = command("node", workspace::root());
    script.arg("tests/dependant/guide.mjs").arg("--out").arg(workspace::target()).env("PATH", tools::path()?);
    Ok(count::lines(captured(&mut script)?))
}
