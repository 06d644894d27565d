//! `cargo xtask test`: runs the checks and tests, part by part.

mod apps;
mod beside;
mod boundary;
mod compiled;
pub(crate) mod count;
mod documents;
mod end_to_end;
mod fuzzing;
mod layout;
mod lint;
mod next_apps;
mod nexts;
mod part;
mod react;
mod report;
mod soaking;
mod stores;
mod suites;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use tokio::runtime::Runtime;

use beside::{Beside, Waiting};
pub(crate) use boundary::WEB_CRATES;
pub(crate) use lint::files;
use part::Part;
pub(crate) use part::Ran;
use report::Report;

/// Runs all checks and tests, in order
///
/// Prints how many tests each part ran and how long it took. A part that ran no test has failed. Stops at the first
/// part that fails and prints its output. Without `--only`, a second process runs parts beside this one, which does not
/// always have work for all processors. The last line is `N passed, N failed`; the exit code is 0 only if
/// nothing failed.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Run only this part (may be repeated)
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
    /// Continue after a part that fails
    #[arg(long)]
    keep_going: bool,
    /// Run the parts `nexts` and `seam` with all versions and rows, 15.0 and 16.2 too, and the part `next-app` in all
    /// configurations
    #[arg(long)]
    all_nexts: bool,
}

pub(crate) fn run(args: &Args, runtime: &Runtime) -> Result<ExitCode> {
    let started = Instant::now();
    let mut report = Report::default();
    let is_whole = args.only.is_empty();
    let chosen = |part: &Part| is_whole || args.only.contains(part);
    let is_beside = |part: &Part| is_whole && Part::BESIDE.contains(part);
    let waiting = Waiting::new(Part::ALL.into_iter().filter(|part| chosen(part) && !is_beside(part)));
    let options = if args.all_nexts { vec!["--all-nexts"] } else { Vec::new() };
    let beside = is_whole.then(|| Beside::start(Part::BESIDE.to_vec(), waiting.clone(), options));
    while let Some(part) = waiting.first() {
        let part_started = Instant::now();
        report.begin(part);
        let outcome = part.run(runtime, args.all_nexts);
        let passed = report.finish(part, outcome, part_started.elapsed());
        let is_good = passed && !beside.as_ref().is_some_and(Beside::has_failed);
        if !is_good && !args.keep_going {
            beside.iter().for_each(Beside::stop);
            break;
        }
    }
    for done in beside.map_or_else(|| Ok(Vec::new()), Beside::finish)? {
        report.begin(done.part);
        report.finish(done.part, done.outcome, done.took);
    }
    println!("{}", report.summary(started.elapsed()));
    Ok(if report.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
