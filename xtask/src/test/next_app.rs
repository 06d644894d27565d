//! The part `next-app`: builds an app with the seam of `actionlane/next` in several configurations, and runs its checks
//! in Chromium. Knows none of the checks: `tests/next/seam/run.mjs` does.

use anyhow::{Context, Result};
use e2e::Kind;

use crate::nexts::{Version, install};
use crate::{browser, build, run, workspace};

use super::count;
use super::part::Ran;

/// Versions that the script builds with, and one that must be refused.
const VERSIONS: [Version; 3] = [Version::V14_2, Version::V15_5, Version::V16_4];

/// Runs the configurations that every run of the tests needs or, if `every` is set, all.
pub(crate) fn all(every: bool) -> Result<Ran> {
    browser::ensure(Kind::Chromium).context("the checks of the app need a browser")?;
    build::prepare()?;
    build::package()?;
    VERSIONS.into_iter().try_for_each(install)?;
    let mut script = run::command("node", workspace::root());
    script.arg("tests/next/seam/run.mjs").arg("--out").arg(workspace::target().join("next"));
    script.args(every.then_some("--all"));
    Ok(count::lines(run::captured(&mut script)?))
}
