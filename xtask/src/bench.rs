//! `cargo xtask bench`: measures the codec and the dispatcher against others.

mod observe;
mod rust;
mod stores;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use e2e::{Browser, Driver, Kind};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use server::Server;

use crate::run::{self, quiet};
use crate::step::{note, step, step_async};
use crate::{browser, build, conformance, crossings, marked, npm, oracle, profile, workspace};

/// Measures our codec and our dispatcher against others, in Chromium
///
/// Measures three contenders in turns, in one page: our package; the same work done with React's production client
/// (for dispatch: by hand with p-queue); and a lower bound: JSON.parse or JSON.stringify of equally large data, or a
/// bare fetch. Prints medians and ratios. Fails only if it cannot measure.
///
/// `crossings` measures no time. It counts, in Node.js, how often one call crosses the border between JavaScript and
/// wasm, and fails if that is more than tests/bench/crossings.json allows. With `--profile` it also shows where one
/// call spends its time, in Node.js and in Chromium.
#[derive(clap::Args)]
pub(crate) struct Args {
    kind: Choice,
    /// Print the result as one line of JSON, last on standard output
    #[arg(long)]
    json: bool,
    /// Number of measurements of each case
    #[arg(long, default_value_t = 15)]
    rounds: u32,
    /// Measure only the cases with this text in their name
    #[arg(long)]
    only: Option<String>,
    /// Write the ratios into docs/performance.md: for `decode`, `encode` and `dispatch`, on an idle machine
    #[arg(long)]
    write_docs: bool,
    /// For `crossings`: show where one call spends its time, too
    #[arg(long)]
    profile: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Choice {
    /// Decode answers to values
    Decode,
    /// Encode arguments to a body
    Encode,
    /// Make whole calls, with answers made in the page and by a server on loopback
    Dispatch,
    /// Count how often one call crosses the border between JavaScript and wasm
    Crossings,
    /// Compare what the observer says of requests with the log of their server, and measure what it costs
    Observe,
    /// Make whole calls in Rust and through the npm package, in one page
    Rust,
    /// Claim and finish in each store, beside the same statements by hand
    Stores,
}

/// Kinds of work whose time is measured.
#[derive(Clone, Copy, Debug)]
enum Work {
    Decode,
    Encode,
    Dispatch,
}

/// Medians of one case.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Measured {
    case: String,
    bytes: u64,
    /// Milliseconds by contender: `ours`, and the others by their names.
    pub(crate) ms: BTreeMap<String, f64>,
}

pub(crate) async fn run(args: &Args) -> Result<()> {
    ensure!(!args.profile || args.kind == Choice::Crossings, "--profile works only with `crossings`");
    let is_work = matches!(args.kind, Choice::Decode | Choice::Encode | Choice::Dispatch);
    ensure!(!args.write_docs || is_work, "--write-docs works only with `decode`, `encode` and `dispatch`");
    ensure!(!args.write_docs || args.only.is_none(), "--write-docs writes all cases: leave out --only");
    let work = match args.kind {
        Choice::Decode => Work::Decode,
        Choice::Encode => Work::Encode,
        Choice::Dispatch => Work::Dispatch,
        Choice::Crossings => {
            ensure!(args.only.is_none(), "`crossings` counts all its cases: leave out --only");
            return crossings(args).await;
        }
        Choice::Observe => {
            let observed = observe::measure(args.rounds)?;
            print(args, &observed.table(), &json!({ "observe": observed }));
            return Ok(());
        }
        Choice::Rust => {
            let measured = rust::measure(args.rounds)?;
            print(args, &rust::table(&measured), &json!({ "rust": measured }));
            return Ok(());
        }
        Choice::Stores => {
            let measured = stores::measure(args.rounds)?;
            print(args, &stores::table(&measured), &json!({ "stores": measured }));
            return Ok(());
        }
    };
    let page = prepare(true)?;
    let measured = step_async(&format!("measuring {}, {} rounds", work.name(), args.rounds), measure(&page, work, args)).await?;
    print(args, &work.table(&measured)?, &work.report(&measured)?);
    if args.write_docs {
        marked::write("docs/performance.md", &work.mark(), &work.markdown(&measured)?)?;
    }
    Ok(())
}

