//! The wasm compiled again: from a copy of the sources in another directory, into another target directory.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Checked;
use crate::step::step;
use crate::{run, wasm, workspace};

/// Compiles every module again, and compares the bytes.
pub(super) fn check() -> Result<Checked> {
    let copy = workspace::scratch("release/again/x")?.with_file_name("");
    let _ = fs::remove_dir_all(&copy);
    copy_sources(&copy)?;
    let mut faults = Vec::new();
    step("compiling the wasm again, in another directory", || {
        for module in &wasm::MODULES {
            let again = module.compile_in(&copy)?;
            if fs::read(&again)? != fs::read(module.compiled())? {
                faults.push(format!("{} of a copy of the sources has other bytes", module.name));
            }
        }
        Ok(())
    })?;
    Ok(Checked::new("wasm compiled twice", wasm::MODULES.len(), faults))
}

/// Copies the files that git knows.
fn copy_sources(copy: &Path) -> Result<()> {
    let files = run::quiet(run::command("git", workspace::root()).args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    for file in files.lines().filter(|file| workspace::root().join(file).is_file()) {
        let to = copy.join(file);
        fs::create_dir_all(to.parent().unwrap_or(copy))?;
        fs::copy(workspace::root().join(file), to).with_context(|| format!("copying {file}"))?;
    }
    Ok(())
}
