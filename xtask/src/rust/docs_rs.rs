//! Makes the documents of the crate as docs.rs does, and checks that what links there finds its page. Sends nothing.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::contents::links;
use crate::run::{self, cargo};
use crate::test::{Ran, files};
use crate::{tools, workspace};

/// The part of `cargo read-manifest` that docs.rs reads.
#[derive(Deserialize)]
struct Manifest {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    docs: Docs,
}

#[derive(Deserialize)]
struct Docs {
    rs: Settings,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Settings {
    features: Vec<String>,
    default_target: String,
    targets: Vec<String>,
    rustdoc_args: Vec<String>,
}

/// Where docs.rs has the newest release.
const PAGES: &str = "https://docs.rs/actionlane/latest/";

/// A page that only a browser's target has, and the words with which it names its feature.
const MARKED: (&str, &str) = ("actionlane/browser/index.html", "crate feature <code>client-web</code>");

/// Makes the documents for each target; a warning is a fault. Counts targets, and links of the documents.
pub(crate) fn run() -> Result<Ran> {
    tools::ensure_wasm_target()?;
    let manifest: Manifest = serde_json::from_str(&run::quiet(cargo().arg("read-manifest"))?).context("reading the manifest")?;
    let Settings { features, default_target, targets, rustdoc_args } = manifest.metadata.docs.rs;
    let out = workspace::target().join("docs.rs");
    let mut ran = Ran::default();
    for target in &targets {
        let mut doc = cargo();
        doc.args(["doc", "--package", "actionlane", "--no-deps", "--lib", "--features", &features.join(","), "--target", target]);
        // docs.rs has a nightly compiler, whose `doc_cfg` marks items by their features.
        doc.env("RUSTDOC", workspace::root().join("xtask/src/rust/docs_rs.sh"));
        doc.env("RUSTDOCFLAGS", format!("--deny warnings {}", rustdoc_args.join(" ")));
        // The pages are not those of `cargo doc`; what is compiled for them is the same.
        doc.env("CARGO_TARGET_DIR", &out).env("CARGO_BUILD_BUILD_DIR", workspace::target());
        let finished = run::captured(&mut doc)?;
        ran.judge(!finished.success, || format!("the documents for {target}:\n{}", finished.stderr));
    }
    let pages = out.join(&default_target).join("doc");
    let (page, mark) = MARKED;
    let text = fs::read_to_string(pages.join(page)).unwrap_or_default();
    ran.judge(!text.contains(mark), || format!("docs.rs would have no {page} that says {mark}"));
    let mut documents = files(&workspace::root().join("docs"), "md")?;
    documents.push(workspace::root().join("README.md"));
    for document in documents {
        for link in links(&fs::read_to_string(&document)?) {
            let Some(place) = link.strip_prefix(PAGES) else { continue };
            ran.judge(!exists(&pages, place), || format!("{}: {link} would not exist", workspace::shown(&document)));
        }
    }
    Ok(ran)
}

/// True if there is a page, and the place in it after `#`.
fn exists(pages: &Path, place: &str) -> bool {
    let (page, id) = place.split_once('#').unwrap_or((place, ""));
    let page = if page.ends_with('/') { format!("{page}index.html") } else { page.to_owned() };
    let text = fs::read_to_string(pages.join(page)).unwrap_or_default();
    !text.is_empty() && (id.is_empty() || text.contains(&format!("id=\"{id}\"")))
}
