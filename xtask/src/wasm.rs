//! The wasm: compiled by cargo, given its glue by wasm-bindgen, made small by wasm-opt.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::names::{Names, SHORTEN};
use crate::stamp::Stamp;
use crate::step::step;
use crate::versions::{WASM_BINDGEN, WASM_TARGET};
use crate::{glue, npm, run, tools, workspace};

/// A module of wasm that the package has.
pub(crate) struct Module {
    /// As the package calls it.
    pub(crate) name: &'static str,
    /// Its files in `pkg/wasm/` begin with this.
    files: &'static str,
}

/// Those that there are.
pub(crate) const MODULES: [Module; 1] = [Module { name: "dispatcher", files: "actionlane" }];

impl Module {
    /// The file that travels.
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

    /// All of them.
    pub(crate) fn files(&self) -> [PathBuf; 3] {
        [self.wasm(), self.glue(), self.bytes()]
    }

    /// The names of its imports and exports as they were, for whoever reads a profile.
    pub(crate) fn names(&self) -> Result<PathBuf> {
        Ok(names()?.join(format!("{}.json", self.files)))
    }

    fn file(&self, end: &str) -> PathBuf {
        workspace::pkg().join("wasm").join([self.files, end].concat())
    }

    /// Makes its files from what cargo has compiled.
    fn make(&self, compiled: &Path) -> Result<()> {
        let raw = workspace::scratch(&format!("wasm/{}_bg.wasm", self.files))?;
        let mut bindgen = run::command(tools::program("wasm-bindgen"), workspace::root());
        bindgen.args(BINDGEN).args(["--out-name", self.files]).arg("--out-dir").arg(raw.with_file_name(""));
        run::quiet(bindgen.arg(compiled))?;
        fs::create_dir_all(workspace::pkg().join("wasm"))?;
        let mut opt = npm::program(&workspace::pkg(), "wasm-opt");
        let printed = run::quiet(opt.args(OPT).arg(&raw).arg("-o").arg(self.wasm()))?;
        let module = format!("./{}_bg.js", self.files);
        let names = Names { build: mark(&self.wasm())?, ..Names::printed(&printed, &module)? };
        let generated = fs::read_to_string(raw.with_file_name(format!("{}.js", self.files))).context("reading the glue")?;
        fs::write(self.glue(), glue::changed(&generated, &module, &names)?).context("writing the glue")?;
        names.write(&self.names()?)?;
        let base64 = npm::node(BASE64, &[self.wasm().to_str().context("a path that is not UTF-8")?])?;
        let wasm = format!("{}_bg.wasm", self.files);
        fs::write(self.bytes(), BYTES.replace("FILE", &wasm).replace("BASE64", base64.trim_end())).context("writing the bytes")
    }
}

/// Where the names of all modules are kept.
pub(crate) fn names() -> Result<PathBuf> {
    Ok(workspace::scratch("names/x")?.with_file_name(""))
}

/// Brings `pkg/wasm/` up to date. Wants the npm packages of `pkg/` and the tools to be there.
pub(crate) fn build() -> Result<()> {
    step("compiling the wasm", || {
        run::shown(run::cargo().args(["build", "--release", "--package", "actionlane", "--lib", "--target", WASM_TARGET]))
    })?;
    let compiled = workspace::target().join(WASM_TARGET).join("release/actionlane.wasm");
    for module in &MODULES {
        let mut stamp = Stamp::new(format!("wasm-{}", module.name))
            .value((WASM_BINDGEN.version, BINDGEN, OPT, glue::MAKER, SECTION, BYTES))
            .input(&compiled, &[])?
            .input(&workspace::pkg().join("node_modules/binaryen/package.json"), &[])?
            .output(module.names()?);
        for file in module.files() {
            stamp = stamp.output(file);
        }
        stamp.make(|| step(&format!("wasm-bindgen and wasm-opt: {}", module.name), || module.make(&compiled)))?;
    }
    Ok(())
}

/// Adds a section to the wasm that names its build, and gives that name: by it the loader knows whether a file belongs to its glue.
fn mark(wasm: &Path) -> Result<String> {
    let mut bytes = fs::read(wasm).context("reading the wasm")?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let build = format!("{:016x}", hasher.finish());
    // A custom section: 0, its length, then the length of its name, its name, its content. Lengths below 128 are one byte.
    let length = u8::try_from(1 + SECTION.len() + build.len())?;
    bytes.extend([0, length, u8::try_from(SECTION.len())?]);
    bytes.extend([SECTION, &build].concat().bytes());
    fs::write(wasm, bytes).context("writing the wasm")?;
    Ok(build)
}

/// As in `pkg/lib/module.js`.
const SECTION: &str = "actionlane";

/// The wasm as a module of JavaScript: for the pages that cannot have the file.
const BYTES: &str = r#"// The bytes of FILE.
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

/// Smallest code, from no other wasm features than those pinned in `.cargo/config.toml`.
const OPT: [&str; 10] = [
    "-Os",
    "--mvp-features",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-simd",
    SHORTEN,
];
