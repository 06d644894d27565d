//! Results of the matrix, as text and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::rows::{Difference, Row};
use super::verdict::Verdict;

/// Results of all versions.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Versions with their numbers, in the order they ran.
    versions: Vec<(String, Tally)>,
    failures: String,
    known_faults: Vec<String>,
    /// For each reason to differ, the versions and the fields.
    differences: BTreeMap<String, BTreeSet<(String, String)>>,
}

/// Numbers of rows of one version.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Rows whose feature this version of Next does not have.
    pub(crate) skipped: u64,
}

impl Report {
    /// Adds the verdict of a row.
    pub(crate) fn add(&mut self, version: &str, row: &Row, verdict: Verdict, listed: &[Difference]) {
        if self.versions.last().is_none_or(|(last, _)| last != version) {
            self.versions.push((version.to_owned(), Tally::default()));
        }
        let Some((_, tally)) = self.versions.last_mut() else { return };
        match verdict {
            Verdict::Passed { differs } => {
                tally.passed += 1;
                for difference in listed.iter().filter(|listed| listed.row == row.name && differs.contains(&listed.field)) {
                    let places = self.differences.entry(difference.reason.clone()).or_default();
                    places.insert((version.to_owned(), difference.field.clone()));
                }
            }
            Verdict::Skipped => tally.skipped += 1,
            Verdict::KnownFault(why) => self.known_faults.push(format!("{version}: {}: {why}", row.name)),
            Verdict::Failed(wrong) => {
                tally.failed += 1;
                let _ = writeln!(self.failures, "✗ {version}: {}", row.name);
                for line in wrong {
                    let _ = writeln!(self.failures, "    {line}");
                }
            }
        }
    }

    /// True if rows passed on every version, and none failed.
    pub(crate) fn is_good(&self) -> bool {
        !self.versions.is_empty() && self.versions.iter().all(|(_, tally)| tally.failed == 0 && tally.passed > 0)
    }

    /// Returns the number of rows that are known to fail through our client. They are in no other number.
    pub(crate) fn known_faults(&self) -> usize {
        self.known_faults.len()
    }

    pub(crate) fn passed(&self) -> u64 {
        self.versions.iter().map(|(_, tally)| tally.passed).sum()
    }

    pub(crate) fn failed(&self) -> u64 {
        self.versions.iter().map(|(_, tally)| tally.failed).sum()
    }

    /// Returns the text for people: failures, known faults, differences with their reasons, and a line for each
    /// version.
    pub(crate) fn text(&self) -> String {
        let mut text = self.failures.clone();
        for known in &self.known_faults {
            let _ = writeln!(text, "○ known fault, {known}");
        }
        for (reason, places) in &self.differences {
            let versions: BTreeSet<&str> = places.iter().map(|(version, _)| version.as_str()).collect();
            let _ = writeln!(text, "≠ {reason} ({})", versions.into_iter().collect::<Vec<_>>().join(", "));
        }
        let width = self.versions.iter().map(|(version, _)| version.len()).max().unwrap_or_default().max(8);
        for (version, Tally { passed, failed, skipped }) in &self.versions {
            let _ = writeln!(text, "Next {version:<width$} {passed:>4} passed {failed:>3} failed {skipped:>3} skipped");
        }
        text
    }

    /// Returns the line of JSON. `differencesFromNext` counts the reasons to differ.
    pub(crate) fn json(&self) -> Value {
        let mut line: Map<String, Value> = self.versions.iter().map(|(version, tally)| (version.clone(), json!(tally))).collect();
        line.insert("differencesFromNext".to_owned(), json!(self.differences.len()));
        Value::Object(line)
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;

    fn passed(field: &str) -> Verdict {
        Verdict::Passed { differs: BTreeSet::from([field.to_owned()]) }
    }

    #[test]
    fn a_version_on_which_nothing_passed_is_not_good() {
        let row = Row::from(json!({ "name": "row" }));
        let mut report = Report::default();
        assert!(!report.is_good());
        report.add("14.2.35", &row, passed("url"), &[]);
        assert!(report.is_good());
        report.add("15.5.29", &row, Verdict::Skipped, &[]);
        assert!(!report.is_good());
    }

    #[test]
    fn a_known_fault_is_reported_and_not_counted() {
        let mut report = Report::default();
        report.add("14.2.35", &Row::from(json!({ "name": "row" })), Verdict::KnownFault("known".into()), &[]);
        assert_eq!((report.known_faults(), report.passed(), report.failed()), (1, 0, 0));
        assert!(report.text().starts_with("○ known fault, 14.2.35: row: known\n"));
    }

    #[test]
    fn reasons_are_counted_not_places() {
        let row = Row::from(json!({ "name": "row" }));
        let listed = Difference { row: "row".into(), field: "url".into(), reason: "meant".into(), way: None, bundler: None };
        let mut report = Report::default();
        for version in ["14.2.35", "15.5.29"] {
            report.add(version, &row, passed("url"), slice::from_ref(&listed));
        }
        assert_eq!(report.json()["differencesFromNext"], 1);
        assert_eq!(report.json()["15.5.29"], json!({ "passed": 1, "failed": 0, "skipped": 0 }));
    }
}
