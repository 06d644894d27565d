//! The JavaScript that wasm-bindgen writes beside the wasm, as the package needs it: each change is one of a text that must be there.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};

use crate::names::Names;

/// Names the module that the imports of the wasm module of that name are from, as wasm-bindgen has it.
pub(crate) fn module(name: &str) -> String {
    format!("./{name}_bg.js")
}

/// The glue of the wasm module of that name.
pub(crate) fn changed(glue: &str, name: &str, names: &Names) -> Result<String> {
    let lone = lone_values(glue);
    ensure!(lone.is_empty(), "exports that give nothing but a value of JavaScript (src/js/given.rs says why not): {}", lone.join(", "));
    ensure!(!glue.contains("__wbg_reinit_scheduled = true"), "wasm-bindgen's glue starts instances over by itself now: see `unguarded`");
    let glue = CHANGES.iter().try_fold(uncommented(&caught(glue)?)?, |glue, (from, to)| replaced(&glue, from, to))?;
    let glue = GONE.iter().try_fold(glue, |glue, (from, to)| without(&glue, from, to))?;
    let glue = given(&trusted(&unguarded(&undisposed(&finalized(&fresh(&glue)?)?)))?);
    let invoked: Vec<String> = names.exports_with("_invoke__").iter().map(|name| format!("\"{name}\"")).collect();
    let glue = names.shorten(&glue, &module(name))?;
    Ok(format!(
        "{TAKES}{}\n/** The exports that closures run. */\nconst INVOKED = [{}];\n",
        glue.replace("MODULE", &format!("\"{name}\"")),
        invoked.join(", ")
    ))
}

fn replaced(glue: &str, from: &str, to: &str) -> Result<String> {
    ensure!(glue.contains(from), "wasm-bindgen's glue no longer says `{from}`; look at what it does there now, and at why it is changed");
    Ok(glue.replace(from, to))
}

/// The text without what begins with `from`, up to `to`.
fn without(glue: &str, from: &str, to: &str) -> Result<String> {
    let start = glue.find(from).with_context(|| format!("wasm-bindgen's glue no longer says `{from}`"))?;
    let end = glue[start..].find(to).with_context(|| format!("wasm-bindgen's glue no longer says `{to}` after `{from}`"))?;
    Ok([&glue[..start], &glue[start + end..]].concat())
}

/// Without comments of documentation: the types of the package have its own.
fn uncommented(glue: &str) -> Result<String> {
    let mut parts = glue.split("/**\n");
    let mut made = parts.next().unwrap_or_default().trim_end_matches(' ').to_owned();
    for part in parts {
        let (_, rest) = part.split_once("*/\n").context("a comment in wasm-bindgen's glue has no end")?;
        made += rest.trim_end_matches(' ');
    }
    Ok(made)
}

/// The look at whether an object is of an instance that is gone, written once.
fn fresh(glue: &str) -> Result<String> {
    const START: &str = ".__wbg_inst !== undefined && ";
    const END: &str = "throw new Error('Invalid stale object from previous Wasm instance');\n";
    let mut made = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some(at) = rest.find(START) {
        let before = &rest[..at];
        let (kept, object) = before.rsplit_once("if (").context("wasm-bindgen's glue looks at instances in another way now")?;
        let after = rest[at..].split_once(END).and_then(|(_, after)| after.split_once('}'));
        let (indent, after) = after.context("wasm-bindgen's glue looks at instances in another way now")?;
        ensure!(indent.trim().is_empty(), "wasm-bindgen's glue does more with objects of an instance that is gone: {indent}");
        write!(made, "{kept}fresh({object});")?;
        rest = after;
    }
    if made.is_empty() {
        bail!("wasm-bindgen's glue no longer looks at whether objects are of an instance that is gone");
    }
    Ok(made
        + rest
        + "\nfunction fresh(object) {\n    if (object.__wbg_inst !== undefined && object.__wbg_inst !== __wbg_instance_id) {\n        \
           throw new Error('Invalid stale object from previous Wasm instance');\n    }\n}\n")
}

