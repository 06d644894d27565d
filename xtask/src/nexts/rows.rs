//! The rows of the matrix, as `tests/next/matrix/rows.mjs` prints them.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Version;
use crate::{run, workspace};

/// All that is asked of one version.
#[derive(Debug, Deserialize)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    /// What is different from Next's own client, and why.
    pub(crate) differences: Vec<Difference>,
}

/// One kind of action.
#[derive(Debug, Deserialize)]
#[serde(from = "Value")]
pub(crate) struct Row {
    pub(crate) name: String,
    /// The page it is called on.
    pub(crate) on: String,
    /// Which build it is asked of; none for the plain one.
    pub(crate) build: Option<String>,
    /// The URL is another one afterwards.
    pub(crate) leaves: bool,
    /// Next's client does nothing more once the answer is there.
    pub(crate) stuck: bool,
    /// Of the newest version alone, unless every one is asked for.
    pub(crate) rare: bool,
    /// Nothing changes on the page: others that share it run there too.
    pub(crate) shares: bool,
    /// What is known to be wrong with it, in ours: it must not pass, and is counted nowhere.
    pub(crate) open: Option<String>,
    /// The page shows the tagged value as the server knows it.
    pub(crate) tagged: bool,
    /// The form in which the arguments are written is compared too.
    pub(crate) wire: bool,
    /// Not through Next's own client.
    pub(crate) alone: bool,
    /// Cookies there are before.
    pub(crate) cookies: Value,
    /// What our call says, as far as named.
    pub(crate) expect: Map<String, Value>,
    /// The row as the page reads it.
    pub(crate) script: Value,
}

/// One field of one row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
pub(crate) struct Difference {
    pub(crate) row: String,
    pub(crate) field: String,
    pub(crate) reason: String,
}

impl Table {
    /// The rows of a version; those named in `only`, where there is any. `every`: the rare ones of a version before the newest, too.
    pub(crate) fn of(version: Version, every: bool, only: &[String]) -> Result<Self> {
        let mut node = run::command("node", workspace::root());
        let printed = run::quiet(node.args(["tests/next/matrix/rows.mjs", version.name()]))?;
        let mut table: Self = serde_json::from_str(&printed).context("the rows")?;
        for difference in &table.differences {
            let known = table.rows.iter().any(|row| row.name == difference.row);
            ensure!(known, "differences.json names a row that there is not: {:?}", difference.row);
        }
        let leaves_out = !every && Version::ALL.last() != Some(&version);
        table.rows.retain(|row| !(row.rare && leaves_out));
        if !only.is_empty() {
            let chosen = |name: &str| only.iter().any(|part| name.contains(part.as_str()));
            table.rows.retain(|row| chosen(&row.name));
            table.differences.retain(|difference| chosen(&difference.row));
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
            open: text("open"),
            tagged: flag("tagged"),
            wire: flag("wire"),
            alone: flag("alone"),
            cookies: script.get("cookies").cloned().unwrap_or_default(),
            expect: script.get("expect").and_then(Value::as_object).cloned().unwrap_or_default(),
            script,
        }
    }
}
