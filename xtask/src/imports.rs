//! Reads what the wasm asks of its host.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::npm;
use crate::wasm::Module;

/// Fails unless every import of a module is of its own glue. Gives how many there are.
pub(crate) fn check(module: &Module) -> Result<usize> {
    let (wasm, own) = (module.wasm(), format!("./{}_bg.js", module.name));
    let file = wasm.to_str().context("a path that is not UTF-8")?;
    let imports: Vec<Import> = serde_json::from_str(&npm::node(LIST, &[file])?)?;
    ensure!(!imports.is_empty(), "{} imports nothing: the exports of its edge are missing", wasm.display());
    let foreign: Vec<String> =
        imports.iter().filter(|import| import.module != own).map(|import| format!("{}.{}", import.module, import.name)).collect();
    ensure!(foreign.is_empty(), "the wasm imports more than its own glue ({own}): {}", foreign.join(", "));
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
