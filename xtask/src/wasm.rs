//! The wasm: compiled by cargo, given its glue by wasm-bindgen, made small by wasm-opt.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::names::{Names, SHORTEN};
use crate::stamp::Stamp;
use crate::step::step;
use crate::versions::{WASM_BINDGEN, WASM_TARGET};
use crate::{glue, npm, run, tools, workspace};

/// A wasm module of the package: a feature of the crate, compiled by the profile of its name.
pub(crate) struct Module {
    pub(crate) name: &'static str,
}

/// Those there are. Each is found in `pkg/wasm/` as `<name>_bg.wasm`, with its glue, `<name>.js`, and its bytes as JavaScript,
/// `<name>_bytes.js`.
pub(crate) const MODULES: [Module; 2] = [Module { name: "dispatcher" }, Module { name: "flight" }];

/// The features of all of them, for cargo.
pub(crate) fn features() -> String {
    MODULES.map(|module| module.name).join(",")
}

impl Module {
    /// The wasm.
    pub(crate) fn wasm(&self) -> PathBuf {
        self.file("_bg.wasm")
    }

    /// The JavaScript that belongs to it.
    pub(crate) fn glue(&self) -> PathBuf {
        self.file(".js")
    }

    /// The same bytes, as JavaScript.
    pub(crate) fn bytes(&self) -> PathBuf {
        self.file("_bytes.js")
    }

    fn file(&self, end: &str) -> PathBuf {
        workspace::pkg().join("wasm").join(format!("{}{end}", self.name))
    }

    /// Where cargo puts it.
    pub(crate) fn compiled(&self) -> PathBuf {
        workspace::target().join(WASM_TARGET).join(self.name).join("actionlane.wasm")
    }

    fn compile(&self) -> Result<()> {
        let Self { name } = self;
        let mut cargo = run::cargo();
        cargo.arg("--config").arg(without_machine()?);
        cargo.args(["rustc", "--package", "actionlane", "--lib", "--crate-type", "cdylib", "--target", WASM_TARGET]);
        cargo.args(["--profile", name, "--features", name]);
        if *name == "flight" {
            cargo.args(INLINING);
        }
        run::shown(&mut cargo)
    }

    /// All that it has in `pkg/wasm/`.
    pub(crate) fn files(&self) -> [PathBuf; 3] {
        [self.wasm(), self.glue(), self.bytes()]
    }

    /// The names of its imports and exports as they were, to read a profile with.
    pub(crate) fn names(&self) -> Result<PathBuf> {
        Ok(names()?.join(format!("{}.json", self.name)))
    }

    /// Makes the glue and the small wasm, neither of which says its build yet.
    fn bind(&self) -> Result<(String, Names)> {
        let raw = workspace::scratch(&format!("wasm/{}_bg.wasm", self.name))?;
        let mut bindgen = run::command(tools::program("wasm-bindgen"), workspace::root());
        bindgen.args(BINDGEN).args(["--out-name", self.name, "--out-dir"]).arg(raw.with_file_name("")).arg(self.compiled());
        run::quiet(&mut bindgen)?;
        let mut opt = npm::program(&workspace::pkg(), "wasm-opt");
        let printed = run::quiet(opt.args(OPT).args(self.optimized()).arg(&raw).arg("-o").arg(self.wasm()))?;
        let names = Names::printed(&printed, &glue::module(self.name))?;
        let generated = fs::read_to_string(raw.with_file_name(format!("{}.js", self.name))).context("reading the glue")?;
        Ok((glue::changed(&generated, self.name, &names)?, names))
    }

    /// Smallest code; of the codec, whose speed counts, what wasm-opt takes for a good bargain.
    fn optimized(&self) -> &'static [&'static str] {
        if self.name == "flight" { &["-Os"] } else { &SMALLEST }
    }
}

/// Where the names of all modules are kept.
pub(crate) fn names() -> Result<PathBuf> {
    Ok(workspace::scratch("names/x")?.with_file_name(""))
}

/// Of the codec, a little less is put in the place of calls than an optimization level of 2 does: 5 kB less of 104 (brotli). At 50, which is
/// 3 kB less still, elements and Maps take a quarter longer.
const INLINING: [&str; 3] = ["--", "-C", "llvm-args=-inline-threshold=100"];

/// Sets flags for cargo, which adds them to those of `.cargo/config.toml`: messages of panics name files, and no directories of this machine
/// are to travel in them.
fn without_machine() -> Result<String> {
    let flags = directories()?.map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    // A list of texts is the same in TOML.
    Ok(format!("target.{WASM_TARGET}.rustflags={}", serde_json::to_string(&flags)?))
}

