//! The version: the same everywhere, and in the changelog.

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Checked;
use crate::workspace;

/// Returns the version of `pkg/package.json`.
pub(super) fn of_package() -> Result<String> {
    let manifest: Value = serde_json::from_str(&read("pkg/package.json")?).context("reading pkg/package.json")?;
    Ok(manifest["version"].as_str().context("pkg/package.json has no version")?.to_owned())
}

/// Compares the versions of the crate, the package and their lock files.
pub(super) fn agree() -> Result<Checked> {
    let version = of_package()?;
    let lock: Value = serde_json::from_str(&read("pkg/package-lock.json")?).context("reading pkg/package-lock.json")?;
    let own = |text: &str| after(text, "name = \"actionlane\"").and_then(|rest| between(rest, "version = \"", "\"")).unwrap_or_default();
    let found = [
        ("Cargo.toml", own(&read("Cargo.toml")?)),
        ("Cargo.lock", own(&read("Cargo.lock")?)),
        ("pkg/package-lock.json", lock["version"].as_str().unwrap_or_default().to_owned()),
    ];
    let faults = found.iter().filter(|(_, other)| *other != version);
    let faults = faults.map(|(file, other)| format!("{file} has version {other:?}, pkg/package.json has {version:?}")).collect();
    Ok(Checked::new("versions", found.len(), faults))
}

/// Checks that the changelog begins with a section for the version.
pub(super) fn changelog() -> Result<Checked> {
    let version = of_package()?;
    let text = read("CHANGELOG.md")?;
    let first = text.lines().find_map(|line| line.strip_prefix("## ")).unwrap_or_default();
    let wrong = first.split(' ').next() != Some(&version);
    let faults = wrong.then(|| format!("CHANGELOG.md begins with the section {first:?}, not with one for {version}")).into_iter().collect();
    Ok(Checked::new("changelog", 1, faults))
}

fn read(file: &str) -> Result<String> {
    fs::read_to_string(workspace::root().join(file)).with_context(|| format!("reading {file}"))
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    after(text, start)?.split_once(end).map(|(found, _)| found.to_owned())
}
