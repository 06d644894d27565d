//! The parts of the package as a page loads them: at first, on demand, or as one file that stands alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::stamp::entries;
use crate::wasm::MODULES;
use crate::{npm, package, run, workspace};

/// A part, by the name that the sizes use.
#[derive(Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// Files of the part, compressed separately.
    pub(crate) files: Vec<PathBuf>,
}

/// The wasm that every page loads.
pub(crate) const WASM: &str = "dispatcher.wasm";
/// The JavaScript that every page loads: the default entry from a bundler that splits, without the chunks for
/// `import()`.
pub(crate) const ENTRY: &str = "entry";
/// The default entry from a bundler that puts everything into one file, copies of the wasm included.
pub(crate) const WHOLE: &str = "entry in one file";
pub(crate) const LEAN_WHOLE: &str = "lean in one file";
/// The wasm and the JavaScript that every page loads.
pub(crate) const DEFAULT: &str = "entry and dispatcher.wasm";
/// The wasm that reads and writes values that are not plain.
pub(crate) const CODEC: &str = "flight.wasm";
pub(crate) const FLIGHT: &str = "flight and flight.wasm";
/// All hooks, without React.
pub(crate) const HOOKS: &str = "react";
/// The chunk that notices a deploy.
pub(crate) const LOOKUP: &str = "chunk lookup";
/// The file for a `<script>`.
pub(crate) const SCRIPT: &str = "dist/actionlane.js";

/// The entry that watches a page, and its file for a `<script>`.
pub(crate) const OBSERVE: &str = "observe";
pub(crate) const OBSERVE_SCRIPT: &str = "dist/observe.js";
/// The element that shows the calls of a page.
pub(crate) const TIMELINE: &str = "timeline";

/// The file for a `<script>` that holds everything.
pub(crate) const ALONE: &str = "dist/actionlane.full.js";

/// Returns all parts. The package must be up to date.
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
        package::esbuild(&workspace::pkg(), entry, "esm", &whole, &[])?;
        parts.push(part(format!("{} in one file", if entry == "index.js" { ENTRY } else { name }), vec![whole]));
    }
    for (name, entry) in BESIDE {
        parts.push(part(name, Split::of(entry)?.entry));
    }
    for file in entries(&workspace::pkg().join("dist"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        parts.push(part(format!("dist/{name}"), vec![file]));
    }
    Ok(parts)
}

/// The entries for pages.
const ENTRIES: [&str; 4] = ["index.js", "inline.js", "lean.js", "observe.js"];

/// The entries that pages load beside one of those, by their names: each as if it were alone.
const BESIDE: [(&str, &str); 5] =
    [(HOOKS, "react/index.js"), ("actions", "actions.js"), ("forms", "forms.js"), ("state", "state.js"), (TIMELINE, "timeline.js")];

fn part(name: impl Into<String>, files: Vec<PathBuf>) -> Part {
    Part { name: name.into(), files }
}

/// An entry as a bundler that splits outputs it.
pub(crate) struct Split {
    /// Files that a page loads first: the entry and its static imports.
    entry: Vec<PathBuf>,
    /// Modules in `entry`, and modules that more than one `import()` uses; paths relative to `pkg/`.
    pub(crate) shared: Vec<String>,
    /// Files that each `import()` loads in addition, by the name of the imported module.
    lazy: BTreeMap<String, Vec<PathBuf>>,
    /// Path of each imported module, relative to `pkg/`, by its name.
    pub(crate) sources: BTreeMap<String, String>,
}

/// The part of esbuild's metafile that is needed. Paths are relative to `pkg/`.
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
    /// Bundles an entry of the package, with splitting.
    pub(crate) fn of(entry: &str) -> Result<Self> {
        let metafile = workspace::scratch(&format!("sizes/split/{entry}.json"))?;
        let dir = metafile.with_extension("");
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
            "--external:react",
            "--define:process.env.NODE_ENV=\"production\"",
        ]);
        run::quiet(esbuild.arg(format!("--outdir={}", dir.display())).arg(format!("--metafile={}", metafile.display())))?;
        let text = fs::read_to_string(&metafile).with_context(|| format!("reading {}", metafile.display()))?;
        serde_json::from_str::<Made>(&text).context("reading esbuild's metafile")?.split(entry)
    }
}

impl Made {
    fn split(&self, entry: &str) -> Result<Split> {
        let of = |source: &str| self.outputs.iter().find(|(_, output)| output.entry_point.as_deref() == Some(source)).map(|(path, _)| path);
        let first = self.at_once(of(entry).with_context(|| format!("esbuild made no output for {entry}"))?);
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

    /// Returns an output and all that it imports statically, directly or indirectly.
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
    fn static_imports_come_first_and_dynamic_ones_later() -> Result<()> {
        let output = |entry: Option<&str>, imports: &[(&str, &str)]| {
            let imports: Vec<_> = imports.iter().map(|(path, kind)| serde_json::json!({ "path": path, "kind": kind })).collect();
            let inputs: serde_json::Map<_, _> = entry.iter().map(|&source| (source.to_owned(), serde_json::json!({}))).collect();
            serde_json::json!({ "entryPoint": entry, "imports": imports, "inputs": inputs })
        };
        let (now, later) = ("import-statement", "dynamic-import");
        let made: Made = serde_json::from_value(serde_json::json!({ "outputs": {
            "o/index.js": output(Some("index.js"), &[("o/shared.js", now), ("o/indexed_db-1.js", later), ("./x.wasm", now)]),
            "o/shared.js": output(None, &[("o/shared.js", now)]),
            "o/indexed_db-1.js": output(Some("lib/outbox/indexed_db.js"), &[("o/shared.js", now), ("o/more.js", now)]),
            "o/more.js": output(None, &[]),
        } }))?;
        let split = made.split("index.js")?;
        let pkg = |names: &[&str]| -> Vec<PathBuf> { names.iter().map(|name| workspace::pkg().join(name)).collect() };
        assert_eq!(split.entry, pkg(&["o/index.js", "o/shared.js"]));
        assert_eq!(split.lazy, [("indexed_db".to_owned(), pkg(&["o/indexed_db-1.js", "o/more.js"]))].into());
        assert_eq!(split.shared, ["index.js"]);
        assert_eq!(split.sources, [("indexed_db".to_owned(), "lib/outbox/indexed_db.js".to_owned())].into());
        assert!(made.split("node.js").is_err());
        Ok(())
    }
}
