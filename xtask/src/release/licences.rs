//! Licences of what is inside the package: the crates in its wasm, and the npm packages in its scripts. Their texts
//! are in `THIRD-PARTY.md` of the package.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Checked;
use crate::package::write_changed;
use crate::pinned::WASM_TARGET;
use crate::run::{self, cargo};
use crate::stamp::{Stamp, entries};
use crate::{wasm, workspace};

/// Licences that allow to ship what is inside; one of each must be among them.
const ALLOWED: [&str; 5] = ["0BSD", "MIT", "Apache-2.0", "BSD-3-Clause", "Zlib"];

/// Npm packages of which scripts of the package hold a copy.
const COPIED: [&str; 1] = ["idiomorph"];

/// The library that each wasm links and that is no package of cargo: its name and its copyright. It has the licences
/// MIT and Apache-2.0.
const STANDARD_LIBRARY: (&str, &str) =
    ("The standard library of Rust", "Copyright (c) The Rust Project Developers (see https://thanks.rust-lang.org)");

/// Begins the text of the MIT licence, after the copyright.
const PERMISSION: &str = "Permission is hereby granted";

/// A crate inside the wasm, or an npm package inside a script.
#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    license: Option<String>,
    #[serde(default)]
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Crate>,
}

/// Checks that each of them has a licence that allows it, and a text of it.
pub(super) fn check() -> Result<Checked> {
    let crates = inside()?;
    let mut faults = Vec::new();
    for (name, found) in &crates {
        let licence = found.license.as_deref().unwrap_or("none");
        if !licence.split([' ', '/']).any(|word| ALLOWED.contains(&word.trim_matches(['(', ')']))) {
            faults.push(format!("{name} has the licence {licence}"));
        }
        if texts(found)?.is_empty() {
            faults.push(format!("{name} comes without the text of its licence"));
        }
    }
    Ok(Checked::new("licences", crates.len(), faults))
}

/// Brings `pkg/THIRD-PARTY.md` up to date.
pub(crate) fn write() -> Result<()> {
    let file = workspace::pkg().join("THIRD-PARTY.md");
    let stamp = Stamp::new("licences").value(include_str!("licences.rs")).output(file.clone());
    let stamp = stamp.input(&workspace::root().join("Cargo.toml"), &[])?.input(&workspace::root().join("Cargo.lock"), &[])?;
    let stamp = stamp.input(&workspace::pkg().join("package-lock.json"), &[])?;
    stamp.make(|| write_texts(&file)).map(drop)
}

/// Writes the names and texts of all that is inside into a file.
fn write_texts(file: &Path) -> Result<()> {
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, found) in &inside()? {
        for text in texts(found)? {
            by_text.entry(text).or_default().push(name.clone());
        }
    }
    let permission = by_text.keys().find_map(|text| text.find(PERMISSION).map(|at| text[at..].to_owned()));
    let permission = permission.context("no crate with the MIT licence was found")?;
    by_text.insert(format!("{}\n\n{permission}", STANDARD_LIBRARY.1), vec![STANDARD_LIBRARY.0.to_owned()]);
    let mut written = String::from("# Licences of what is inside\n");
    for (text, names) in by_text {
        // Writing to a `String` cannot fail.
        let _ = write!(written, "\n## {}\n\n```text\n{}\n```\n", names.join(", "), text.trim());
    }
    write_changed(file, written.as_bytes())
}

/// Returns the crates that the modules of wasm link, and the npm packages in scripts, by name and version.
fn inside() -> Result<BTreeMap<String, Crate>> {
    let features = wasm::features();
    // Macros run on the machine that builds, and are not inside.
    let edges = ["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"];
    let mut tree = cargo();
    tree.args(["tree", "--package", "actionlane", "--target", WASM_TARGET, "--features", &features]).args(edges);
    let mut metadata = cargo();
    metadata.args(["metadata", "--format-version", "1", "--filter-platform", WASM_TARGET, "--features", &features]);
    let metadata: Metadata = serde_json::from_str(&run::quiet(&mut metadata)?).context("reading cargo metadata")?;
    let mut found = linked(&run::quiet(&mut tree)?, metadata.packages)?;
    for name in COPIED {
        let manifest = workspace::pkg().join("node_modules").join(name).join("package.json");
        let text = fs::read_to_string(&manifest).with_context(|| format!("reading {}", manifest.display()))?;
        let copied = Crate { manifest_path: manifest, ..serde_json::from_str(&text).context("reading an npm package")? };
        found.insert(format!("{name} {}", copied.version), copied);
    }
    Ok(found)
}

/// Finds what `cargo tree` has printed among the packages that cargo knows. Each of them must be there.
fn linked(tree: &str, packages: Vec<Crate>) -> Result<BTreeMap<String, Crate>> {
    let mut known: BTreeMap<String, Crate> =
        packages.into_iter().map(|found| (format!("{} {}", found.name, found.version), found)).collect();
    let lines = tree.lines().filter(|line| !line.is_empty() && !line.starts_with("actionlane "));
    let names: BTreeSet<String> = lines.map(|line| line.replacen(" v", " ", 1).replace(" (*)", "")).collect();
    let of_name = |name: String| {
        let found = known.remove(&name).with_context(|| format!("{name} is in the wasm, and cargo metadata does not know it"))?;
        Ok((name, found))
    };
    names.into_iter().map(of_name).collect()
}

/// Returns the texts of the MIT licence, else of the other licences.
fn texts(found: &Crate) -> Result<Vec<String>> {
    let dir = found.manifest_path.parent().unwrap_or(Path::new("."));
    let is_text = |file: &PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().to_uppercase().starts_with("LICEN"));
    let files: Vec<PathBuf> = entries(dir)?.into_iter().filter(|file| file.is_file()).filter(is_text).collect();
    let mit: Vec<&PathBuf> = files.iter().filter(|file| file.to_string_lossy().to_uppercase().contains("MIT")).collect();
    let chosen = if mit.is_empty() { files.iter().collect() } else { mit };
    chosen.into_iter().map(|file| fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str) -> Crate {
        Crate { name: name.to_owned(), version: "1.0.0".to_owned(), license: None, manifest_path: PathBuf::new() }
    }

    #[test]
    fn each_crate_of_the_wasm_is_found_or_named() -> Result<()> {
        let tree = "actionlane v0.1.0 (/src)\nslab v1.0.0\n\ntalc v1.0.0\nslab v1.0.0 (*)\n";
        let found = linked(tree, vec![known("other"), known("slab"), known("talc")])?;
        assert_eq!(found.keys().collect::<Vec<_>>(), ["slab 1.0.0", "talc 1.0.0"]);
        let error = linked(tree, vec![known("slab")]).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with("talc 1.0.0 is in the wasm"), "{error}");
        Ok(())
    }
}
