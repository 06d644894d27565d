//! Checks what a dependant gets by depending on this crate: exports of its own only, and nothing of the web unless it
//! wants that. Must not run the dependant.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use syn::{Attribute, Item};

use super::bound::bind;
use super::scratch::Crate;
use crate::pinned::WASM_TARGET;
use crate::run::{self, cargo};
use crate::test::{Ran, WEB_CRATES};
use crate::{npm, tools, workspace};

/// The crate of a dependant: a library and examples.
const DEPENDANT: &str = "tests/dependant";

/// Checks the exports of each module that the dependant makes, and its dependencies.
pub(crate) fn run() -> Result<Ran> {
    tools::ensure_wasm_target()?;
    tools::ensure_wasm_bindgen()?;
    npm::ensure_node()?;
    Ok(exports()?.and(web_crates()?))
}

/// Compares the exports of the library and of the examples with the functions that their sources export.
fn exports() -> Result<Ran> {
    let mut build = cargo();
    build.args(["build", "--package", "dependant", "--lib", "--examples", "--target", WASM_TARGET]);
    run::quiet(&mut build)?;
    let compiled = workspace::target().join(WASM_TARGET).join("debug");
    let dir = workspace::root().join(DEPENDANT);
    let mut modules = vec![(dir.join("src/lib.rs"), compiled.join("dependant.wasm"))];
    for source in crate::stamp::entries(&dir.join("examples"))? {
        let name = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        modules.push((source, compiled.join(format!("examples/{name}.wasm"))));
    }
    let mut ran = Ran::default();
    for (source, wasm) in modules {
        let shown = workspace::shown(&source);
        let own = own_exports(&source)?;
        let name = wasm.file_stem().unwrap_or_default().to_string_lossy();
        let file = bind(&wasm, "exports")?.join(format!("{name}_bg.wasm"));
        let listed = npm::node(LIST, &[file.to_str().context("a path that is not UTF-8")?])?;
        let listed: BTreeSet<String> = serde_json::from_str(&listed)?;
        ran.judge(own.is_empty(), || format!("{shown} exports nothing: the check of its exports is empty"));
        for name in own.iter().filter(|name| !listed.contains(*name)) {
            ran.judge(true, || format!("{shown}: the module does not export {name}"));
        }
        for name in &listed {
            ran.judge(!own.contains(name) && !is_of_glue(name), || format!("{shown}: the module exports {name}, which is not its own"));
        }
    }
    Ok(ran)
}

const LIST: &str = r#"
    import { readFileSync } from "node:fs";
    const module = new WebAssembly.Module(readFileSync(process.argv[1]));
    console.log(JSON.stringify(WebAssembly.Module.exports(module).map(({ name }) => name)));
"#;

/// True for the memory, the allocator, and the helpers that wasm-bindgen puts into each module: for aborts, and for
/// closures and futures, which it names by their place in its own crates.
fn is_of_glue(name: &str) -> bool {
    let starts = ["__wbindgen_", "__externref_", "wasm_bindgen__", "wasm_bindgen_futures__"];
    ["memory", "__abort_handler", "__instance_terminated"].contains(&name) || starts.iter().any(|start| name.starts_with(start))
}

/// Returns the functions that a source gives to JavaScript; for a library, those of all its files.
fn own_exports(source: &Path) -> Result<BTreeSet<String>> {
    let dir = source.parent().filter(|_| source.ends_with("lib.rs"));
    let files = dir.map_or_else(|| Ok(vec![source.to_owned()]), crate::stamp::entries)?;
    let of_file = |file: &PathBuf| -> Result<BTreeSet<String>> {
        let text = fs::read_to_string(file).with_context(|| workspace::shown(file))?;
        Ok(exported(&syn::parse_file(&text)?.items))
    };
    files.iter().map(of_file).try_fold(BTreeSet::new(), |all, own| Ok(all.into_iter().chain(own?).collect()))
}

fn exported(items: &[Item]) -> BTreeSet<String> {
    let is_exported = |attrs: &[Attribute]| attrs.iter().any(|attr| attr.path().is_ident("wasm_bindgen"));
    let names = items.iter().filter_map(|item| match item {
        Item::Fn(function) if is_exported(&function.attrs) => Some(function.sig.ident.to_string()),
        _ => None,
    });
    names.collect()
}

/// Features of a program outside a browser. With them, no target needs a crate of the web.
const PURE: [&[&str]; 2] = [&[], &["client"]];

/// Looks at the dependencies of a dependant on every target that cargo knows.
fn web_crates() -> Result<Ran> {
    let mut ran = Ran::default();
    for features in PURE {
        let dependant = Crate::dependant("pure", features, "")?;
        let mut tree = dependant.cargo();
        tree.args(["tree", "--target", "all", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
        for name in run::quiet(&mut tree)?.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()) {
            let is_web = WEB_CRATES.iter().any(|web| name.starts_with(web));
            ran.judge(is_web, || format!("a dependant with the features {features:?} depends on {name}"));
        }
    }
    Ok(ran)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_of_the_npm_edges_are_no_glue() {
        assert!(is_of_glue("memory") && is_of_glue("__wbindgen_malloc") && is_of_glue("__externref_table_alloc"));
        assert!(["dispatcher_new", "start", "__wbg_dispatcher_free", "actionlane"].iter().all(|name| !is_of_glue(name)));
    }

    #[test]
    fn exported_functions_are_found() -> Result<()> {
        let file = syn::parse_file("#[wasm_bindgen]\npub async fn pay() {}\npub fn other() {}\n#[wasm_bindgen]\nextern \"C\" {}\n")?;
        assert_eq!(exported(&file.items), ["pay".to_owned()].into());
        Ok(())
    }
}
