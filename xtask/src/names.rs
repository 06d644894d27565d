//! Names of a module's imports and exports. wasm-opt shortens them; the glue is adapted; profiles show the long ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

/// Makes wasm-opt shorten the names, and print the old and the new ones.
pub(crate) const SHORTEN: &str = "--minify-imports-and-exports-and-modules";

/// Module name that every import has after that.
pub(crate) const MODULE: &str = "a";

/// Original names, by the short names in the wasm.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Names {
    /// Build of the wasm: tells apart the names of several builds.
    pub(crate) build: String,
    pub(crate) imports: BTreeMap<String, String>,
    pub(crate) exports: BTreeMap<String, String>,
}

/// Names as wasm-opt prints them: `[module, old, new]` and `[old, new]`.
#[derive(Deserialize)]
struct Printed {
    imports: Vec<(String, String, String)>,
    exports: Vec<(String, String)>,
}

impl Names {
    /// Reads the output of wasm-opt. Fails unless every import is from `glue`: with short names, imports of other
    /// modules could not be told apart.
    pub(crate) fn from_wasm_opt(text: &str, glue: &str) -> Result<Self> {
        let start = text.find('{').with_context(|| format!("wasm-opt printed no names: {text:?}"))?;
        let Printed { imports, exports } = serde_json::from_str(&text[start..]).context("reading the names that wasm-opt printed")?;
        let foreign: Vec<String> =
            imports.iter().filter(|(module, ..)| module != glue).map(|(module, name, _)| format!("{module}.{name}")).collect();
        ensure!(foreign.is_empty(), "the wasm imports more than its glue offers ({glue}): {}", foreign.join(", "));
        ensure!(!imports.is_empty(), "the wasm imports nothing: was it compiled without the feature of its edge?");
        Ok(Self {
            build: String::new(),
            imports: imports.into_iter().map(|(_, old, new)| (new, old)).collect(),
            exports: exports.into_iter().map(|(old, new)| (new, old)).collect(),
        })
    }

    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        serde_json::from_str(&text).with_context(|| file.display().to_string())
    }

    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        fs::write(file, serde_json::to_string_pretty(self)?).with_context(|| format!("writing {}", file.display()))
    }

    /// Returns the short names of the exports whose long name contains `part`.
    pub(crate) fn exports_with(&self, part: &str) -> Vec<&str> {
        self.exports.iter().filter(|(_, long)| long.contains(part)).map(|(short, _)| short.as_str()).collect()
    }

    /// Returns `glue` with the short names. `module` is the name under which the glue offers its imports.
    pub(crate) fn shorten(&self, glue: &str, module: &str) -> Result<String> {
        let mut glue = replaced_once(glue, &format!("\"{module}\": "), &format!("{MODULE}: "))?;
        for (short, long) in &self.imports {
            glue = replaced_once(&glue, &format!(" {long}: function("), &format!(" {short}: function("))?;
        }
        let short: BTreeMap<&str, &str> = self.exports.iter().map(|(short, long)| (long.as_str(), short.as_str())).collect();
        let mut made = String::with_capacity(glue.len());
        let mut rest = glue.as_str();
        while let Some(at) = rest.find(EXPORTS) {
            let (before, after) = rest.split_at(at + EXPORTS.len());
            made += before;
            rest = after;
            if before[..at].ends_with(|c| is_of_name(c) || c == '.') {
                continue;
            }
            let name = &rest[..rest.find(|c| !is_of_name(c)).unwrap_or(rest.len())];
            let Some(short) = short.get(name) else { bail!("the glue uses `{EXPORTS}{name}`, which the wasm does not export") };
            made += short;
            rest = &rest[name.len()..];
        }
        Ok(made + rest)
    }
}

/// Prefix of the exports of the instance, in the glue.
const EXPORTS: &str = "wasm.";

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

fn replaced_once(text: &str, from: &str, to: &str) -> Result<String> {
    let count = text.matches(from).count();
    ensure!(
        count == 1,
        "wasm-bindgen's glue says `{from}` {count} times: once was expected, so adapt `Names::shorten` in xtask/src/names.rs"
    );
    Ok(text.replacen(from, to, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"{
 "imports": [["./x_bg.js", "__wbg_get_1", "a"], ["./x_bg.js", "__wbg_get_12", "$"]],
 "exports": [["memory", "b"], ["engine_call", "c"], ["engine_call_2", "d"]]
}"#;

    #[test]
    fn the_glue_gets_the_short_names_of_the_wasm() -> Result<()> {
        let glue = "const import0 = {\n  __wbg_get_1: function(x) { return wasm.memory; },\n  __wbg_get_12: function() {},\n};\n\
                    const all = { \"./x_bg.js\": import0 };\nwasm.engine_call_2(wasm.engine_call(), other.wasm.engine_call, Mywasm.memory);";
        let short = Names::from_wasm_opt(PRINTED, "./x_bg.js")?.shorten(glue, "./x_bg.js")?;
        assert_eq!(
            short,
            "const import0 = {\n  a: function(x) { return wasm.b; },\n  $: function() {},\n};\n\
             const all = { a: import0 };\nwasm.d(wasm.c(), other.wasm.engine_call, Mywasm.memory);"
        );
        Ok(())
    }

    #[test]
    fn an_import_of_another_module_is_an_error() {
        let error = Names::from_wasm_opt(PRINTED, "./y_bg.js").expect_err("of x");
        assert!(error.to_string().ends_with("(./y_bg.js): ./x_bg.js.__wbg_get_1, ./x_bg.js.__wbg_get_12"), "{error}");
        assert!(Names::from_wasm_opt(r#"{ "imports": [], "exports": [] }"#, "./x_bg.js").is_err());
    }

    #[test]
    fn a_name_that_one_side_lacks_is_an_error() -> Result<()> {
        let names = Names::from_wasm_opt(PRINTED, "./x_bg.js")?;
        let glue = " __wbg_get_1: function() {}, __wbg_get_12: function() {}, \"./x_bg.js\": import0";
        assert!(names.shorten(glue, "./x_bg.js").is_ok());
        assert!(names.shorten(&format!("{glue}; wasm.gone()"), "./x_bg.js").is_err());
        assert!(names.shorten(&glue.replace("__wbg_get_12", "__wbg_get_3"), "./x_bg.js").is_err());
        assert!(names.shorten(&format!("{glue} __wbg_get_1: function() {{}}"), "./x_bg.js").is_err());
        assert!(names.shorten(glue, "./z_bg.js").is_err());
        Ok(())
    }

    #[test]
    fn exports_are_found_by_a_part_of_their_name() -> Result<()> {
        assert_eq!(Names::from_wasm_opt(PRINTED, "./x_bg.js")?.exports_with("_call"), ["c", "d"]);
        Ok(())
    }
}
