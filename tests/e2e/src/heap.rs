//! Measures the JavaScript heap of a page.

use anyhow::{Context, Result};
use serde_json::json;

use crate::{Browser, Kind};

impl Browser {
    /// Returns the bytes of the page's JavaScript heap in use, after a garbage collection. `None` if the browser does
    /// not tell.
    pub async fn heap(&self) -> Result<Option<u64>> {
        match self.kind() {
            Kind::Chromium => {
                // The second collection frees objects that the first one finalized.
                for _ in 0..2 {
                    self.devtools("HeapProfiler.collectGarbage", json!({})).await?;
                }
                let usage = self.devtools("Runtime.getHeapUsage", json!({})).await?;
                Ok(Some(usage["usedSize"].as_f64().with_context(|| format!("no heap in {usage}"))? as u64))
            }
            Kind::Firefox | Kind::WebKit => Ok(None),
        }
    }
}
