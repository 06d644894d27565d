//! The npm package: its bundled files, and the packed file with its checks.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::stamp::{Stamp, entries};
use crate::step::step;
use crate::wasm::{self, Module};
use crate::{dist, handbook, npm, run, workspace};

/// Copies the documents that npm ships from the root of the repository into `pkg/`: their links lead to packed files,
/// and those to other files of the repository are plain text.
pub(crate) fn copy_documents() -> Result<()> {
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(workspace::pkg().join("package.json"))?).context("reading package.json")?;
    let packed: Vec<&str> = manifest["files"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let place = |target: &str| {
        let path = target.strip_prefix("pkg/").unwrap_or(target);
        let is_packed = packed.iter().any(|file| path == *file || path.strip_prefix(file).is_some_and(|rest| rest.starts_with('/')));
        is_packed.then(|| path.to_owned())
    };
    let shipped = handbook::files()?;
    let of_docs = workspace::pkg().join("docs");
    if of_docs.exists() {
        for file in handbook::below(&of_docs)? {
            if !shipped.iter().any(|name| workspace::pkg().join(name) == file) {
                fs::remove_file(&file).with_context(|| format!("removing {}", workspace::shown(&file)))?;
            }
        }
    }
    for name in DOCUMENTS.iter().map(|&name| name.to_owned()).chain(shipped) {
        let (from, to) = (workspace::root().join(&name), workspace::pkg().join(&name));
        let text = fs::read_to_string(&from).with_context(|| format!("reading {name}"))?;
        let text = if name.ends_with(".md") { handbook::placed(&name, &text, place) } else { text };
        fs::create_dir_all(to.parent().unwrap_or(&to))?;
        write_changed(&to, text.as_bytes())?;
    }
    write_changed(&workspace::pkg().join(FOR_PROGRAMS), handbook::for_programs(&handbook::pages()?).as_bytes())
}

/// The list of documents for programs that read them.
const FOR_PROGRAMS: &str = "llms.txt";

/// Writes the types that callers of `require` get, beside those that callers of `import` get: TypeScript takes a
/// `.d.ts` here for types of a module.
pub(crate) fn write_common_types() -> Result<()> {
    for name in ["index", "next"] {
        let text =
            fs::read_to_string(workspace::pkg().join(name).with_extension("d.ts")).with_context(|| format!("reading {name}.d.ts"))?;
        write_changed(&workspace::pkg().join(name).with_extension("d.cts"), text.replace("\"./index.js\"", "\"./index.cjs\"").as_bytes())?;
    }
    Ok(())
}

/// Writes a file, unless it holds the same already: a new time would make the bundles again.
pub(crate) fn write_changed(file: &Path, text: &[u8]) -> Result<()> {
    if fs::read(file).ok().as_deref() != Some(text) {
        fs::write(file, text).with_context(|| format!("writing {}", workspace::shown(file)))?;
    }
    Ok(())
}

const DOCUMENTS: [&str; 5] = ["README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// Sources of the code that makes `pkg/dist/`: a change of them makes it again.
const BUILD_CODE: [&str; 3] = [include_str!("package.rs"), include_str!("dist.rs"), include_str!("parts.rs")];

/// Makes the files for a `<script>`, unless they are up to date. `pkg/wasm/` must be up to date.
pub(crate) fn bundle() -> Result<()> {
    let stamp = sources(Stamp::new("package").value(BUILD_CODE))?
        .input(&workspace::pkg().join("node_modules/esbuild/package.json"), &[])?
        .input(&workspace::pkg().join("node_modules/idiomorph/package.json"), &[])?;
    let stamp = stamp.output(dist::dir().join(dist::SCRIPT)).output(dist::dir().join(dist::FULL));
    let stamp = stamp.output(dist::dir().join(dist::OBSERVE)).output_dir(dist::dir());
    stamp.make(|| step("bundling the package", || dist::make(&workspace::pkg())))?;
    Ok(())
}

/// Bundles and minifies the file `source` of `pkg/`, or of a copy of it, into `output`, in the module format `format`.
pub(crate) fn esbuild(pkg: &Path, source: &str, format: &str, output: &Path, more: &[&str]) -> Result<()> {
    let mut esbuild = npm::program(pkg, "esbuild");
    esbuild.args([source, "--bundle", "--minify", "--target=es2022", "--log-level=warning"]).args(more);
    run::quiet(esbuild.arg(format!("--format={format}")).arg(format!("--outfile={}", output.display()))).map(drop)
}

/// Packs the package and checks the packed file. Returns the number of checks.
pub(crate) fn pack() -> Result<usize> {
    let packed = packed()?;
    check(&packed).with_context(|| format!("the packed file {} is not complete", workspace::shown(&packed)))
}

/// Packs the package, unless the packed file is up to date: parts that run side by side use the same one. Returns the
/// packed file.
pub(crate) fn packed() -> Result<PathBuf> {
    let dir = pack_dir()?;
    let stamp = Stamp::new("pack").input(&workspace::pkg(), &["node_modules", "test"])?.output_dir(dir.clone());
    stamp.make(|| step("packing the package", || pack_into(&workspace::pkg(), &dir)))?;
    let [file] = &entries(&dir)?[..] else { bail!("{} does not hold one file", workspace::shown(&dir)) };
    Ok(file.clone())
}

/// Returns the directory of the packed file, which holds nothing else: another file there would make it again.
fn pack_dir() -> Result<PathBuf> {
    Ok(workspace::scratch("pack/x")?.with_file_name(""))
}

/// Packs `pkg/`, or a copy of it, as `npm publish` would. The directory will hold nothing else.
pub(crate) fn pack_into(pkg: &Path, dir: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir)?;
    let mut pack = run::command("npm", pkg);
    run::quiet(pack.args(["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination"]).arg(dir)).map(drop)
}

