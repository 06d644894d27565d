//! Measures the parts of the package, and compares them with xtask/sizes.json, with their limits, and with the
//! documents.

use std::collections::BTreeMap;
use std::fs;
use std::iter::Sum;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::parts::{self, Part};
use crate::{marked, npm, run, workspace};

/// Limits of parts. A part that misses its limit is marked in the table, and may not grow further.
const LIMITS: [Limit; 8] = [
    Limit { part: parts::DEFAULT, bytes: 90_000, most_if_missed: None },
    Limit { part: parts::CODEC, bytes: 100_000, most_if_missed: None },
    Limit { part: parts::HOOKS, bytes: 2_000, most_if_missed: None },
    Limit { part: parts::OBSERVE, bytes: 3_000, most_if_missed: None },
    Limit { part: parts::OBSERVE_SCRIPT, bytes: 3_000, most_if_missed: None },
    Limit { part: parts::TIMELINE, bytes: 12_000, most_if_missed: None },
    // Missed: the script has 32.2 kB.
    Limit { part: parts::SCRIPT, bytes: 25_000, most_if_missed: Some(33_600) },
    // Missed: the chunk also handles pushes, and has 3.0 kB.
    Limit { part: parts::LOOKUP, bytes: 2_000, most_if_missed: Some(3_180) },
];

/// Limit of a part, in bytes after brotli.
struct Limit {
    part: &'static str,
    bytes: u64,
    /// If the limit is missed: the most that the part may have, its committed size and some grace.
    most_if_missed: Option<u64>,
}

/// Bytes that a part may grow by before the check fails.
const GRACE: u64 = 200;

/// Measured sizes of the parts, and the committed ones.
pub(crate) struct Sizes {
    parts: Vec<(String, Size)>,
    compiler: String,
    committed: Committed,
}

/// Contents of `xtask/sizes.json`.
#[derive(Deserialize)]
struct Committed {
    /// Version of rustc: another compiler outputs other sizes.
    compiler: String,
    parts: BTreeMap<String, Size>,
}

/// Measures all parts. The package must be up to date.
pub(crate) fn measured() -> Result<Sizes> {
    let parts = parts::all()?;
    let files: Vec<PathBuf> = parts.iter().flat_map(|part| part.files.clone()).collect();
    let mut sizes = measure(&files)?.into_iter();
    let sum = |Part { name, files }: Part| (name, sizes.by_ref().take(files.len()).sum());
    let text = fs::read_to_string(file()).with_context(|| format!("reading {}", workspace::shown(&file())))?;
    Ok(Sizes {
        parts: parts.into_iter().map(sum).collect(),
        compiler: run::quiet(run::command("rustc", workspace::root()).arg("--version"))?.trim().to_owned(),
        committed: serde_json::from_str(&text).with_context(|| workspace::shown(&file()))?,
    })
}

fn file() -> PathBuf {
    workspace::root().join("xtask/sizes.json")
}

impl Sizes {
    /// Returns a table with a line for each part: kB raw, after gzip, after brotli, as committed (brotli), and the
    /// limit.
    pub(crate) fn table(&self) -> String {
        let mut table = format!("{:<26} {:>9} {:>9} {:>9} {:>10} {:>7}\n", "kB", "raw", "gzip", "brotli", "committed", "limit");
        for (name, size) in &self.parts {
            let committed = self.committed.parts.get(name).map(|size| kilobytes(size.brotli)).unwrap_or_default();
            let limit = limit_of(name).map(|limit| limit.column(size.brotli)).unwrap_or_default();
            let [raw, gzip, brotli] = [size.raw, size.gzip, size.brotli].map(kilobytes);
            table += format!("{name:<26} {raw:>9} {gzip:>9} {brotli:>9} {committed:>10} {limit}").trim_end();
            table += "\n";
        }
        table
    }

