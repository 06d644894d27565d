//! Checks formatting and lints. Lists files by their kind, too.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Deserialize;

use crate::pinned::WASM_TARGET;
use crate::run::{self, cargo};
use crate::wasm::{MODULES, features};
use crate::{tools, workspace};

use super::part::Ran;

/// Runs `cargo fmt --check`. Counts files.
pub(crate) fn fmt() -> Result<Ran> {
    let mut count = 0;
    for dir in ["examples", "src", "tests", "xtask"] {
        count += rust_files(&workspace::root().join(dir))?.len() as u64;
    }
    let finished = run::captured(cargo().args(["fmt", "--all", "--check"]))?;
    let mut ran = Ran::all_or_nothing(count, finished.success, finished.stdout + &finished.stderr);
    for apart in APART {
        let finished = run::captured(cargo().args(["fmt", "--check", "--manifest-path", apart]))?;
        ran = ran.and(Ran::all_or_nothing(1, finished.success, finished.stdout + &finished.stderr));
    }
    Ok(ran)
}

/// Packages that are workspaces of their own: the fuzz targets, and an example with many dependencies.
const APART: [&str; 2] = [FUZZ, "examples/leptos-checkout/Cargo.toml"];
const FUZZ: &str = "tests/fuzz/Cargo.toml";

/// Runs Clippy on every package. Warnings are errors.
pub(crate) fn clippy_native() -> Result<Ran> {
    let target = workspace::target().join("fuzz");
    let apart = clippy(&["--manifest-path", FUZZ, "--bins", "--lib", "--target-dir", &target.to_string_lossy()])?;
    Ok(clippy(&["--workspace", "--all-targets"])?.and(apart))
}

/// Runs Clippy on the crate for wasm: without an edge, with each edge, and with both and their tests. Then on a crate
/// that depends on it, most of which only a browser has.
pub(crate) fn clippy_wasm() -> Result<Ran> {
    tools::ensure_wasm_target()?;
    let lib = ["--package", "actionlane", "--lib", "--target", WASM_TARGET];
    let mut ran = clippy(&[&lib[..], &["--tests", "--features", &features()]].concat())?.and(clippy(&lib)?);
    for module in &MODULES {
        ran = ran.and(clippy(&[&lib[..], &["--features", module.name]].concat())?);
    }
    Ok(ran.and(clippy(&["--package", "dependant", "--lib", "--examples", "--target", WASM_TARGET])?))
}

/// Returns every Rust file below `dir`.
pub(crate) fn rust_files(dir: &Path) -> Result<Vec<PathBuf>> {
    files(dir, "rs")
}

/// Returns every file below `dir` with the extension `kind`.
pub(crate) fn files(dir: &Path, kind: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in crate::stamp::entries(dir)? {
        if entry.is_dir() {
            found.extend(files(&entry, kind)?);
        } else if entry.extension().is_some_and(|extension| extension == kind) {
            found.push(entry);
        }
    }
    Ok(found)
}

fn clippy(selection: &[&str]) -> Result<Ran> {
    let mut clippy = cargo();
    // Nothing is linked here: libFuzzer in C++ need not be compiled.
    clippy.env("CUSTOM_LIBFUZZER_PATH", workspace::target().join("libfuzzer.a"));
    clippy.arg("clippy").args(selection).args(["--message-format=json-render-diagnostics", "--", "--deny", "warnings"]);
    let finished = run::captured(&mut clippy)?;
    let messages = finished.stdout.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let ours = format!("path+file://{}", workspace::root().display());
    let targets = messages.filter(|message| message.reason == "compiler-artifact" && message.package_id.starts_with(&ours)).count();
    Ok(Ran::all_or_nothing(targets as u64, finished.success, finished.stderr))
}

/// A message of cargo about a target that it has finished.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    package_id: String,
}
