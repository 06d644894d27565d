//! Adapts the JavaScript glue that wasm-bindgen writes to the needs of the package. Each change replaces or removes a
//! text; if the text is missing, the build fails.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};

use crate::names::Names;

/// Returns the module from which the wasm module `name` imports, as wasm-bindgen names it.
pub(crate) fn module(name: &str) -> String {
    format!("./{name}_bg.js")
}

/// Returns the adapted glue of the wasm module `name`.
pub(crate) fn adapt(glue: &str, name: &str, names: &Names) -> Result<String> {
    let lone = lone_values(glue);
    ensure!(lone.is_empty(), "exports must not return a single value of JavaScript (src/js/exported.rs says why): {}", lone.join(", "));
    ensure!(
        !glue.contains("__wbg_reinit_scheduled = true"),
        "wasm-bindgen's glue now restarts instances itself: adapt `drop_call_guards` in xtask/src/glue.rs"
    );
    let glue = strip_doc_comments(&unwrap_catching_imports(glue)?)?;
    let glue = REPLACEMENTS.iter().try_fold(glue, |glue, (from, to)| replace(&glue, from, to))?;
    let glue = REMOVALS.iter().try_fold(glue, |glue, (from, to)| remove(&glue, from, to))?;
    let glue = share_finalization(&share_stale_check(&glue)?)?;
    let glue = drop_argument_checks(&drop_call_guards(&drop_dispose(&glue)))?;
    let glue = share_text_return(&glue);
    let invoked: Vec<String> = names.exports_with("_invoke__").iter().map(|name| format!("\"{name}\"")).collect();
    let glue = names.shorten(&glue, &module(name))?;
    Ok(format!(
        "{IMPORTS}{}\n/** The exports that closures run. */\nconst INVOKED = [{}];\n",
        glue.replace("MODULE", &format!("\"{name}\"")),
        invoked.join(", ")
    ))
}

fn replace(glue: &str, from: &str, to: &str) -> Result<String> {
    ensure!(
        glue.contains(from),
        "wasm-bindgen's glue no longer says `{from}`: see what it does there now, and adapt the change in xtask/src/glue.rs"
    );
    Ok(glue.replace(from, to))
}

/// Returns the text without the part from `from` up to `to`.
fn remove(glue: &str, from: &str, to: &str) -> Result<String> {
    let start = glue.find(from).with_context(|| format!("wasm-bindgen's glue no longer says `{from}`"))?;
    let end = glue[start..].find(to).with_context(|| format!("wasm-bindgen's glue no longer says `{to}` after `{from}`"))?;
    Ok([&glue[..start], &glue[start + end..]].concat())
}

/// Removes documentation comments: the package's own types document the exports.
fn strip_doc_comments(glue: &str) -> Result<String> {
    let mut parts = glue.split("/**\n");
    let mut made = parts.next().unwrap_or_default().trim_end_matches(' ').to_owned();
    for part in parts {
        let (_, rest) = part.split_once("*/\n").context("a comment in wasm-bindgen's glue has no end")?;
        made += rest.trim_end_matches(' ');
    }
    Ok(made)
}

/// Replaces each check for an object of a dead instance by a call of one function, `fresh`.
fn share_stale_check(glue: &str) -> Result<String> {
    const START: &str = ".__wbg_inst !== undefined && ";
    const END: &str = "throw new Error('Invalid stale object from previous Wasm instance');\n";
    let mut made = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some(at) = rest.find(START) {
        let before = &rest[..at];
        let (kept, object) = before
            .rsplit_once("if (")
            .context("wasm-bindgen's glue checks instances in another way now: adapt `share_stale_check` in xtask/src/glue.rs")?;
        let after = rest[at..].split_once(END).and_then(|(_, after)| after.split_once('}'));
        let (indent, after) =
            after.context("wasm-bindgen's glue checks instances in another way now: adapt `share_stale_check` in xtask/src/glue.rs")?;
        ensure!(indent.trim().is_empty(), "wasm-bindgen's glue does more with objects of a dead instance: {indent}");
        write!(made, "{kept}fresh({object});")?;
        rest = after;
    }
    if made.is_empty() {
        bail!("wasm-bindgen's glue no longer checks for objects of a dead instance");
    }
    Ok(made
        + rest
        + "\nfunction fresh(object) {\n    if (object.__wbg_inst !== undefined && object.__wbg_inst !== __wbg_instance_id) {\n        \
           throw new Error('Invalid stale object from previous Wasm instance');\n    }\n}\n")
}

