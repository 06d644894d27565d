//! Prints what the Rust finder reads in the texts it gets, one JSON value a line. `differential.mjs` compares that with
//! the finder in JavaScript.

use std::io::{BufRead as _, Write as _, stdin, stdout};

use actionlane::protocol::manifest::{NamedActions, asset_prefix, base_path, scan_html, scan_script};
use serde_json::{Value, json};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(stdout().lock());
    for line in stdin().lock().lines() {
        let text: String = serde_json::from_str(&line?)?;
        serde_json::to_writer(&mut out, &read(&text))?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}

/// Reads a text as `read` in `differential.mjs` does.
fn read(text: &str) -> Value {
    let document = scan_html(text);
    let mut actions = NamedActions::default();
    scan_script(text, &mut actions);
    let path = document.path.as_deref();
    let bases = ["/", "/a", "/a/b/", "/shop/a"].map(|loaded| {
        let prefixes = [None, Some(""), Some("/a"), Some("/shop"), path];
        prefixes.map(|prefix| base_path(path, loaded, prefix).to_owned())
    });
    let ids: Vec<_> = document.ids.iter().map(ToString::to_string).collect();
    let named: Vec<_> = actions.iter().map(|(name, id)| [name.to_owned(), id.to_string()]).collect();
    json!({
        "scripts": document.scripts,
        "chunks": document.chunks,
        "ids": ids,
        "build": document.build,
        "path": path,
        "named": named,
        "bases": bases,
        "prefixes": document.scripts.iter().map(|script| asset_prefix(script)).collect::<Vec<_>>(),
    })
}
