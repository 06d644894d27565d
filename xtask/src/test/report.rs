//! Prints the report of `cargo xtask test`.

use std::time::Duration;

use anyhow::Result;

use crate::step::seconds;

use super::part::{Part, Ran};

/// Results of the parts that have run.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
}

struct Line {
    part: Part,
    passed: u64,
    failed: u64,
    took: Duration,
}

impl Report {
    /// Prints that a part begins.
    pub(crate) fn begin(&self, part: Part) {
        println!("== {}: {}", part.name(), part.about());
    }

    /// Prints the result of a part, with its output if it failed. Returns true if the part passed: it ran something,
    /// and nothing failed.
    pub(crate) fn finish(&mut self, part: Part, outcome: Result<Ran>, took: Duration) -> bool {
        let ran = outcome.unwrap_or_else(|error| Ran { passed: 0, failed: 1, output: format!("{error:#}\n") });
        let nothing = ran.passed + ran.failed == 0;
        let line = Line { part, passed: ran.passed, failed: ran.failed + u64::from(nothing), took };
        let passed = line.failed == 0;
        if !passed {
            println!("{}", ran.output.trim_end());
        }
        if nothing {
            println!("the part ran no {}, so it counts as failed", part.unit());
        }
        println!("{}", line.text());
        self.lines.push(line);
        passed
    }

    /// Returns the number of failures so far.
    pub(crate) fn failed(&self) -> u64 {
        self.lines.iter().map(|line| line.failed).sum()
    }

    /// Returns a line for each part. The last line holds only the sums.
    pub(crate) fn summary(&self, took: Duration) -> String {
        let lines: String = self.lines.iter().map(|line| line.text() + "\n").collect();
        let passed: u64 = self.lines.iter().map(|line| line.passed).sum();
        format!("\n{lines}in {}\n{passed} passed, {} failed", seconds(took), self.failed())
    }
}

impl Line {
    fn text(&self) -> String {
        let word = if self.failed == 0 { "ok" } else { "FAILED" };
        let Self { part, passed, failed, took } = self;
        let counts = if *failed == 0 { format!("{passed} {}", part.unit()) } else { format!("{passed} passed, {failed} failed") };
        format!("{:<12} {word:<6} {counts:<28} {:>12}", part.name(), seconds(*took))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(passed: u64, failed: u64) -> Result<Ran> {
        Ok(Ran { passed, failed, output: String::new() })
    }

    #[test]
    fn a_part_that_ran_nothing_has_failed() {
        let mut report = Report::default();
        assert!(report.finish(Part::Node, ran(3, 0), Duration::ZERO));
        assert!(!report.finish(Part::Chromium, ran(0, 0), Duration::ZERO));
        assert_eq!(report.failed(), 1);
        assert_eq!(report.summary(Duration::ZERO).lines().last(), Some("3 passed, 1 failed"));
    }

    #[test]
    fn a_part_that_could_not_run_has_failed() {
        let mut report = Report::default();
        assert!(!report.finish(Part::E2e, Err(anyhow::anyhow!("no browser")), Duration::ZERO));
        assert_eq!(report.failed(), 1);
    }
}