/// Replaces each fallback for a missing `FinalizationRegistry` by a call of one function, `finalization`. The
/// fallback is needed: the package can be imported where the class is missing.
fn share_finalization(glue: &str) -> Result<String> {
    const EACH: &str = "(typeof FinalizationRegistry === 'undefined')\n    ? { register: () => {}, unregister: () => {} }\n    : new FinalizationRegistry(";
    let once = "\nfunction finalization(hear) {\n    if (typeof FinalizationRegistry === 'undefined') return { register() {}, unregister() {} };\n    \
                return new FinalizationRegistry(hear);\n}\n";
    Ok(replace(glue, EACH, "finalization(")? + once)
}

/// Removes the use of `Symbol.dispose`: the package frees these objects itself.
fn drop_dispose(glue: &str) -> String {
    glue.lines().filter(|line| !line.starts_with("if (Symbol.dispose) ")).flat_map(|line| [line, "\n"]).collect()
}

/// Removes the check, before each call, for a scheduled restart: the package restarts instances itself.
fn drop_call_guards(glue: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in glue.lines().filter(|line| line.trim() != "__wbg_call_guard();") {
        match lines.last_mut() {
            Some(last) if last.trim() == "let ret;" && line.trim().starts_with("ret = ") => {
                *last = last.replace("let ret;", "const ") + line.trim();
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

/// Removes the code that takes texts and options back if passing them fails, and the checks of the class of options.
/// Only the package passes them. An exception while it does is a trap, after which the instance's memory is never used
/// again.
fn drop_argument_checks(glue: &str) -> Result<String> {
    let mut made = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some((before, after)) = rest.split_once("        } catch (e) {\n            if (") {
        let outdated = "wasm-bindgen's glue takes texts back in another way now: adapt `drop_argument_checks` in xtask/src/glue.rs";
        let (before, tried) = before.rsplit_once("        try {\n").context(outdated)?;
        let (_, after) = after.split_once("            throw e;\n        }\n").context(outdated)?;
        made += before;
        made += tried;
        rest = after;
    }
    made += rest;
    let is_kept = |line: &&str| !line.trim_start().starts_with("_assertClass(") && !line.trim_start().starts_with("fresh((");
    Ok(made.lines().filter(is_kept).flat_map(|line| [line, "\n"]).collect())
}

/// Replaces the code by which imports return texts with calls of one function, `giveText`.
fn share_text_return(glue: &str) -> String {
    const GIVEN: &str = "            const len1 = WASM_VECTOR_LEN;\n            getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 1, len1, true);\n            \
                         getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, ptr1, true);\n";
    let text =
        |word: &str, some: &str| format!("            {word} ptr1 = {some}passStringToWasm0(ret);\n{}", GIVEN.replace("const", word));
    glue.replace(&text("const", ""), "            giveText(arg0, ret);\n").replace(
        &text("var", "isLikeNone(ret) ? 0 : "),
        "            if (isLikeNone(ret)) giveWords(arg0, 0, 0);\n            else giveText(arg0, ret);\n",
    ) + "\nfunction giveText(to, text) {\n    giveWords(to, passStringToWasm0(text), WASM_VECTOR_LEN);\n}\n\n\
           function giveWords(to, first, second) {\n    const memory = getDataViewMemory0();\n    memory.setInt32(to >>> 0, first, true);\n    \
           memory.setInt32((to >>> 0) + 4, second, true);\n}\n"
}

/// Rewrites imports that may throw, without the closure and the list of arguments that wasm-bindgen creates at each
/// call.
fn unwrap_catching_imports(glue: &str) -> Result<String> {
    const WRAPPED: &str = ": function() { return handleError(function (";
    const END: &str = "\n        }, arguments); },";
    let mut parts = glue.split(WRAPPED);
    let mut changed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (body, rest) = part.split_once(END).context(
            "wasm-bindgen's glue wraps imports that may throw in another way now: adapt `unwrap_catching_imports` in xtask/src/glue.rs",
        )?;
        let (arguments, body) = body
            .split_once(") {")
            .context("wasm-bindgen's glue writes functions in another way now: adapt `unwrap_catching_imports` in xtask/src/glue.rs")?;
        write!(changed, ": function({arguments}) {{ try {{{body}\n        }} catch (e) {{ handleError(e); }} }},{rest}")?;
    }
    Ok(changed)
}

/// Returns the exports whose only result is a value of JavaScript, except those that closures run.
fn lone_values(glue: &str) -> Vec<&str> {
    let calls = glue.lines().zip(glue.lines().skip(1)).filter(|(_, next)| next.trim() == "return ret;");
    let names = calls.filter_map(|(line, _)| line.split("ret = wasm.").nth(1)?.split('(').next());
    names.filter(|name| !name.contains("_invoke__")).collect()
}

/// Texts of the glue, each with its replacement.
const REPLACEMENTS: [(&str, &str); 19] = [
    // See `unwrap_catching_imports`.
    (
        "function handleError(f, args) {\n    try {\n        return f.apply(this, args);\n    } catch (e) {\n        const idx = \
         addToExternrefTable0(e);\n        wasm.__wbindgen_exn_store(idx);\n    }\n}",
        "function handleError(e) {\n    wasm.__wbindgen_exn_store(addToExternrefTable0(e));\n}",
    ),
    // After a trap, promises of the old instance still settle, and wasm-bindgen's closures would throw: the page
    // would see unhandled rejections. The calls have already failed, so the closures have nothing left to do.
    ("throw new Error('Cannot invoke closure from previous WASM instance')", "return"),
    // The glue never gets bytes here, and a module of another realm fails `instanceof`.
    ("    if (!(module instanceof WebAssembly.Module)) {\n        module = new WebAssembly.Module(module);\n    }\n", ""),
    // jsdom and other hosts have no text coders. They are created with the first instance, so that the package can be
    // imported there.
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
    // Reports a trap in a promise or a timer.
    ("wasm = instance.exports;", "wasm = guarded(instance.exports, MODULE, INVOKED);"),
    ("wasm = wasmInstance.exports;", "wasm = guarded(wasmInstance.exports, MODULE, INVOKED);"),
    // `initSync` is always called with an object.
    (
        "    if (module !== undefined) {\n        if (Object.getPrototypeOf(module) === Object.prototype) {\n            \
         ({module} = module)\n        } else {\n            \
         console.warn('using deprecated parameters for `initSync()`; pass a single object instead')\n        }\n    }\n",
        "    ({module} = module);\n",
    ),
    ("export { initSync, __wbg_init as default };", "export { initSync };"),
    // These variables always exist: they are declared in the same file.
    ("    if (typeof numBytesDecoded !== 'undefined') numBytesDecoded = 0;\n", "    numBytesDecoded = 0;\n"),
    ("    if (typeof WASM_VECTOR_LEN !== 'undefined') WASM_VECTOR_LEN = 0;\n", "    WASM_VECTOR_LEN = 0;\n"),
    ("    __wbg_reinit_scheduled = false;\n", ""),
    // There is only one memory, so every text uses its allocator.
    (", wasm.__wbindgen_malloc, wasm.__wbindgen_realloc)", ")"),
    ("function passStringToWasm0(arg, malloc, realloc) {", "function passStringToWasm0(arg) {"),
    ("let ptr = malloc(len, 1)", "let ptr = wasm.__wbindgen_malloc(len, 1)"),
    ("ptr = realloc(ptr, len, ", "ptr = wasm.__wbindgen_realloc(ptr, len, "),
    // A memory that has grown has a new buffer.
    (
        "cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === \
         undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)",
        "cachedDataViewMemory0?.buffer !== wasm.memory.buffer",
    ),
];

/// Removed texts, each from a first text up to a second one.
const REMOVALS: [(&str, &str); 6] = [
    // The package fetches and compiles the wasm itself.
    ("async function __wbg_load(", "function initSync("),
    ("let __wbg_init_promise;", "export { initSync };"),
    // See `drop_argument_checks`.
    ("function _assertClass(", "const CLOSURE_DTORS"),
    // Every caller passes `realloc`.
    ("    if (realloc === undefined) {", "    let len = arg.length;\n"),
    ("function __wbg_call_guard() {", "function wasm_bindgen__convert__"),
    ("let __wbg_reinit_scheduled = false;\n", "\nfunction takeFromExternrefTable0("),
];

/// Imports the globals that the glue uses from `globals.js`: a page may replace its own.
const IMPORTS: &str = "import { AbortController, AbortSignal, Blob, FormData, Map, ReadableStream, Response, Set, TextDecoder, TextEncoder, URL, WebAssembly, \
    clearTimeout, crypto, navigator, performance, queueMicrotask, setTimeout } from \"../lib/page/globals.js\";\n\
    import { guarded } from \"../lib/boundary/guarded_exports.js\";\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_that_returns_only_a_value_is_found() {
        let glue = "    const ret = wasm.engine_snapshot(this.ptr);\n    return ret;\n    const ret = wasm.engine_state(id);\n    return ret !== 0;\n    \
                    ret = wasm.closures_____invoke__h1(a);\n    return ret;\n";
        assert_eq!(lone_values(glue), ["engine_snapshot"]);
    }

    #[test]
    fn objects_are_checked_by_one_function() -> Result<()> {
        let glue = "    a();\n    if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {\n        throw new Error(\
                    'Invalid stale object from previous Wasm instance');\n    }\n    if ((given).__wbg_inst !== undefined && (given).__wbg_inst \
                    !== __wbg_instance_id) {\n        throw new Error('Invalid stale object from previous Wasm instance');\n    }\n    b();\n";
        assert!(
            share_stale_check(glue)?.starts_with("    a();\n    fresh(this);\n    fresh((given));\n    b();\n\nfunction fresh("),
            "{}",
            share_stale_check(glue)?
        );
        assert!(share_stale_check("").is_err());
        Ok(())
    }

    #[test]
    fn call_guards_are_dropped() {
        let glue =
            "    let ret;\n    __wbg_call_guard();\n    ret = wasm.a();\n    __wbg_call_guard();\n    wasm.b();\n    let ret;\n    c();\n";
        assert_eq!(drop_call_guards(glue), "    const ret = wasm.a();\n    wasm.b();\n    let ret;\n    c();\n");
    }

    #[test]
    fn argument_checks_are_dropped() -> Result<()> {
        let glue = "    a() {\n        let p;\n        try {\n            _assertClass(options, Options);\n            fresh((options));\n            \
                    p = options.take();\n        } catch (e) {\n            if (p) wasm.free(p);\n            throw e;\n        }\n        \
                    wasm.a(p);\n    }\n    b() {\n        fresh(this);\n        try {\n            c();\n        } finally {\n            d();\n        }\n    }\n";
        assert_eq!(
            drop_argument_checks(glue)?,
            "    a() {\n        let p;\n            p = options.take();\n        wasm.a(p);\n    }\n    b() {\n        fresh(this);\n        \
             try {\n            c();\n        } finally {\n            d();\n        }\n    }\n"
        );
        assert!(drop_argument_checks("        } catch (e) {\n            if (a) b();\n").is_err());
        Ok(())
    }

    #[test]
    fn texts_are_returned_by_one_function() {
        let glue = |word: &str, text: &str| {
            format!(
                "            {word} ptr1 = {text};\n            {word} len1 = WASM_VECTOR_LEN;\n            getDataViewMemory0().setInt32((arg0 \
                 >>> 0) + 4 * 1, len1, true);\n            getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, ptr1, true);\n"
            )
        };
        assert!(share_text_return(&glue("const", "passStringToWasm0(ret)")).starts_with("            giveText(arg0, ret);\n\nfunction "));
        let some = share_text_return(&glue("var", "isLikeNone(ret) ? 0 : passStringToWasm0(ret)"));
        assert!(
            some.starts_with("            if (isLikeNone(ret)) giveWords(arg0, 0, 0);\n            else giveText(arg0, ret);\n\nfunction ")
        );
    }

    #[test]
    fn documentation_comments_are_removed() -> Result<()> {
        assert_eq!(strip_doc_comments("a\n/**\n * b\n */\nc {\n    /**\n     * d\n     */\n    e // f\n")?, "a\nc {\n    e // f\n");
        assert!(strip_doc_comments("/**\n * b").is_err());
        Ok(())
    }

    #[test]
    fn a_text_is_removed_up_to_another() -> Result<()> {
        assert_eq!(remove("abcdab", "b", "d")?, "adab");
        assert!(remove("abc", "b", "d").is_err() && remove("abc", "d", "c").is_err());
        Ok(())
    }
}