    /// Returns the number of parts.
    pub(crate) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Fails if a part exceeds its limit, or if its size differs too much from the committed one.
    pub(crate) fn check(&self) -> Result<()> {
        let mut wrong = Vec::new();
        for (name, size) in &self.parts {
            let now = size.brotli;
            match self.committed.parts.get(name) {
                None => wrong.push(format!("{name} has {now} bytes, but no line in xtask/sizes.json")),
                Some(size) if now > size.brotli + self.grace(size.brotli) => {
                    wrong.push(format!("{name} has grown: {} → {now} bytes", size.brotli));
                }
                // A line that is too high would let the part grow back unnoticed.
                Some(size) if now + size.brotli / 50 + GRACE < size.brotli => {
                    wrong.push(format!("{name} has shrunk: {} → {now} bytes", size.brotli));
                }
                Some(_) => {}
            }
            wrong.extend(limit_of(name).and_then(|limit| limit.fault(now)));
        }
        let is_part = |name: &str| self.parts.iter().any(|(part, _)| part == name);
        wrong.extend(
            self.committed.parts.keys().filter(|name| !is_part(name)).map(|name| format!("{name} is gone, but its line is still there")),
        );
        ensure!(
            wrong.is_empty(),
            "sizes after brotli; if they are intended, run `cargo xtask build --write-sizes` to update xtask/sizes.json:\n{}",
            wrong.join("\n")
        );
        Ok(())
    }

    fn grace(&self, committed: u64) -> u64 {
        if self.compiler == self.committed.compiler { GRACE } else { GRACE.max(committed / 50) }
    }

    /// Writes the sizes to `xtask/sizes.json`.
    pub(crate) fn write(&self) -> Result<()> {
        let line = |(name, Size { raw, gzip, brotli }): &(String, Size)| {
            format!("    \"{name}\": {{ \"raw\": {raw}, \"gzip\": {gzip}, \"brotli\": {brotli} }}")
        };
        let lines: Vec<String> = self.parts.iter().map(line).collect();
        let text = format!("{{\n  \"compiler\": \"{}\",\n  \"parts\": {{\n{}\n  }}\n}}\n", self.compiler, lines.join(",\n"));
        fs::write(file(), text).with_context(|| format!("writing {}", workspace::shown(&file())))
    }

    fn of(&self, name: &str) -> Size {
        self.parts.iter().find(|(part, _)| part == name).map(|&(_, size)| size).unwrap_or_default()
    }

    /// Returns the table in README.md: what a page loads.
    fn download(&self) -> String {
        let rows = [
            ("with the first dispatcher: wasm", parts::WASM),
            ("with it: JavaScript", parts::ENTRY),
            ("once a value is not plain", parts::FLIGHT),
            ("instead of all three: one file, `actionlane.full.js`", parts::ALONE),
            ("all hooks for React", parts::HOOKS),
            ("the observer, without a dispatcher", parts::OBSERVE),
            ("the timeline", parts::TIMELINE),
        ];
        let line = |(loaded, part): (&str, &str)| {
            let [brotli, gzip] = [self.of(part).brotli, self.of(part).gzip].map(rounded);
            format!("| {loaded} | {brotli} kB | {gzip} kB |\n")
        };
        format!("\n| loaded | brotli | gzip |\n|---|---|---|\n{}", rows.map(line).concat())
    }

    /// Returns the sentence in docs/loading.md: how much larger the default entry gets as one file.
    fn growth(&self) -> String {
        let [whole, entry, lean] = [parts::WHOLE, parts::ENTRY, parts::LEAN_WHOLE].map(|name| rounded(self.of(name).brotli));
        format!("{whole} kB instead of {entry} kB, with brotli; of `actionlane/lean` it is {lean} kB")
    }

    /// Returns what a page with a dispatcher loads, in words.
    fn first(&self) -> String {
        let [wasm, script] = [parts::WASM, parts::ENTRY].map(|name| rounded(self.of(name).brotli));
        format!("{wasm} kB of wasm and {script} kB of JavaScript")
    }

    /// Returns the documents with sizes, and the part of each that says them.
    fn documents(&self) -> [(&'static str, String); 3] {
        let in_words = [("docs/loading.md", self.growth()), ("docs/faq.md", self.first())];
        let [loading, faq] = in_words.map(|(name, text)| (name, wrapped(&text)));
        [("README.md", self.download()), loading, faq]
    }

    /// Fails if the sizes in a document are off by more than 1 kB and more than 2 %. Smaller differences come from
    /// other compilers.
    pub(crate) fn check_documents(&self) -> Result<()> {
        for (name, part) in self.documents() {
            let now = "its sizes differ from those of this build; `cargo xtask build --write-readme` writes";
            ensure!(alike(&marked::read(name, MARK)?, &part), "{name}: {now}: {part}");
        }
        Ok(())
    }

    /// Writes the sizes to the documents.
    pub(crate) fn write_documents(&self) -> Result<()> {
        self.documents().into_iter().try_for_each(|(name, part)| marked::write(name, MARK, &part))
    }
}

/// Returns bytes in kB, as documents say them.
fn rounded(bytes: u64) -> u64 {
    (bytes + 500) / 1000
}

/// Place of the sizes in the documents.
const MARK: &str = "sizes: cargo xtask build --write-readme";

/// Columns of a line in the documents.
const COLUMNS: usize = 120;

/// Returns the text in lines, each after a line feed. Leaves room for the end marker and a full stop after it.
fn wrapped(text: &str) -> String {
    let (mut lines, mut column) = (String::new(), COLUMNS);
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        let width = word.chars().count();
        let after = if words.peek().is_none() { marked::end(MARK).len() + 1 } else { 0 };
        if column + 1 + width + after > COLUMNS {
            lines.push('\n');
            column = width;
        } else {
            lines.push(' ');
            column += 1 + width;
        }
        lines.push_str(word);
    }
    lines
}

