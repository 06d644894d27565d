//! Measures how large the parts of the package are, and compares it with README.md.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{npm, package, wasm, workspace};

/// The parts of the package, and what they are to whoever loads them.
pub(crate) struct Sizes {
    wasm: Size,
    script: Size,
    drop_in: Size,
}

pub(crate) fn measured() -> Result<Sizes> {
    let script = workspace::scratch("sizes/index.js")?;
    package::esbuild("index.js", "esm", &script, &["--external:*/actionlane_bytes.js", "--external:*/deployed.js"])?;
    let [wasm, script, drop_in] = measure([wasm::wasm(), script, workspace::pkg().join("dist/actionlane.js")])?;
    Ok(Sizes { wasm, script, drop_in })
}

impl Sizes {
    /// Raw, and after brotli and gzip at their best.
    pub(crate) fn table(&self) -> String {
        let Self { wasm, script, drop_in } = self;
        let both = Size { raw: wasm.raw + script.raw, brotli: wasm.brotli + script.brotli, gzip: wasm.gzip + script.gzip };
        let rows = [("wasm", wasm), ("JavaScript, minified", script), ("default entry: both", &both), ("one file, for <script>", drop_in)];
        let mut table = format!("{:<24} {:>10} {:>10} {:>10}\n", "", "raw", "brotli", "gzip");
        for (name, Size { raw, brotli, gzip }) in rows {
            table += &format!("{name:<24} {:>10} {:>10} {:>10}\n", kilobytes(*raw), kilobytes(*brotli), kilobytes(*gzip));
        }
        table
    }

    /// The same for README.md.
    fn sentence(&self) -> String {
        let Self { wasm, script, drop_in } = self;
        let kb = |bytes: u64| (bytes + 500) / 1000;
        format!(
            "\n{} kB of wasm and {} kB of JavaScript with brotli ({} and {} kB with gzip),\nor one file of {} kB ({} kB)",
            kb(wasm.brotli),
            kb(script.brotli),
            kb(wasm.gzip),
            kb(script.gzip),
            kb(drop_in.brotli),
            kb(drop_in.gzip)
        )
    }

    /// Fails where README.md has other figures, by more than a kB and 2 %: another compiler makes other bytes.
    pub(crate) fn check_readme(&self) -> Result<()> {
        let text = readme()?;
        let (_, said, _) = marked(&text)?;
        ensure!(
            alike(said, &self.sentence()),
            "README.md: its sizes are not those of this build; `cargo xtask build --write-readme` writes: {}",
            self.sentence()
        );
        Ok(())
    }

    /// Puts the figures into README.md.
    pub(crate) fn write_readme(&self) -> Result<()> {
        let text = readme()?;
        let (before, _, after) = marked(&text)?;
        fs::write(workspace::root().join("README.md"), format!("{before}{}{after}", self.sentence())).context("writing README.md")
    }
}

fn readme() -> Result<String> {
    fs::read_to_string(workspace::root().join("README.md")).context("reading README.md")
}

/// Splits the text before, between and after the markers of the sizes.
fn marked(text: &str) -> Result<(&str, &str, &str)> {
    let start = text.find(MARKER).context("README.md has no sizes")? + MARKER.len();
    let end = start + text[start..].find("<!-- /sizes -->").context("README.md: its sizes have no end")?;
    Ok((&text[..start], &text[start..end], &text[end..]))
}

const MARKER: &str = "<!-- sizes: cargo xtask build --write-readme -->";

/// Tells whether two texts have the same words, and figures no more than 1, or 2 %, apart.
fn alike(a: &str, b: &str) -> bool {
    let words = |text: &str| -> Vec<String> { text.split(|c: char| c.is_whitespace() || "(),".contains(c)).map(str::to_owned).collect() };
    let same = |(a, b): (&String, &String)| match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.abs_diff(b) <= 1.max(b / 50),
        _ => a == b,
    };
    let (a, b) = (words(a), words(b));
    a.len() == b.len() && a.iter().zip(&b).all(same)
}

fn measure<const N: usize>(files: [PathBuf; N]) -> Result<[Size; N]> {
    let files: Option<Vec<&str>> = files.iter().map(|file| file.to_str()).collect();
    let sizes: Vec<Size> = serde_json::from_str(&npm::node(MEASURE, &files.context("a path that is not UTF-8")?)?)?;
    sizes.try_into().ok().context("not the size of each file")
}

/// Node.js has both; crates of them would cost every fresh machine its compile time.
const MEASURE: &str = r#"
    import { readFileSync } from "node:fs";
    import { brotliCompressSync, gzipSync } from "node:zlib";
    const files = process.argv.slice(1).map(file => readFileSync(file));
    const size = bytes => ({ raw: bytes.length, brotli: brotliCompressSync(bytes).length, gzip: gzipSync(bytes, { level: 9 }).length });
    console.log(JSON.stringify(files.map(size)));
"#;

#[derive(Deserialize)]
struct Size {
    raw: u64,
    brotli: u64,
    gzip: u64,
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

    #[test]
    fn figures_may_be_one_apart() {
        assert!(alike("181 kB of wasm (220 kB)", "182 kB of\nwasm (219 kB)"));
        assert!(!alike("181 kB of wasm (220 kB)", "187 kB of wasm (220 kB)"));
        assert!(!alike("181 kB of wasm", "181 kB"));
        assert!(!alike("", "181 kB"));
    }

    #[test]
    fn what_is_between_the_markers() {
        let text = format!("a{MARKER}b<!-- /sizes -->c");
        assert_eq!(marked(&text).expect("both").1, "b");
        assert!(marked("a").is_err() && marked(&text[..text.len() - 5]).is_err());
    }
}
