//! How large the parts of the package are.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{npm, package, wasm, workspace};

/// A table of sizes, raw and after brotli at its best.
pub(crate) fn table() -> Result<String> {
    let script = workspace::scratch("sizes/index.js")?;
    package::esbuild("index.js", "esm", &script, &["--external:*/actionlane_bytes.js"])?;
    let pkg = workspace::pkg();
    let rows = [
        ("wasm", vec![wasm::wasm()]),
        ("JavaScript, minified", vec![script.clone()]),
        ("default entry: both", vec![wasm::wasm(), script]),
        ("one file, for <script>", vec![pkg.join("dist/actionlane.js")]),
    ];
    let mut table = format!("{:<24} {:>10} {:>10}\n", "", "raw", "brotli");
    for (name, files) in rows {
        let mut sum = Size { raw: 0, brotli: 0 };
        for size in measure(&files)? {
            sum = Size { raw: sum.raw + size.raw, brotli: sum.brotli + size.brotli };
        }
        table += &format!("{name:<24} {:>10} {:>10}\n", kilobytes(sum.raw), kilobytes(sum.brotli));
    }
    Ok(table)
}

fn measure(files: &[PathBuf]) -> Result<Vec<Size>> {
    let files: Option<Vec<&str>> = files.iter().map(|file| file.to_str()).collect();
    let sizes = npm::node(MEASURE, &files.context("a path that is not UTF-8")?)?;
    Ok(serde_json::from_str(&sizes)?)
}

/// Node.js has brotli; a crate of it would cost every fresh machine its compile time.
const MEASURE: &str = r#"
    import { readFileSync } from "node:fs";
    import { brotliCompressSync } from "node:zlib";
    const files = process.argv.slice(1).map(file => readFileSync(file));
    console.log(JSON.stringify(files.map(bytes => ({ raw: bytes.length, brotli: brotliCompressSync(bytes).length }))));
"#;

#[derive(Deserialize)]
struct Size {
    raw: u64,
    brotli: u64,
}

/// In kB of 1000 bytes.
fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_digit_after_the_point() {
        assert_eq!(kilobytes(61_952), "61.9 kB");
        assert_eq!(kilobytes(90), "0.0 kB");
    }
}
