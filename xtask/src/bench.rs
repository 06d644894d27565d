//! `cargo xtask bench`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use clap::ValueEnum;
use e2e::{Browser, Driver, Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::run::{self, quiet};
use crate::step::{note, step, step_async};
use crate::{browser, conformance, npm, oracle, workspace};

/// Measures our codec against React's client and JSON, in Chromium
///
/// One page, one run, in turns: our package, React's production client, and JSON.parse or JSON.stringify of as much. Prints medians and
/// the ratios of ours to theirs. Asserts nothing.
#[derive(clap::Args)]
pub(crate) struct Args {
    kind: Coding,
    /// Print the result as one line of JSON, last on standard output
    #[arg(long)]
    json: bool,
    /// How often each is measured
    #[arg(long, default_value_t = 15)]
    rounds: u32,
    /// Only cases with this in their name
    #[arg(long)]
    only: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Coding {
    /// Answers, to values
    Decode,
    /// Arguments, to a body
    Encode,
}

/// The medians of one case, in milliseconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Measured {
    case: String,
    bytes: u64,
    ours: f64,
    react: f64,
    json: f64,
}

pub(crate) async fn run(args: &Args) -> Result<()> {
    browser::ensure(Kind::Chromium)?;
    conformance::prepare()?;
    let page = step("bundling the page", bundle)?;
    let kind = args.kind.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let measured = step_async(&format!("measuring {kind}, {} rounds", args.rounds), measure(&page, &kind, args)).await?;
    let table = table(&measured);
    if args.json {
        eprintln!("{table}");
        println!("{}", report(&kind, &measured));
    } else {
        println!("{table}");
    }
    Ok(())
}

async fn measure(page: &str, kind: &str, args: &Args) -> Result<Vec<Measured>> {
    let driver = Driver::start(Kind::Chromium).await?;
    Browser::with(&driver, async |browser| {
        browser.goto(page).await?;
        let names: Vec<String> = browser.eval("return bench.names(args[0])", &[json!(kind)]).await?;
        let mut all = Vec::new();
        for name in names.iter().filter(|name| args.only.as_ref().is_none_or(|only| name.contains(only))) {
            let run = "return await bench.run(args[0], args[1], args[2])";
            let measured: Measured = browser.eval(run, &[json!(kind), json!(name), json!(args.rounds)]).await.context(name.clone())?;
            note(&measured.line());
            all.push(measured);
        }
        Ok(all)
    })
    .await
}

/// Makes the page: a script of everything, and a file that has it. Gives its address.
fn bundle() -> Result<String> {
    let page = workspace::scratch("bench/index.html")?;
    let payloads = page.with_file_name("payloads");
    let bench = workspace::root().join("tests/bench");
    quiet(run::command("node", &bench).arg("payloads.mjs").arg(&payloads))?;
    let modules = oracle::dir().join("node_modules");
    let mut esbuild = npm::program(&workspace::pkg(), "esbuild");
    esbuild.arg(bench.join("bench.js")).args(ESBUILD);
    for (name, directory) in [
        ("react", modules.join("react-19.3")),
        ("react-dom", modules.join("react-dom-19.3")),
        ("react-server-dom-webpack", modules.join("react-server-dom-webpack-19.3")),
        ("payloads", payloads),
    ] {
        esbuild.arg(format!("--alias:{name}={}", directory.display()));
    }
    quiet(esbuild.arg(format!("--outfile={}", page.with_file_name("bench.js").display())))?;
    fs::write(&page, PAGE).with_context(|| format!("writing {}", page.display()))?;
    Ok(address(&page))
}

const ESBUILD: [&str; 8] = [
    "--bundle",
    "--minify",
    "--format=iife",
    "--target=es2022",
    "--log-level=warning",
    "--loader:.wasm=binary",
    "--loader:.rsc=binary",
    "--define:process.env.NODE_ENV=\"production\"",
];

const PAGE: &str = "<!doctype html><meta charset=\"utf-8\"><title>bench</title><script src=\"bench.js\"></script>\n";

fn address(page: &Path) -> String {
    format!("file://{}", page.display())
}

impl Measured {
    fn line(&self) -> String {
        let Self { case, bytes, ours, react, json } = self;
        format!(
            "{case:<16} {:>6} kB {:>10} {:>10} {:>10} {:>8.2} {:>8.2}",
            bytes.div_ceil(1000),
            time(*ours),
            time(*react),
            time(*json),
            ours / react,
            ours / json
        )
    }
}

/// For people.
fn table(measured: &[Measured]) -> String {
    let head = format!("{:<16} {:>9} {:>10} {:>10} {:>10} {:>8} {:>8}", "", "size", "ours", "React", "JSON", "÷ React", "÷ JSON");
    measured.iter().fold(head, |table, measured| format!("{table}\n{}", measured.line()))
}

/// For programs: the medians of each case, and what ours is of theirs.
fn report(kind: &str, measured: &[Measured]) -> Value {
    let cases = measured.iter().map(|Measured { case, bytes, ours, react, json }| {
        let ratio = json!({ "react": rounded(ours / react), "json": rounded(ours / json) });
        let ms = json!({ "ours": rounded(*ours), "react": rounded(*react), "json": rounded(*json) });
        (case.clone(), json!({ "bytes": bytes, "ms": ms, "ratio": ratio }))
    });
    json!({ kind: cases.collect::<Map<_, _>>() })
}

fn time(ms: f64) -> String {
    if ms < 0.1 { format!("{:.1} µs", ms * 1000.0) } else { format!("{ms:.2} ms") }
}

/// To a thousandth, or to three digits where that is nothing.
fn rounded(value: f64) -> f64 {
    let steps = if value < 0.1 { 1e6 } else { 1e3 };
    (value * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_line_has_the_agreed_shape() {
        let measured = Measured { case: "plain".to_owned(), bytes: 1000, ours: 1.0, react: 2.0, json: 0.5 };
        let line = r#"{"decode":{"plain":{"bytes":1000,"ms":{"ours":1.0,"react":2.0,"json":0.5},"ratio":{"react":0.5,"json":2.0}}}}"#;
        assert_eq!(report("decode", &[measured]).to_string(), line);
    }
}
