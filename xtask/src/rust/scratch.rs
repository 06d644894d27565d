//! Makes crates that depend on this one, each a workspace of its own below `target/`. Builds nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run::command;
use crate::workspace;

/// A crate in a directory of its own, without a lock file.
pub(crate) struct Crate {
    dir: PathBuf,
}

impl Crate {
    /// Makes an empty directory for the crate `name`.
    pub(crate) fn new(name: &str) -> Result<Self> {
        let dir = workspace::scratch(&format!("rust/{name}/x"))?.with_file_name("");
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir)?;
        Ok(Self { dir })
    }

    /// Makes a library that depends on this crate with these features, and on the other `lines` of its manifest.
    pub(crate) fn dependant(name: &str, features: &[&str], lines: &str) -> Result<Self> {
        let made = Self::new(name)?;
        made.write("Cargo.toml", &manifest(features, lines)?)?;
        made.write("src/lib.rs", "pub use actionlane::flight;\n")?;
        Ok(made)
    }

    /// Writes a file of the crate.
    pub(crate) fn write(&self, file: &str, text: &str) -> Result<()> {
        let path = self.dir.join(file);
        fs::create_dir_all(path.parent().unwrap_or(&self.dir))?;
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    }

    /// Returns the path of a file of the crate.
    pub(crate) fn file(&self, file: impl AsRef<Path>) -> PathBuf {
        self.dir.join(file)
    }

    /// Returns the command `cargo` in the crate. All crates share compiled dependencies.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()).as_os_str(), &self.dir);
        cargo.env("CARGO_TARGET_DIR", workspace::target().join("dependants"));
        cargo
    }

    /// Returns the command `cargo` of another version of Rust, which rustup has.
    pub(crate) fn cargo_of(&self, version: &str) -> Command {
        let mut cargo = command("rustup", &self.dir);
        cargo.args(["run", version, "cargo"]).env("CARGO_TARGET_DIR", workspace::target().join("oldest"));
        // Cargo sets these for xtask, and they name the compiler of this repository.
        cargo.env_remove("CARGO").env_remove("RUSTC").env_remove("RUSTUP_TOOLCHAIN");
        cargo
    }
}

fn manifest(features: &[&str], lines: &str) -> Result<String> {
    // Strings are written the same in TOML and JSON.
    let (root, features) = (serde_json::to_string(workspace::root())?, serde_json::to_string(features)?);
    Ok(format!(
        "[package]\nname = \"scratch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         actionlane = {{ path = {root}, features = {features} }}\n{lines}\n"
    ))
}
