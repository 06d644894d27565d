//! Profiles the processor time of a page.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::{Browser, Kind};

/// Microseconds between two samples.
const INTERVAL: u32 = 100;

impl Browser {
    /// Waits for work of the page. Returns its result, and the profile of V8 as Chromium's protocol describes it.
    /// Chromium only.
    pub async fn profiled<T>(&self, work: impl Future<Output = Result<T>>) -> Result<(T, Value)> {
        ensure!(self.kind() == Kind::Chromium, "only Chromium has this profiler");
        self.devtools("Profiler.enable", json!({})).await?;
        self.devtools("Profiler.setSamplingInterval", json!({ "interval": INTERVAL })).await?;
        self.devtools("Profiler.start", json!({})).await?;
        let done = work.await?;
        let mut stopped = self.devtools("Profiler.stop", json!({})).await?;
        Ok((done, stopped["profile"].take()))
    }
}
