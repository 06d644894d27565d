//! The rows of the matrix, as `tests/next/matrix/rows.mjs` prints them for one version.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Version;
use crate::{run, workspace};

/// The list of intended differences between our client and Next's.
pub(crate) const DIFFERENCES: &str = "tests/next/differences.json";
/// The list of intended differences between an app with the seam and one without.
pub(crate) const SEAM_DIFFERENCES: &str = "tests/next/seam-differences.json";

/// Rows and expected differences for one version.
#[derive(Debug, Deserialize)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    /// Intended differences from Next's own client, with their reasons.
    pub(crate) differences: Vec<Difference>,
    /// Intended differences of an app that is built with the seam.
    #[serde(rename = "seamDifferences")]
    pub(crate) seam_differences: Vec<Difference>,
}

/// One kind of action, with its page and the expected outcome.
#[derive(Debug, Deserialize)]
#[serde(from = "Value")]
pub(crate) struct Row {
    pub(crate) name: String,
    /// Path of the page that calls the action.
    pub(crate) on: String,
    /// Name of the build that the row runs on; `None` for the plain one.
    pub(crate) build: Option<String>,
    /// True if the URL changes.
    pub(crate) leaves: bool,
    /// True if Next's client does nothing more after the answer.
    pub(crate) stuck: bool,
    /// True if the row runs only on the newest version, unless `every` is set.
    pub(crate) rare: bool,
    /// True if the row changes nothing on the page, so the next row that shares it runs there too.
    pub(crate) shares: bool,
    /// The known fault of our client, if there is one: the row must fail, and is counted nowhere.
    pub(crate) known_fault: Option<String>,
    /// True if the page must show the tagged value that the server has.
    pub(crate) tagged: bool,
    /// True if the encoded form of the arguments is compared, too.
    pub(crate) wire: bool,
    /// True if the row does not run through Next's own client.
    pub(crate) alone: bool,
    /// True if the row runs without the seam and with it only.
    pub(crate) seam: bool,
    /// True if builds of the same app differ in what the row shows.
    pub(crate) per_build: bool,
    /// True if the row runs on each version and bundler that the usual tests of the seam have.
    pub(crate) sample: bool,
    /// True if the row sets options of our call.
    pub(crate) has_options: bool,
    /// Cookies that are set before the row.
    pub(crate) cookies: Value,
    /// Expected fields of our outcome. Fields that are not named are not checked.
    pub(crate) expect: Map<String, Value>,
    /// The whole row, for the script in the page.
    pub(crate) script: Value,
}

/// An intended difference: one field of one row, and the reason.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
pub(crate) struct Difference {
    pub(crate) row: String,
    pub(crate) field: String,
    pub(crate) reason: String,
    /// The way of building with the seam that it is of; `None`: each.
    #[serde(default)]
    pub(crate) way: Option<String>,
    /// The bundler that it is of; `None`: each.
    #[serde(default)]
    pub(crate) bundler: Option<String>,
}

impl Table {
    /// Reads the rows of a version. `only`, if not empty, selects rows by texts in their names. `every` includes the
    /// rare rows on versions before the newest.
    pub(crate) fn of(version: Version, every: bool, only: &[String]) -> Result<Self> {
        let mut node = run::command("node", workspace::root());
        let printed = run::quiet(node.args(["tests/next/matrix/rows.mjs", version.name()]))?;
        let mut table: Self = serde_json::from_str(&printed).context("reading the rows that rows.mjs printed")?;
        for (file, list) in [(DIFFERENCES, &table.differences), (SEAM_DIFFERENCES, &table.seam_differences)] {
            for difference in list {
                let known = table.rows.iter().any(|row| row.name == difference.row);
                ensure!(known, "{file} names an unknown row: {:?}", difference.row);
            }
        }
        let leaves_out = !every && Version::ALL.last() != Some(&version);
        table.rows.retain(|row| !(row.rare && leaves_out));
        if !only.is_empty() {
            let chosen = |name: &str| only.iter().any(|part| name.contains(part.as_str()));
            table.rows.retain(|row| chosen(&row.name));
            table.differences.retain(|difference| chosen(&difference.row));
            table.seam_differences.retain(|difference| chosen(&difference.row));
        }
        Ok(table)
    }
}

impl From<Value> for Row {
    fn from(script: Value) -> Self {
        let text = |name: &str| script.get(name).and_then(Value::as_str).map(str::to_owned);
        let flag = |name: &str| script.get(name).is_some_and(|value| !value.is_null() && *value != Value::Bool(false));
        Self {
            name: text("name").unwrap_or_default(),
            on: text("on").unwrap_or_else(|| "/".to_owned()),
            build: text("build"),
            leaves: flag("leaves"),
            stuck: flag("stuck"),
            rare: flag("rare"),
            shares: flag("shares"),
            known_fault: text("knownFault"),
            tagged: flag("tagged"),
            wire: flag("wire"),
            alone: flag("alone"),
            seam: flag("seam"),
            per_build: flag("perBuild"),
            sample: flag("sample"),
            has_options: script.get("options").and_then(Value::as_object).is_some_and(|options| !options.is_empty()),
            cookies: script.get("cookies").cloned().unwrap_or_default(),
            expect: script.get("expect").and_then(Value::as_object).cloned().unwrap_or_default(),
            script,
        }
    }
}
