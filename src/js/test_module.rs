//! Loads JavaScript modules of the package for unit tests in wasm, where no loader hands them in. Must not be in a
//! module that ships.

use std::collections::BTreeSet;

use wasm_bindgen::JsValue;

/// Returns the exports of a module of the package. Its imports from `globals.js` are globals in tests;
/// `codes.js` is always loaded.
pub(crate) fn functions(source: &str) -> JsValue {
    functions_of(&[source])
}

/// Returns the exports of several modules. A module may import from those before it.
pub(crate) fn functions_of(sources: &[&str]) -> JsValue {
    let mut all = vec![];
    let mut script = String::from("const all = {};");
    for source in [include_str!("../../pkg/lib/boundary/codes.js")].iter().chain(sources) {
        let (mut importing, mut imported) = (false, String::new());
        let lines = source.lines().filter(|line| {
            let import = importing || line.starts_with("import ") || line.starts_with("export {");
            importing = import && !line.ends_with(';');
            if import && !line.starts_with("export {") {
                imported.push_str(line);
            }
            !import
        });
        let mut body: String = lines.flat_map(|line| [line, "\n"]).collect();
        let mut names = Vec::new();
        for kind in ["function", "class", "const"] {
            let export = format!("export {kind} ");
            names.extend(body.split(&export).skip(1).filter_map(|rest| rest.split(['(', ' ']).next()).map(str::to_owned));
            body = body.replace(&export, &format!("{kind} "));
        }
        let names_in = imported.split(|char: char| !char.is_alphanumeric() && char != '_');
        let taken: BTreeSet<&str> = names_in.filter(|name| all.contains(&(*name).to_owned())).collect();
        let taken: Vec<&str> = taken.into_iter().collect();
        script += &format!("(({{ {} }}) => {{ {body}; Object.assign(all, {{ {} }}); }})(all);", taken.join(","), names.join(","));
        all.extend(names);
    }
    js_sys::eval(&format!("(() => {{ {script} return all; }})()")).unwrap_or_default()
}
