//! The decisions that only the publisher can make. Their home is `[package]` in `Cargo.toml`.

use std::fs;

use anyhow::{Context, Result};

use crate::workspace;

/// Returns each decision that is open.
pub(super) fn undecided() -> Result<Vec<String>> {
    let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).context("reading Cargo.toml")?;
    let changelog = fs::read_to_string(workspace::root().join("CHANGELOG.md")).context("reading CHANGELOG.md")?;
    let mut open = Vec::new();
    let package = fs::read_to_string(workspace::pkg().join("package.json")).context("reading pkg/package.json")?;
    for key in ["repository", "homepage"] {
        let home = manifest.lines().find_map(|line| line.strip_prefix(&format!("{key} = "))).filter(|url| url.starts_with("\"https://"));
        match home {
            None => open.push(format!("{key} = \"https://…\" below [package] in Cargo.toml, and the same in pkg/package.json")),
            Some(url) if !package.contains(&format!("\"{key}\": {url}")) => open.push(format!("\"{key}\": {url} in pkg/package.json")),
            Some(_) => {}
        }
    }
    if changelog.lines().find(|line| line.starts_with("## ")).is_some_and(|line| line.ends_with("(unreleased)")) {
        open.push("the date of the release, for \"(unreleased)\" in CHANGELOG.md".to_owned());
    }
    Ok(open)
}
