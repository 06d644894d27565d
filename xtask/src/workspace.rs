//! Where things are.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The npm package.
pub(crate) fn pkg() -> PathBuf {
    root().join("pkg")
}

/// The demo app.
pub(crate) fn www() -> PathBuf {
    root().join("www")
}

/// What the benchmarks are made of.
pub(crate) fn bench() -> PathBuf {
    root().join("tests/bench")
}

/// What cargo builds.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// A file of our own below `target/`. Its directory is made.
pub(crate) fn scratch(path: &str) -> Result<PathBuf> {
    let path = target().join("xtask").join(path);
    let dir = path.parent().unwrap_or(&path);
    fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    Ok(path)
}

/// `path` as seen from the repository, for messages.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