/// Adds the files from which the bundles and the packed file are made.
pub(crate) fn sources(stamp: Stamp) -> Result<Stamp> {
    stamp.input(&workspace::pkg(), &["node_modules", "dist", "test", "docs", FOR_PROGRAMS])
}

fn check(packed: &Path) -> Result<usize> {
    let listing = run::quiet(run::command("tar", workspace::root()).arg("-tzf").arg(packed))?;
    let files: Vec<&str> = listing.lines().filter_map(|line| line.strip_prefix("package/")).collect();
    let manifest: Value = serde_json::from_str(&from_packed(packed, "package.json")?).context("reading the packed package.json")?;
    let mut wanted: Vec<String> = ALWAYS.iter().chain(&DOCUMENTS).map(|&name| name.to_owned()).collect();
    wanted.extend(wasm::MODULES.iter().flat_map(Module::files).map(|file| in_pkg(&file)));
    wanted.extend(wasm::MODULES.iter().flat_map(|module| [".wasm", ".bytes.js"].map(|end| format!("dist/{}{end}", module.name))));
    let named = ["exports", "main", "module", "types", "browser", "unpkg", "jsdelivr", "bin"];
    named.iter().filter_map(|key| manifest.get(key)).for_each(|value| collect_files(value, &mut wanted));
    // A pattern stands for files that have a line of their own here.
    wanted.retain(|file| !file.contains('*'));
    wanted.sort();
    wanted.dedup();
    let missing: Vec<&str> = wanted.iter().map(String::as_str).filter(|file| !files.contains(file)).collect();
    ensure!(missing.is_empty(), "files are missing in it: {}", missing.join(", "));
    let mut dead = Vec::new();
    for name in files.iter().filter(|name| name.ends_with(".md")) {
        dead.extend(handbook::dead(name, &from_packed(packed, name)?, |file| files.contains(&file)));
    }
    dead.extend(handbook::dead(FOR_PROGRAMS, &from_packed(packed, FOR_PROGRAMS)?, |file| files.contains(&file)));
    ensure!(dead.is_empty(), "{}", dead.join("\n"));
    for wasm in wasm::MODULES.iter().map(Module::wasm) {
        if unpacked(packed, &in_pkg(&wasm))? != fs::read(&wasm)? {
            bail!("{} in it is not the file that was just built", in_pkg(&wasm));
        }
    }
    Ok(wanted.len() + wasm::MODULES.len())
}

/// Files that must be packed even if package.json does not name them.
const ALWAYS: [&str; 9] = [
    FOR_PROGRAMS,
    "index.js",
    "index.d.ts",
    "dist/actionlane.js",
    "dist/actionlane.full.js",
    "dist/here.js",
    "dist/look.js",
    "dist/observe.js",
    "dist/timeline.js",
];

/// Returns the path of a file relative to `pkg/`.
pub(crate) fn in_pkg(file: &Path) -> String {
    file.strip_prefix(workspace::pkg()).unwrap_or(file).display().to_string()
}

/// Collects every file named in a value of package.json, at any depth, without its `./`.
fn collect_files(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(path) => found.push(path.trim_start_matches("./").to_owned()),
        Value::Object(conditions) => conditions.values().for_each(|value| collect_files(value, found)),
        Value::Array(alternatives) => alternatives.iter().for_each(|value| collect_files(value, found)),
        _ => {}
    }
}

fn from_packed(packed: &Path, file: &str) -> Result<String> {
    Ok(String::from_utf8(unpacked(packed, file)?)?)
}

fn unpacked(packed: &Path, file: &str) -> Result<Vec<u8>> {
    let directory = workspace::scratch("unpacked/x")?.with_file_name("");
    let name: PathBuf = ["package", file].iter().collect();
    run::quiet(run::command("tar", workspace::root()).arg("-xzf").arg(packed).arg("-C").arg(&directory).arg(&name))?;
    Ok(fs::read(directory.join(name))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_at_any_depth() {
        let exports = serde_json::json!({ ".": { "types": "./a.d.ts", "default": ["./a.js", null] }, "./b": "./b.js" });
        let mut found = Vec::new();
        collect_files(&exports, &mut found);
        assert_eq!(found, ["a.d.ts", "a.js", "b.js"]);
    }

    #[test]
    fn reading_a_packed_file_leaves_its_directory_alone() -> Result<()> {
        let dir = workspace::scratch("read-test")?;
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("package"))?;
        fs::write(dir.join("package/a.js"), "a")?;
        run::quiet(run::command("tar", &dir).args(["-czf", "packed.tgz", "package"]))?;
        let before = entries(&pack_dir()?)?;
        assert_eq!(unpacked(&dir.join("packed.tgz"), "a.js")?, b"a");
        assert_eq!(entries(&pack_dir()?)?, before);
        Ok(())
    }
}
