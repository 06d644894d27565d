//! The wasm: compiled by cargo, given its glue by wasm-bindgen, made small by wasm-opt.

use std::fs;
use std::path::PathBuf;

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
        .value((WASM_BINDGEN.version, BINDGEN, OPT, THROWS, TAKES))
        .input(&compiled, &[])?
        .input(&workspace::pkg().join("node_modules/binaryen/package.json"), &[])?
        .output(glue())
        .output(wasm());
    stamp.make(|| {
        step("wasm-bindgen and wasm-opt", || {
            let raw = workspace::scratch("wasm/actionlane_bg.wasm")?;
            let mut bindgen = run::command(tools::program("wasm-bindgen"), workspace::root());
            run::quiet(bindgen.args(BINDGEN).arg("--out-dir").arg(raw.with_file_name("")).arg(&compiled))?;
            fs::create_dir_all(workspace::pkg().join("wasm"))?;
            run::quiet(npm::program(&workspace::pkg(), "wasm-opt").args(OPT).arg(&raw).arg("-o").arg(wasm()))?;
            let generated = fs::read_to_string(raw.with_file_name("actionlane.js")).context("reading the glue")?;
            fs::write(glue(), format!("{TAKES}{}", quiet_after_reset(&generated)?)).context("writing the glue")
        })
    })?;
    Ok(())
}

/// After a trap, promises of the old instance still settle. wasm-bindgen's closures throw then, which the page would see as unhandled
/// rejections; its calls have failed already, so they have nothing left to do.
fn quiet_after_reset(glue: &str) -> Result<String> {
    ensure!(glue.contains(THROWS), "wasm-bindgen's glue no longer says `{THROWS}`; look at what it does with old closures now");
    Ok(glue.replace(THROWS, "return"))
}

const THROWS: &str = "throw new Error('Cannot invoke closure from previous WASM instance')";

/// The globals of the glue, as `platform.js` has them: a page may shadow its own.
const TAKES: &str = "import { AbortController, AbortSignal, Blob, FormData, Map, ReadableStream, Response, Set, TextDecoder, TextEncoder, URL, WebAssembly, \
    clearTimeout, crypto, navigator, performance, queueMicrotask, setTimeout } from \"../lib/platform.js\";\n";

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
