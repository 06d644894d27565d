//! The packed file: which files it holds, and that packing twice gives the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Checked;
use crate::{dist, files, npm, package, run, workspace};

/// Returns the committed list: a line for each file, with its size in whole kB.
fn list() -> PathBuf {
    workspace::root().join("xtask/package-files.txt")
}

/// Writes the list.
pub(super) fn write(packed: &Path) -> Result<()> {
    let text = sizes(packed)?.iter().fold(String::new(), |mut text, (file, bytes)| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{:>5} {file}", kilobytes(*bytes));
        text
    });
    fs::write(list(), text).context("writing xtask/package-files.txt")
}

/// Compares the packed files with the list. A file may differ from its size there by a tenth, or by 1 kB.
pub(super) fn check(packed: &Path) -> Result<Checked> {
    let text = fs::read_to_string(list()).context("reading xtask/package-files.txt")?;
    let listed: BTreeMap<&str, u64> =
        text.lines().filter_map(|line| line.trim().split_once(' ')).map(|(size, file)| Ok((file, size.parse()?))).collect::<Result<_>>()?;
    let found = sizes(packed)?;
    let mut faults: Vec<String> =
        listed.keys().filter(|file| !found.contains_key(**file)).map(|file| format!("{file} is not in the packed file")).collect();
    for (file, bytes) in &found {
        let now = kilobytes(*bytes);
        match listed.get(file.as_str()) {
            None => faults.push(format!("{file} is not in xtask/package-files.txt")),
            Some(size) if now.abs_diff(*size) > 1.max(size / 10) => faults.push(format!("{file}: {now} kB, listed with {size}")),
            Some(_) => {}
        }
    }
    if !faults.is_empty() {
        faults.push("if this is meant: cargo xtask release --write-files".to_owned());
    }
    Ok(Checked::new("packed files", found.len(), faults))
}

/// Bundles and packs again, in a copy of the package, and compares the bytes: parts that run side by side use the
/// first.
pub(super) fn same_twice(packed: &Path) -> Result<Checked> {
    let first = fs::read(packed).context("reading the packed file")?;
    let (copy, dir) = (workspace::scratch("release/pkg")?, workspace::scratch("release/packed")?);
    let _ = fs::remove_dir_all(&copy);
    files::copy(&workspace::pkg(), &copy, &["node_modules", "test", "dist"])?;
    symlink(workspace::pkg().join("node_modules"), copy.join("node_modules")).context("linking the npm packages")?;
    dist::make(&copy)?;
    package::pack_into(&copy, &dir)?;
    let second = fs::read(dir.join(packed.file_name().unwrap_or_default())).context("reading the second packed file")?;
    let faults = if first == second { Vec::new() } else { vec!["packing twice gives two different files".to_owned()] };
    Ok(Checked::new("bundled and packed twice", first.len(), faults))
}

/// Returns the hashes of the files for a `<script>`, for `integrity`.
pub(super) fn integrity() -> Result<String> {
    let files = [dist::SCRIPT, dist::FULL, dist::OBSERVE].map(|name| dist::dir().join(name).display().to_string());
    npm::node(HASHES, &files.each_ref().map(String::as_str))
}

const HASHES: &str = r#"
    import { createHash } from "node:crypto";
    import { readFileSync } from "node:fs";
    import { basename } from "node:path";
    for (const file of process.argv.slice(1)) {
        console.log(`${basename(file)} integrity="sha384-${createHash("sha384").update(readFileSync(file)).digest("base64")}"`);
    }
"#;

/// Returns the size of each packed file, in bytes.
fn sizes(packed: &Path) -> Result<BTreeMap<String, u64>> {
    let directory = workspace::scratch("release/files/x")?.with_file_name("");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory)?;
    run::quiet(run::command("tar", workspace::root()).arg("-xzf").arg(packed).arg("-C").arg(&directory))?;
    let listing = run::quiet(run::command("tar", workspace::root()).arg("-tzf").arg(packed))?;
    let names = listing.lines().filter_map(|line| line.strip_prefix("package/")).filter(|name| !name.ends_with('/'));
    names.map(|name| Ok((name.to_owned(), fs::metadata(directory.join("package").join(name))?.len()))).collect()
}

fn kilobytes(bytes: u64) -> u64 {
    bytes.div_ceil(1000)
}
