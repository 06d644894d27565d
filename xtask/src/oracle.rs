//! `tests/oracle/`: React, run in Node.js and in pages.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::{self, Finished};
use crate::step::step;
use crate::{npm, workspace};

/// Returns the directory of the oracle.
pub(crate) fn dir() -> PathBuf {
    workspace::root().join("tests/oracle")
}

/// Runs `node` in the directory of the oracle.
pub(crate) fn node(args: &[impl AsRef<str>]) -> Result<Finished> {
    run::captured(run::command("node", &dir()).args(args.iter().map(AsRef::as_ref)))
}

/// Builds a page with one script: `entry`, bundled with React's client as in a production build. `also` names more
/// directories that it imports from. Returns the page's directory, `target/xtask/<name>`.
pub(crate) fn page(name: &str, entry: &Path, also: &[(&str, &Path)]) -> Result<PathBuf> {
    page_as(name, entry, also, true)
}

/// Builds the page like [`page`], `minified` or not. A script that is not minified keeps names, and a comment for
/// each module, for profiles.
pub(crate) fn page_as(name: &str, entry: &Path, also: &[(&str, &Path)], minified: bool) -> Result<PathBuf> {
    let page = workspace::scratch(&format!("{name}/index.html"))?;
    let modules = dir().join("node_modules");
    let react = ["react", "react-dom", "react-server-dom-webpack"].map(|name| (name, modules.join(format!("{name}-19.3"))));
    let mut esbuild = npm::program(&workspace::pkg(), "esbuild");
    esbuild.arg(entry).args(ESBUILD).arg(format!("--minify={minified}"));
    for (name, directory) in react.iter().map(|(name, directory)| (*name, directory.as_path())).chain(also.iter().copied()) {
        esbuild.arg(format!("--alias:{name}={}", directory.display()));
    }
    run::quiet(esbuild.arg(format!("--outfile={}", page.with_file_name("page.js").display())))?;
    fs::write(&page, PAGE).with_context(|| format!("writing {}", page.display()))?;
    Ok(page.with_file_name(""))
}

const ESBUILD: [&str; 7] = [
    "--bundle",
    "--format=iife",
    "--target=es2022",
    "--log-level=warning",
    "--loader:.wasm=binary",
    "--loader:.rsc=binary",
    "--define:process.env.NODE_ENV=\"production\"",
];

const PAGE: &str = "<!doctype html><meta charset=\"utf-8\"><title>React</title><body><script src=\"page.js\"></script>\n";

/// Builds the page in which React's client and ours encode odd arguments.
pub(crate) fn odd_page() -> Result<PathBuf> {
    npm::ensure_packages(&dir())?;
    step("bundling React's client and ours", || page("odd", &dir().join("odd.page.mjs"), &[]))
}
