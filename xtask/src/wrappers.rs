//! Builds the page with the wrappers of `fetch` that sites use (`tests/wrappers/`), for the end-to-end tests.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::quiet;
use crate::stamp::entries;
use crate::step::step;
use crate::{dist, npm, workspace};

/// Installs the packages and builds the page. Returns its directory, which is laid out like the npm package. The npm
/// package must be built.
pub(crate) fn build() -> Result<PathBuf> {
    npm::ensure_packages(&dir())?;
    step("bundling the wrappers of fetch", bundle)
}

fn bundle() -> Result<PathBuf> {
    let page = workspace::scratch("wrappers/index.html")?;
    // Chunks of before have other names.
    let _ = fs::remove_dir_all(page.with_file_name(""));
    let mut esbuild = npm::program(&workspace::pkg(), "esbuild");
    esbuild.arg(dir().join("page.js")).args(ESBUILD);
    quiet(esbuild.arg(format!("--outdir={}", page.with_file_name("").display())))?;
    let dist = workspace::scratch("wrappers/dist/x")?.with_file_name("");
    for file in entries(&dist::dir())? {
        copy(&file, &dist.join(file.file_name().unwrap_or_default()))?;
    }
    copy(&dir().join("node_modules/msw/lib/mockServiceWorker.js"), &page.with_file_name("mockServiceWorker.js"))?;
    fs::write(&page, PAGE).with_context(|| format!("writing {}", page.display()))?;
    Ok(page.with_file_name(""))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("copying {}", from.display())).map(drop)
}

/// Options of esbuild. A page loads only the chunk of the wrapper that it installs. fetch-intercept imports
/// `whatwg-fetch` for hosts without `fetch`: it is left out.
const ESBUILD: [&str; 9] = [
    "--external:whatwg-fetch",
    "--bundle",
    "--splitting",
    "--format=esm",
    "--entry-names=wrappers",
    "--platform=browser",
    "--target=es2022",
    "--log-level=error",
    "--define:process.env.NODE_ENV=\"production\"",
];

const PAGE: &str = "<!doctype html><meta charset=\"utf-8\"><title>wrappers</title>\
                    <script src=\"/actionlane.js\"></script><script type=\"module\" src=\"wrappers.js\"></script>\n";

fn dir() -> PathBuf {
    workspace::root().join("tests/wrappers")
}
