//! `cargo xtask demo`.

use anyhow::{Result, bail};
use e2e::{Driver, Kind, Www};

use crate::artifacts::{build_all, prepare_all};
use crate::measure::{Measured, measure};
use crate::step::{note, step_async};
use crate::www;

/// Sets everything up, measures the payment page in a browser, serves it until Ctrl-C
///
/// The same two Server Actions on the same Next.js server, sent five ways: by Next's own client, by Actionlane in one lane, so
/// and without rendering the page again, with a lane each, and with the second as a route-handler call. Prints the median run of each.
/// Where no browser can be had it says so and serves the page all the same.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Exit after measuring
    #[arg(long)]
    once: bool,
    /// Print the result as one line of JSON, last on standard output
    #[arg(long)]
    json: bool,
    /// Where to serve; a free port is used when this one is taken
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// How often to run each way
    #[arg(long, default_value_t = 5)]
    runs: usize,
}

pub(crate) async fn run(args: &Args) -> Result<()> {
    let browser = match prepare_all(Kind::Chromium)? {
        Err(why) if args.once => bail!(why.context("nothing to measure with")),
        browser => browser,
    };
    build_all()?;
    let port = if e2e::is_free(args.port) { args.port } else { e2e::free_port()? };
    let mut app = www::serve(port, &[]).await?;
    match browser {
        Ok(_) => {
            let measured = measure_in_chromium(&app, args.runs).await?;
            report(&measured, args.json)?;
        }
        Err(why) => note(&format!("nothing measured: {why:#}")),
    }
    if args.once {
        return Ok(());
    }
    eprintln!("\nThe page: {}/   without React: {}/plain.html   (Ctrl-C ends)", app.url(), app.url());
    app.ended().await
}

async fn measure_in_chromium(app: &Www, runs: usize) -> Result<Measured> {
    step_async(&format!("measuring five ways, {runs} runs each"), async {
        let driver = Driver::start(Kind::Chromium).await?;
        measure(&driver, app.url(), runs, note).await
    })
    .await
}

/// The table on standard output, or on standard error where standard output is for JSON.
fn report(measured: &Measured, json: bool) -> Result<()> {
    if json {
        eprintln!("{}", measured.table());
        println!("{}", serde_json::to_string(measured)?);
    } else {
        println!("{}", measured.table());
    }
    Ok(())
}
