//! Where the time of one call goes: `cargo xtask bench crossings --profile`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use e2e::{Browser, Driver, Kind};
use serde::{Deserialize, Serialize};
use serde_json::json;
use server::Server;

use crate::step::{step, step_async};
use crate::{run, workspace};

/// Calls that are looked at, one after the other.
const CALLS: u32 = 20_000;
/// Calls before them: what is compiled on the way is compiled then.
const WARM: u32 = 2000;
/// Functions that are shown.
const SHOWN: usize = 40;

/// What V8's profiler has seen in one place.
#[derive(Serialize, Deserialize)]
pub(crate) struct Profile {
    /// Microseconds of one call without it: `ours`, the same by `hand`, and `fetch` alone.
    us: BTreeMap<String, f64>,
    rows: Vec<Row>,
}

/// The time of one function, its own only.
#[derive(Serialize, Deserialize)]
struct Row {
    /// The module, `wasm`, `glue`, `platform` or what the engine itself does.
    #[serde(rename = "where")]
    place: String,
    name: String,
    /// Of one call.
    us: f64,
    share: f64,
}

pub(crate) fn in_node() -> Result<Profile> {
    step(&format!("{CALLS} calls in Node.js"), || read(&[]))
}

/// `page`: the directory of the page of the benchmarks, its script as it was written.
pub(crate) async fn in_chromium(page: &Path) -> Result<Profile> {
    let server = Server::start(page)?;
    let driver = Driver::start(Kind::Chromium).await?;
    let run = async |browser: &Browser| {
        browser.goto(&format!("{}/pkg/index.html", server.url())).await?;
        let calls = async |name: &str, count: u32| {
            browser.eval::<f64>("return await bench.calls(args[0], args[1])", &[json!(name), json!(count)]).await
        };
        let mut us = BTreeMap::new();
        for name in ["ours", "hand", "fetch"] {
            calls(name, WARM).await?;
            us.insert(name.to_owned(), calls(name, CALLS).await?);
        }
        let (_, profile) = browser.profiled(calls("ours", CALLS)).await?;
        Ok((us, profile))
    };
    let (us, profile) = step_async(&format!("{CALLS} calls in Chromium"), Browser::with(&driver, run)).await?;
    let file = workspace::scratch("bench/profile.json")?;
    fs::write(&file, profile.to_string()).with_context(|| format!("writing {}", file.display()))?;
    let arguments = [file.display().to_string(), page.join("page.js").display().to_string(), CALLS.to_string()];
    Ok(Profile { us, ..read(&arguments)? })
}

fn read(arguments: &[String]) -> Result<Profile> {
    let line = run::quiet(run::command("node", &workspace::bench()).arg("profile.mjs").args(arguments))?;
    serde_json::from_str(&line).with_context(|| format!("profile.mjs printed {line:?}"))
}

impl Profile {
    /// By module, then the functions that take the most; what ours is of the others.
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
        let of = |name| self.us.get(name).copied().unwrap_or(f64::NAN);
        let [ours, hand, fetch] = ["ours", "hand", "fetch"].map(of);
        let seen: f64 = self.rows.iter().map(|row| row.us).sum();
        format!(
            "one call {ours:.1} µs ({seen:.1} as it was looked at), by hand {hand:.1}, fetch {fetch:.1}: {:.2} ÷ by hand, {:.2} ÷ fetch",
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
    fn modules_are_summed() -> Result<()> {
        let profile: Profile = serde_json::from_value(json!({
            "us": { "ours": 30.0, "hand": 10.0, "fetch": 5.0 },
            "rows": [
                { "where": "glue", "name": "a", "us": 15.0, "share": 0.5 },
                { "where": "wasm", "name": "", "us": 10.0, "share": 0.25 },
                { "where": "glue", "name": "b", "us": 5.0, "share": 0.25 },
            ],
        }))?;
        let table = profile.table();
        assert!(table.contains("     20.00  75.0 %  glue\n     10.00  25.0 %  wasm\n"), "{table}");
        assert!(
            table.ends_with("one call 30.0 µs (30.0 as it was looked at), by hand 10.0, fetch 5.0: 3.00 ÷ by hand, 6.00 ÷ fetch"),
            "{table}"
        );
        Ok(())
    }
}
