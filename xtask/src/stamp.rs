//! Repeats work only if its inputs have changed.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{lock, workspace};

/// Inputs and outputs of a piece of work. The hash of the inputs is stored below `target/xtask/` when the work is
/// done.
pub(crate) struct Stamp {
    name: String,
    inputs: DefaultHasher,
    outputs: Vec<PathBuf>,
    /// Directories that hold only outputs.
    output_dirs: Vec<PathBuf>,
}

impl Stamp {
    /// Starts a stamp. `name` must be unique: it names the stored file.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), inputs: DefaultHasher::new(), outputs: Vec::new(), output_dirs: Vec::new() }
    }

    /// Adds a value as input: a version, arguments.
    pub(crate) fn value(mut self, value: impl Hash) -> Self {
        value.hash(&mut self.inputs);
        self
    }

    /// Adds as input a file, or every file below a directory. Leaves out files and directories with a name in `but`.
    /// A path that does not exist is an input, too.
    pub(crate) fn input(mut self, path: &Path, but: &[&str]) -> Result<Self> {
        self.add(path, but)?;
        Ok(self)
    }

    /// Adds a file as output. If it is missing, the work is repeated.
    pub(crate) fn output(mut self, path: PathBuf) -> Self {
        self.outputs.push(path);
        self
    }

    /// Adds a directory of outputs. If a file is added to it or removed from it, the work is repeated.
    pub(crate) fn output_dir(mut self, dir: PathBuf) -> Self {
        self.output_dirs.push(dir);
        self
    }

    /// Does the work, unless all outputs exist and the inputs are unchanged. Returns true if it did the work.
    pub(crate) fn make(&self, make: impl FnOnce() -> Result<()>) -> Result<bool> {
        lock::alone(&format!("stamp-{}", self.name), || self.make_alone(make))
    }

    fn make_alone(&self, make: impl FnOnce() -> Result<()>) -> Result<bool> {
        let file = workspace::scratch(&format!("stamps/{}", self.name))?;
        let is_there = self.outputs.iter().chain(&self.output_dirs).all(|output| output.exists());
        if is_there && fs::read_to_string(&file).is_ok_and(|made| self.mark().is_ok_and(|mark| made == mark)) {
            return Ok(false);
        }
        let _ = fs::remove_file(&file);
        make()?;
        fs::write(&file, self.mark()?).with_context(|| format!("writing {}", file.display()))?;
        Ok(true)
    }

    /// Returns the hash of the inputs, and the names of the files in the directories of outputs.
    fn mark(&self) -> Result<String> {
        let mut mark = format!("{:016x}", self.inputs.finish());
        for dir in &self.output_dirs {
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

/// Returns the paths in a directory, sorted.
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
    fn work_is_repeated_when_an_input_changes_or_an_output_is_missing() -> Result<()> {
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
    fn work_is_repeated_when_a_file_of_its_directory_comes_or_goes() -> Result<()> {
        let dir = workspace::scratch("stamp-test-output-dir/x")?.with_file_name("");
        let _ = fs::remove_dir_all(&dir);
        let files = ["flight.js", "flight.wasm"].map(|name| dir.join(name));
        let make = || {
            Stamp::new("test-output-dir").output_dir(dir.clone()).make(|| {
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
