//! Checks the imports of the built wasm, and that it names no directory of this machine.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::names::{self, Names};
use crate::wasm::{Module, SECTION, named_directory};
use crate::{npm, workspace};

/// Fails unless each import of the module comes from its own glue. Uses the names stored by this very build:
/// [`Names::from_wasm_opt`] saw the module of each import. Returns the number of imports.
pub(crate) fn check(module: &Module) -> Result<usize> {
    let wasm = module.wasm();
    let named = named_directory(&fs::read(&wasm)?)?;
    ensure!(named.is_none(), "{} contains a path of this machine: {named:?}", workspace::shown(&wasm));
    let listed = npm::node(LIST, &[wasm.to_str().context("a path that is not UTF-8")?, SECTION])?;
    serde_json::from_str::<Listed>(&listed)?.check(&Names::read(&module.names()?)?).with_context(|| workspace::shown(&wasm))
}

impl Listed {
    fn check(&self, names: &Names) -> Result<usize> {
        let Self { builds, imports } = self;
        ensure!(*builds == [names.build.as_str()], "its build is {builds:?}, but the stored names are of build {:?}", names.build);
        let is_own = |import: &&Import| import.module == names::MODULE && names.imports.contains_key(&import.name);
        let foreign: Vec<String> =
            imports.iter().filter(|import| !is_own(import)).map(|import| format!("{}.{}", import.module, import.name)).collect();
        ensure!(foreign.is_empty(), "it imports more than its glue offers: {}", foreign.join(", "));
        ensure!(imports.len() == names.imports.len(), "it does not import every stored name");
        Ok(imports.len())
    }
}

const LIST: &str = r#"
    import { readFileSync } from "node:fs";
    const module = new WebAssembly.Module(readFileSync(process.argv[1]));
    const builds = WebAssembly.Module.customSections(module, process.argv[2]).map(said => new TextDecoder().decode(said));
    console.log(JSON.stringify({ builds, imports: WebAssembly.Module.imports(module) }));
"#;

/// Contents of the wasm that the check needs.
#[derive(Deserialize)]
struct Listed {
    /// Texts of the sections that name the build; there must be one.
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
        assert_eq!(listed("flight 1f", &[("a", "a")]).check(&names).expect("its own"), 1);
        assert!(listed("flight 2f", &[("a", "a")]).check(&names).is_err());
        assert!(Listed { builds: Vec::new(), ..listed("", &[("a", "a")]) }.check(&names).is_err());
        assert!(listed("flight 1f", &[("env", "a")]).check(&names).is_err());
        assert!(listed("flight 1f", &[("a", "b")]).check(&names).is_err());
        assert!(listed("flight 1f", &[]).check(&names).is_err());
    }
}
