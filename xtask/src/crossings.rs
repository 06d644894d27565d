//! Counts how often one call crosses the border between JavaScript and wasm: `cargo xtask bench crossings`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::step::step;
use crate::{npm, run, wasm, workspace};

/// Crossings of one call in each case, and the number that tests/bench/crossings.json allows.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Crossings {
    cases: BTreeMap<String, Case>,
    /// The code of each import, by the import's name.
    #[serde(skip)]
    code: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Case {
    #[serde(flatten)]
    calls: Calls,
    imported: u64,
    exported: u64,
    total: u64,
    committed: u64,
}

/// Number of calls, by the function's name.
#[derive(Serialize, Deserialize)]
struct Calls {
    /// From Rust into JavaScript.
    imports: BTreeMap<String, u64>,
    /// From JavaScript into Rust.
    exports: BTreeMap<String, u64>,
}

/// Selects one direction.
type Side = fn(&Calls) -> &BTreeMap<String, u64>;

#[derive(Deserialize)]
struct Counted {
    cases: BTreeMap<String, Calls>,
    code: BTreeMap<String, String>,
}

/// Counts the crossings in Node.js. The package must be up to date.
pub(crate) fn count() -> Result<Crossings> {
    npm::ensure_node()?;
    let counted = step("counting the crossings of one call", || {
        let line = run::quiet(run::command("node", &workspace::bench()).args(["--expose-gc", "crossings.mjs"]).arg(wasm::names()?))?;
        serde_json::from_str::<Counted>(&line).with_context(|| format!("crossings.mjs printed {line:?}"))
    })?;
    let text = fs::read_to_string(file()).with_context(|| format!("reading {}", workspace::shown(&file())))?;
    Crossings::new(counted, &serde_json::from_str(&text).with_context(|| workspace::shown(&file()))?)
}

fn file() -> PathBuf {
    workspace::bench().join("crossings.json")
}

impl Crossings {
    fn new(Counted { cases, code }: Counted, committed: &BTreeMap<String, u64>) -> Result<Self> {
        ensure!(committed.keys().eq(cases.keys()), "tests/bench/crossings.json must have the same cases as crossings.mjs counts");
        let judged = |(name, calls): (String, Calls)| {
            let [imported, exported] = [&calls.imports, &calls.exports].map(|side| side.values().sum());
            let committed = committed[&name];
            (name, Case { calls, imported, exported, total: imported + exported, committed })
        };
        Ok(Self { cases: cases.into_iter().map(judged).collect(), code })
    }

    /// Returns the number of cases.
    pub(crate) fn len(&self) -> usize {
        self.cases.len()
    }

    /// Fails if a case has more crossings than tests/bench/crossings.json allows.
    pub(crate) fn check(&self) -> Result<()> {
        let grown: Vec<_> =
            self.cases.iter().filter(|(_, case)| case.total > case.committed).map(|(name, case)| line(name, case)).collect();
        ensure!(
            grown.is_empty(),
            "one call crosses the border between JavaScript and wasm more often than tests/bench/crossings.json allows; \
             if that is intended, raise the numbers there:\n{}",
            grown.join("\n")
        );
        Ok(())
    }

    /// Returns a table of the functions and their counts in each case, the most called first; then the sums.
    pub(crate) fn table(&self) -> String {
        let mut table = String::new();
        let sides: [(&str, Side); 2] =
            [("Rust calls JavaScript", |calls| &calls.imports), ("JavaScript calls Rust", |calls| &calls.exports)];
        let columns = |cell: &dyn Fn(&str, &Case) -> String| -> String {
            self.cases.iter().map(|(name, case)| format!("{:>10}", cell(name, case))).collect()
        };
        for (title, side) in sides {
            table += &format!("{}  {title}\n", columns(&|name, _| name.to_owned()));
            let of = |case: &Case, name: &str| side(&case.calls).get(name).copied().unwrap_or(0);
            let mut names: Vec<_> = self.cases.values().flat_map(|case| side(&case.calls).keys()).collect();
            names.sort();
            names.dedup();
            names.sort_by_key(|name| std::cmp::Reverse(self.cases.values().map(|case| of(case, name)).sum::<u64>()));
            for name in names {
                let code = self.code.get(name).map(|code| format!(": {code}")).unwrap_or_default();
                table += &format!("{}  {}{code}\n", columns(&|_, case| of(case, name).to_string()), without_hash(name));
            }
            let sum = |case: &Case| side(&case.calls).values().sum::<u64>().to_string();
            table += &format!("{}  in all\n\n", columns(&|_, case| sum(case)));
        }
        table += "committed → now\n";
        table + &self.cases.iter().map(|(name, case)| line(name, case)).collect::<Vec<_>>().join("\n")
    }
}

fn line(name: &str, Case { imported, exported, total, committed, .. }: &Case) -> String {
    let hint = if total < committed { "; lower the number in tests/bench/crossings.json" } else { "" };
    format!("{name:<10} {committed} → {total} ({imported} imports + {exported} exports){hint}")
}

/// Returns the name of an import without the 16 hexadecimal digits that wasm-bindgen appends. The table tells imports
/// of one name apart by their code.
fn without_hash(name: &str) -> &str {
    let is_hash = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.rsplit_once('_').filter(|(_, hash)| is_hash(hash)).map_or(name, |(short, _)| short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossings(total: u64, committed: u64) -> Result<Crossings> {
        let calls = Calls { imports: [("a".to_owned(), total - 1)].into(), exports: [("b".to_owned(), 1)].into() };
        let counted = Counted { cases: [("plain".to_owned(), calls)].into(), code: BTreeMap::new() };
        Crossings::new(counted, &[("plain".to_owned(), committed)].into())
    }

    #[test]
    fn more_than_is_committed_is_an_error() -> Result<()> {
        assert!(crossings(137, 137)?.check().is_ok());
        assert!(crossings(136, 137)?.check().is_ok());
        let error = crossings(138, 137)?.check().expect_err("one more");
        assert!(error.to_string().contains("plain      137 → 138 (137 imports + 1 exports)"), "{error}");
        Ok(())
    }

    #[test]
    fn a_case_that_is_not_committed_is_an_error() {
        let counted = Counted { cases: BTreeMap::new(), code: BTreeMap::new() };
        assert!(Crossings::new(counted, &[("plain".to_owned(), 1)].into()).is_err());
    }

    #[test]
    fn names_end_before_their_hash() {
        assert_eq!(without_hash("__wbg_get_2818652314b0d68b"), "__wbg_get");
        assert_eq!(without_hash("closures_____invoke__h1b2dd9203e5da53a"), "closures_____invoke__h1b2dd9203e5da53a");
        assert_eq!(without_hash("__wbindgen_malloc"), "__wbindgen_malloc");
    }
}