/// True if two texts have the same words, and numbers that differ by at most 1 or 2 %.
fn alike(a: &str, b: &str) -> bool {
    let words = |text: &str| -> Vec<String> { text.split(|c: char| c.is_whitespace() || "(),".contains(c)).map(str::to_owned).collect() };
    let same = |(a, b): (&String, &String)| match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.abs_diff(b) <= 1.max(b / 50),
        _ => a == b,
    };
    let (a, b) = (words(a), words(b));
    a.len() == b.len() && a.iter().zip(&b).all(same)
}

/// Returns the size of each file.
pub(crate) fn measure(files: &[PathBuf]) -> Result<Vec<Size>> {
    let paths: Option<Vec<&str>> = files.iter().map(|file| file.to_str()).collect();
    let sizes: Vec<Size> = serde_json::from_str(&npm::node(MEASURE, &paths.context("a path that is not UTF-8")?)?)?;
    ensure!(sizes.len() == files.len(), "the script did not print a size for each file");
    Ok(sizes)
}

/// Measures with Node.js, which has both compressors: crates for them would take time to compile on every fresh
/// machine.
const MEASURE: &str = r#"
    import { readFileSync } from "node:fs";
    import { brotliCompressSync, gzipSync } from "node:zlib";
    const files = process.argv.slice(1).map(file => readFileSync(file));
    const size = bytes => ({ raw: bytes.length, brotli: brotliCompressSync(bytes).length, gzip: gzipSync(bytes, { level: 9 }).length });
    console.log(JSON.stringify(files.map(size)));
"#;

#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Size {
    raw: u64,
    gzip: u64,
    /// Bytes after brotli.
    pub(crate) brotli: u64,
}

impl Sum for Size {
    fn sum<I: Iterator<Item = Self>>(sizes: I) -> Self {
        sizes.fold(Self::default(), |sum, size| Self {
            raw: sum.raw + size.raw,
            gzip: sum.gzip + size.gzip,
            brotli: sum.brotli + size.brotli,
        })
    }
}

fn limit_of(name: &str) -> Option<&'static Limit> {
    LIMITS.iter().find(|limit| limit.part == name)
}

impl Limit {
    /// Returns the last column of the table.
    fn column(&self, now: u64) -> String {
        format!("{:>7}{}", kilobytes(self.bytes), if now > self.bytes { " missed" } else { "" })
    }

    /// Returns what is wrong with a part of `now` bytes; `None` if nothing is.
    fn fault(&self, now: u64) -> Option<String> {
        let Self { part, bytes, most_if_missed } = *self;
        match most_if_missed {
            None => (now > bytes).then(|| format!("{part} has {now} bytes; its limit is {bytes}")),
            Some(most) if now > most => Some(format!("{part} has {now} bytes; it misses its limit of {bytes}, but may not exceed {most}")),
            Some(_) => {
                (now <= bytes).then(|| format!("{part} keeps its limit of {bytes} now: remove its `most_if_missed` in xtask/src/sizes.rs"))
            }
        }
    }
}

