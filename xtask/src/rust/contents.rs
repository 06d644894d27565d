//! Checks the package for crates.io: its files, its size, its links, and that it compiles by itself. Publishes nothing.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};
use pulldown_cmark::{Event, Parser, Tag};
use serde::Deserialize;

use crate::pinned::WASM_TARGET;
use crate::run::{self, cargo};
use crate::step::note;
use crate::test::Ran;
use crate::{tools, workspace};

/// The files of the package, one a line. A new file of `src/` belongs here.
const CONTENTS: &str = "xtask/src/rust/contents.txt";

/// Files that cargo adds: by itself, and only in a clean checkout.
const ADDED: [&str; 3] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];

/// Most bytes of the packed file.
const MOST_BYTES: u64 = 360_000;

/// Begins the warning about each test that `include` leaves out. Any other warning is a fault.
const TESTS_STAY_OUT: &str = "warning: ignoring test ";

/// Ways in which the packed crate is compiled: as a program outside a browser has it, as one in a browser, and as the
/// npm package.
const BUILDS: [&[&str]; 3] = [
    &["--features", "client"],
    &["--features", "client-web", "--target", WASM_TARGET],
    &["--features", "dispatcher,flight", "--target", WASM_TARGET],
];

/// The part of `cargo read-manifest` that is needed here.
#[derive(Deserialize)]
struct Manifest {
    version: String,
    readme: String,
}

/// Packs the crate, and looks at the result.
pub(crate) fn run() -> Result<Ran> {
    tools::ensure_wasm_target()?;
    let mut ran = listed()?;
    let manifest: Manifest = serde_json::from_str(&run::quiet(cargo().arg("read-manifest"))?).context("reading the manifest")?;
    for build in BUILDS {
        let mut package = cargo();
        package.args(["package", "--package", "actionlane", "--allow-dirty"]).args(build);
        // As in this repository, so that its compiled dependencies can be taken.
        let finished = run::captured(package.env("CARGO_PROFILE_DEV_DEBUG", "false"))?;
        let is_fault = |line: &str| line.starts_with("warning:") && !line.starts_with(TESTS_STAY_OUT);
        ran.judge(!finished.success || finished.stderr.lines().any(is_fault), || {
            format!("cargo package {}:\n{}", build.join(" "), finished.stderr)
        });
    }
    let packed = workspace::target().join(format!("package/actionlane-{}.crate", manifest.version));
    let bytes = fs::metadata(&packed).with_context(|| format!("looking at {}", packed.display()))?.len();
    note(&format!("the package has {bytes} bytes of at most {MOST_BYTES}"));
    ran.judge(bytes > MOST_BYTES, || format!("the package has {bytes} bytes: more than {MOST_BYTES}"));
    let readme = fs::read_to_string(workspace::root().join(&manifest.readme)).with_context(|| manifest.readme.clone())?;
    for link in links(&readme) {
        ran.judge(!leads_from_anywhere(&link), || format!("{}: {link} leads nowhere from crates.io: write the whole URL", manifest.readme));
    }
    Ok(ran)
}

/// Compares the files that would be packed with the committed list.
fn listed() -> Result<Ran> {
    let listed = run::quiet(cargo().args(["package", "--package", "actionlane", "--list", "--allow-dirty"]))?;
    let packed: BTreeSet<&str> = listed.lines().filter(|file| !ADDED.contains(file)).collect();
    let text = fs::read_to_string(workspace::root().join(CONTENTS)).context(CONTENTS)?;
    let wanted: BTreeSet<&str> = text.lines().collect();
    let mut ran = Ran::default();
    for file in packed.union(&wanted) {
        ran.judge(!wanted.contains(file), || format!("{file} is packed: add it to {CONTENTS}, or keep it out by `include` in Cargo.toml"));
        if !packed.contains(file) {
            ran.judge(true, || format!("{file} is not packed: `include` in Cargo.toml leaves it out, but {CONTENTS} lists it"));
        }
    }
    Ok(ran)
}

/// Returns where the links and images of a document lead.
pub(super) fn links(text: &str) -> Vec<String> {
    let links = Parser::new(text).filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.into_string()),
        _ => None,
    });
    links.collect()
}

fn leads_from_anywhere(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_into_the_repository_lead_nowhere_from_crates_io() {
        let found = links("[a](docs/next.md), [b](https://docs.rs/a) and `[c](d)`\n\n[e]: f.md\n\n![g][e]\n");
        assert_eq!(found, ["docs/next.md", "https://docs.rs/a", "f.md"]);
        assert_eq!(found.iter().filter(|link| leads_from_anywhere(link)).count(), 1);
    }
}
