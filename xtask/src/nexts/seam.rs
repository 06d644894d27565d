//! Compares apps built with `withActionlane` to apps built without: every row through the page's own actions.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use e2e::Kind;
use serde_json::Value;

use super::kept;
use super::observe::{Seen, Side, Stage};
use super::report::Report;
use super::rows::{Difference, Row, Table};
use super::verdict::{Verdict, judge_seam};
use super::versions::{Choices, Version, build};
use super::{DEV, observe_router, on_build};
use crate::step::step_async;
use crate::{browser, build as package};

/// The bundler of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Bundler {
    Turbopack,
    Webpack,
}

impl Bundler {
    const ALL: [Self; 2] = [Self::Turbopack, Self::Webpack];

    fn name(self) -> &'static str {
        match self {
            Self::Turbopack => "turbopack",
            Self::Webpack => "webpack",
        }
    }

    /// Returns the bundler that `next build` takes if nothing is said.
    fn own(version: Version) -> Self {
        if version >= Version::V16_2 { Self::Turbopack } else { Self::Webpack }
    }
}

/// A way of building with the seam.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The app has no policy: actions go Next's own way.
    Bare,
    /// A policy takes all actions through a lane.
    Policy,
}

impl Way {
    const ALL: [Self; 2] = [Self::Bare, Self::Policy];

    fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Policy => "policy",
        }
    }

    fn side(self) -> Side {
        match self {
            Self::Bare => Side::Next,
            Self::Policy => Side::Lanes,
        }
    }
}

/// The rows that run on a version with a bundler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// All rows, the rare ones too.
    All,
    /// All rows but the rare ones.
    Usual,
    /// With a policy all rows but the rare ones and those of `next dev`; without one, rows that say `sample`.
    Newest,
    /// Rows that say `sample`, with a policy only. The app without the seam is that of the version's own bundler, which
    /// the matrix has built.
    Sample,
}

impl Scope {
    /// True if the row runs in apps that were built this way. Each row that runs bare runs with a policy, too.
    fn has(self, way: Way, row: &Row) -> bool {
        match (self, way) {
            (Self::All, _) => true,
            (Self::Usual, _) => !row.rare,
            (Self::Newest, Way::Policy) => !row.rare && row.build.as_deref() != Some(DEV),
            (Self::Newest, Way::Bare) | (Self::Sample, Way::Policy) => row.sample,
            (Self::Sample, Way::Bare) => false,
        }
    }
}

/// Selects what runs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Selection<'a> {
    /// Empty: 15.5 and 16.4.
    pub(crate) versions: &'a [Version],
    /// `None`: both.
    pub(crate) bundler: Option<Bundler>,
    /// Runs every version from 15.5 on, and all rows on each.
    pub(crate) every: bool,
    /// Texts of which a row has one in its name; empty: all rows.
    pub(crate) only: &'a [String],
    /// Prints on standard error what each row showed.
    pub(crate) show: bool,
}

impl Selection<'_> {
    /// Returns the versions, bundlers and rows. If nothing is named, a sample runs everywhere but on the newest version
    /// with its own bundler.
    fn plan(&self) -> Vec<(Version, Bundler, Scope)> {
        let is_named = !self.versions.is_empty() || self.bundler.is_some() || !self.only.is_empty();
        let versions = match (self.every, self.versions) {
            (true, _) => Version::ALL.into_iter().filter(|version| *version >= OLDEST).collect(),
            (false, []) => USUAL.to_vec(),
            (false, versions) => versions.to_vec(),
        };
        let bundlers = Bundler::ALL.into_iter().filter(|one| self.bundler.is_none_or(|bundler| bundler == *one));
        let pairs = versions.iter().flat_map(|version| bundlers.clone().map(|bundler| (*version, bundler)));
        let scope = |pair| match pair {
            _ if self.every => Scope::All,
            _ if is_named => Scope::Usual,
            WHOLE => Scope::Newest,
            _ => Scope::Sample,
        };
        pairs.map(|pair| (pair.0, pair.1, scope(pair))).collect()
    }
}

