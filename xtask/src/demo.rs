//! `cargo xtask demo`: measures the payment page and serves it.

use std::fs;

use anyhow::{Context, Result, bail};
use e2e::{Driver, Installed, Kind, Www};

use crate::artifacts::{build_all, prepare_all};
use crate::measure::{Measured, measure};
use crate::step::{note, step_async};
use crate::{marked, waterfalls, workspace, www};

/// Sets everything up, measures the payment page in a browser, serves it until Ctrl-C
///
/// Sends the same two Server Actions to the same Next.js server in six ways: with Next's own client; through the same
/// imported actions with a policy each; with Actionlane in one lane; in one lane without rendering the page again; with
/// a lane each; and with the second as a route-handler call. Prints the median run of
/// each. If there is no browser, says so and only serves the page.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Exit after measuring
    #[arg(long)]
    once: bool,
    /// Print the result as one line of JSON, last on standard output
    #[arg(long)]
    json: bool,
    /// Port to serve on; if it is taken, a free one is used
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Number of runs of each way
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Write the result to docs/waterfalls.svg and docs/performance.md
    #[arg(long)]
    write_docs: bool,
    /// Browser to measure in
    #[arg(long, value_enum, default_value_t = Measuring::Chromium)]
    browser: Measuring,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Measuring {
    Chromium,
    Firefox,
}

impl Measuring {
    fn kind(self) -> Kind {
        match self {
            Self::Chromium => Kind::Chromium,
            Self::Firefox => Kind::Firefox,
        }
    }
}

pub(crate) async fn run(args: &Args) -> Result<()> {
    let browser = match prepare_all(args.browser.kind())? {
        Err(why) if args.once => bail!(why.context("--once needs a browser to measure with")),
        browser => browser,
    };
    build_all()?;
    let port = if e2e::is_free(args.port) { args.port } else { e2e::free_port()? };
    let mut app = www::serve(port, &[]).await?;
    match browser {
        Ok(installed) => {
            let measured = measure_in(args.browser.kind(), installed, &app, args.runs).await?;
            report(&measured, args.json)?;
            if args.write_docs {
                write(&measured, args.runs)?;
            }
        }
        Err(why) => note(&format!("nothing measured: {why:#}")),
    }
    if args.once {
        return Ok(());
    }
    eprintln!("\nThe page: {}/   without React: {}/plain.html   (Ctrl-C ends the server)", app.url(), app.url());
    app.ended().await
}

async fn measure_in(kind: Kind, installed: Installed, app: &Www, runs: usize) -> Result<Measured> {
    step_async(&format!("measuring six ways, {runs} runs each"), async {
        let driver = Driver::start_installed(kind, installed).await?;
        measure(&driver, app.url(), runs, note).await
    })
    .await
}

/// Place of the measured table in docs/performance.md.
const MARK: &str = "measured: cargo xtask demo --write-docs";

/// Writes the image for README.md and the table.
fn write(measured: &Measured, runs: usize) -> Result<()> {
    let note = format!("Medians of {runs} runs in headless Chromium against next start, by cargo xtask demo.");
    let image = workspace::root().join("docs/waterfalls.svg");
    fs::write(&image, waterfalls::svg(&measured.waterfalls(), &note)).with_context(|| format!("writing {}", workspace::shown(&image)))?;
    marked::write("docs/performance.md", MARK, &format!("\n{}", measured.markdown()))
}

/// Prints the table: on standard output or, with `--json`, on standard error.
fn report(measured: &Measured, json: bool) -> Result<()> {
    if json {
        eprintln!("{}", measured.table());
        println!("{}", serde_json::to_string(measured)?);
    } else {
        println!("{}", measured.table());
    }
    Ok(())
}