async fn crossings(args: &Args) -> Result<()> {
    build::prepare()?;
    build::package()?;
    let crossings = crossings::count()?;
    let mut table = crossings.table();
    let mut report = json!({ "crossings": crossings });
    if args.profile {
        let page = prepare(false)?;
        let profiles = [("Node.js", "node", profile::in_node()?), ("Chromium", "chromium", profile::in_chromium(&page).await?)];
        for (title, name, measured) in profiles {
            table += &format!("\n\n{title}\n{}", measured.table());
            report["profile"][name] = json!(measured);
        }
    }
    print(args, &table, &report);
    crossings.check()
}

/// Prints the table for people or, with `--json`, the report for programs.
fn print(args: &Args, table: &str, report: &Value) {
    if args.json {
        eprintln!("{table}");
        println!("{report}");
    } else {
        println!("{table}");
    }
}

/// Gets everything that the page needs and bundles it. Returns the page's directory.
fn prepare(minified: bool) -> Result<PathBuf> {
    browser::ensure(Kind::Chromium)?;
    conformance::prepare()?;
    npm::ensure_packages(&workspace::bench())?;
    step("bundling the page", || bundle(minified))
}

async fn measure(page: &Path, work: Work, args: &Args) -> Result<Vec<Measured>> {
    let server = Server::start(page)?;
    let driver = Driver::start(Kind::Chromium).await?;
    Browser::with(&driver, async |browser| {
        browser.goto(&format!("{}/pkg/index.html", server.url())).await?;
        let names: Vec<String> = browser.eval("return bench.names(args[0])", &[json!(work.name())]).await?;
        let mut all = Vec::new();
        for name in names.iter().filter(|name| args.only.as_ref().is_none_or(|only| name.contains(only))) {
            let run = "return await bench.run(args[0], args[1], args[2])";
            let values = [json!(work.name()), json!(name), json!(args.rounds)];
            let measured: Measured = browser.eval(run, &values).await.context(name.clone())?;
            note(&work.line(&measured)?);
            all.push(measured);
        }
        Ok(all)
    })
    .await
}

/// Bundles the page: one script, and an HTML file that loads it. Returns their directory.
fn bundle(minified: bool) -> Result<PathBuf> {
    let payloads = workspace::scratch("bench/payloads")?;
    let bench = workspace::bench();
    quiet(run::command("node", &bench).arg("payloads.mjs").arg(&payloads))?;
    oracle::page_as("bench", &bench.join("bench.js"), &[("payloads", &payloads)], minified)
}

