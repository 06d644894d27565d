//! `cargo xtask nexts`: compares the package with Next's own client.

mod kept;
mod observe;
mod report;
mod rows;
mod seam;
mod verdict;
mod versions;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail, ensure};
use e2e::{Browser, Build, Driver, Fixture, Kind};
use serde_json::json;

pub(crate) use report::Report;
pub(crate) use seam::{Selection, matrix as seam_matrix};
use versions::serve;
pub(crate) use versions::{Choices, Version, build, install};

use crate::step::{note, step_async};
use crate::{browser, build as package};
use observe::{Seen, Side, Stage};
use rows::{Difference, Row, Table};
use verdict::{Verdict, judge};

/// Runs every kind of action under several versions of Next.js, in Chromium
///
/// Builds the fixture app of tests/next/ with each version and serves it. Runs each row of the matrix twice: through
/// Next's own client, if that is not known from a run on the same build, then through the package. Both must give the
/// same: value or error, URL, history, cookies, what the page shows and whether it is fresh, and what ran on the
/// server. Intended differences are listed in tests/next/differences.json. A listed difference that no longer occurs is
/// a failure; a row with a known fault that passes is one, too. Prints one line of JSON at the end.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Versions to run; default: 14.2, 15.5 and 16.4
    #[arg(value_name = "VERSION")]
    versions: Vec<Version>,
    /// Run all versions, 15.0 and 16.2 too, and on each the rows that otherwise run only on the newest
    #[arg(long)]
    all: bool,
    /// Print only the line of JSON on standard output
    #[arg(long)]
    json: bool,
    /// Run only the rows with this text in their name (may be repeated)
    #[arg(long, value_name = "TEXT")]
    row: Vec<String>,
    /// Print on standard error what each row showed, through both clients
    #[arg(long)]
    show: bool,
    /// Compare apps built with `withActionlane`, without a policy and with one for all actions, to apps built without
    ///
    /// Runs the rows through the page's own actions, on 15.5 and 16.4, with Turbopack and with webpack: a sample, and
    /// on 16.4 with Turbopack all but rare rows. With a version, a bundler or a row, all but rare rows run there; --all
    /// runs everything. Intended differences are listed in tests/next/seam-differences.json. Rows that need options of
    /// a call are skipped.
    #[arg(long)]
    seam: bool,
    /// With --seam: build with this bundler only
    #[arg(long, requires = "seam")]
    bundler: Option<seam::Bundler>,
}

pub(crate) async fn run(args: &Args) -> Result<()> {
    let report = if args.seam {
        let selection = Selection { versions: &args.versions, bundler: args.bundler, every: args.all, only: &args.row, show: args.show };
        seam_matrix(&selection).await?
    } else {
        matrix(&args.selected_versions(), args.all, None, &args.row, args.show).await?
    };
    if args.json {
        eprint!("{}", report.text());
    } else {
        print!("{}", report.text());
    }
    println!("{}", report.json());
    if !report.is_good() {
        bail!("rows failed, or none ran: see the report above");
    }
    Ok(())
}

