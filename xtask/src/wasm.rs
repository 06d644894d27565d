//! The wasm: compiled by cargo, given its glue by wasm-bindgen, made small by wasm-opt.

use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
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
        .value((WASM_BINDGEN.version, BINDGEN, OPT, CHANGES, TAKES, SECTION, BYTES))
        .input(&compiled, &[])?
        .input(&workspace::pkg().join("node_modules/binaryen/package.json"), &[])?
        .output(glue())
        .output(bytes())
        .output(wasm());
    stamp.make(|| {
        step("wasm-bindgen and wasm-opt", || {
            let raw = workspace::scratch("wasm/actionlane_bg.wasm")?;
            let mut bindgen = run::command(tools::program("wasm-bindgen"), workspace::root());
            run::quiet(bindgen.args(BINDGEN).arg("--out-dir").arg(raw.with_file_name("")).arg(&compiled))?;
            fs::create_dir_all(workspace::pkg().join("wasm"))?;
            run::quiet(npm::program(&workspace::pkg(), "wasm-opt").args(OPT).arg(&raw).arg("-o").arg(wasm()))?;
            let build = mark(&wasm())?;
            let generated = fs::read_to_string(raw.with_file_name("actionlane.js")).context("reading the glue")?;
            let glue_text = format!(
                "{TAKES}{}\n/** The build of the wasm that belongs to this. */\nexport const BUILD = \"{build}\";\n",
                changed(&generated)?
            );
            fs::write(glue(), glue_text).context("writing the glue")?;
            let base64 = npm::node(BASE64, &[wasm().to_str().context("a path that is not UTF-8")?])?;
            fs::write(bytes(), BYTES.replace("BASE64", base64.trim_end())).context("writing the bytes")
        })
    })?;
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
const BYTES: &str = r#"// The bytes of actionlane_bg.wasm.
import { bytesOf } from "../lib/base64.js";

export const bytes = () => bytesOf("BASE64");
"#;

const BASE64: &str = r#"
    import { readFileSync } from "node:fs";
    console.log(readFileSync(process.argv[1]).toString("base64"));
"#;

/// The glue, as the package needs it.
fn changed(glue: &str) -> Result<String> {
    let lone = lone_values(glue);
    ensure!(lone.is_empty(), "exports that give nothing but a value of JavaScript (src/web/given.rs says why not): {}", lone.join(", "));
    CHANGES.iter().try_fold(caught(glue)?, |glue, (from, to)| {
        ensure!(
            glue.contains(from),
            "wasm-bindgen's glue no longer says `{from}`; look at what it does there now, and at why it is changed"
        );
        Ok(glue.replace(from, to))
    })
}

/// Imports that may throw, without the closure and the list of arguments that wasm-bindgen makes at each call of one.
fn caught(glue: &str) -> Result<String> {
    const WRAPPED: &str = ": function() { return handleError(function (";
    const END: &str = "\n        }, arguments); },";
    let mut parts = glue.split(WRAPPED);
    let mut changed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (body, rest) = part.split_once(END).context("wasm-bindgen's glue wraps imports that may throw in another way now")?;
        let (arguments, body) = body.split_once(") {").context("wasm-bindgen's glue writes functions in another way now")?;
        write!(changed, ": function({arguments}) {{ try {{{body}\n        }} catch (e) {{ handleError(e); }} }},{rest}")?;
    }
    Ok(changed)
}

/// The exports whose one result is a value of JavaScript. Those that closures run are called by whatever runs them, never at one place.
fn lone_values(glue: &str) -> Vec<&str> {
    let calls = glue.lines().zip(glue.lines().skip(1)).filter(|(_, next)| next.trim() == "return ret;");
    let names = calls.filter_map(|(line, _)| line.split("ret = wasm.").nth(1)?.split('(').next());
    names.filter(|name| !name.contains("_invoke__")).collect()
}

/// Texts of the glue, each with the one that takes its place.
const CHANGES: [(&str, &str); 9] = [
    // See `caught`.
    (
        "function handleError(f, args) {\n    try {\n        return f.apply(this, args);\n    } catch (e) {\n        const idx = \
         addToExternrefTable0(e);\n        wasm.__wbindgen_exn_store(idx);\n    }\n}",
        "function handleError(e) {\n    wasm.__wbindgen_exn_store(addToExternrefTable0(e));\n}",
    ),
    // After a trap, promises of the old instance still settle. wasm-bindgen's closures throw then, which the page would see as unhandled
    // rejections; its calls have failed already, so they have nothing left to do.
    ("throw new Error('Cannot invoke closure from previous WASM instance')", "return"),
    // It gets no bytes here, and a module of another realm is one, too.
    ("    if (!(module instanceof WebAssembly.Module)) {\n        module = new WebAssembly.Module(module);\n    }\n", ""),
    // To be imported it needs nothing of the platform: jsdom and others have no text coders. They are made with the first instance.
    ("let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });\ncachedTextDecoder.decode();\n", "let cachedTextDecoder;\n"),
    ("const cachedTextEncoder = new TextEncoder();\n", "let cachedTextEncoder;\n"),
    (
        "\nif (!('encodeInto' in cachedTextEncoder)) {\n",
        concat!(
            "\nfunction makeTextCoders() {\n    cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });\n",
            "    cachedTextEncoder = new TextEncoder();\n    if ('encodeInto' in cachedTextEncoder) return;\n"
        ),
    ),
    (
        "function initSync(module) {\n    if (wasm !== undefined) return wasm;\n",
        "function initSync(module) {\n    if (wasm !== undefined) return wasm;\n    makeTextCoders();\n",
    ),
    // A trap in a promise or a timer is told of.
    ("wasm = instance.exports;", "wasm = guarded(instance.exports);"),
    ("wasm = wasmInstance.exports;", "wasm = guarded(wasmInstance.exports);"),
];

/// The globals of the glue, as `platform.js` has them: a page may shadow its own.
const TAKES: &str = "import { AbortController, AbortSignal, Blob, FormData, Map, ReadableStream, Response, Set, TextDecoder, TextEncoder, URL, WebAssembly, \
    clearTimeout, crypto, navigator, performance, queueMicrotask, setTimeout } from \"../lib/platform.js\";\n\
    import { guarded } from \"../lib/trap.js\";\n";

/// The wasm of the package.
pub(crate) fn wasm() -> PathBuf {
    workspace::pkg().join("wasm/actionlane_bg.wasm")
}

/// The JavaScript that belongs to it.
fn glue() -> PathBuf {
    workspace::pkg().join("wasm/actionlane.js")
}

/// The same bytes, as JavaScript.
fn bytes() -> PathBuf {
    workspace::pkg().join("wasm/actionlane_bytes.js")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_with_a_value_alone_is_found() {
        let glue = "    const ret = wasm.engine_snapshot(this.ptr);\n    return ret;\n    const ret = wasm.engine_state(id);\n    return ret !== 0;\n    \
                    ret = wasm.closures_____invoke__h1(a);\n    return ret;\n";
        assert_eq!(lone_values(glue), ["engine_snapshot"]);
    }
}
