//! The parts of the package as a page gets them: what it loads first, what it loads when it needs it, what stands alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::stamp::entries;
use crate::wasm::MODULES;
use crate::{npm, package, run, workspace};

/// A part, by the name that people know it by.
#[derive(Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// Each travels by itself.
    pub(crate) files: Vec<PathBuf>,
}

/// The wasm that every page loads.
pub(crate) const WASM: &str = "dispatcher.wasm";
/// The JavaScript that every page loads: the default entry as a bundler with splitting makes it, without what it imports later.
pub(crate) const ENTRY: &str = "entry";
/// The same as a bundler makes it that puts everything into one file, the copies of the wasm in chunks, too; and that of `actionlane/lean`.
pub(crate) const WHOLE: &str = "entry in one file";
pub(crate) const LEAN_WHOLE: &str = "lean in one file";
/// The wasm and the JavaScript that every page loads.
pub(crate) const DEFAULT: &str = "entry and dispatcher.wasm";
/// The wasm that reads and writes values that are not plain; and with it the JavaScript around it.
pub(crate) const CODEC: &str = "flight.wasm";
pub(crate) const FLIGHT: &str = "flight and flight.wasm";
/// The chunk that finds out about a deploy.
pub(crate) const DEPLOYED: &str = "chunk deployed";
/// The file for a `<script>`.
pub(crate) const SCRIPT: &str = "dist/actionlane.js";

/// The one file that has all of it inside.
pub(crate) const ALONE: &str = "dist/actionlane.full.js";