/// The oldest version that the seam supports.
const OLDEST: Version = Version::V15_5;
/// Versions that run if none is named.
const USUAL: [Version; 2] = [Version::V15_5, Version::V16_4];
/// Where more than a sample runs if nothing is named.
const WHOLE: (Version, Bundler) = (Version::V16_4, Bundler::Turbopack);

/// Runs the matrix without the seam, with it, and with it and a policy.
pub(crate) async fn matrix(selection: &Selection<'_>) -> Result<Report> {
    for version in selection.versions {
        ensure!(*version >= OLDEST, "the seam does not support Next {version}");
    }
    browser::ensure_light(Kind::Chromium)?;
    package::prepare()?;
    package::package()?;
    let mut report = Report::default();
    for (version, bundler, scope) in selection.plan() {
        let mut table = Table::of(version, true, selection.only)?;
        table.rows.retain(|row| scope.has(Way::Policy, row));
        if (version, bundler) != WHOLE {
            table.rows.retain(|row| row.build.as_deref() != Some(DEV));
        }
        compare(version, bundler, &table, scope, selection.show, &mut report).await?;
    }
    Ok(report)
}

/// Runs the rows of one version with one bundler.
async fn compare(version: Version, bundler: Bundler, table: &Table, scope: Scope, show: bool, report: &mut Report) -> Result<()> {
    let builds: BTreeSet<Option<&str>> = table.rows.iter().filter(|row| can_run(row)).map(|row| row.build.as_deref()).collect();
    let mut runs = Vec::new();
    let mut full_version = version.name().to_owned();
    for name in builds {
        let rows: Vec<&Row> = table.rows.iter().filter(|row| can_run(row) && row.build.as_deref() == name).collect();
        let of_reference = if scope == Scope::Sample { Bundler::own(version) } else { bundler };
        let (_, reference) = observe(version, of_reference, name, None, &rows).await?;
        for way in Way::ALL {
            let (of_way, without): (Vec<&Row>, Vec<_>) =
                rows.iter().copied().zip(&reference).filter(|(row, _)| scope.has(way, row)).unzip();
            if of_way.is_empty() {
                continue;
            }
            let (number, seen) = observe(version, bundler, name, Some(way), &of_way).await?;
            full_version = number;
            for ((row, without), with) in of_way.into_iter().zip(without).zip(seen) {
                runs.push((way, row, verdict(row, &listed(table, bundler, way), without, with, show)));
            }
        }
    }
    for way in Way::ALL {
        let label = format!("{full_version} {} {}", bundler.name(), way.name());
        let listed = listed(table, bundler, way);
        let (mine, others): (Vec<_>, Vec<_>) = runs.into_iter().partition(|(of, ..)| *of == way);
        runs = others;
        for (_, row, verdict) in mine {
            report.add(&label, row, verdict, &listed);
        }
        for row in table.rows.iter().filter(|row| !can_run(row) && scope.has(way, row)) {
            report.add(&label, row, Verdict::Skipped, &[]);
        }
    }
    Ok(())
}

/// Builds and serves the app, and runs the rows there. A row that cannot run gives an error of its own. Returns the
/// full number of the version, too.
async fn observe(
    version: Version,
    bundler: Bundler,
    name: Option<&str>,
    way: Option<Way>,
    rows: &[&Row],
) -> Result<(String, Vec<Result<Seen>>)> {
    let plain = Choices::of_rows(name)?;
    let own = Bundler::own(version) == bundler;
    let name = build_name(plain.name, bundler, way);
    let choices = match way {
        None if own => plain,
        None => Choices { name: Some(&name), bundler: Some(bundler.name()), ..plain },
        Some(way) => Choices { name: Some(&name), bundler: Some(bundler.name()), seam: Some(way.name()), ..plain },
    };
    let built = build(version, choices)?;
    let side = way.map_or(Side::Next, Way::side);
    let run = async |stage: &Stage<'_>, row: &Row| {
        let seen = match way {
            Some(_) if version >= Version::V16_2 => stage.observe(row, side).await,
            _ => observe_router(stage, row, side).await,
        };
        if seen.is_err() {
            let _ = stage.go_home().await;
        }
        seen
    };
    let what = way.map_or("without the seam", Way::name);
    // The matrix may have run the rows on the same build.
    let kept = rows.iter().map(|row| if way.is_none() { kept::read(&built, row) } else { None });
    let mut seen: Vec<Option<Result<Seen>>> = kept.map(|seen| seen.map(Ok)).collect();
    let missing: Vec<&Row> = rows.iter().zip(&seen).filter(|(_, seen)| seen.is_none()).map(|(row, _)| *row).collect();
    if !missing.is_empty() {
        let what = format!("{} rows on Next {version}, {}, {what}", missing.len(), bundler.name());
        let ran = step_async(&what, async { on_build(&built, &missing, &run).await }).await?;
        seen.iter_mut().filter(|seen| seen.is_none()).zip(ran).for_each(|(place, ran)| *place = Some(ran));
    }
    Ok((built.version, seen.into_iter().flatten().collect()))
}

