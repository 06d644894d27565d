//! Judges a row by its two runs.

use std::collections::BTreeSet;

use serde_json::Value;

use super::observe::Seen;
use super::rows::{DIFFERENCES, Difference, Row, SEAM_DIFFERENCES};

/// Result of a row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As expected. `differs` holds the fields that differ from Next, all of them listed.
    Passed { differs: BTreeSet<String> },
    /// The fixture says that this version of Next does not have the feature.
    Skipped,
    /// Failed because of the known fault given here.
    KnownFault(String),
    /// Failed; each text says one thing that is wrong.
    Failed(Vec<String>),
}

/// Field with the number of entries that a row adds to the browser's history.
const HISTORY: &str = "history";

/// Result of the fixture's actions if the version of Next does not have the feature.
const ABSENT: &str = "value \"absent\"";

/// Compares our run of a row with its expectations and, if the row ran through Next's own client too, with that run.
pub(crate) fn judge(row: &Row, listed: &[Difference], next: Option<&Seen>, ours: &Seen) -> Verdict {
    if ours.fields.get("result").is_some_and(|result| *result == ABSENT)
        && next.is_none_or(|next| next.fields.get("result") == ours.fields.get("result"))
    {
        return Verdict::Skipped;
    }
    let mut wrong = Vec::new();
    for (name, expected) in &row.expect {
        let found = ours.outcome.get(name).unwrap_or(&Value::Null);
        if found != expected {
            wrong.push(format!("{name}: expected {expected}, got {found}"));
        }
    }
    if ours.hung() {
        wrong.push(format!("not over within the time limit: {:?}", ours.fields));
    }
    let differs = match next {
        Some(next) => {
            let (differs, unlisted) = compare(row, listed, DIFFERENCES, next, ours);
            wrong.extend(unlisted);
            differs
        }
        None => BTreeSet::new(),
    };
    match (&row.known_fault, wrong.is_empty()) {
        (None, true) => Verdict::Passed { differs },
        (None, false) => Verdict::Failed(wrong),
        (Some(why), false) => Verdict::KnownFault(why.clone()),
        (Some(why), true) => Verdict::Failed(vec![format!("marked as a known fault ({why}), but it passes: remove the mark")]),
    }
}

/// Compares the run of a row in an app with the seam to the run in one without, both through the page's own actions.
pub(crate) fn judge_seam(row: &Row, listed: &[Difference], without: &Seen, with: &Seen) -> Verdict {
    if [without, with].iter().all(|seen| seen.fields.get("result").is_some_and(|result| *result == ABSENT)) {
        return Verdict::Skipped;
    }
    match compare(row, listed, SEAM_DIFFERENCES, without, with) {
        (differs, wrong) if wrong.is_empty() => Verdict::Passed { differs },
        (_, wrong) => Verdict::Failed(wrong),
    }
}

/// Returns the fields that differ, and what is wrong: a difference that `listed` does not hold, or one that it holds
/// and that is gone. `file` is where the list comes from.
fn compare(row: &Row, listed: &[Difference], file: &str, next: &Seen, ours: &Seen) -> (BTreeSet<String>, Vec<String>) {
    let listed: BTreeSet<&str> =
        listed.iter().filter(|difference| difference.row == row.name).map(|difference| difference.field.as_str()).collect();
    let differs = different(next, ours);
    let mut wrong = Vec::new();
    for (field, theirs, ours) in &differs {
        if !listed.contains(field.as_str()) {
            wrong.push(format!("{field}: Next's client {theirs}, ours {ours}"));
        }
    }
    let differs: BTreeSet<String> = differs.into_iter().map(|(field, ..)| field).collect();
    // With a full history, the number of added entries is unknown, so a listed difference in it cannot be called
    // gone.
    let unknown = |field: &str| field == HISTORY && !(ours.fields.contains_key(field) && next.fields.contains_key(field));
    for field in listed.iter().filter(|field| !differs.contains(**field) && !unknown(field)) {
        wrong.push(format!("{field}: listed in {file}, but equal to Next's client: remove it there"));
    }
    (differs, wrong)
}

