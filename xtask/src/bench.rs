//! `cargo xtask bench`.

use std::fs;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::run::{command, quiet};
use crate::step::step;
use crate::{browser, build, npm, oracle, workspace};

/// Measures decoding or encoding in headless Chromium, beside React's own client in the same run
///
/// Prints medians and the ratio ours / theirs; what a ratio should be is written nowhere, and nothing fails for being slow.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to measure
    what: What,
    /// Print the result as one line of JSON, last on standard output
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    Decode,
    Encode,
}

/// Medians in milliseconds.
#[derive(Deserialize, Serialize)]
struct Row {
    name: String,
    bytes: u64,
    ours: f64,
    theirs: f64,
    /// `JSON.parse` or `JSON.stringify` of the same data, where that is possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<f64>,
}

pub(crate) async fn run(args: &Args) -> Result<()> {
    browser::ensure().context("a browser is needed to measure in")?;
    npm::ensure_packages(&oracle::dir())?;
    build::prepare()?;
    build::package()?;
    let page = step("making the page that measures", bundle)?;
    let what = match args.what {
        What::Decode => "decode",
        What::Encode => "encode",
    };
    let driver = e2e::Driver::start(e2e::Kind::Chromium).await?;
    let browser = e2e::Browser::open(&driver).await?;
    browser.goto(&page).await?;
    let rows: Vec<Row> = browser.eval(&format!("return await window.bench('{what}')"), &[]).await?;
    browser.close().await?;
    let table = table(&rows);
    if args.json {
        eprint!("{table}");
        println!("{}", serde_json::to_string(&rows)?);
    } else {
        print!("{table}");
    }
    Ok(())
}

/// Makes the page; gives its address.
fn bundle() -> Result<String> {
    let out = workspace::scratch("bench/index.html")?;
    let directory = out.with_file_name("");
    let sources = workspace::root().join("tests/bench");
    quiet(command("node", &sources).arg("answers.mjs").arg(&directory))?;
    let page = sources.join("page.mjs");
    let mut esbuild = npm::program(&workspace::pkg(), "esbuild");
    esbuild.arg(&page).args(["--bundle", "--minify", "--format=iife", "--target=es2022", "--log-level=warning", "--loader:.wasm=binary"]);
    esbuild.arg("--define:process.env.NODE_ENV=\"production\"").arg(format!("--outfile={}", directory.join("page.js").display()));
    // React is the oracle's.
    esbuild.env("NODE_PATH", oracle::dir().join("node_modules"));
    esbuild.arg(format!("--alias:react={}", oracle::dir().join("node_modules/react-19.3").display()));
    esbuild.arg(format!("--alias:react-dom={}", oracle::dir().join("node_modules/react-dom-19.3").display()));
    quiet(&mut esbuild)?;
    // What a bundler would have given React.
    let html = "<!doctype html><title>bench</title><script>__webpack_require__ = Object.assign(() => ({}), { u: id => id }); \
                __webpack_chunk_load__ = () => Promise.resolve()</script><script src=\"answers.js\"></script><script src=\"page.js\"></script>";
    fs::write(&out, html).context("writing the page")?;
    Ok(format!("file://{}", out.display()))
}

fn table(rows: &[Row]) -> String {
    let mut table = format!("{:<20} {:>10} {:>10} {:>10} {:>8} {:>12}\n", "", "bytes", "ours ms", "React ms", "ratio", "to JSON");
    for Row { name, bytes, ours, theirs, floor } in rows {
        let floor = floor.map_or_else(String::new, |floor| format!("{:.2}", ours / floor));
        table += &format!("{name:<20} {bytes:>10} {ours:>10.3} {theirs:>10.3} {:>8.2} {floor:>12}\n", ours / theirs);
    }
    table
}