impl Work {
    fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Encode => "encode",
            Self::Dispatch => "dispatch",
        }
    }

    /// Returns the other contenders: the name in the page, and the title in the table.
    fn others(self) -> [(&'static str, &'static str); 2] {
        match self {
            Self::Decode | Self::Encode => [("react", "React"), ("json", "JSON")],
            Self::Dispatch => [("hand", "by hand"), ("fetch", "fetch")],
        }
    }

    /// Returns the milliseconds of ours, and of the others in their order.
    fn times(self, Measured { case, ms, .. }: &Measured) -> Result<[f64; 3]> {
        let of = |name| ms.get(name).copied().with_context(|| format!("{case} has no time of {name}"));
        let [first, second] = self.others().map(|(name, _)| of(name));
        Ok([of("ours")?, first?, second?])
    }

    fn line(self, measured: &Measured) -> Result<String> {
        let Measured { case, bytes, .. } = measured;
        let [ours, first, second] = self.times(measured)?;
        let size = bytes.div_ceil(1000);
        let times = [ours, first, second].map(time);
        Ok(format!(
            "{case:<16} {size:>6} kB {:>10} {:>10} {:>10} {:>9.2} {:>8.2}",
            times[0],
            times[1],
            times[2],
            ours / first,
            ours / second
        ))
    }

    /// Returns the table for people.
    fn table(self, measured: &[Measured]) -> Result<String> {
        let [first, second] = self.others().map(|(_, title)| title);
        let ratios = [first, second].map(|title| format!("÷ {title}"));
        let mut table = format!("{:<16} {:>9} {:>10} {first:>10} {second:>10} {:>9} {:>8}", "", "size", "ours", ratios[0], ratios[1]);
        for measured in measured {
            table.push('\n');
            table.push_str(&self.line(measured)?);
        }
        Ok(table)
    }

    /// Place of the ratios in docs/performance.md.
    fn mark(self) -> String {
        format!("measured: cargo xtask bench {} --write-docs", self.name())
    }

    /// Returns the ratios for docs/performance.md.
    fn markdown(self, measured: &[Measured]) -> Result<String> {
        let [first, second] = match self {
            Self::Decode => ["React's client", "`JSON.parse`"],
            Self::Encode => ["React's client", "`JSON.stringify`"],
            Self::Dispatch => ["React's client and p-queue", "a bare `fetch`"],
        };
        let mut table = format!("\n| {} | size | ÷ {first} | ÷ {second} |\n|---|---|---|---|\n", self.name());
        for one in measured {
            let [ours, first, second] = self.times(one)?;
            table += &format!("| {} | {} kB | {:.2} | {:.2} |\n", one.case, one.bytes.div_ceil(1000), ours / first, ours / second);
        }
        Ok(table)
    }

    /// Returns the report for programs: the medians of each case, and the ratios of ours to the others.
    fn report(self, measured: &[Measured]) -> Result<Value> {
        let cases = measured.iter().map(|Measured { case, bytes, ms }| {
            let ours = ms.get("ours").copied().with_context(|| format!("{case} has no time of ours"))?;
            let theirs = ms.iter().filter(|(name, _)| *name != "ours");
            let ratio: Map<_, _> = theirs.map(|(name, ms)| (name.clone(), json!(rounded(ours / ms)))).collect();
            let ms: Map<_, _> = ms.iter().map(|(name, ms)| (name.clone(), json!(rounded(*ms)))).collect();
            Ok((case.clone(), json!({ "bytes": bytes, "ms": ms, "ratio": ratio })))
        });
        Ok(json!({ self.name(): cases.collect::<Result<Map<_, _>>>()? }))
    }
}

fn time(ms: f64) -> String {
    if ms < 0.1 { format!("{:.1} µs", ms * 1000.0) } else { format!("{ms:.2} ms") }
}

/// Rounds to thousandths, or to millionths below 0.1.
fn rounded(value: f64) -> f64 {
    let steps = if value < 0.1 { 1e6 } else { 1e3 };
    (value * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_line_has_the_agreed_shape() -> Result<()> {
        let ms = [("ours", 1.0), ("react", 2.0), ("json", 0.5)].map(|(name, ms)| (name.to_owned(), ms));
        let measured = Measured { case: "plain".to_owned(), bytes: 1000, ms: ms.into() };
        let line: Value = serde_json::from_str(
            r#"{"decode":{"plain":{"bytes":1000,"ms":{"ours":1.0,"react":2.0,"json":0.5},"ratio":{"react":0.5,"json":2.0}}}}"#,
        )?;
        assert_eq!(Work::Decode.report(&[measured])?, line);
        Ok(())
    }

    #[test]
    fn the_documents_get_ratios() -> Result<()> {
        let ms = [("ours", 1.0), ("react", 2.0), ("json", 0.5)].map(|(name, ms)| (name.to_owned(), ms));
        let written = Work::Decode.markdown(&[Measured { case: "plain".to_owned(), bytes: 1000, ms: ms.into() }])?;
        assert!(written.ends_with("|---|---|---|---|\n| plain | 1 kB | 0.50 | 2.00 |\n"), "{written}");
        Ok(())
    }

    #[test]
    fn a_contender_without_a_time_is_an_error() {
        let measured = Measured { case: "plain".to_owned(), bytes: 1, ms: BTreeMap::new() };
        assert!(Work::Dispatch.line(&measured).is_err());
        assert!(Work::Dispatch.report(&[measured]).is_err());
    }
}
