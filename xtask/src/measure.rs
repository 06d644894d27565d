//! Measures the payment story in a browser.

use anyhow::{Context, Result, ensure};
use e2e::{Browser, Driver, Row, Run};
use serde::Serialize;

use crate::waterfalls::{Bar, Waterfall, seconds};

/// A way to send the two actions, by its name in `window.demo.run(way)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Next's own client.
    Next,
    /// Imported actions, with a policy each: `actionlane/next`.
    Policy,
    /// Actionlane, both calls in the main lane.
    Queue,
    /// Actionlane, both calls in the main lane, with `render: "skip"` for the call that sets cookies.
    Skip,
    /// Actionlane, the session call in a lane of its own.
    Lane,
    /// Actionlane, the session call as `route()`.
    Route,
}

impl Way {
    pub(crate) const ALL: [Self; 6] = [Self::Next, Self::Policy, Self::Queue, Self::Skip, Self::Lane, Self::Route];

    fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Policy => "policy",
            Self::Queue => "queue",
            Self::Skip => "skip",
            Self::Lane => "lane",
            Self::Route => "route",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Next => "Next's own client",
            Self::Policy => "imported, with a policy",
            Self::Queue => "Actionlane, one lane",
            Self::Skip => "Actionlane, no re-render",
            Self::Lane => "Actionlane, a lane each",
            Self::Route => "Actionlane, route()",
        }
    }
}

/// The median run of one way.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Median {
    session_ready_ms: f64,
    rows: Vec<Row>,
}

/// Medians of all six ways, as the last line of `demo --json` prints them.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    next: Median,
    actionlane: Actionlane,
    ratio: Ratio,
}

#[derive(Debug, Serialize)]
struct Actionlane {
    queue: Median,
    skip: Median,
    lane: Median,
    route: Median,
    policy: Median,
}

/// Actionlane's `sessionReadyMs` divided by Next's.
#[derive(Debug, Serialize)]
struct Ratio {
    skip: f64,
    lane: f64,
    route: f64,
    policy: f64,
}

/// Runs each way `runs` times, in turns. Each run loads the page again without cookies; one load before all runs
/// warms up. Fails if the request after a run's action does not carry its cookies. Calls `progress` with a line about
/// each run.
pub(crate) async fn measure(driver: &Driver, url: &str, runs: usize, progress: impl Fn(&str)) -> Result<Measured> {
    ensure!(runs > 0, "--runs must be at least 1");
    let page = format!("{url}/");
    let mut all: [Vec<Run>; 6] = Default::default();
    Browser::with(driver, async |browser| {
        browser.goto(&page).await?;
        for run in 1..=runs {
            for (way, done) in Way::ALL.into_iter().zip(&mut all) {
                let result = Run::on(browser, &page, way.name()).await?;
                result.ensure_cookies().with_context(|| format!("the way `{}`", way.name()))?;
                progress(&format!("run {run} of {runs}: {:<24} {:>7.0} ms", way.title(), result.session_ready_ms));
                done.push(result);
            }
        }
        Ok(())
    })
    .await?;
    let [next, policy, queue, skip, lane, route] = all.map(median);
    let (next, policy, queue, skip, lane, route) = (next?, policy?, queue?, skip?, lane?, route?);
    let ratio = |median: &Median| rounded(median.session_ready_ms / next.session_ready_ms, 1000.0);
    let ratio = Ratio { policy: ratio(&policy), skip: ratio(&skip), lane: ratio(&lane), route: ratio(&route) };
    Ok(Measured { next, actionlane: Actionlane { policy, queue, skip, lane, route }, ratio })
}

impl Measured {
    /// Returns the table for people.
    pub(crate) fn table(&self) -> String {
        let mut table = String::new();
        let Actionlane { policy, queue, skip, lane, route } = &self.actionlane;
        let medians = [&self.next, policy, queue, skip, lane, route];
        for (way, median) in Way::ALL.into_iter().zip(medians) {
            let ready = median.session_ready_ms;
            let ratio = ready / self.next.session_ready_ms;
            table += &format!("\n{:<26} session ready after {ready:.0} ms (× {ratio:.2})\n", way.title());
            table += &format!("  {:<24} {:>10} {:>10} {:>10}\n", "action", "starts at", "duration", "waited");
            for row in &median.rows {
                table += &format!("  {:<24} {:>7.0} ms {:>7.0} ms {:>7.0} ms\n", row.action, row.start_ms, row.duration_ms, row.waited_ms);
            }
        }
        table
    }
}

