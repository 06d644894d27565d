//! Runs scripts in Firefox's own process, for tasks that WebDriver does not cover.

use anyhow::{Context, Result};
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};

use crate::Browser;

impl Browser {
    /// Runs `body` as the body of a function in Firefox's own process, where `Services` exists.
    pub(crate) async fn gecko(&self, body: &str, args: Vec<Value>) -> Result<Value> {
        self.set_context("chrome").await?;
        let outcome = self.client().execute(body, args).await.context("running a script in Firefox itself");
        self.set_context("content").await?;
        outcome
    }

    async fn set_context(&self, name: &'static str) -> Result<()> {
        self.client().issue_cmd(SetContext(name)).await.map(drop).context(name)
    }
}

/// Selects where scripts run: in the page (`content`), or in the browser's own window (`chrome`).
#[derive(Debug)]
struct SetContext(&'static str);

impl WebDriverCompatibleCommand for SetContext {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/moz/context", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "context": self.0 }).to_string()))
    }
}
