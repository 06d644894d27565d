//! `cargo xtask conformance`: compares the codec with React's.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::run::Finished;
use crate::step::step;
use crate::{build, npm, oracle};

/// Runs React's own cases, and React itself, against the package
///
/// Decodes every vector whole, in chunks of 1, 3 and 7 bytes and, if it is short, cut in two at every position;
/// encodes every expression. Then each release of React decodes our requests, and we decode its answers. Differences
/// that are intended are listed in tests/oracle/expected_differences.json; a listed difference that no longer occurs
/// is a failure.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print the result as one line of JSON, last on standard output
    #[arg(long)]
    json: bool,
    /// Use the vectors of another directory, of the same shape as tests/vectors
    #[arg(long, value_name = "DIR")]
    vectors: Option<PathBuf>,
}

/// Results of a run, as the oracle prints them.
#[derive(Debug, Deserialize)]
struct Report {
    decode: Tally,
    encode: Tally,
    react: serde_json::Map<String, Value>,
    differences: u64,
}

#[derive(Debug, Deserialize)]
struct Tally {
    pass: u64,
    total: u64,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    prepare()?;
    let vectors = args.vectors.as_ref().map(|dir| dir.canonicalize().with_context(|| format!("{}", dir.display()))).transpose()?;
    let mut options = vec!["conformance.mjs".to_owned()];
    options.extend(vectors.iter().map(|dir| format!("--vectors={}", dir.display())));
    let finished = step("React's cases, and React", || oracle::node(&options))?;
    eprint!("{}", finished.stderr);
    let line = finished.stdout.lines().last().unwrap_or_default();
    let report: Report = serde_json::from_str(line).with_context(|| format!("the oracle printed {line:?}"))?;
    if args.json {
        eprintln!("{}", report.table()?);
        println!("{line}");
    } else {
        println!("{}\n{line}", report.table()?);
    }
    if !finished.success {
        bail!("the package differs from React (above): mend it, or list an intended difference in tests/oracle/expected_differences.json");
    }
    Ok(())
}

/// Gets everything that the oracle needs: React, and our package.
pub(crate) fn prepare() -> Result<()> {
    npm::ensure_packages(&oracle::dir())?;
    build::prepare()?;
    build::package()
}

/// Returns the number of checks that passed in a finished run. Fails if none passed. The exit code is the caller's to
/// check.
pub(crate) fn count(finished: &Finished) -> Result<u64> {
    let line = finished.stdout.lines().last().unwrap_or_default();
    let report: Report = serde_json::from_str(line).with_context(|| format!("the oracle printed {line:?}"))?;
    let passed = report.rows()?.iter().map(|(_, tally)| tally.pass).sum::<u64>();
    ensure!(passed > 0, "nothing passed");
    Ok(passed + report.differences)
}

impl Report {
    fn rows(&self) -> Result<Vec<(String, Tally)>> {
        let tally = |tally: &Tally| Tally { pass: tally.pass, total: tally.total };
        let mut rows = vec![("decode".to_owned(), tally(&self.decode)), ("encode".to_owned(), tally(&self.encode))];
        for (release, tally) in &self.react {
            rows.push((format!("React {release}"), serde_json::from_value(tally.clone())?));
        }
        Ok(rows)
    }

    fn table(&self) -> Result<String> {
        let mut table = String::new();
        for (name, Tally { pass, total }) in self.rows()? {
            table += &format!("{name:<14} {pass:>5} of {total}\n");
        }
        Ok(table + &format!("different on purpose: {}", self.differences))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_passed_counts() {
        let line = r#"{"decode":{"pass":2,"total":3},"encode":{"pass":1,"total":1},"react":{"19.0":{"pass":4,"total":4}},"differences":1}"#;
        let finished = Finished { success: true, stdout: format!("noise\n{line}\n"), stderr: String::new() };
        assert_eq!(count(&finished).expect("a report"), 8);
    }
}
