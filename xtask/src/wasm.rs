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

/// A wasm module of the package: a feature of the crate, compiled by the profile of its name.
pub(crate) struct Module {
    pub(crate) name: &'static str,
}

/// Those there are. Each is found in `pkg/wasm/` as `<name>_bg.wasm`, with its glue, `<name>.js`, and its bytes as JavaScript, `<name>_bytes.js`.
pub(crate) const MODULES: [Module; 2] = [Module { name: "dispatcher" }, Module { name: "flight" }];

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
        cargo.args(["rustc", "--package", "actionlane", "--lib", "--crate-type", "cdylib", "--target", WASM_TARGET]);
        run::shown(cargo.args(["--profile", name, "--features", name]))
    }

    /// Makes the glue and the small wasm, neither of which says its build yet.
    fn bind(&self) -> Result<String> {
        let raw = workspace::scratch(&format!("wasm/{}_bg.wasm", self.name))?;
        let mut bindgen = run::command(tools::program("wasm-bindgen"), workspace::root());
        bindgen.args(BINDGEN).args(["--out-name", self.name, "--out-dir"]).arg(raw.with_file_name("")).arg(self.compiled());
        run::quiet(&mut bindgen)?;
        run::quiet(npm::program(&workspace::pkg(), "wasm-opt").args(OPT).arg(self.optimized()).arg(&raw).arg("-o").arg(self.wasm()))?;
        let generated = fs::read_to_string(raw.with_file_name(format!("{}.js", self.name))).context("reading the glue")?;
        changed(&generated, self.name)
    }

    /// Smallest code; of the codec, whose speed counts, what wasm-opt takes for a good bargain.
    fn optimized(&self) -> &'static str {
        if self.name == "flight" { "-Os" } else { "-Oz" }
    }
}

/// Brings `pkg/wasm/` up to date. Wants the npm packages of `pkg/` and the tools to be there.
pub(crate) fn build() -> Result<()> {
    step("compiling the wasm", || MODULES.iter().try_for_each(Module::compile))?;
    let mut stamp = Stamp::new("wasm").value((WASM_BINDGEN.version, BINDGEN, OPT, CHANGES, TAKES, SECTION, BYTES));
    stamp = stamp.input(&workspace::pkg().join("node_modules/binaryen/package.json"), &[])?;
    for module in &MODULES {
        stamp = stamp.input(&module.compiled(), &[])?.output(module.glue()).output(module.bytes()).output(module.wasm());
    }
    stamp.make(|| {
        step("wasm-bindgen and wasm-opt", || {
            let _ = fs::remove_dir_all(workspace::pkg().join("wasm"));
            fs::create_dir_all(workspace::pkg().join("wasm"))?;
            let glues = MODULES.iter().map(Module::bind).collect::<Result<Vec<_>>>()?;
            let build = build_of(&glues)?;
            for (module, glue) in MODULES.iter().zip(glues) {
                mark(&module.wasm(), &format!("{} {build}", module.name))?;
                let text = format!("{TAKES}{glue}\n/** The build of the wasm that belongs to this. */\nexport const BUILD = \"{build}\";\n");
                fs::write(module.glue(), text).context("writing the glue")?;
                let base64 = npm::node(BASE64, &[module.wasm().to_str().context("a path that is not UTF-8")?])?;
                fs::write(module.bytes(), BYTES.replace("NAME", module.name).replace("BASE64", base64.trim_end())).context("writing the bytes")?;
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
const SECTION: &str = "actionlane";

/// The wasm as a module of JavaScript: for the pages that cannot have the file.
const BYTES: &str = r#"// The bytes of NAME_bg.wasm.
import { bytesOf } from "../lib/base64.js";

export const bytes = () => bytesOf("BASE64");
"#;

const BASE64: &str = r#"
    import { readFileSync } from "node:fs";
    console.log(readFileSync(process.argv[1]).toString("base64"));
"#;

/// The glue, as the package needs it.
fn changed(glue: &str, module: &str) -> Result<String> {
    let lone = lone_values(glue);
    ensure!(lone.is_empty(), "exports that give nothing but a value of JavaScript (src/web/given.rs says why not): {}", lone.join(", "));
    CHANGES.iter().try_fold(caught(glue)?, |glue, (from, to)| {
        ensure!(
            glue.contains(from),
            "wasm-bindgen's glue no longer says `{from}`; look at what it does there now, and at why it is changed"
        );
        Ok(glue.replace(from, &to.replace("MODULE", module)))
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
    ("wasm = instance.exports;", "wasm = guarded(instance.exports, \"MODULE\");"),
    ("wasm = wasmInstance.exports;", "wasm = guarded(wasmInstance.exports, \"MODULE\");"),
];

/// The globals of the glue, as `platform.js` has them: a page may shadow its own.
const TAKES: &str = "import { AbortController, AbortSignal, Blob, FormData, Map, ReadableStream, Response, Set, TextDecoder, TextEncoder, URL, WebAssembly, \
    clearTimeout, crypto, navigator, performance, queueMicrotask, setTimeout } from \"../lib/platform.js\";\n\
    import { guarded } from \"../lib/trap.js\";\n";

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
const OPT: [&str; 8] = [
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
