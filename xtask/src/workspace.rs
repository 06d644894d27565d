//! Paths of the workspace.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};

/// Returns the root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Returns the directory of the npm package.
pub(crate) fn pkg() -> PathBuf {
    root().join("pkg")
}

/// Returns the directory of the demo app.
pub(crate) fn www() -> PathBuf {
    root().join("www")
}

/// Returns the directory of the benchmarks.
pub(crate) fn bench() -> PathBuf {
    root().join("tests/bench")
}

/// Returns cargo's target directory.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// Returns the path of a file below `target/xtask/`, and creates its directory.
pub(crate) fn scratch(path: &str) -> Result<PathBuf> {
    let path = target().join("xtask").join(path);
    let dir = path.parent().unwrap_or(&path);
    fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    Ok(path)
}

/// Returns `path` relative to the repository, for messages.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Returns the path of the file that `file` names by `path`, relative to itself.
pub(crate) fn joined(file: &Path, path: &str) -> PathBuf {
    let mut joined = file.with_file_name("");
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => drop(joined.pop()),
            Component::Normal(name) => joined.push(name),
            _ => {}
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_file() {
        assert_eq!(joined(Path::new("/pkg/lib/x.js"), "../wasm/y.js"), Path::new("/pkg/wasm/y.js"));
        assert_eq!(joined(Path::new("docs/a.md"), "./b.md"), Path::new("docs/b.md"));
    }
}