/// Makes equal what depends on the build and its server: the digests that Next computes, from the paths of the files,
/// and the port. Digests that an action gives its error are kept.
fn across_builds(mut seen: Seen) -> Seen {
    for field in ["result", "uncaught"] {
        if let Some(value) = seen.fields.get_mut(field) {
            *value = neutral(value);
        }
    }
    seen
}

fn neutral(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let mut before = "";
            let words = text.split(' ').map(|word| {
                let number = word.trim_end_matches([',', ']', '}', ')']);
                let is_named = before.ends_with("digest") || before.ends_with("error") || number == text;
                before = word;
                match word.split_once("localhost:") {
                    Some((before, after)) => format!("{before}localhost{}", after.trim_start_matches(|it: char| it.is_ascii_digit())),
                    None if is_made(number, is_named) => word.replacen(number, "MADE", 1),
                    None => word.to_owned(),
                }
            });
            Value::String(words.collect::<Vec<_>>().join(" "))
        }
        Value::Array(list) => list.iter().map(neutral).collect(),
        other => other.clone(),
    }
}

/// True for a digest that Next computes: a number of 32 bits, so one in 430 has fewer than eight digits. Those of
/// actions have fewer than four. `is_named`: the text says that it is one.
fn is_made(number: &str, is_named: bool) -> bool {
    let digits = if is_named { 4..=10 } else { 8..=10 };
    digits.contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the name of a build, which is that of its directory.
fn build_name(of_rows: Option<&str>, bundler: Bundler, way: Option<Way>) -> String {
    [of_rows.unwrap_or("a"), bundler.name(), way.map_or("off", Way::name)].join("-")
}

/// True if the row makes sense through the page's own actions of several builds. Those with options of a call do not,
/// nor those that have no run through Next's client.
fn can_run(row: &Row) -> bool {
    !row.alone && !row.has_options && !row.per_build
}

/// Returns the listed differences of a way and a bundler.
fn listed(table: &Table, bundler: Bundler, way: Way) -> Vec<Difference> {
    let holds = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| wanted == name);
    table.seam_differences.iter().filter(|one| holds(&one.way, way.name()) && holds(&one.bundler, bundler.name())).cloned().collect()
}

