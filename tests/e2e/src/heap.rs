//! What a page keeps, as the browser itself counts it.

use anyhow::{Context, Result};
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};

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
        }
    }

    /// A command of Chromium's own protocol.
    pub async fn devtools(&self, name: &'static str, params: Value) -> Result<Value> {
        self.client().issue_cmd(Devtools(name, params)).await.context(name)
    }
}

#[derive(Debug)]
struct Devtools(&'static str, Value);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
    }
}