/// The directories of this machine that sources are in, and what is said in their place.
fn directories() -> Result<[(PathBuf, &'static str); 2]> {
    let home =
        env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo"))).context("no home of cargo")?;
    Ok([(home.join("registry/src"), "crates"), (workspace::root().to_owned(), ".")])
}

/// A directory of this machine that is named in the wasm.
pub(crate) fn named_directory(wasm: &[u8]) -> Result<Option<PathBuf>> {
    let names = |dir: &Path| wasm.windows(dir.as_os_str().len()).any(|bytes| bytes == dir.as_os_str().as_encoded_bytes());
    Ok(directories()?.into_iter().map(|(dir, _)| dir).find(|dir| names(dir)))
}

/// All that the files of `pkg/wasm/` are made with, for a stamp.
const MAKERS: [&str; 3] = [include_str!("wasm.rs"), include_str!("glue.rs"), include_str!("names.rs")];

/// Brings `pkg/wasm/` up to date. Wants the npm packages of `pkg/` and the tools to be there.
pub(crate) fn build() -> Result<()> {
    step("compiling the wasm", || MODULES.iter().try_for_each(Module::compile))?;
    let mut stamp = Stamp::new("wasm").value((WASM_BINDGEN.version, MAKERS));
    stamp = stamp.input(&workspace::pkg().join("node_modules/binaryen/package.json"), &[])?;
    for module in &MODULES {
        stamp = stamp.input(&module.compiled(), &[])?.output(module.names()?);
        stamp = module.files().into_iter().fold(stamp, Stamp::output);
    }
    stamp.make(|| {
        step("wasm-bindgen and wasm-opt", || {
            let _ = fs::remove_dir_all(workspace::pkg().join("wasm"));
            fs::create_dir_all(workspace::pkg().join("wasm"))?;
            let (glues, names): (Vec<_>, Vec<_>) = MODULES.iter().map(Module::bind).collect::<Result<Vec<_>>>()?.into_iter().unzip();
            let build = build_of(&glues)?;
            for ((module, glue), names) in MODULES.iter().zip(glues).zip(names) {
                let said = format!("{} {build}", module.name);
                mark(&module.wasm(), &said)?;
                Names { build: said, ..names }.write(&module.names()?)?;
                let text = format!("{glue}\n/** The build of the wasm that belongs to this. */\nexport const BUILD = \"{build}\";\n");
                fs::write(module.glue(), text).context("writing the glue")?;
                let base64 = npm::node(BASE64, &[module.wasm().to_str().context("a path that is not UTF-8")?])?;
                fs::write(module.bytes(), BYTES.replace("NAME", module.name).replace("BASE64", base64.trim_end()))
                    .context("writing the bytes")?;
            }
            Ok(())
        })
    })?;
    Ok(())
}

/// Names the build: another one where any of the modules or their glue is another.
fn build_of(glues: &[String]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    glues.hash(&mut hasher);
    for module in &MODULES {
        fs::read(module.wasm()).context("reading the wasm")?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Adds a section to the wasm that says what it is, and of which build: by that the loader knows whether a file belongs to its glue.
fn mark(wasm: &Path, said: &str) -> Result<()> {
    let mut bytes = fs::read(wasm).context("reading the wasm")?;
    // A custom section: 0, its length, then the length of its name, its name, its content. Lengths below 128 are one byte.
    let length = u8::try_from(1 + SECTION.len() + said.len())?;
    bytes.extend([0, length, u8::try_from(SECTION.len())?]);
    bytes.extend([SECTION, said].concat().bytes());
    fs::write(wasm, bytes).context("writing the wasm")
}

/// As in `pkg/lib/module.js`.
pub(crate) const SECTION: &str = "actionlane";

/// The wasm as a module of JavaScript: for the pages that cannot have the file.
const BYTES: &str = r#"// The bytes of NAME_bg.wasm.
import { bytesOf } from "../lib/base64.js";

export const bytes = () => bytesOf("BASE64");
"#;

const BASE64: &str = r#"
    import { readFileSync } from "node:fs";
    console.log(readFileSync(process.argv[1]).toString("base64"));
"#;

/// `web`: loads from anywhere, needs no bundler. The entries of the package say where the wasm is, so that bundlers see it once.
/// The package has types of its own. A trap throws the instance away: the glue must be able to start over.
const BINDGEN: [&str; 6] = [
    "--target",
    "web",
    "--omit-default-module-path",
    "--no-typescript",
    "--remove-producers-section",
    "--experimental-reset-state-function",
];

/// Code from no other wasm features than those pinned in `.cargo/config.toml`.
const OPT: [&str; 10] = [
    "--mvp-features",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-simd",
    // Browsers have no use for the list of those.
    "--strip-target-features",
    SHORTEN,
];

/// Once more after the code was laid out anew: 0.8 kB less than `-Oz` alone, of 61. Addresses below 1024 are the end of the stack, which
/// grows down to them: no address is computed from below zero.
const SMALLEST: [&str; 6] = ["--flatten", "--rereloop", "-Oz", "-Oz", "-Oz", "--low-memory-unused"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_of_this_machine_are_found() -> Result<()> {
        let root = workspace::root();
        let named = |path: PathBuf| named_directory(format!("\0{}\0", path.display()).as_bytes());
        assert_eq!(named(root.join("src/lib.rs"))?.as_deref(), Some(root));
        assert_eq!(named(PathBuf::from("./src/lib.rs"))?, None);
        Ok(())
    }
}
