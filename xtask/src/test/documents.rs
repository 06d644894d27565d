//! Looks at comments and documents: their style, links, names and examples, and what rustdoc says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Parser;
use clap::error::ErrorKind;

use crate::handbook::{self, FIRST};
use crate::pinned::WASM_TARGET;
use crate::prose::names::Declared;
use crate::prose::{Source, examples, links, sources, style};
use crate::run::{self, cargo};
use crate::tools;

use super::part::Ran;

/// Every check of prose. Counts files, names and items.
pub(crate) fn check() -> Result<Ran> {
    let sources = sources()?;
    let documents: Vec<_> = sources.iter().filter(|source| source.is(&[".md"])).collect();
    let mut ran = Ran::default();
    for source in &sources {
        judge(&mut ran, 1, style::faults(source));
    }
    let files = paths(&sources);
    let is_file = |path: &Path| files.contains(path) || crate::workspace::root().join(path).exists();
    let names: BTreeSet<_> = files.iter().filter_map(|file| file.file_name()?.to_str()).collect();
    for source in sources.iter().filter(|source| source.is(&[".rs", ".js", ".mjs", ".ts", ".tsx"])) {
        judge(&mut ran, 1, links::missing_files(source, &is_file, &|name| names.contains(name)));
    }
    let known = links::Documents::new(&sources, &is_file);
    for document in &documents {
        judge(&mut ran, 1, known.faults(document, &is_command));
    }
    let declared = Declared::read(sources.iter().filter(|source| source.is(&[".d.ts"]) && source.name.starts_with("pkg/")));
    let of_users: Vec<_> = documents.iter().copied().filter(|document| is_for_users(document)).collect();
    for document in &of_users {
        judge(&mut ran, 1, declared.unknown(document));
    }
    judge(&mut ran, declared.len() as u64, declared.unexplained(&of_users));
    let native: Vec<_> = sources.iter().filter(|source| is_native(source)).collect();
    let (count, faults) = examples::faults(&native)?;
    judge(&mut ran, count as u64, faults);
    judge(&mut ran, 3, first_page(&documents));
    Ok(ran.and(rustdoc()?))
}

/// Lines of README.md, which people read to its end.
const LINES: usize = 200;

/// Looks at README.md: its length, its pages, and its code in Rust, which rustdoc does not see.
fn first_page(documents: &[&Source]) -> Vec<String> {
    let text = |name: &str| documents.iter().find(|document| document.name == name).map_or("", |document| document.text.as_str());
    let lines = text(FIRST).lines().count();
    let mut faults = Vec::new();
    if lines > LINES {
        faults.push(format!("{FIRST}: {lines} lines, more than {LINES}: a page of docs/ has room"));
    }
    if text(FIRST).contains("```rust") {
        faults.push(format!("{FIRST}: code in Rust, which is not compiled there: docs/crate.md has room"));
    }
    faults.extend(handbook::pages().err().map(|error| format!("{error:#}")));
    faults
}

/// Adds `count` things that are right, or a fault for each line of `faults`.
fn judge(ran: &mut Ran, count: u64, faults: Vec<String>) {
    ran.passed += count.saturating_sub(faults.len() as u64);
    for fault in faults {
        ran.judge(true, || fault);
    }
}

/// Every file and directory of the repository.
fn paths(sources: &[Source]) -> BTreeSet<PathBuf> {
    sources.iter().flat_map(|source| Path::new(&source.name).ancestors().map(Path::to_owned)).collect()
}

/// True for documents that explain the package.
fn is_for_users(document: &Source) -> bool {
    document.name == "README.md" || document.name.starts_with("docs/")
}

/// True for the files of the crate that others depend on.
fn is_native(source: &Source) -> bool {
    let is_edge = ["src/web", "src/js"].iter().any(|edge| source.name.starts_with(edge));
    source.name.starts_with("src/") && !is_edge && !source.name.contains("/tests") && source.name != "src/dispatcher/sim.rs"
}

/// Says why `cargo xtask` refuses these arguments. The name of a command alone is fine, also where it needs more.
fn is_command(words: &[&str]) -> Result<(), String> {
    match crate::Cli::try_parse_from(["cargo xtask"].iter().chain(words)) {
        Err(error) if error.kind() != ErrorKind::MissingRequiredArgument => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// The crate's documents as its users see them, natively and in a browser, and those of everything private with all
/// features; warnings are errors.
fn rustdoc() -> Result<Ran> {
    tools::ensure_wasm_target()?;
    let in_browser = ["--target", WASM_TARGET, "--features", "client-web"];
    let of_private = ["--document-private-items", "--target", WASM_TARGET, "--all-features"];
    Ok(doc(&["--features", "client"])?.and(doc(&in_browser)?).and(doc(&of_private)?))
}

fn doc(more: &[&str]) -> Result<Ran> {
    let mut doc = cargo();
    doc.args(["doc", "--package", "actionlane", "--no-deps", "--lib"]).args(more).env("RUSTDOCFLAGS", "--deny warnings");
    let finished = run::captured(&mut doc)?;
    Ok(Ran::all_or_nothing(1, finished.success, finished.stderr))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str) -> Source {
        Source { name: name.to_owned(), text: String::new() }
    }

    #[test]
    fn commands_are_those_of_xtask() {
        assert_eq!(is_command(&["test", "--only", "docs"]), Ok(()));
        assert_eq!(is_command(&["bench"]), Ok(()), "the name of a command alone");
        assert!(is_command(&["tset"]).is_err() && is_command(&["test", "--olny", "docs"]).is_err());
    }

    #[test]
    fn users_read_the_readme_and_docs() {
        assert!(is_for_users(&source("README.md")) && is_for_users(&source("docs/retry.md")));
        assert!(!is_for_users(&source("ARCHITECTURE.md")) && !is_for_users(&source("tests/next/README.md")));
    }

    #[test]
    fn the_native_crate_has_no_edge_and_no_tests() {
        assert!(is_native(&source("src/lib.rs")) && is_native(&source("src/flight/row.rs")));
        assert!(
            ["src/web/driver.rs", "src/web_flight.rs", "src/js.rs", "src/flight/decode/tests.rs"]
                .iter()
                .all(|name| !is_native(&source(name)))
        );
    }
}
