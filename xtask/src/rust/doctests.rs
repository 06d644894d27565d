//! Compiles the examples of what only a browser has. Part `native` never sees them, and none is run here.

use std::fs;

use anyhow::{Context, Result};

use crate::pinned::WASM_TARGET;
use crate::run::{self, cargo};
use crate::test::Ran;
use crate::{tools, workspace};

/// The file with the items that only a browser has.
const FILE: &str = "src/browser.rs";

/// Compiles each example of the file for wasm. Counts them in the file: rustdoc makes one program of all, and lists
/// none.
pub(crate) fn run() -> Result<Ran> {
    tools::ensure_wasm_target()?;
    tools::ensure_wasm_bindgen()?;
    let mut test = cargo();
    test.args(["test", "--doc", "--package", "actionlane", "--target", WASM_TARGET, "--features", "client-web", "--", FILE]);
    let finished = run::captured(test.env("PATH", tools::path()?))?;
    let text = fs::read_to_string(workspace::root().join(FILE)).context(FILE)?;
    let examples = text.lines().filter(|line| line.trim_start_matches(['/', '!', ' ']).starts_with("```no_run")).count();
    Ok(Ran::all_or_nothing(examples as u64, finished.success, finished.stdout + &finished.stderr))
}