/// Returns the fields that both runs have and that are not equal.
fn different(next: &Seen, ours: &Seen) -> Vec<(String, Value, Value)> {
    let pairs = next.fields.iter().filter_map(|(field, theirs)| Some((field, theirs, ours.fields.get(field)?)));
    pairs.filter(|(_, theirs, ours)| theirs != ours).map(|(field, theirs, ours)| (field.clone(), theirs.clone(), ours.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn row(expect: &Value) -> Row {
        Row::from(json!({ "name": "row", "expect": expect }))
    }

    fn seen(fields: &Value, outcome: &Value) -> Seen {
        let object = |value: &Value| value.as_object().cloned().unwrap_or_else(Map::new);
        Seen { fields: object(fields), outcome: object(outcome), ..Seen::default() }
    }

    fn listed(field: &str) -> Vec<Difference> {
        vec![Difference { row: "row".into(), field: field.into(), reason: "because".into(), way: None, bundler: None }]
    }

    #[test]
    fn equal_and_expected_results_pass() {
        let ours = seen(&json!({ "url": "/" }), &json!({ "code": "ok" }));
        assert_eq!(judge(&row(&json!({ "code": "ok" })), &[], Some(&ours), &ours), Verdict::Passed { differs: BTreeSet::new() });
    }

    #[test]
    fn an_unlisted_difference_fails_and_so_does_a_listed_one_that_is_gone() {
        let next = seen(&json!({ "url": "/a" }), &json!({}));
        let ours = seen(&json!({ "url": "/b" }), &json!({}));
        assert!(matches!(judge(&row(&json!({})), &[], Some(&next), &ours), Verdict::Failed(_)));
        assert!(matches!(judge(&row(&json!({})), &listed("url"), Some(&next), &ours), Verdict::Passed { .. }));
        assert!(matches!(judge(&row(&json!({})), &listed("url"), Some(&ours), &ours), Verdict::Failed(_)));
    }

    #[test]
    fn an_unexpected_result_of_ours_fails() {
        let ours = seen(&json!({}), &json!({ "code": "HTTP" }));
        let Verdict::Failed(wrong) = judge(&row(&json!({ "code": "ok", "redirect": null })), &[], None, &ours) else { panic!("it passed") };
        assert_eq!(wrong, ["code: expected \"ok\", got \"HTTP\""]);
    }

    #[test]
    fn a_known_fault_that_passes_fails() {
        let row = Row::from(json!({ "name": "row", "knownFault": "known", "expect": { "code": "ok" } }));
        assert_eq!(judge(&row, &[], None, &seen(&json!({}), &json!({ "code": "HTTP" }))), Verdict::KnownFault("known".into()));
        assert!(matches!(judge(&row, &[], None, &seen(&json!({}), &json!({ "code": "ok" }))), Verdict::Failed(_)));
    }

    #[test]
    fn a_row_whose_feature_is_absent_is_skipped() {
        let ours = seen(&json!({ "result": ABSENT }), &json!({}));
        assert_eq!(judge(&row(&json!({ "code": "FORBIDDEN" })), &[], Some(&ours), &ours), Verdict::Skipped);
    }

    #[test]
    fn a_row_of_the_seam_is_compared_and_not_expected() {
        let without = seen(&json!({ "url": "/a", "posts": 1, "hung": false }), &json!({}));
        let with = seen(&json!({ "url": "/a", "posts": 2, "hung": false }), &json!({}));
        let row = row(&json!({ "code": "ok" }));
        assert_eq!(judge_seam(&row, &[], &without, &without), Verdict::Passed { differs: BTreeSet::new() });
        assert_eq!(judge_seam(&row, &[], &without, &with), Verdict::Failed(vec!["posts: Next's client 1, ours 2".to_owned()]));
        assert_eq!(judge_seam(&row, &listed("posts"), &without, &with), Verdict::Passed { differs: ["posts".to_owned()].into() });
        assert!(matches!(judge_seam(&row, &listed("posts"), &without, &without), Verdict::Failed(_)));
    }

    #[test]
    fn a_row_of_the_seam_that_is_absent_on_one_side_only_fails() {
        let absent = seen(&json!({ "result": ABSENT }), &json!({}));
        assert_eq!(judge_seam(&row(&json!({})), &[], &absent, &absent), Verdict::Skipped);
        assert!(matches!(
            judge_seam(&row(&json!({})), &[], &absent, &seen(&json!({ "result": "value 1" }), &json!({}))),
            Verdict::Failed(_)
        ));
    }
}
