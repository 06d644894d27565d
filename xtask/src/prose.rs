//! Checks what can be checked of comments and documents: style, links, names, examples.
//!
//! Knows no tests and prints nothing: each check returns its faults, one per line, as `file:line: fault`.

pub(crate) mod examples;
pub(crate) mod links;
pub(crate) mod names;
pub(crate) mod paragraphs;
pub(crate) mod style;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{run, workspace};

/// A text file of the repository.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path, as seen from the repository.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Source {
    /// True if the name ends with one of `kinds`.
    pub(crate) fn is(&self, kinds: &[&str]) -> bool {
        kinds.iter().any(|kind| self.name.ends_with(kind))
    }
}

/// Kinds of files that have prose in them.
const KINDS: [&str; 8] = [".rs", ".js", ".mjs", ".ts", ".tsx", ".css", ".md", ".toml"];

/// Reads every file with prose that git knows, or would add.
pub(crate) fn sources() -> Result<Vec<Source>> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let finished = run::captured(run::command("git", workspace::root()).args(list))?;
    anyhow::ensure!(finished.success, "git ls-files: {}", finished.stderr);
    let mut sources = Vec::new();
    for name in finished.stdout.split_terminator('\0') {
        let path = workspace::root().join(name);
        if KINDS.iter().any(|kind| name.ends_with(kind)) && is_plain_file(&path) {
            let text = fs::read_to_string(&path).with_context(|| format!("reading {name}"))?;
            sources.push(Source { name: name.to_owned(), text });
        }
    }
    Ok(sources)
}

/// True for a file that is here and not a link to another.
fn is_plain_file(path: &PathBuf) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}
