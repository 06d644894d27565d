//! Checks that the crate depends on nothing of the web, natively or as a dependency, and that only one file of it
//! names the target.

use std::fs;

use anyhow::Result;

use crate::pinned::WASM_TARGET;
use crate::run::{self, cargo};
use crate::workspace;

use super::lint::rust_files;
use super::part::Ran;

/// Crates that only make sense in a JavaScript host, by the start of their names.
pub(crate) const WEB_CRATES: [&str; 5] = ["wasm-bindgen", "js-sys", "web-sys", "gloo", "serde-wasm-bindgen"];

/// The only file below `src/` that may name `target_arch`.
const TARGET_FILE: &str = "lib.rs";

/// Builds without an edge, with their options for `cargo tree`. Dependants get no dev-dependencies.
const BUILDS: [(&str, &[&str]); 2] =
    [("native build", &["--edges", "normal,build,dev"]), ("build of dependants in wasm", &["--edges", "normal", "--target", WASM_TARGET])];

/// Checks every crate of the builds without an edge, and every file of `src/`.
pub(crate) fn check() -> Result<Ran> {
    let mut ran = Ran::default();
    for (build, selection) in BUILDS {
        let mut tree = cargo();
        let tree = run::quiet(tree.args(["tree", "--package", "actionlane", "--prefix", "none", "--format", "{p}"]).args(selection))?;
        for name in tree.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()) {
            let is_web = WEB_CRATES.iter().any(|web| name.starts_with(web));
            ran.judge(is_web, || {
                format!("{name} is in the {build}: declare it under `cfg(target_arch = \"wasm32\")`, optional, in Cargo.toml")
            });
        }
    }
    let src = workspace::root().join("src");
    for file in rust_files(&src)? {
        let names_target = fs::read_to_string(&file)?.contains("target_arch");
        let is_wrong = names_target && file != src.join(TARGET_FILE);
        ran.judge(is_wrong, || format!("{} names target_arch: only src/{TARGET_FILE} may", workspace::shown(&file)));
    }
    Ok(ran)
}