/// Judges the runs of a row. One that could not run has failed.
fn verdict(row: &Row, listed: &[Difference], without: &Result<Seen>, with: Result<Seen>, show: bool) -> Verdict {
    let both = without.as_ref().map_err(|error| format!("without the seam: {error:#}"));
    match (both, with.context("with the seam")) {
        (Ok(without), Ok(with)) => {
            if show {
                eprintln!("{}\n  without {}\n  with    {}", row.name, without.text(), with.text());
            }
            judge_seam(row, listed, &across_builds(without.clone()), &across_builds(with))
        }
        (Err(error), _) => Verdict::Failed(vec![error]),
        (_, Err(error)) => Verdict::Failed(vec![format!("{error:#}")]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn difference(way: Option<&str>, bundler: Option<&str>) -> Difference {
        let (way, bundler) = (way.map(str::to_owned), bundler.map(str::to_owned));
        Difference { row: "row".into(), field: "url".into(), reason: "meant".into(), way, bundler }
    }

    #[test]
    fn rows_that_need_our_options_or_have_no_reference_do_not_run() {
        let can = |row: Value| can_run(&Row::from(row));
        assert!(can(json!({ "name": "row", "options": {} })));
        assert!(can(json!({ "name": "row", "dispatcher": { "basePath": "/base" }, "alone": false, "build": "base" })));
        assert!(!can(json!({ "name": "row", "options": { "render": "skip" } })));
        assert!(!can(json!({ "name": "row", "alone": "why" })));
        assert!(!can(json!({ "name": "row", "perBuild": "why" })));
        assert!(can(json!({ "name": "row", "build": "dev" })));
    }

    #[test]
    fn more_than_a_sample_runs_where_something_is_named_and_all_rows_if_wanted() {
        let usual = Selection::default().plan();
        assert_eq!(usual.len(), 4);
        assert_eq!(usual.iter().filter(|(.., scope)| *scope == Scope::Sample).count(), 3);
        assert!(usual.contains(&(Version::V16_4, Bundler::Turbopack, Scope::Newest)));
        let named = Selection { versions: &[Version::V15_5], bundler: Some(Bundler::Webpack), ..Selection::default() };
        assert_eq!(named.plan(), [(Version::V15_5, Bundler::Webpack, Scope::Usual)]);
        let every = Selection { every: true, ..Selection::default() }.plan();
        assert_eq!(every.len(), 6);
        assert!(every.iter().all(|(.., scope)| *scope == Scope::All));
    }

    #[test]
    fn a_row_that_runs_bare_runs_with_a_policy_too() {
        for row in [json!({}), json!({ "rare": true }), json!({ "sample": true })].map(Row::from) {
            for scope in [Scope::All, Scope::Usual, Scope::Newest, Scope::Sample] {
                assert!(!scope.has(Way::Bare, &row) || scope.has(Way::Policy, &row), "{scope:?}");
            }
        }
        let sample = Row::from(json!({ "sample": true }));
        assert!(Scope::Newest.has(Way::Bare, &sample) && Scope::Sample.has(Way::Policy, &sample));
        assert!(!Scope::Sample.has(Way::Bare, &sample) && !Scope::Newest.has(Way::Bare, &Row::from(json!({}))));
    }

    #[test]
    fn a_difference_may_be_of_one_way_and_one_bundler() {
        let seam_differences = vec![difference(None, None), difference(Some("policy"), None), difference(Some("policy"), Some("webpack"))];
        let table = Table { rows: Vec::new(), differences: Vec::new(), seam_differences };
        let count = |bundler, way| listed(&table, bundler, way).len();
        assert_eq!((count(Bundler::Turbopack, Way::Bare), count(Bundler::Turbopack, Way::Policy)), (1, 2));
        assert_eq!((count(Bundler::Webpack, Way::Bare), count(Bundler::Webpack, Way::Policy)), (1, 3));
    }

    #[test]
    fn digests_that_next_makes_and_ports_are_equal_in_all_builds() {
        let clean = |text: &str| neutral(&json!([text]))[0].clone();
        assert_eq!(clean("rejected with digest 1083147094"), "rejected with digest MADE");
        assert_eq!(clean("value {a: error 952774018, b: 1}"), "value {a: error MADE, b: 1}");
        assert_eq!(
            clean("value {now: \"here\", later: promise rejected with digest 7641906}"),
            "value {now: \"here\", later: promise rejected with digest MADE}"
        );
        assert_eq!([clean("7641906"), clean("[error 76419]")], ["MADE", "[error MADE]"]);
        assert_eq!(clean("rejected with digest 5"), "rejected with digest 5");
        assert_eq!(clean("rejected with digest MY_DIGEST"), "rejected with digest MY_DIGEST");
        assert_eq!(clean("value 1083"), "value 1083");
        assert_eq!(clean("value [\"secret of localhost:40555\", 1]"), "value [\"secret of localhost\", 1]");
    }

    #[test]
    fn a_row_that_did_not_run_has_failed() {
        let row = Row::from(json!({ "name": "row" }));
        let lost = || Err(anyhow::anyhow!("lost"));
        assert_eq!(verdict(&row, &[], &lost(), Ok(Seen::default()), false), Verdict::Failed(vec!["without the seam: lost".into()]));
        assert_eq!(verdict(&row, &[], &Ok(Seen::default()), lost(), false), Verdict::Failed(vec!["with the seam: lost".into()]));
    }
}
