//! Makes the files for a `<script>`, in `pkg/dist/`: `actionlane.js` with the parts that it loads from its own
//! directory, and `actionlane.full.js`, which holds everything.
//!
//! `observe.js` stands alone, but for the two files that it loads when somebody looks.
//!
//! A bundler cannot split a classic script: its parts would import the script, and a classic script cannot be
//! imported. So each part that is loaded later is a module that exports a function. The function receives the modules
//! that the script already has, and returns the part's exports.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::npm;
use crate::package::{esbuild, in_pkg};
use crate::parts::Split;
use crate::wasm::MODULES;
use crate::workspace;

/// Returns their directory.
pub(crate) fn dir() -> PathBuf {
    dir_in(&workspace::pkg())
}

fn dir_in(pkg: &Path) -> PathBuf {
    pkg.join("dist")
}

/// The file that a page names in its `<script>`.
pub(crate) const SCRIPT: &str = "actionlane.js";
/// The file that needs no other file.
pub(crate) const FULL: &str = "actionlane.full.js";
/// The file that watches a page, for pages that have nothing else of the package.
pub(crate) const OBSERVE: &str = "observe.js";

/// Makes all files, in `pkg/` or in a copy of it. Its `wasm/` must be up to date.
pub(crate) fn make(pkg: &Path) -> Result<()> {
    let dir = dir_in(pkg);
    // Otherwise files of an earlier version would be packed, too.
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir)?;
    let mut integrity = BTreeMap::new();
    for module in &MODULES {
        let wasm = pkg.join(in_pkg(&module.wasm()));
        fs::copy(&wasm, dir.join(format!("{}.wasm", module.name))).with_context(|| format!("copying {}", wasm.display()))?;
        let printed = npm::node(HASH_AND_DEFLATE, &[wasm.to_str().context("a path that is not UTF-8")?])?;
        let [hash, deflated] = serde_json::from_str(&printed).context("reading the hash and the bytes that node printed for the wasm")?;
        let text = format!("// The bytes of {0}.wasm, deflated.\nexport default \"{deflated}\";\n", module.name);
        write(&dir.join(format!("{}.bytes.js", module.name)), &text)?;
        integrity.insert(module.name, hash);
    }
    write(&dir.join("here.js"), "// The URL of this file.\nexport default import.meta.url;\n")?;
    morpher(pkg)?;
    esbuild(pkg, "script/full.js", "iife", &dir.join(FULL), &[PRODUCTION])?;
    observe(pkg)?;
    split(pkg, &integrity)
}

/// Copies the library that `pkg/forms/morph.js` uses. So the package has no dependencies, and a browser can import its
/// files without a bundler.
fn morpher(pkg: &Path) -> Result<()> {
    let from = "--banner:js=// idiomorph, licence 0BSD: https://github.com/bigskysoftware/idiomorph";
    esbuild(pkg, "node_modules/idiomorph/dist/idiomorph.esm.js", "esm", &dir_in(pkg).join("idiomorph.js"), &[from])
}

/// Bundles the script that watches a page, and the parts that it loads.
fn observe(pkg: &Path) -> Result<()> {
    let dir = dir_in(pkg);
    let parts = [("look.js", "observe/look.js"), ("timeline.js", "timeline.js")]
        .map(|(name, source)| anyhow::Ok((dir.join(name), bundled(pkg, source, "esm", &dir.join(name), &[PRODUCTION.to_owned()])?)));
    let parts = parts.into_iter().collect::<Result<Vec<_>>>()?;
    let build = build_of(&parts.iter().map(|(_, text)| text).collect::<Vec<_>>());
    for (part, text) in &parts {
        write(part, &format!("{text}export const build=\"{build}\";\n"))?;
    }
    let named = format!("--define:BUILD=\"{build}\"");
    esbuild(pkg, "script/observe.js", "iife", &dir.join(OBSERVE), &[PRODUCTION, &named])
}

/// Returns a number for what a script is made of. The script and its parts must have the same.
fn build_of(made_of: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    made_of.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Bundles the script and its parts, and writes the same build number into each.
fn split(pkg: &Path, integrity: &BTreeMap<&str, String>) -> Result<()> {
    let dir = dir_in(pkg);
    let split = Split::of("script/script.js")?;
    let mut shared = Shared { pkg, externals: externals(pkg, &split.shared), modules: Vec::new() };
    let lazy: Vec<(String, String)> = split.sources.iter().map(|(name, source)| (name.clone(), format!("../{source}"))).collect();
    let parts = split.sources.iter().map(|(name, source)| Ok((name, shared.part(source, name, &lazy)?))).collect::<Result<Vec<_>>>()?;
    let build = build_of(&(&parts, &shared.modules, integrity));
    for (name, text) in &parts {
        write(&dir.join(format!("{name}.js")), &format!("{text}export const build=\"{build}\";\n"))?;
    }
    // In the package's directory, as esbuild expects.
    let entry = dir.join("entry.js");
    write(&entry, &shared.entry())?;
    let output = dir.join(SCRIPT);
    let define = format!("--define:INTEGRITY={}", serde_json::to_string(integrity)?);
    let named = format!("--define:BUILD=\"{build}\"");
    let mut more: Vec<String> = vec![PRODUCTION.to_owned(), define, named, "--external:./here.js".to_owned()];
    more.extend(lazy.iter().map(|(_, source)| format!("--external:{}", dir.join(source).display())));
    let made = bundled(pkg, "dist/entry.js", "iife", &output, &more);
    fs::remove_file(&entry)?;
    write(&output, &format!("(()=>{{let actionlanePart;{}}})();\n", imported(made?.trim_end(), &lazy)?))
}

/// Modules of the script that its parts use, too.
struct Shared<'a> {
    pkg: &'a Path,
    /// Options for esbuild that keep all modules of the script out of the parts.
    externals: Vec<String>,
    /// Paths that the parts in `dist/` require; a part asks for a module by its index here.
    modules: Vec<String>,
}

