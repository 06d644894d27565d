//! Compares what the observer says of requests with their server's log, and measures what it costs a request.

use anyhow::{Context, Result};
use e2e::Kind;
use serde::{Deserialize, Serialize};

use crate::step::step;
use crate::{browser, build, run, workspace};

/// Requests for each round of the command.
const REQUESTS: u32 = 10;

/// The line that `tests/bench/observe.mjs` prints.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Observed {
    requests: u32,
    start: Spread,
    duration: Spread,
    cost: Cost,
}

/// Differences to the server's log, in ms.
#[derive(Debug, Deserialize, Serialize)]
struct Spread {
    median: f64,
    p95: f64,
    max: f64,
}

/// Additional time of a request, in µs.
#[derive(Debug, Deserialize, Serialize)]
struct Cost {
    action: f64,
    other: f64,
}

pub(super) fn measure(rounds: u32) -> Result<Observed> {
    browser::ensure(Kind::Chromium)?;
    build::prepare()?;
    build::package()?;
    let requests = rounds * REQUESTS;
    let printed = step(&format!("observing {requests} requests"), || {
        run::quiet(run::command("node", &workspace::bench()).arg("observe.mjs").arg(requests.to_string()))
    })?;
    serde_json::from_str(&printed).with_context(|| format!("observe.mjs printed {printed}"))
}

impl Observed {
    /// Returns the table for people.
    pub(super) fn table(&self) -> String {
        let line = |name, Spread { median, p95, max }: &Spread| format!("{name:<16} {median:>9.2} {p95:>9.2} {max:>9.2}");
        let Cost { action, other } = self.cost;
        [
            format!(
                "{:<16} {:>9} {:>9} {:>9}   of {} requests, ms apart from the server's log",
                "", "median", "95 %", "max", self.requests
            ),
            line("start", &self.start),
            line("duration", &self.duration),
            format!("cost of a request: {action:.1} µs of an action, {other:.1} µs of any other"),
        ]
        .join("\n")
    }
}