impl Measured {
    /// Returns the table for docs/performance.md: a line for each way, and the times of its two actions.
    pub(crate) fn markdown(&self) -> String {
        let Actionlane { policy, queue, skip, lane, route } = &self.actionlane;
        let ways = [
            ("Next's own client", &self.next),
            ("Actionlane, one lane", queue),
            ("Actionlane, one lane, `render: \"skip\"`", skip),
            ("Actionlane, a lane of its own", lane),
            ("Actionlane, imported actions with a policy", policy),
            ("Actionlane, `route()` to a route handler", route),
        ];
        let mut table = "| the same two actions, the same server | session ready |".to_owned();
        let actions: Vec<&str> = self.next.rows.iter().map(|row| row.action.as_str()).collect();
        table += &actions.iter().map(|action| format!(" {action} |")).collect::<String>();
        table += &format!("\n|{}\n", "---|".repeat(2 + actions.len()));
        for (way, median) in ways {
            table += &format!("| {way} | {} |", seconds(median.session_ready_ms));
            for row in &median.rows {
                let waits = if row.waited_ms < 100.0 { String::new() } else { format!("waits {}, then ", seconds(row.waited_ms)) };
                table += &format!(" {waits}{} |", seconds(row.duration_ms));
            }
            table.push('\n');
        }
        table
    }

    /// Returns the two runs that README.md shows.
    pub(crate) fn waterfalls(&self) -> [Waterfall<'_>; 2] {
        [
            self.next.waterfall("Next's own client: one action at a time"),
            self.actionlane.policy.waterfall("Actionlane, imported actions: the session has a lane of its own"),
        ]
    }
}

impl Median {
    fn waterfall<'a>(&'a self, title: &'a str) -> Waterfall<'a> {
        let bar = |row: &'a Row| Bar { action: &row.action, starts: row.start_ms, ends: row.start_ms + row.duration_ms };
        Waterfall { title, bars: self.rows.iter().map(bar).collect(), ready: self.session_ready_ms }
    }
}

/// Returns the run in the middle by `sessionReadyMs`, or the faster one of two in the middle. Rounds times to tenths
/// of a millisecond.
fn median(mut runs: Vec<Run>) -> Result<Median> {
    runs.sort_by(|a, b| a.session_ready_ms.total_cmp(&b.session_ready_ms));
    let middle = runs.len().saturating_sub(1) / 2;
    let run = runs.into_iter().nth(middle).context("no runs")?;
    let tenths = |ms: f64| rounded(ms, 10.0);
    let rows = run.rows.into_iter().map(|row| Row {
        start_ms: tenths(row.start_ms),
        duration_ms: tenths(row.duration_ms),
        waited_ms: tenths(row.waited_ms),
        ..row
    });
    Ok(Median { session_ready_ms: tenths(run.session_ready_ms), rows: rows.collect() })
}

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(ms: f64) -> Run {
        let json = serde_json::json!({ "sessionReadyMs": ms, "rows": [], "cookies": { "id_token": true } });
        serde_json::from_value(json).expect("a run")
    }

    #[test]
    fn the_median_is_a_run_that_happened() {
        let of = |all: &[f64]| median(all.iter().copied().map(run).collect()).expect("runs").session_ready_ms;
        assert!((of(&[3.0, 1.0, 2.04]) - 2.0).abs() < 1e-9);
        assert!((of(&[4.0, 1.0]) - 1.0).abs() < 1e-9);
        assert!(median(Vec::new()).is_err());
    }

    #[test]
    fn the_json_line_has_the_agreed_shape() {
        let median = || Median { session_ready_ms: 1.0, rows: Vec::new() };
        let actionlane = Actionlane { queue: median(), skip: median(), lane: median(), route: median(), policy: median() };
        let json =
            serde_json::to_string(&Measured { next: median(), actionlane, ratio: Ratio { skip: 1.0, lane: 0.1, route: 0.2, policy: 0.3 } })
                .expect("JSON");
        let m = r#"{"sessionReadyMs":1.0,"rows":[]}"#;
        assert_eq!(
            json,
            format!(
                r#"{{"next":{m},"actionlane":{{"queue":{m},"skip":{m},"lane":{m},"route":{m},"policy":{m}}},"ratio":{{"skip":1.0,"lane":0.1,"route":0.2,"policy":0.3}}}}"#
            )
        );
    }

    #[test]
    fn cookies_must_be_carried() {
        assert!(run(1.0).ensure_cookies().is_err());
    }
}
