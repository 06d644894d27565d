use wasm_bindgen::JsValue;

/// The functions that a JavaScript module of the package exports, for unit tests: there the package is not there to hand them in. What it takes from
/// `platform.js` are globals there.
pub(crate) fn functions(source: &str) -> JsValue {
    let source: String = source.lines().filter(|line| !line.starts_with("import ")).flat_map(|line| [line, "\n"]).collect();
    let names: Vec<&str> = source.split("export function ").skip(1).filter_map(|rest| rest.split('(').next()).collect();
    let body = source.replace("export function", "function");
    js_sys::eval(&format!("(() => {{ {body}; return {{ {} }}; }})()", names.join(","))).unwrap_or_default()
}
