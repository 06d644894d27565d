//! Runs a script in each new document, before those of the page. Chromium only.

use anyhow::Result;
use serde_json::json;

use crate::Browser;

impl Browser {
    /// Runs `source` at the start of each document from then on.
    pub async fn start_documents_with(&self, source: &str) -> Result<()> {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await.map(drop)
    }
}
