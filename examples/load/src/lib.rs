//! Makes many calls of a Server Action, and says how long they took and how they ended. Prints nothing.

mod http;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt;
use std::time::{Duration, Instant};

use actionlane::{Client, Error};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::Value;

pub use http::{Http, Tokio};

/// Calls a Server Action of your own server many times, and prints how long the calls took and how they ended
#[derive(Clone, Debug, clap::Parser)]
pub struct Plan {
    /// URL of a page that uses the action, such as http://localhost:3000/cart; https is not built in
    pub url: String,
    /// Id of the action: `npx actionlane names .next` prints those of a build
    pub action: String,
    /// Arguments of the action, as a JSON array
    #[arg(long, default_value = "[]", value_parser = array)]
    pub arguments: Value,
    /// Number of calls
    #[arg(long, default_value_t = 100)]
    pub calls: usize,
    /// Number of calls that run at once
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub at_once: u32,
    /// Longest time of an attempt, in seconds
    #[arg(long, default_value = "30", value_parser = seconds)]
    pub timeout: Duration,
    /// Number of retries of a call, under its idempotency key
    #[arg(long, default_value_t = 0)]
    pub retries: u32,
}

fn array(text: &str) -> Result<Value, String> {
    let array: Vec<Value> = serde_json::from_str(text).map_err(|error| format!("not a JSON array: {error}"))?;
    Ok(array.into())
}

fn seconds(text: &str) -> Result<Duration, String> {
    Duration::try_from_secs_f64(text.parse().map_err(|_| "not a number")?).map_err(|error| error.to_string())
}

/// The result of a [`Plan`].
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Time of each call that succeeded, without the wait for its turn, the shortest first.
    pub times: Vec<Duration>,
    /// Number of failures by the code of the error, and the first of them.
    pub failures: BTreeMap<&'static str, (usize, Error)>,
    /// Number of requests of the calls that succeeded.
    pub requests: u32,
    /// Time of everything together.
    pub whole: Duration,
}

/// Makes the calls. Must run inside a `LocalSet` of tokio.
pub async fn run(plan: &Plan) -> Result<Report, Error> {
    let client = Client::builder()
        .transport(Http::default())
        .runtime(Tokio::default())
        .url(&plan.url)
        .lane("load", plan.at_once)
        .max_queued(plan.calls)
        .timeout(plan.timeout)
        .retry(plan.retries)
        .idempotent()
        .build()?;
    let start = Instant::now();
    let call = || client.call::<Value>(&plan.action, &plan.arguments).lane("load").into_future();
    let mut calls: FuturesUnordered<_> = (0..plan.calls).map(|_| call()).collect();
    let mut report = Report::default();
    while let Some(result) = calls.next().await {
        match result {
            Ok(outcome) => {
                report.requests += outcome.attempts;
                let timings = outcome.timings;
                if let (Some(from), Some(to)) = (timings.started_at, timings.value_at.or(timings.settled_at)) {
                    report.times.push(to.since(from));
                }
            }
            Err(error) => report.failures.entry(error.kind().code()).or_insert((0, error)).0 += 1,
        }
    }
    report.whole = start.elapsed();
    report.times.sort_unstable();
    Ok(report)
}

impl Report {
    /// Returns the time within which this share of the calls ended, from 0 to 1. `None` if none succeeded.
    pub fn share(&self, share: f64) -> Option<Duration> {
        let at = (self.times.len() as f64 * share).ceil() as usize;
        self.times.get(at.saturating_sub(1).min(self.times.len().saturating_sub(1))).copied()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Option<Duration>| time.map_or_else(|| "-".to_owned(), |time| format!("{:.1} ms", time.as_secs_f64() * 1000.0));
        writeln!(f, "succeeded  {}", self.times.len())?;
        for (code, (count, first)) in &self.failures {
            write!(f, "{code:<10} {count}: {}", first.message())?;
            let mut cause = first.source();
            while let Some(found) = cause {
                write!(f, ": {found}")?;
                cause = found.source();
            }
            writeln!(f)?;
        }
        for (name, share) in [("p50", 0.5), ("p95", 0.95), ("longest", 1.0)] {
            writeln!(f, "{name:<10} {}", ms(self.share(share)))?;
        }
        write!(f, "per second {:.0}", self.times.len() as f64 / self.whole.as_secs_f64().max(f64::EPSILON))
    }
}
