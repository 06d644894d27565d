//! What a browser does to a tab that nobody looks at.

use anyhow::{Result, bail};
use serde_json::json;

use crate::{Browser, Kind};

impl Browser {
    /// Suspends the tab that is driven: nothing in it runs until [`Browser::resume`].
    pub async fn suspend(&self) -> Result<()> {
        self.set_lifecycle("frozen").await
    }

    pub async fn resume(&self) -> Result<()> {
        self.set_lifecycle("active").await
    }

    /// Lets the tab that is driven crash. It answers nothing from then on.
    pub async fn crash(&self) -> Result<()> {
        match self.kind() {
            // Nobody is left to say that it is done.
            Kind::Chromium => match self.devtools("Page.crash", json!({})).await {
                Ok(told) => bail!("it is still there: {told}"),
                Err(_) => Ok(()),
            },
        }
    }

    async fn set_lifecycle(&self, state: &str) -> Result<()> {
        match self.kind() {
            Kind::Chromium => self.devtools("Page.setWebLifecycleState", json!({ "state": state })).await.map(drop),
        }
    }
}