/// Returns kB of 1000 bytes, with one decimal, rounded down.
fn kilobytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kilobytes_have_one_decimal() {
        assert_eq!(kilobytes(61_952), "61.9");
        assert_eq!(kilobytes(90), "0.0");
    }

    fn sizes(name: &str, now: u64, committed: &[(&str, u64)], compiler: &str) -> Sizes {
        let size = |brotli| Size { raw: 0, gzip: 0, brotli };
        Sizes {
            parts: vec![(name.to_owned(), size(now))],
            compiler: compiler.to_owned(),
            committed: Committed {
                compiler: "rustc 1".to_owned(),
                parts: committed.iter().map(|&(name, brotli)| (name.to_owned(), size(brotli))).collect(),
            },
        }
    }

    #[test]
    fn a_part_that_grows_is_an_error() {
        assert!(sizes("a", 10_200, &[("a", 10_000)], "rustc 1").check().is_ok());
        let error = sizes("a", 10_201, &[("a", 10_000)], "rustc 1").check().expect_err("grown");
        assert!(error.to_string().ends_with("\na has grown: 10000 → 10201 bytes"), "{error}");
        assert!(sizes("a", 20_300, &[("a", 20_000)], "rustc 2").check().is_ok());
        assert!(sizes("a", 20_401, &[("a", 20_000)], "rustc 2").check().is_err());
    }

    #[test]
    fn a_part_that_shrinks_is_an_error() {
        assert!(sizes("a", 9_600, &[("a", 10_000)], "rustc 1").check().is_ok());
        let error = sizes("a", 9_599, &[("a", 10_000)], "rustc 1").check().expect_err("shrunk");
        assert!(error.to_string().ends_with("\na has shrunk: 10000 → 9599 bytes"), "{error}");
        assert!(sizes("a", 9_599, &[("a", 10_000)], "rustc 2").check().is_err());
    }

    #[test]
    fn parts_that_come_and_go_are_errors() {
        let error = sizes("a", 1, &[("b", 1)], "rustc 1").check().expect_err("neither");
        assert!(
            error.to_string().ends_with("\na has 1 bytes, but no line in xtask/sizes.json\nb is gone, but its line is still there"),
            "{error}"
        );
    }

    #[test]
    fn a_part_over_its_limit_is_an_error() {
        let at = |now| sizes(parts::CODEC, now, &[(parts::CODEC, now)], "rustc 1");
        assert!(at(100_000).check().is_ok());
        assert!(at(100_000).table().ends_with("100.0\n"), "{}", at(100_000).table());
        let error = at(100_001).check().expect_err("over its limit");
        assert!(error.to_string().ends_with("has 100001 bytes; its limit is 100000"), "{error}");
    }

    #[test]
    fn a_missed_limit_is_shown_and_the_part_may_not_grow_further() {
        let limit = Limit { part: "a", bytes: 2_000, most_if_missed: Some(3_000) };
        assert_eq!((limit.column(3_000).as_str(), limit.fault(3_000)), ("    2.0 missed", None));
        assert_eq!(limit.fault(3_001).as_deref(), Some("a has 3001 bytes; it misses its limit of 2000, but may not exceed 3000"));
        let kept = "a keeps its limit of 2000 now: remove its `most_if_missed` in xtask/src/sizes.rs";
        assert_eq!((limit.column(2_000).as_str(), limit.fault(2_000).as_deref()), ("    2.0", Some(kept)));
    }

    #[test]
    fn sizes_in_documents_may_be_one_off() {
        assert!(alike("181 kB of wasm (220 kB)", "182 kB of\nwasm (219 kB)"));
        assert!(!alike("181 kB of wasm (220 kB)", "187 kB of wasm (220 kB)"));
        assert!(!alike("181 kB of wasm", "181 kB"));
        assert!(!alike("", "181 kB"));
    }

    /// Lines get as long as docs/loading.md allows, and no longer.
    #[test]
    fn sentences_are_wrapped_as_in_the_documents() -> Result<()> {
        let said = marked::read("docs/loading.md", MARK)?;
        assert_eq!(wrapped(&said.split_whitespace().collect::<Vec<_>>().join(" ")), said);
        let (word, end) = ("x".repeat(COLUMNS - 2), "x".repeat(COLUMNS - marked::end(MARK).len() - 1));
        assert_eq!(wrapped(&format!("{word} y {end}")), format!("\n{word} y\n{end}"));
        assert_eq!(wrapped(&format!("a {end}")), format!("\na\n{end}"));
        Ok(())
    }

    #[test]
    fn the_committed_sizes_are_those_in_the_documents() -> Result<()> {
        let committed: Committed = serde_json::from_str(&fs::read_to_string(file())?)?;
        let parts = committed.parts.iter().map(|(name, size)| (name.clone(), *size)).collect();
        Sizes { parts, compiler: committed.compiler.clone(), committed }.check_documents()
    }
}
