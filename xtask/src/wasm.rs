//! Makes the wasm modules: cargo compiles them, wasm-bindgen adds glue, wasm-opt shrinks them.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::names::{Names, SHORTEN};
use crate::pinned::{WASM_BINDGEN, WASM_TARGET};
use crate::stamp::Stamp;
use crate::step::step;
use crate::{glue, npm, run, tools, workspace};

/// A wasm module of the package: the crate with the feature of the same name.
pub(crate) struct Module {
    pub(crate) name: &'static str,
}

/// All modules. Each has three files in `pkg/wasm/`: `<name>_bg.wasm`, its glue `<name>.js`, and its bytes as
/// JavaScript `<name>_bytes.js`.
pub(crate) const MODULES: [Module; 2] = [Module { name: "dispatcher" }, Module { name: "flight" }];

/// Returns the features of all modules, for cargo.
pub(crate) fn features() -> String {
    MODULES.map(|module| module.name).join(",")
}

impl Module {
    /// Returns the path of the wasm.
    pub(crate) fn wasm(&self) -> PathBuf {
        self.file("_bg.wasm")
    }

    /// Returns the path of the glue.
    pub(crate) fn glue(&self) -> PathBuf {
        self.file(".js")
    }

    /// Returns the path of the module with the same bytes as JavaScript.
    pub(crate) fn bytes(&self) -> PathBuf {
        self.file("_bytes.js")
    }

    fn file(&self, end: &str) -> PathBuf {
        workspace::pkg().join("wasm").join(format!("{}{end}", self.name))
    }

    /// Returns the path of the module as cargo has compiled it.
    pub(crate) fn compiled(&self) -> PathBuf {
        self.compiled_below(&workspace::target())
    }

    fn compiled_below(&self, target: &Path) -> PathBuf {
        target.join(WASM_TARGET).join(format!("{}.wasm", self.name))
    }

    /// Compiles the module from a copy of the repository. Returns the path of the wasm.
    pub(crate) fn compile_in(&self, root: &Path) -> Result<PathBuf> {
        self.compile_with(run::command("cargo", root).env("CARGO_TARGET_DIR", root.join("target")), root)
    }

    fn compile_with(&self, cargo: &mut Command, root: &Path) -> Result<PathBuf> {
        let Self { name } = self;
        cargo.arg("--config").arg(without_machine(root)?);
        // Beside the other one: after the command, it would take its place.
        if *name == "flight" {
            cargo.arg("--config").arg(format!("profile.{PROFILE}.package.actionlane.opt-level={SPEED}"));
        }
        cargo.args(["rustc", "--package", "actionlane", "--lib", "--crate-type", "cdylib", "--target", WASM_TARGET]);
        cargo.args(["--profile", PROFILE, "--features", name]);
        if *name == "flight" {
            cargo.args(INLINING);
        }
        run::shown(cargo)?;
        // Cargo writes each module to the same file, so that both share compiled dependencies.
        let (target, compiled) = (root.join("target"), self.compiled_below(&root.join("target")));
        fs::copy(target.join(WASM_TARGET).join(PROFILE).join("actionlane.wasm"), &compiled).context("copying a compiled module")?;
        Ok(compiled)
    }

    /// Returns all its files in `pkg/wasm/`.
    pub(crate) fn files(&self) -> [PathBuf; 3] {
        [self.wasm(), self.glue(), self.bytes()]
    }

    /// Returns the path of the file with its original names, which profiles need.
    pub(crate) fn names(&self) -> Result<PathBuf> {
        Ok(names()?.join(format!("{}.json", self.name)))
    }

    /// Makes the glue and the small wasm. [`build`] adds the build number to both.
    fn bind(&self) -> Result<(String, Names)> {
        let raw = workspace::scratch(&format!("wasm/{}_bg.wasm", self.name))?;
        let mut bindgen = run::command(tools::program("wasm-bindgen"), workspace::root());
        bindgen.args(BINDGEN).args(["--out-name", self.name, "--out-dir"]).arg(raw.with_file_name("")).arg(self.compiled());
        run::quiet(&mut bindgen)?;
        let mut opt = npm::program(&workspace::pkg(), "wasm-opt");
        let printed = run::quiet(opt.args(OPT).args(self.optimized()).arg(&raw).arg("-o").arg(self.wasm()))?;
        let names = Names::from_wasm_opt(&printed, &glue::module(self.name))?;
        let generated = fs::read_to_string(raw.with_file_name(format!("{}.js", self.name))).context("reading the glue")?;
        Ok((glue::adapt(&generated, self.name, &names)?, names))
    }

    /// Returns the options for wasm-opt: smallest code, but for the codec a balance of size and speed.
    fn optimized(&self) -> &'static [&'static str] {
        if self.name == "flight" { &["-Os"] } else { &SMALLEST }
    }
}

/// Returns the directory with the names of all modules.
pub(crate) fn names() -> Result<PathBuf> {
    Ok(workspace::scratch("names/x")?.with_file_name(""))
}

/// The profile of the modules: small code.
pub(crate) const PROFILE: &str = "module";

/// Optimization level of the codec. Only pages with values that are not plain load it, so it is optimized for speed.
/// Level "s" would make decoding 10 to 15 % slower, and save less than 2 % of the compressed bytes.
const SPEED: u8 = 2;

/// Limits inlining in the codec to a little less than optimization level 2 does, which saves 5 of 104 kB (brotli). A
/// threshold of 50 would save 3 kB more, but elements and Maps would take a quarter longer.
const INLINING: [&str; 3] = ["--", "-C", "llvm-args=-inline-threshold=90"];

