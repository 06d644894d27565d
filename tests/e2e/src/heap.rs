//! What a page keeps, as the browser itself counts it.

use anyhow::{Context, Result};
use serde_json::json;

use crate::{Browser, Kind};

impl Browser {
    /// The bytes of the page's JavaScript heap in use, garbage collected before. None where the browser does not tell.
    pub async fn heap(&self) -> Result<Option<u64>> {
        match self.kind() {
            Kind::Chromium => {
                // What the first collection finalizes, the second one collects.
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
