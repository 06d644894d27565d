//! Reads what the wasm asks of its host.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::names::{self, Names};
use crate::wasm::Module;
use crate::{npm, workspace};

/// Fails unless every import of the module is one of its own glue: see [`Names::printed`], which saw where each was from. Gives how many
/// there are.
pub(crate) fn check(module: &Module) -> Result<usize> {
    let wasm = module.wasm();
    let imports: Vec<Import> = serde_json::from_str(&npm::node(LIST, &[wasm.to_str().context("a path that is not UTF-8")?])?)?;
    let names = Names::read(&module.names()?)?;
    let is_own = |import: &&Import| import.module == names::MODULE && names.imports.contains_key(&import.name);
    let foreign: Vec<String> =
        imports.iter().filter(|import| !is_own(import)).map(|import| format!("{}.{}", import.module, import.name)).collect();
    ensure!(foreign.is_empty(), "{} imports more than its own glue: {}", workspace::shown(&wasm), foreign.join(", "));
    ensure!(imports.len() == names.imports.len(), "{} is not the one whose names are known", workspace::shown(&wasm));
    Ok(imports.len())
}

const LIST: &str = r#"
    import { readFileSync } from "node:fs";
    const module = new WebAssembly.Module(readFileSync(process.argv[1]));
    console.log(JSON.stringify(WebAssembly.Module.imports(module)));
"#;

#[derive(Deserialize)]
struct Import {
    module: String,
    name: String,
}