/// Everything there is. Wants the package to be up to date.
pub(crate) fn all() -> Result<Vec<Part>> {
    let split = Split::of("index.js")?;
    let mut parts: Vec<Part> = MODULES.iter().map(|module| part(format!("{}.wasm", module.name), vec![module.wasm()])).collect();
    parts.push(part(ENTRY, split.entry.clone()));
    parts.push(part(DEFAULT, [vec![MODULES[0].wasm()], split.entry].concat()));
    for module in &MODULES[1..] {
        let chunk = split.lazy.get(module.name).with_context(|| format!("the entry imports no chunk {0} for {0}.wasm", module.name))?;
        parts.push(part(format!("{0} and {0}.wasm", module.name), [vec![module.wasm()], chunk.clone()].concat()));
    }
    parts.extend(split.lazy.into_iter().map(|(name, files)| part(format!("chunk {name}"), files)));
    for entry in ENTRIES {
        let file = workspace::pkg().join(entry);
        if !file.exists() {
            continue;
        }
        let name = entry.trim_end_matches(".js");
        if entry != "index.js" {
            parts.push(part(name, Split::of(entry)?.entry));
        }
        let whole = workspace::scratch(&format!("sizes/whole/{entry}"))?;
        package::esbuild(entry, "esm", &whole, &[])?;
        parts.push(part(format!("{} in one file", if entry == "index.js" { ENTRY } else { name }), vec![whole]));
    }
    for file in entries(&workspace::pkg().join("dist"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        parts.push(part(format!("dist/{name}"), vec![file]));
    }
    Ok(parts)
}

/// The entries for pages.
const ENTRIES: [&str; 3] = ["index.js", "inline.js", "lean.js"];

fn part(name: impl Into<String>, files: Vec<PathBuf>) -> Part {
    Part { name: name.into(), files }
}

/// An entry as a bundler makes it that splits.
pub(crate) struct Split {
    /// The files that a page loads first: the entry, and those that it imports at once.
    entry: Vec<PathBuf>,
    /// The modules in that, and those that more than one of the others have, as seen from `pkg/`.
    pub(crate) shared: Vec<String>,
    /// The files that each `import()` loads besides, by the name of the module.
    lazy: BTreeMap<String, Vec<PathBuf>>,
    /// The module itself, as seen from `pkg/`.
    pub(crate) sources: BTreeMap<String, String>,
}

/// Read from esbuild's own account of what it made: paths as seen from `pkg/`.
#[derive(Deserialize)]
struct Made {
    outputs: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    entry_point: Option<String>,
    imports: Vec<Import>,
    #[serde(default)]
    inputs: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
struct Import {
    path: String,
    kind: String,
}

impl Split {
    /// Of an entry of the package.
    pub(crate) fn of(entry: &str) -> Result<Self> {
        let told = workspace::scratch(&format!("sizes/split/{entry}.json"))?;
        let dir = told.with_extension("");
        let _ = fs::remove_dir_all(&dir);
        let mut esbuild = npm::program(&workspace::pkg(), "esbuild");
        esbuild.args([
            entry,
            "--bundle",
            "--minify",
            "--splitting",
            "--target=es2022",
            "--format=esm",
            "--log-level=warning",
            "--external:./here.js",
        ]);
        run::quiet(esbuild.arg(format!("--outdir={}", dir.display())).arg(format!("--metafile={}", told.display())))?;
        let text = fs::read_to_string(&told).with_context(|| format!("reading {}", told.display()))?;
        serde_json::from_str::<Made>(&text).context("what esbuild tells of its output")?.split(entry)
    }
}

impl Made {
    fn split(&self, entry: &str) -> Result<Split> {
        let of = |source: &str| self.outputs.iter().find(|(_, output)| output.entry_point.as_deref() == Some(source)).map(|(path, _)| path);
        let first = self.at_once(of(entry).with_context(|| format!("esbuild made nothing of {entry}"))?);
        let (mut lazy, mut sources) = (BTreeMap::new(), BTreeMap::new());
        let mut users: BTreeMap<&str, u32> = BTreeMap::new();
        for source in self.outputs.values().filter_map(|output| output.entry_point.as_deref()).filter(|&source| source != entry) {
            let name = Path::new(source).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let besides = of(source).map(|path| &self.at_once(path) - &first).unwrap_or_default();
            besides.iter().for_each(|&path| *users.entry(path).or_insert(0) += 1);
            lazy.insert(name.clone(), files(&besides));
            sources.insert(name, source.to_owned());
        }
        let shared = users.iter().filter(|(_, users)| **users > 1).map(|(&path, _)| path).chain(first.iter().copied());
        let shared = shared.flat_map(|path| self.outputs[path].inputs.keys().cloned()).collect();
        Ok(Split { entry: files(&first), shared, lazy, sources })
    }

    /// An output, and those that it imports at once, and so on.
    fn at_once<'a>(&'a self, path: &'a str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open = vec![path];
        while let Some(path) = open.pop() {
            let Some(output) = self.outputs.get(path) else { continue };
            if found.insert(path) {
                open.extend(output.imports.iter().filter(|import| import.kind == "import-statement").map(|import| import.path.as_str()));
            }
        }
        found
    }
}

fn files(paths: &BTreeSet<&str>) -> Vec<PathBuf> {
    paths.iter().map(|path| workspace::pkg().join(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_first_and_what_comes_later() -> Result<()> {
        let output = |entry: Option<&str>, imports: &[(&str, &str)]| {
            let imports: Vec<_> = imports.iter().map(|(path, kind)| serde_json::json!({ "path": path, "kind": kind })).collect();
            let inputs: serde_json::Map<_, _> = entry.iter().map(|&source| (source.to_owned(), serde_json::json!({}))).collect();
            serde_json::json!({ "entryPoint": entry, "imports": imports, "inputs": inputs })
        };
        let (now, later) = ("import-statement", "dynamic-import");
        let made: Made = serde_json::from_value(serde_json::json!({ "outputs": {
            "o/index.js": output(Some("index.js"), &[("o/shared.js", now), ("o/store-1.js", later), ("./x.wasm", now)]),
            "o/shared.js": output(None, &[("o/shared.js", now)]),
            "o/store-1.js": output(Some("lib/store.js"), &[("o/shared.js", now), ("o/more.js", now)]),
            "o/more.js": output(None, &[]),
        } }))?;
        let split = made.split("index.js")?;
        let pkg = |names: &[&str]| -> Vec<PathBuf> { names.iter().map(|name| workspace::pkg().join(name)).collect() };
        assert_eq!(split.entry, pkg(&["o/index.js", "o/shared.js"]));
        assert_eq!(split.lazy, [("store".to_owned(), pkg(&["o/more.js", "o/store-1.js"]))].into());
        assert_eq!(split.shared, ["index.js"]);
        assert_eq!(split.sources, [("store".to_owned(), "lib/store.js".to_owned())].into());
        assert!(made.split("node.js").is_err());
        Ok(())
    }
}
