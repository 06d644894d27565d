//! Runs programs in Rust in browsers: the crate `tests/dependant`, and the page of `examples/leptos-checkout`. Prepares
//! their scripts, and knows none of their checks.

use std::process::Command;

use anyhow::{Context, Result};
use e2e::Kind;

use super::bound::bind;
use crate::nexts::{Version, install};
use crate::pinned::WASM_TARGET;
use crate::run::{captured, cargo, command, quiet};
use crate::test::{Ran, count};
use crate::{browser, build, conformance, tools, workspace};

/// The browsers, by their names in the scripts.
const BROWSERS: [(Kind, &str); 2] = [(Kind::Chromium, "chromium"), (Kind::Firefox, "firefox")];

/// Runs the dependant against a server that answers with React's own encoder.
pub(crate) fn dependant() -> Result<Ran> {
    conformance::prepare()?;
    tools::ensure_wasm_bindgen()?;
    quiet(cargo().args(["build", "--package", "dependant", "--lib", "--target", WASM_TARGET]))?;
    let bound = bind(&workspace::target().join(WASM_TARGET).join("debug/dependant.wasm"), "dependant")?;
    in_each(|script, name| script.arg("tests/dependant/browser.mjs").arg(&bound).arg(name))
}

/// Builds the page and its Next app, and runs the checks of the page.
pub(crate) fn leptos() -> Result<Ran> {
    build::prepare()?;
    build::package()?;
    install(Version::V16_4)?;
    in_each(|script, name| {
        // The first run builds.
        let built = (name != BROWSERS[0].1).then_some("--built");
        script.arg("tests/next/leptos/run.mjs").args(["--browser", name]).args(built)
    })
}

/// Runs a script in each browser.
fn in_each(script: impl for<'c> Fn(&'c mut Command, &str) -> &'c mut Command) -> Result<Ran> {
    BROWSERS.into_iter().try_fold(Ran::default(), |ran, (kind, name)| {
        browser::ensure_light(kind).with_context(|| format!("the programs need {name}"))?;
        let mut node = command("node", workspace::root());
        node.env("PATH", tools::path()?);
        Ok(ran.and(count::lines(captured(script(&mut node, name))?)))
    })
}
