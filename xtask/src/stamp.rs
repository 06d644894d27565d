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
    /// Directories that hold nothing but outputs.
    whole: Vec<PathBuf>,
}

impl Stamp {
    /// Names the thing.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), inputs: DefaultHasher::new(), outputs: Vec::new(), whole: Vec::new() }
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

    /// It is all that is in this directory. When another file is there than it was made with, or one is missing, the thing is made again.
    pub(crate) fn whole(mut self, dir: PathBuf) -> Self {
        self.whole.push(dir);
        self
    }

    /// Makes the thing, unless it is there and made from just these inputs. Gives whether it was made.
    pub(crate) fn make(&self, make: impl FnOnce() -> Result<()>) -> Result<bool> {
        let file = workspace::scratch(&format!("stamps/{}", self.name))?;
        let is_there = self.outputs.iter().chain(&self.whole).all(|output| output.exists());
        if is_there && fs::read_to_string(&file).is_ok_and(|made| self.mark().is_ok_and(|mark| made == mark)) {
            return Ok(false);
        }
        let _ = fs::remove_file(&file);
        make()?;
        fs::write(&file, self.mark()?).with_context(|| format!("writing {}", file.display()))?;
        Ok(true)
    }

    /// The hash of the inputs, and the names of what is in the directories that are whole.
    fn mark(&self) -> Result<String> {
        let mut mark = format!("{:016x}", self.inputs.finish());
        for dir in &self.whole {
            for entry in entries(dir)? {
                mark += "\n";
                mark += &entry.file_name().unwrap_or_default().to_string_lossy();
            }
        }
        Ok(mark)
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

    #[test]
    fn made_again_when_a_file_of_its_directory_comes_or_goes() -> Result<()> {
        let dir = workspace::scratch("stamp-test-whole/x")?.with_file_name("");
        let _ = fs::remove_dir_all(&dir);
        let files = ["flight.js", "flight.wasm"].map(|name| dir.join(name));
        let make = || {
            Stamp::new("test-whole").whole(dir.clone()).make(|| {
                let _ = fs::remove_dir_all(&dir);
                fs::create_dir_all(&dir)?;
                files.iter().try_for_each(|file| Ok(fs::write(file, "")?))
            })
        };
        assert!(make()?);
        assert!(!make()?);
        for file in &files {
            fs::remove_file(file)?;
            assert!(make()?);
        }
        fs::write(dir.join("old.js"), "")?;
        assert!(make()?);
        assert!(!make()?);
        Ok(())
    }
}
