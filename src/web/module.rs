use wasm_bindgen::JsValue;

/// The functions that a JavaScript module of the package exports, for unit tests: there the package is not there to hand them in.
pub(crate) fn functions(source: &str) -> JsValue {
    let names: Vec<&str> = source.split("export function ").skip(1).filter_map(|rest| rest.split('(').next()).collect();
    let body = source.replace("export function", "function");
    js_sys::eval(&format!("(() => {{ {body}; return {{ {} }}; }})()", names.join(","))).unwrap_or_default()
}