impl Shared<'_> {
    /// Bundles a part, as a module that exports a function.
    fn part(&mut self, source: &str, name: &str, lazy: &[(String, String)]) -> Result<String> {
        let dir = dir_in(self.pkg);
        let mut more = self.externals.clone();
        more.push(PRODUCTION.to_owned());
        let others = lazy.iter().filter(|(other, _)| other != name);
        more.extend(others.map(|(_, source)| format!("--external:{}", dir.join(source).display())));
        let made = bundled(self.pkg, source, "cjs", &dir.join(format!("{name}.js")), &more)?;
        let mut text = String::new();
        let mut parts = made.split(ASKED);
        text += parts.next().unwrap_or_default();
        for part in parts {
            let (module, rest) = part.split_once("\")").context("esbuild no longer writes `require(…)` as expected")?;
            let number = self.modules.iter().position(|known| known == module).unwrap_or_else(|| {
                self.modules.push(module.to_owned());
                self.modules.len() - 1
            });
            write!(text, "require({number}){rest}")?;
        }
        let text = imported(text.trim_end(), lazy)?;
        Ok(format!("export default(require,actionlanePart)=>{{const module={{}};{text};return module.exports}};\n"))
    }

    /// Returns the text that the script is bundled from.
    fn entry(&self) -> String {
        let imports: String =
            self.modules.iter().enumerate().map(|(number, path)| format!("import * as m{number} from \"{path}\";\n")).collect();
        let names: Vec<String> = (0..self.modules.len()).map(|number| format!("m{number}")).collect();
        format!(
            "import * as actionlane from \"../script/script.js\";\nimport {{ part }} from \"../script/beside.js\";\n{imports}\
             const shared = [{}];\nactionlanePart = (name) => part(name, (number) => shared[number], actionlanePart);\n\
             globalThis.actionlane = actionlane;\n",
            names.join(", ")
        )
    }
}

/// Start of the expression by which a part asks for a module of the script.
const ASKED: &str = "require(\"";

const PRODUCTION: &str = "--define:process.env.NODE_ENV=\"production\"";

fn externals(pkg: &Path, modules: &[String]) -> Vec<String> {
    modules.iter().map(|module| format!("--external:{}", pkg.join(module).display())).collect()
}

fn bundled(pkg: &Path, source: &str, format: &str, output: &Path, more: &[String]) -> Result<String> {
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    esbuild(pkg, source, format, output, &more)?;
    fs::read_to_string(output).with_context(|| format!("reading {}", output.display()))
}

/// Replaces each `import()` of a part by a call that loads the part by its name.
fn imported(text: &str, lazy: &[(String, String)]) -> Result<String> {
    let replaced = lazy.iter().fold(text.to_owned(), |text, (name, source)| {
        text.replace(&format!("import(\"{source}\")"), &format!("actionlanePart(\"{name}\")"))
    });
    ensure!(!replaced.contains("import(\"../"), "dist/ imports a part that is not built");
    Ok(replaced)
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("writing {}", file.display()))
}

/// Prints the hash of a file as the `integrity` attribute writes it, and its deflated bytes as base64.
const HASH_AND_DEFLATE: &str = r#"
    import { createHash } from "node:crypto";
    import { readFileSync } from "node:fs";
    import { deflateRawSync } from "node:zlib";
    const bytes = readFileSync(process.argv[1]);
    const hash = `sha256-${createHash("sha256").update(bytes).digest("base64")}`;
    console.log(JSON.stringify([hash, deflateRawSync(bytes, { level: 9 }).toString("base64")]));
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_loaded_by_name() -> Result<()> {
        let lazy = [("flight".to_owned(), "../lib/codec/flight.js".to_owned())];
        let text = "await import(\"../lib/codec/flight.js\");import(\"./here.js\")";
        assert_eq!(imported(text, &lazy)?, "await actionlanePart(\"flight\");import(\"./here.js\")");
        assert!(imported("import(\"../lib/outbox/outbox.js\")", &lazy).is_err());
        Ok(())
    }
}
