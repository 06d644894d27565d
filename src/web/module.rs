use wasm_bindgen::JsValue;

/// The functions that a JavaScript module of the package exports, for unit tests: there the package is not there to hand them in. What it takes from
/// `platform.js` are globals there.
pub(crate) fn functions(source: &str) -> JsValue {
    let source: String = source.lines().filter(|line| !line.starts_with("import ")).flat_map(|line| [line, "\n"]).collect();
    let mut names = Vec::new();
    let mut body = source;
    for kind in ["function", "class", "const"] {
        let export = format!("export {kind} ");
        names.extend(body.split(&export).skip(1).filter_map(|rest| rest.split(['(', ' ']).next()).map(str::to_owned));
        body = body.replace(&export, &format!("{kind} "));
    }
    js_sys::eval(&format!("(() => {{ {body}; return {{ {} }}; }})()", names.join(","))).unwrap_or_default()
}