/// Writes once what is done without a `FinalizationRegistry`: the package can be imported there.
fn finalized(glue: &str) -> Result<String> {
    const EACH: &str = "(typeof FinalizationRegistry === 'undefined')\n    ? { register: () => {}, unregister: () => {} }\n    : new FinalizationRegistry(";
    let once = "\nfunction finalization(hear) {\n    if (typeof FinalizationRegistry === 'undefined') return { register() {}, unregister() {} };\n    \
                return new FinalizationRegistry(hear);\n}\n";
    Ok(replaced(glue, EACH, "finalization(")? + once)
}

/// Without `Symbol.dispose`: the objects are the package's own, which frees them itself.
fn undisposed(glue: &str) -> String {
    glue.lines().filter(|line| !line.starts_with("if (Symbol.dispose) ")).flat_map(|line| [line, "\n"]).collect()
}

/// Without the look, before each call, at whether a fresh instance is due: the package starts one itself.
fn unguarded(glue: &str) -> String {
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

/// Without what is done where texts and options cannot be handed over, and without a look at the class of those. The package alone hands
/// them over, and what throws there is a trap: the memory of the instance is nobody's then.
fn trusted(glue: &str) -> Result<String> {
    let mut made = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some((before, after)) = rest.split_once("        } catch (e) {\n            if (") {
        let changed = "wasm-bindgen's glue takes texts back in another way now";
        let (before, tried) = before.rsplit_once("        try {\n").context(changed)?;
        let (_, after) = after.split_once("            throw e;\n        }\n").context(changed)?;
        made += before;
        made += tried;
        rest = after;
    }
    made += rest;
    let looks = |line: &&str| !line.trim_start().starts_with("_assertClass(") && !line.trim_start().starts_with("fresh((");
    Ok(made.lines().filter(looks).flat_map(|line| [line, "\n"]).collect())
}

/// Texts that imports give, written once.
fn given(glue: &str) -> String {
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
const CHANGES: [(&str, &str); 19] = [
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
    ("wasm = instance.exports;", "wasm = guarded(instance.exports, MODULE, INVOKED);"),
    ("wasm = wasmInstance.exports;", "wasm = guarded(wasmInstance.exports, MODULE, INVOKED);"),
    // It is called in one way.
    (
        "    if (module !== undefined) {\n        if (Object.getPrototypeOf(module) === Object.prototype) {\n            \
         ({module} = module)\n        } else {\n            \
         console.warn('using deprecated parameters for `initSync()`; pass a single object instead')\n        }\n    }\n",
        "    ({module} = module);\n",
    ),
    ("export { initSync, __wbg_init as default };", "export { initSync };"),
    // These are there: they are declared in the same file.
    ("    if (typeof numBytesDecoded !== 'undefined') numBytesDecoded = 0;\n", "    numBytesDecoded = 0;\n"),
    ("    if (typeof WASM_VECTOR_LEN !== 'undefined') WASM_VECTOR_LEN = 0;\n", "    WASM_VECTOR_LEN = 0;\n"),
    ("    __wbg_reinit_scheduled = false;\n", ""),
    // Every text is put into the one memory there is.
    (", wasm.__wbindgen_malloc, wasm.__wbindgen_realloc)", ")"),
    ("function passStringToWasm0(arg, malloc, realloc) {", "function passStringToWasm0(arg) {"),
    ("let ptr = malloc(len, 1)", "let ptr = wasm.__wbindgen_malloc(len, 1)"),
    ("ptr = realloc(ptr, len, ", "ptr = wasm.__wbindgen_realloc(ptr, len, "),
    // Its buffer is another one once it has grown.
    (
        "cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === \
         undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)",
        "cachedDataViewMemory0?.buffer !== wasm.memory.buffer",
    ),
];

/// Texts that are left out, each from one up to another.
const GONE: [(&str, &str); 6] = [
    // The package fetches and compiles the wasm itself.
    ("async function __wbg_load(", "function initSync("),
    ("let __wbg_init_promise;", "export { initSync };"),
    // See `trusted`.
    ("function _assertClass(", "const CLOSURE_DTORS"),
    // Every text is given what makes its room larger.
    ("    if (realloc === undefined) {", "    let len = arg.length;\n"),
    ("function __wbg_call_guard() {", "function wasm_bindgen__convert__"),
    ("let __wbg_reinit_scheduled = false;\n", "\nfunction takeFromExternrefTable0("),
];

/// The globals of the glue, as `platform.js` has them: a page may shadow its own.
const TAKES: &str = "import { AbortController, AbortSignal, Blob, FormData, Map, ReadableStream, Response, Set, TextDecoder, TextEncoder, URL, WebAssembly, \
    clearTimeout, crypto, navigator, performance, queueMicrotask, setTimeout } from \"../lib/platform.js\";\n\
    import { guarded } from \"../lib/trap.js\";\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_with_a_value_alone_is_found() {
        let glue = "    const ret = wasm.engine_snapshot(this.ptr);\n    return ret;\n    const ret = wasm.engine_state(id);\n    return ret !== 0;\n    \
                    ret = wasm.closures_____invoke__h1(a);\n    return ret;\n";
        assert_eq!(lone_values(glue), ["engine_snapshot"]);
    }

    #[test]
    fn objects_are_looked_at_by_one_function() -> Result<()> {
        let glue = "    a();\n    if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {\n        throw new Error(\
                    'Invalid stale object from previous Wasm instance');\n    }\n    if ((given).__wbg_inst !== undefined && (given).__wbg_inst \
                    !== __wbg_instance_id) {\n        throw new Error('Invalid stale object from previous Wasm instance');\n    }\n    b();\n";
        assert!(
            fresh(glue)?.starts_with("    a();\n    fresh(this);\n    fresh((given));\n    b();\n\nfunction fresh("),
            "{}",
            fresh(glue)?
        );
        assert!(fresh("").is_err());
        Ok(())
    }

    #[test]
    fn calls_are_not_guarded() {
        let glue =
            "    let ret;\n    __wbg_call_guard();\n    ret = wasm.a();\n    __wbg_call_guard();\n    wasm.b();\n    let ret;\n    c();\n";
        assert_eq!(unguarded(glue), "    const ret = wasm.a();\n    wasm.b();\n    let ret;\n    c();\n");
    }

    #[test]
    fn what_is_handed_over_is_not_taken_back() -> Result<()> {
        let glue = "    a() {\n        let p;\n        try {\n            _assertClass(options, Options);\n            fresh((options));\n            \
                    p = options.take();\n        } catch (e) {\n            if (p) wasm.free(p);\n            throw e;\n        }\n        \
                    wasm.a(p);\n    }\n    b() {\n        fresh(this);\n        try {\n            c();\n        } finally {\n            d();\n        }\n    }\n";
        assert_eq!(
            trusted(glue)?,
            "    a() {\n        let p;\n            p = options.take();\n        wasm.a(p);\n    }\n    b() {\n        fresh(this);\n        \
             try {\n            c();\n        } finally {\n            d();\n        }\n    }\n"
        );
        assert!(trusted("        } catch (e) {\n            if (a) b();\n").is_err());
        Ok(())
    }

    #[test]
    fn texts_are_given_by_one_function() {
        let glue = |word: &str, text: &str| {
            format!(
                "            {word} ptr1 = {text};\n            {word} len1 = WASM_VECTOR_LEN;\n            getDataViewMemory0().setInt32((arg0 \
                 >>> 0) + 4 * 1, len1, true);\n            getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, ptr1, true);\n"
            )
        };
        assert!(given(&glue("const", "passStringToWasm0(ret)")).starts_with("            giveText(arg0, ret);\n\nfunction "));
        let some = given(&glue("var", "isLikeNone(ret) ? 0 : passStringToWasm0(ret)"));
        assert!(
            some.starts_with("            if (isLikeNone(ret)) giveWords(arg0, 0, 0);\n            else giveText(arg0, ret);\n\nfunction ")
        );
    }

    #[test]
    fn comments_of_documentation_go() -> Result<()> {
        assert_eq!(uncommented("a\n/**\n * b\n */\nc {\n    /**\n     * d\n     */\n    e // f\n")?, "a\nc {\n    e // f\n");
        assert!(uncommented("/**\n * b").is_err());
        Ok(())
    }

    #[test]
    fn from_a_text_up_to_another() -> Result<()> {
        assert_eq!(without("abcdab", "b", "d")?, "adab");
        assert!(without("abc", "b", "d").is_err() && without("abc", "d", "c").is_err());
        Ok(())
    }
}
