//! Makes of a compiled program what a browser loads. Compiles nothing, and runs nothing.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::run::{command, quiet};
use crate::{tools, workspace};

/// Runs wasm-bindgen on a program, for the step `name`. Returns the directory with its files, which are named as it is.
pub(super) fn bind(wasm: &Path, name: &str) -> Result<PathBuf> {
    let bound = workspace::scratch(&format!("rust/{name}/x"))?.with_file_name("");
    let mut bindgen = command(tools::program("wasm-bindgen"), workspace::root());
    bindgen.args(["--target", "web", "--no-typescript", "--remove-producers-section", "--out-dir"]);
    quiet(bindgen.arg(&bound).arg(wasm))?;
    Ok(bound)
}
