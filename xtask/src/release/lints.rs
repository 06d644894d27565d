//! Linters of packages: publint reads package.json, attw resolves the types as each compiler setting does.

use std::path::Path;

use anyhow::Result;

use super::Checked;
use crate::{npm, run, workspace};

/// Runs publint on the packed file.
pub(super) fn publint(packed: &Path) -> Result<Checked> {
    let finished = run::captured(npm::program(&workspace::pkg(), "publint").arg(packed).arg("--strict"))?;
    Ok(judge("publint", finished.success, finished.stdout + &finished.stderr))
}

/// Runs attw on the packed file, without the exceptions: see [`EXCEPTIONS`].
pub(super) fn types(packed: &Path) -> Result<Checked> {
    let mut attw = npm::program(&workspace::pkg(), "attw");
    let finished = run::captured(attw.arg(packed).args(["--format", "ascii", "--no-color"]).args(EXCEPTIONS))?;
    Ok(judge("types for each compiler", finished.success, finished.stdout + &finished.stderr))
}

/// Two things that attw reports are meant. All entries but `actionlane` and `actionlane/next` are modules only, which
/// CommonJS imports by `import()`. Compilers that do not read `exports` (`moduleResolution: "node10"`) find the types
/// of every entry, but not those of a file of wasm.
const EXCEPTIONS: [&str; 4] = ["--ignore-rules", "cjs-resolves-to-esm", "--profile", "node16"];

fn judge(name: &'static str, success: bool, output: String) -> Checked {
    Checked::new(name, 1, if success { Vec::new() } else { output.lines().map(ToOwned::to_owned).collect() })
}
