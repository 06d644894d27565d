//! Loads a JavaScript module of the package for unit tests.

use wasm_bindgen::JsValue;

/// The functions that a JavaScript module of the package exports, for unit tests: there the package is not there to hand them in. What it takes from
/// `platform.js` are globals there; `numbers.js` comes along.
pub(crate) fn functions(source: &str) -> JsValue {
    let mut importing = false;
    let lines = [include_str!("../../pkg/lib/numbers.js"), source].into_iter().flat_map(str::lines).filter(|line| {
        let import = importing || line.starts_with("import ");
        importing = import && !line.ends_with(';');
        !import
    });
    let source: String = lines.flat_map(|line| [line, "\n"]).collect();
    let mut names = Vec::new();
    let mut body = source;
    for kind in ["function", "class", "const"] {
        let export = format!("export {kind} ");
        names.extend(body.split(&export).skip(1).filter_map(|rest| rest.split(['(', ' ']).next()).map(str::to_owned));
        body = body.replace(&export, &format!("{kind} "));
    }
    js_sys::eval(&format!("(() => {{ {body}; return {{ {} }}; }})()", names.join(","))).unwrap_or_default()
}