/// Runs the matrix, one version at a time. `every` runs rare rows on every version. `only`, if not empty, selects the
/// rows with one of its texts in their name. `show` prints to standard error what each row showed. On the version
/// `sampled` only the rows run that say `sample`.
pub(crate) async fn matrix(versions: &[Version], every: bool, sampled: Option<Version>, only: &[String], show: bool) -> Result<Report> {
    browser::ensure_light(Kind::Chromium)?;
    package::prepare()?;
    package::package()?;
    let mut report = Report::default();
    for version in versions {
        let mut table = Table::of(*version, every, only)?;
        table.rows.retain(|row| !row.seam && (sampled != Some(*version) || row.sample));
        let builds: BTreeSet<Option<&str>> = table.rows.iter().map(|row| row.build.as_deref()).collect();
        for name in builds {
            let built = build(*version, Choices::of_rows(name)?)?;
            let rows: Vec<&Row> = table.rows.iter().filter(|row| row.build.as_deref() == name).collect();
            let verdicts = step_async(&format!("{} rows on Next {}", rows.len(), built.version), async {
                on_build(&built, &rows, &async |stage: &Stage<'_>, row: &Row| run_row(stage, row, &table.differences, show).await).await
            })
            .await?;
            for (row, verdict) in rows.iter().zip(verdicts) {
                report.add(&built.version, row, verdict, &table.differences);
            }
        }
    }
    Ok(report)
}

/// Name of the build that `next dev` serves, without building.
pub(super) const DEV: &str = "dev";

/// With fewer rows than this, a second browser would not save time.
const FEW: usize = 20;

/// Runs each row by `run` and returns what that returned, in the order of the rows. Two pairs of server and browser
/// share the rows.
async fn on_build<T>(build: &Build, rows: &[&Row], run: &impl AsyncFn(&Stage<'_>, &Row) -> T) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let take = async |stage: &Stage<'_>| {
        let mut results = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(row) = rows.get(at) else { return results };
            results.push((at, run(stage, row).await));
        }
    };
    let second = async {
        match rows.len() {
            ..FEW => Ok(Vec::new()),
            _ => with_stage(build, "next-2.log", &take).await,
        }
    };
    let (one, other) = tokio::try_join!(with_stage(build, "next-1.log", &take), second)?;
    let mut results: Vec<_> = one.into_iter().chain(other).collect();
    results.sort_by_key(|(at, _)| *at);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// Serves the build, opens a browser, and runs rows there.
async fn with_stage<T>(build: &Build, log: &str, run: &impl AsyncFn(&Stage<'_>) -> T) -> Result<T> {
    let fixture = serve(build, log).await?;
    let driver = Driver::start_light(Kind::Chromium).await?;
    Browser::with(&driver, async |browser| {
        check_version(browser, &fixture).await?;
        Ok(run(&Stage::new(browser, &fixture).await?).await)
    })
    .await
}

/// Runs a row through both clients; through Next's own, unless what that showed is kept. A row that cannot run has
/// failed.
async fn run_row(stage: &Stage<'_>, row: &Row, listed: &[Difference], show: bool) -> Verdict {
    let both = async {
        let next = match row.alone {
            true => None,
            false => match kept::read(stage.build(), row) {
                Some(seen) => Some(seen),
                None => Some(observe_router(stage, row, Side::Next).await.context("through Next's client")?),
            },
        };
        anyhow::Ok((next, stage.observe(row, Side::Ours).await.context("through ours")?))
    };
    match both.await {
        Ok((next, ours)) => {
            if show {
                let next = next.as_ref().map(Seen::text).unwrap_or_default();
                eprintln!("{}\n  Next's {next}\n  ours   {}", row.name, ours.text());
            }
            let verdict = judge(row, listed, next.as_ref(), &ours);
            if let (Verdict::Passed { .. }, Some(next)) = (&verdict, &next)
                && let Err(error) = kept::write(stage.build(), stage.origin(), row, next)
            {
                return Verdict::Failed(vec![format!("{error:#}")]);
            }
            verdict
        }
        Err(error) => {
            let lost = stage.go_home().await.err().map(|error| format!("and going back to a page of the app failed: {error:#}"));
            Verdict::Failed([format!("{error:#}")].into_iter().chain(lost).collect())
        }
    }
}

/// Runs the row where Next's router shows the answer. On a busy machine, Next 15.5 sometimes gets the answer of a
/// redirect that revalidated and then stays where it is. Such a run is no reference, so it is repeated once. Runs of
/// our client without Next's router are never repeated.
async fn observe_router(stage: &Stage<'_>, row: &Row, side: Side) -> Result<Seen> {
    let seen = stage.observe(row, side).await?;
    if !seen.hung() {
        return Ok(seen);
    }
    note(&format!("{}: Next's router hung; running it once more", row.name));
    stage.observe(row, side).await
}

impl Args {
    fn selected_versions(&self) -> Vec<Version> {
        match (self.all, self.versions.as_slice()) {
            (true, _) => Version::ALL.to_vec(),
            (false, []) => Version::USUAL.to_vec(),
            (false, versions) => versions.to_vec(),
        }
    }
}

/// Checks that the page is hydrated and belongs to the version that the arguments were written for.
async fn check_version(browser: &Browser, fixture: &Fixture) -> Result<()> {
    browser.goto(&fixture.url("/")).await?;
    let version: String = browser.eval(VERSION, &[json!(null)]).await.context("reading the version from the page")?;
    ensure!(version == fixture.version(), "the page is of Next {version}, not of the version that was built");
    Ok(())
}

const VERSION: &str = r#"
    for (let i = 0; !window.fixture && i < 400; i++) await new Promise(r => setTimeout(r, 25));
    if (!window.fixture) throw new Error("the page is not hydrated");
    return window.next.version;
"#;
