//! Measures claim and finish of each store beside the same statements by hand.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::step::step;
use crate::{build, run, store_servers, workspace};

/// Claims in a round, so that the usual number of rounds gives percentiles.
const CLAIMS: u32 = 100;

/// A store that `tests/stores/bench.mjs` measured.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Measured {
    store: Percentiles,
    by_hand: Percentiles,
}

/// Times in µs.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
struct Percentiles {
    p50: f64,
    p99: f64,
}

pub(super) fn measure(rounds: u32) -> Result<BTreeMap<String, Measured>> {
    store_servers::ensure()?;
    build::prepare()?;
    let claims = rounds.saturating_mul(CLAIMS);
    let printed = step(&format!("claiming and finishing, {claims} times in each store"), || {
        let mut node = run::command("node", &workspace::root().join("tests/stores"));
        run::quiet(node.args(["bench.mjs", "--json", "--rounds"]).arg(claims.to_string()))
    })?;
    serde_json::from_str(&printed).with_context(|| format!("bench.mjs printed {printed}"))
}

/// Returns the table for people.
pub(super) fn table(measured: &BTreeMap<String, Measured>) -> String {
    let title = format!("{:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}", "µs", "p50", "by hand", "ratio", "p99", "by hand", "ratio");
    let line = |(name, Measured { store, by_hand }): (&String, &Measured)| {
        let pair = |ours: f64, theirs: f64| format!("{ours:>9.0} {theirs:>9.0} {:>9.2}", ours / theirs);
        format!("{name:<10} {} {}", pair(store.p50, by_hand.p50), pair(store.p99, by_hand.p99))
    };
    std::iter::once(title).chain(measured.iter().map(line)).collect::<Vec<_>>().join("\n")
}
