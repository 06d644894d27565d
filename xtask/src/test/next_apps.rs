//! The parts whose checks are scripts in `tests/next/`, which build Next apps and drive them in browsers. Knows none of
//! the checks: each script has its own.

use anyhow::{Context, Result};
use e2e::Kind;

use crate::nexts::{Version, install};
use crate::{apps, browser, build, run, workspace};

use super::count;
use super::part::Ran;

/// Versions that the scripts of the seam and of forms build with; the seam refuses the first.
const VERSIONS: [Version; 3] = [Version::V14_2, Version::V15_5, Version::V16_4];

/// Runs the seam's configurations that every run of the tests needs or, if `every` is set, all.
pub(crate) fn configurations(every: bool) -> Result<Ran> {
    prepare(&VERSIONS)?;
    script("seam", every.then_some("--all"))
}

/// Runs the forms of a Next app, and the uploads of a page.
pub(crate) fn forms() -> Result<Ran> {
    for kind in [Kind::Firefox, Kind::WebKit] {
        browser::ensure(kind).with_context(|| format!("the checks of forms need {kind:?}"))?;
    }
    prepare(&VERSIONS)?;
    Ok(script("forms", None)?.and(script("progress", None)?))
}

/// Directories of `tests/next/` with the scripts of the part `examples`.
const EXAMPLES: [&str; 6] = ["switched", "libraries", "examples", "documents", "testing", "first-hour"];

/// Runs the apps of `examples/`, the code in the documents, and the first hour of a new user.
pub(crate) fn examples() -> Result<Ran> {
    prepare(&[Version::V16_4])?;
    // One of the examples needs Astro.
    apps::unpack()?;
    EXAMPLES.into_iter().try_fold(Ran::default(), |ran, name| Ok(ran.and(script(name, None)?)))
}

fn prepare(versions: &[Version]) -> Result<()> {
    browser::ensure_light(Kind::Chromium).context("the checks of the apps need a browser")?;
    build::prepare()?;
    build::package()?;
    versions.iter().copied().try_for_each(install)
}

/// Runs the script `run.mjs` of a directory of `tests/next/`.
fn script(name: &str, option: Option<&str>) -> Result<Ran> {
    let mut script = run::command("node", workspace::root());
    script.arg(format!("tests/next/{name}/run.mjs")).arg("--out").arg(workspace::target().join("next")).args(option);
    Ok(count::lines(run::captured(&mut script)?))
}
