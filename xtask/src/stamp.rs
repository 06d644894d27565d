//! Doing a thing only when what it is made from has changed.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace;

/// What a thing is made from. The hash of it is kept below `target/xtask/` once the thing is made.
pub(crate) struct Stamp {
    name: String,
    inputs: DefaultHasher,
    outputs: Vec<PathBuf>,
}

impl Stamp {
    /// Names the thing.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), inputs: DefaultHasher::new(), outputs: Vec::new() }
    }

    /// It is made from this: a version, arguments.
    pub(crate) fn value(mut self, value: impl Hash) -> Self {
        value.hash(&mut self.inputs);
        self
    }

    /// It is made from this file, or from every file below this directory, but those in a directory or of a name in `but`.
    /// What does not exist counts as that.
    pub(crate) fn input(mut self, path: &Path, but: &[&str]) -> Result<Self> {
        self.add(path, but)?;
        Ok(self)
    }

    /// It is this. When one is missing, the thing is made again.
    pub(crate) fn output(mut self, path: PathBuf) -> Self {
        self.outputs.push(path);
        self
    }

    /// Makes the thing, unless it is there and made from just these inputs. Gives whether it was made.
    pub(crate) fn make(&self, make: impl FnOnce() -> Result<()>) -> Result<bool> {
        let file = workspace::scratch(&format!("stamps/{}", self.name))?;
        let hash = format!("{:016x}", self.inputs.finish());
        let is_there = self.outputs.iter().all(|output| output.exists());
        if is_there && fs::read_to_string(&file).is_ok_and(|made| made == hash) {
            return Ok(false);
        }
        let _ = fs::remove_file(&file);
        make()?;
        fs::write(&file, hash).with_context(|| format!("writing {}", file.display()))?;
        Ok(true)
    }

    fn add(&mut self, path: &Path, but: &[&str]) -> Result<()> {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        if but.contains(&name.as_ref()) {
            return Ok(());
        }
        name.hash(&mut self.inputs);
        if path.is_dir() {
            for entry in entries(path)? {
                self.add(&entry, but)?;
            }
        } else if path.exists() {
            fs::read(path).with_context(|| format!("reading {}", path.display()))?.hash(&mut self.inputs);
        }
        Ok(())
    }
}

/// What is in a directory, by name.
pub(crate) fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    let read = || fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>();
    let mut entries = read().with_context(|| format!("reading {}", dir.display()))?;
    entries.sort();
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_and_again_when_an_input_changes() -> Result<()> {
        let dir = workspace::scratch("stamp-test/x")?;
        let (input, output) = (dir.with_file_name("input"), dir.with_file_name("output"));
        let _ = fs::remove_file(&output);
        let make = |text: &str| -> Result<bool> {
            fs::write(&input, text)?;
            Stamp::new("test").input(&input, &[])?.output(output.clone()).make(|| Ok(fs::write(&output, text)?))
        };
        assert!(make("a")?);
        assert!(!make("a")?);
        assert!(make("b")?);
        fs::remove_file(&output)?;
        assert!(make("b")?);
        Ok(())
    }
}
