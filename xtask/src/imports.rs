//! Reads what the wasm asks of its host, and what it tells of the machine that made it.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::names::{self, Names};
use crate::wasm::{Module, SECTION, named_directory};
use crate::{npm, workspace};

/// Fails unless every import of the module is one of its own glue, by the names that were kept of this very build: see [`Names::printed`],
/// which saw where each was from. Gives the number of imports.
pub(crate) fn check(module: &Module) -> Result<usize> {
    let wasm = module.wasm();
    let named = named_directory(&fs::read(&wasm)?)?;
    ensure!(named.is_none(), "{} names a directory of this machine: {named:?}", workspace::shown(&wasm));
    let listed = npm::node(LIST, &[wasm.to_str().context("a path that is not UTF-8")?, SECTION])?;
    serde_json::from_str::<Listed>(&listed)?.own(&Names::read(&module.names()?)?).with_context(|| workspace::shown(&wasm))
}

impl Listed {
    fn own(&self, names: &Names) -> Result<usize> {
        let Self { builds, imports } = self;
        ensure!(*builds == [names.build.as_str()], "it is of the build {builds:?}, the names that were kept are of {:?}", names.build);
        let is_own = |import: &&Import| import.module == names::MODULE && names.imports.contains_key(&import.name);
        let foreign: Vec<String> =
            imports.iter().filter(|import| !is_own(import)).map(|import| format!("{}.{}", import.module, import.name)).collect();
        ensure!(foreign.is_empty(), "it imports more than its own glue: {}", foreign.join(", "));
        ensure!(imports.len() == names.imports.len(), "it is not the one whose names were kept");
        Ok(imports.len())
    }
}

const LIST: &str = r#"
    import { readFileSync } from "node:fs";
    const module = new WebAssembly.Module(readFileSync(process.argv[1]));
    const builds = WebAssembly.Module.customSections(module, process.argv[2]).map(said => new TextDecoder().decode(said));
    console.log(JSON.stringify({ builds, imports: WebAssembly.Module.imports(module) }));
"#;

/// Read from the wasm.
#[derive(Deserialize)]
struct Listed {
    /// Its sections that say so: one.
    builds: Vec<String>,
    imports: Vec<Import>,
}

#[derive(Deserialize)]
struct Import {
    module: String,
    name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_this_build_and_its_imports_those_of_its_glue() {
        let names = Names { build: "flight 1f".to_owned(), imports: [("a".to_owned(), "long".to_owned())].into(), exports: [].into() };
        let listed = |build: &str, imports: &[(&str, &str)]| Listed {
            builds: vec![build.to_owned()],
            imports: imports.iter().map(|(module, name)| Import { module: (*module).into(), name: (*name).into() }).collect(),
        };
        assert_eq!(listed("flight 1f", &[("a", "a")]).own(&names).expect("its own"), 1);
        assert!(listed("flight 2f", &[("a", "a")]).own(&names).is_err());
        assert!(Listed { builds: Vec::new(), ..listed("", &[("a", "a")]) }.own(&names).is_err());
        assert!(listed("flight 1f", &[("env", "a")]).own(&names).is_err());
        assert!(listed("flight 1f", &[("a", "b")]).own(&names).is_err());
        assert!(listed("flight 1f", &[]).own(&names).is_err());
    }
}