/// Returns a setting for cargo that adds flags to those of `.cargo/config.toml`: panic messages name source files,
/// and must not contain directories of this machine.
pub(crate) fn without_machine(root: &Path) -> Result<String> {
    let flags = directories(root)?.map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    // A list of strings is written the same in TOML and JSON.
    Ok(format!("target.{WASM_TARGET}.rustflags={}", serde_json::to_string(&flags)?))
}

/// Returns the directories of this machine that hold sources, and the text that replaces each.
fn directories(root: &Path) -> Result<[(PathBuf, &'static str); 2]> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("neither CARGO_HOME nor a home directory is known")?;
    Ok([(home.join("registry/src"), "crates"), (root.to_owned(), ".")])
}

/// Returns the directory of this machine that the wasm contains, if it contains one.
pub(crate) fn named_directory(wasm: &[u8]) -> Result<Option<PathBuf>> {
    let names = |dir: &Path| wasm.windows(dir.as_os_str().len()).any(|bytes| bytes == dir.as_os_str().as_encoded_bytes());
    Ok(directories(workspace::root())?.into_iter().map(|(dir, _)| dir).find(|dir| names(dir)))
}

/// Sources of the code that makes `pkg/wasm/`: a change of them makes it again.
const BUILD_CODE: [&str; 3] = [include_str!("wasm.rs"), include_str!("glue.rs"), include_str!("names.rs")];

/// Compiles the modules, unless they are up to date. Compiles both if one is not: see [`Module::compile_with`].
fn compile() -> Result<()> {
    let compiler = run::quiet(run::command("rustc", workspace::root()).arg("-vV"))?;
    let mut stamp = Stamp::new("compiled").value((compiler, env::var_os("RUSTFLAGS"), BUILD_CODE));
    for source in ["src", "Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
        stamp = stamp.input(&workspace::root().join(source), &[])?;
    }
    stamp = MODULES.iter().fold(stamp, |stamp, module| stamp.output(module.compiled()));
    let compile = |module: &Module| module.compile_with(&mut run::cargo(), workspace::root()).map(drop);
    stamp.make(|| step("compiling the wasm", || MODULES.iter().try_for_each(compile))).map(drop)
}

/// Brings `pkg/wasm/` up to date. The npm packages of `pkg/` and the tools must be installed.
pub(crate) fn build() -> Result<()> {
    compile()?;
    let mut stamp = Stamp::new("wasm").value((WASM_BINDGEN.version, BUILD_CODE));
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
                let label = format!("{} {build}", module.name);
                mark(&module.wasm(), &label)?;
                Names { build: label, ..names }.write(&module.names()?)?;
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

/// Returns the build number: a hash of all modules and their glue.
fn build_of(glues: &[String]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    glues.hash(&mut hasher);
    for module in &MODULES {
        fs::read(module.wasm()).context("reading the wasm")?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Adds a section to the wasm with its name and its build. The loader uses it to check that a file belongs to its
/// glue.
fn mark(wasm: &Path, label: &str) -> Result<()> {
    let mut bytes = fs::read(wasm).context("reading the wasm")?;
    // A custom section: a byte 0, its length, then the length of its name, the name, and the content. A length below
    // 128 is one byte.
    let length = u8::try_from(1 + SECTION.len() + label.len())?;
    bytes.extend([0, length, u8::try_from(SECTION.len())?]);
    bytes.extend([SECTION, label].concat().bytes());
    fs::write(wasm, bytes).context("writing the wasm")
}

/// Name of the section; `pkg/lib/loading/instance.js` has the same.
pub(crate) const SECTION: &str = "actionlane";

/// The wasm as a JavaScript module, for pages that cannot load the file.
const BYTES: &str = r#"// The bytes of NAME_bg.wasm.
import { bytesOf } from "../lib/loading/base64.js";

export const bytes = () => bytesOf("BASE64");
"#;

const BASE64: &str = r#"
    import { readFileSync } from "node:fs";
    console.log(readFileSync(process.argv[1]).toString("base64"));
"#;

/// Options of wasm-bindgen. `web` loads from any URL and needs no bundler. The package's entries name the wasm file,
/// so that bundlers see it once. The package has its own types. After a trap the instance is dropped, so the glue
/// must be able to start again.
const BINDGEN: [&str; 6] = [
    "--target",
    "web",
    "--omit-default-module-path",
    "--no-typescript",
    "--remove-producers-section",
    "--experimental-reset-state-function",
];

/// Options of wasm-opt: allows only the wasm features that `.cargo/config.toml` pins.
const OPT: [&str; 10] = [
    "--mvp-features",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-simd",
    // Removes the list of features, which browsers do not use.
    "--strip-target-features",
    SHORTEN,
];

/// Options for the smallest code. Optimizing again after the code was restructured saves 0.8 of 61 kB against `-Oz`
/// alone. `--low-memory-unused` folds constant offsets into addresses: it may, because addresses below 1024 hold only
/// the far end of the stack, which grows down to them.
const SMALLEST: [&str; 6] = ["--flatten", "--rereloop", "-Oz", "-Oz", "-Oz", "--low-memory-unused"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_of_this_machine_in_the_wasm_is_found() -> Result<()> {
        let root = workspace::root();
        let named = |path: PathBuf| named_directory(format!("\0{}\0", path.display()).as_bytes());
        assert_eq!(named(root.join("src/lib.rs"))?.as_deref(), Some(root));
        assert_eq!(named(PathBuf::from("./src/lib.rs"))?, None);
        Ok(())
    }
}
