//! Sends commands of Chromium's own protocol, for tasks that WebDriver does not cover.

use anyhow::{Context, Result};
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};

use crate::Browser;

impl Browser {
    /// Forgets all entries of the history but that of the page. Works in Chromium only.
    pub async fn forget_history(&self) -> Result<()> {
        self.devtools("Page.resetNavigationHistory", json!({})).await.map(drop)
    }

    /// Sends a command of Chromium's own protocol and returns its result.
    pub(crate) async fn devtools(&self, name: &'static str, params: Value) -> Result<Value> {
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
