//! The wasm: compiled by cargo, given its glue by wasm-bindgen, made small by wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::stamp::Stamp;
use crate::step::step;
use crate::versions::{WASM_BINDGEN, WASM_TARGET};
use crate::{npm, run, tools, workspace};

/// Brings `pkg/wasm/` up to date. Wants the npm packages of `pkg/` and the tools to be there.
pub(crate) fn build() -> Result<()> {
    step("compiling the wasm", || {
        run::shown(run::cargo().args(["build", "--release", "--package", "actionlane", "--lib", "--target", WASM_TARGET]))
    })?;
    let compiled = workspace::target().join(WASM_TARGET).join("release/actionlane.wasm");
    let stamp = Stamp::new("wasm")
        .value((WASM_BINDGEN.version, BINDGEN, OPT, THROWS))
        .input(&compiled, &[])?
        .input(&workspace::pkg().join("node_modules/binaryen/package.json"), &[])?
        .output(glue())
        .output(workspace::pkg().join("wasm/plain.js"))
        .output(wasm());
    stamp.make(|| {
        step("wasm-bindgen and wasm-opt", || {
            let raw = workspace::scratch("wasm/actionlane_bg.wasm")?;
            let mut bindgen = run::command(tools::program("wasm-bindgen"), workspace::root());
            run::quiet(bindgen.args(BINDGEN).arg("--out-dir").arg(raw.with_file_name("")).arg(&compiled))?;
            fs::create_dir_all(workspace::pkg().join("wasm"))?;
            run::quiet(npm::program(&workspace::pkg(), "wasm-opt").args(OPT).arg(&raw).arg("-o").arg(wasm()))?;
            let generated = fs::read_to_string(raw.with_file_name("actionlane.js")).context("reading the glue")?;
            let generated = beside(&quiet_after_reset(&generated)?, &raw.with_file_name("snippets"))?;
            fs::write(glue(), generated).context("writing the glue")
        })
    })?;
    Ok(())
}

/// Puts the modules of our own that the glue imports beside it: wasm-bindgen has them in directories with a hash in the name.
fn beside(glue: &str, snippets: &Path) -> Result<String> {
    let mut out = String::with_capacity(glue.len());
    for line in glue.split_inclusive('\n') {
        match line.split_once("'./snippets/").and_then(|(import, rest)| Some((import, rest.split_once('\'')?))) {
            Some((import, (path, rest))) => {
                let name = path.rsplit('/').next().unwrap_or(path);
                fs::copy(snippets.join(path), workspace::pkg().join("wasm").join(name)).with_context(|| format!("copying {path}"))?;
                out.push_str(&format!("{import}'./{name}'{rest}"));
            }
            None => out.push_str(line),
        }
    }
    ensure!(!out.contains("./snippets/"), "wasm-bindgen's glue imports modules in a way of its own; look at it now");
    Ok(out)
}

/// After a trap, promises of the old instance still settle. wasm-bindgen's closures throw then, which the page would see as unhandled
/// rejections; its calls have failed already, so they have nothing left to do.
fn quiet_after_reset(glue: &str) -> Result<String> {
    ensure!(glue.contains(THROWS), "wasm-bindgen's glue no longer says `{THROWS}`; look at what it does with old closures now");
    Ok(glue.replace(THROWS, "return"))
}

const THROWS: &str = "throw new Error('Cannot invoke closure from previous WASM instance')";

/// The wasm of the package.
pub(crate) fn wasm() -> PathBuf {
    workspace::pkg().join("wasm/actionlane_bg.wasm")
}

/// The JavaScript that belongs to it.
fn glue() -> PathBuf {
    workspace::pkg().join("wasm/actionlane.js")
}

/// `web`: loads from anywhere, needs no bundler. The entries of the package say where the wasm is, so that bundlers see it once.
/// The package has types of its own. A trap throws the instance away: the glue must be able to start over.
const BINDGEN: [&str; 8] = [
    "--target",
    "web",
    "--out-name",
    "actionlane",
    "--omit-default-module-path",
    "--no-typescript",
    "--remove-producers-section",
    "--experimental-reset-state-function",
];

/// Smallest code, from no other wasm features than those pinned in `.cargo/config.toml`.
const OPT: [&str; 9] = [
    "-Os",
    "--mvp-features",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-simd",
];
