//! Where a page's time goes.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::{Browser, Kind};

/// Microseconds between two looks.
const INTERVAL: u32 = 100;

impl Browser {
    /// Waits for something that the page does. Gives what came of it, and what V8's profiler has seen meanwhile, as its protocol has it.
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
