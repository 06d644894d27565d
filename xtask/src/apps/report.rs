//! Results of the rows, as text and as numbers.

use std::fmt::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::step::seconds;

/// A check of a page: its name, and what was wrong; `None` if it passed.
pub(super) type Seen = (String, Option<String>);

/// Result of one row.
#[derive(Default)]
pub(super) struct Outcome {
    passed: u64,
    /// The name of each check that failed, and what was wrong.
    failed: Vec<(String, String)>,
}

/// Results of all rows that have run.
#[derive(Default)]
pub(crate) struct Report {
    passed: u64,
    failed: u64,
    text: String,
}

impl Outcome {
    pub(super) fn of_page(seen: Vec<Seen>) -> Self {
        let mut outcome = Self::default();
        for (name, wrong) in seen {
            match wrong {
                None => outcome.passed += 1,
                Some(wrong) => outcome.failed.push((name, wrong)),
            }
        }
        outcome
    }

    /// Reads a report in Jest's format, which Vitest prints as well.
    pub(super) fn of_tests(printed: &str) -> Result<Self> {
        let json = printed.find('{').map(|start| &printed[start..]).context("no report")?;
        let report: Tests = serde_json::from_str(json)?;
        let mut outcome = Self::default();
        for file in report.test_results {
            if file.assertion_results.is_empty() {
                outcome.failed.push((file.name, file.message));
            }
            for test in file.assertion_results {
                match test.status.as_str() {
                    "passed" => outcome.passed += 1,
                    "pending" | "skipped" | "todo" => {}
                    _ => outcome.failed.push((test.full_name, test.failure_messages.join("\n"))),
                }
            }
        }
        Ok(outcome)
    }
}

impl Report {
    /// Adds a row. A row that could not run, or that checked nothing, counts as failed.
    pub(super) fn add(&mut self, name: &str, outcome: Result<Outcome>, took: Duration) {
        let failure = |wrong: String| Outcome { passed: 0, failed: vec![("the row".to_owned(), wrong)] };
        let outcome = match outcome {
            Ok(Outcome { passed: 0, failed }) if failed.is_empty() => failure("checked nothing".to_owned()),
            Ok(outcome) => outcome,
            Err(error) => failure(format!("{error:#}")),
        };
        self.passed += outcome.passed;
        self.failed += outcome.failed.len() as u64;
        let word = if outcome.failed.is_empty() { "ok" } else { "FAILED" };
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "{name:<28} {word:<6} {:>2} checks {:>12}", outcome.passed, seconds(took));
        for (check, wrong) in outcome.failed {
            let _ = writeln!(self.text, "    {check}: {wrong}");
        }
    }

    /// Adds a row that cannot run on this machine, and says the reason.
    pub(super) fn leave_out(&mut self, name: &str, reason: &str) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "{name:<28} LEFT OUT: {reason}");
    }

    /// Returns the number of checks that passed, in all rows.
    pub(crate) fn passed(&self) -> u64 {
        self.passed
    }

    /// Returns the number of checks that failed, in all rows.
    pub(crate) fn failed(&self) -> u64 {
        self.failed
    }

    /// Returns the table: one line for each row, with its failed checks below it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tests {
    test_results: Vec<File>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    name: String,
    #[serde(default)]
    message: String,
    assertion_results: Vec<Test>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    full_name: String,
    status: String,
    #[serde(default)]
    failure_messages: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_checked_nothing_has_failed() {
        let mut report = Report::default();
        report.add("page", Ok(Outcome::of_page(vec![])), Duration::ZERO);
        assert_eq!((report.passed(), report.failed()), (0, 1));
        let seen = serde_json::from_str(r#"[["one", null], ["two", "wrong"]]"#).expect("what a page gives");
        report.add("page", Ok(Outcome::of_page(seen)), Duration::ZERO);
        assert_eq!((report.passed(), report.failed()), (1, 2));
    }

    #[test]
    fn a_file_that_could_not_run_has_failed() {
        let report = r#"warning {"testResults": [
            {"name": "a.test.js", "message": "SyntaxError", "assertionResults": []},
            {"name": "b.test.js", "assertionResults": [{"fullName": "b", "status": "passed", "failureMessages": []}]}
        ]}"#;
        let outcome = Outcome::of_tests(report).expect("a report");
        assert_eq!((outcome.passed, outcome.failed.len()), (1, 1));
    }
}
