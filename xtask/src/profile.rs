//! Measures where one call spends its time: `cargo xtask bench crossings --profile`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use e2e::{Browser, Driver, Kind};
use serde::{Deserialize, Serialize};
use serde_json::json;
use server::Server;

use crate::bench::Measured;
use crate::step::{step, step_async};
use crate::{run, wasm, workspace};

/// Profiled calls, one after the other.
const CALLS: u32 = 20_000;
/// Number of measurements of each contender in the page, before profiling.
const ROUNDS: u32 = 15;
/// Number of functions that the table shows.
const SHOWN: usize = 40;

/// A profile of V8, from Node.js or from Chromium.
#[derive(Serialize, Deserialize)]
pub(crate) struct Profile {
    /// Medians of one call without the profiler, in milliseconds: `ours`, the same by `hand`, and `fetch` alone.
    #[serde(default)]
    ms: BTreeMap<String, f64>,
    rows: Vec<Row>,
}

/// Time of one function, without the functions that it calls.
#[derive(Serialize, Deserialize)]
struct Row {
    /// The module, `wasm`, `glue`, `platform`, or the engine itself.
    #[serde(rename = "where")]
    place: String,
    name: String,
    /// Microseconds of one call.
    us: f64,
    share: f64,
}

pub(crate) fn in_node() -> Result<Profile> {
    step(&format!("{CALLS} calls in Node.js"), || read(&[]))
}

/// Profiles the page of the benchmarks in `page`, whose script is not minified.
pub(crate) async fn in_chromium(page: &Path) -> Result<Profile> {
    let server = Server::start(page)?;
    let driver = Driver::start(Kind::Chromium).await?;
    let run = async |browser: &Browser| {
        browser.goto(&format!("{}/pkg/index.html", server.url())).await?;
        let run = "return await bench.run('dispatch', 'one call', args[0])";
        let Measured { ms, .. } = browser.eval(run, &[json!(ROUNDS)]).await?;
        let ((), profile) = browser.profiled(browser.eval("await bench.calls(args[0])", &[json!(CALLS)])).await?;
        Ok((ms, profile))
    };
    let (ms, profile) = step_async(&format!("{CALLS} calls in Chromium"), Browser::with(&driver, run)).await?;
    let file = workspace::scratch("bench/profile.json")?;
    fs::write(&file, profile.to_string()).with_context(|| format!("writing {}", file.display()))?;
    Ok(Profile { ms, ..read(&[&file, &page.join("page.js")])? })
}

/// Reads a profile. `files` are the browser's profile and the script of its page; with none, profiles in Node.js.
fn read(files: &[&Path]) -> Result<Profile> {
    let line =
        run::quiet(run::command("node", &workspace::bench()).args(["profile.mjs", &CALLS.to_string()]).arg(wasm::names()?).args(files))?;
    serde_json::from_str(&line).with_context(|| format!("profile.mjs printed {line:?}"))
}

impl Profile {
    /// Returns a table: time by module, the functions that take the most, and the ratios of ours to the others.
    pub(crate) fn table(&self) -> String {
        let mut groups: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for Row { place, us, share, .. } in &self.rows {
            let group = groups.entry(place).or_default();
            *group = (group.0 + us, group.1 + share);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by(|(_, a), (_, b)| b.0.total_cmp(&a.0));
        let of_group = |(place, (us, share)): &(&str, (f64, f64))| line(*us, *share, place, "");
        let of_row = |row: &Row| line(row.us, row.share, &row.place, &row.name);
        let mut lines = vec!["   µs/call        by module".to_owned()];
        lines.extend(groups.iter().map(of_group));
        lines.push("   µs/call        by function, its own time".to_owned());
        lines.extend(self.rows.iter().take(SHOWN).map(of_row));
        lines.push(self.times());
        lines.join("\n")
    }

    fn times(&self) -> String {
        let of = |name| self.ms.get(name).map_or(f64::NAN, |ms| ms * 1000.0);
        let [ours, hand, fetch] = ["ours", "hand", "fetch"].map(of);
        let seen: f64 = self.rows.iter().map(|row| row.us).sum();
        format!(
            "one call {ours:.1} µs ({seen:.1} while profiled), by hand {hand:.1}, fetch {fetch:.1}: {:.2} ÷ by hand, {:.2} ÷ fetch",
            ours / hand,
            ours / fetch
        )
    }
}

fn line(us: f64, share: f64, place: &str, name: &str) -> String {
    format!("{us:>10.2} {:>5.1} %  {place} {name}", share * 100.0).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_summed_by_module() -> Result<()> {
        let profile: Profile = serde_json::from_value(json!({
            "ms": { "ours": 0.03, "hand": 0.01, "fetch": 0.005 },
            "rows": [
                { "where": "glue", "name": "a", "us": 15.0, "share": 0.5 },
                { "where": "wasm", "name": "", "us": 10.0, "share": 0.25 },
                { "where": "glue", "name": "b", "us": 5.0, "share": 0.25 },
            ],
        }))?;
        let table = profile.table();
        assert!(table.contains("     20.00  75.0 %  glue\n     10.00  25.0 %  wasm\n"), "{table}");
        assert!(
            table.ends_with("one call 30.0 µs (30.0 while profiled), by hand 10.0, fetch 5.0: 3.00 ÷ by hand, 6.00 ÷ fetch"),
            "{table}"
        );
        Ok(())
    }
}
