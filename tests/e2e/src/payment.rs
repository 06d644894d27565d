//! One run of the payment story, as `window.demo.run(way)` of the demo pages returns it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Browser;

/// A run: two actions, started by one click.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Milliseconds from the click until the payment session is ready.
    pub session_ready_ms: f64,
    /// Requests, in the order they were sent.
    pub rows: Vec<Row>,
    /// Cookies that the next request carried, by name.
    cookies: BTreeMap<String, Value>,
}

/// A request of a run. All times are milliseconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub action: String,
    /// Time from the click to the request.
    pub start_ms: f64,
    /// Time from the click to the head of the answer, taken before the client that sent the request can see the head.
    pub head_ms: f64,
    /// Time from the request to the value.
    pub duration_ms: f64,
    /// The part of `start_ms` in which the request waited for its turn.
    pub waited_ms: f64,
}

impl Run {
    /// Loads `url` without cookies and runs the story there in one `way`.
    pub async fn on(browser: &Browser, url: &str, way: &str) -> Result<Self> {
        Self::with_policies(browser, url, way, &Value::Null).await
    }

    /// Does the same with other policies than those of the page. For the way `policy`.
    pub async fn with_policies(browser: &Browser, url: &str, way: &str, policies: &Value) -> Result<Self> {
        let telling = || format!("running the way `{way}` on {url}");
        browser.goto(url).await.with_context(telling)?;
        browser.forget_cookies().await?;
        browser.eval(RUN, &[json!(way), policies.clone()]).await.with_context(telling)
    }

    /// Fails unless the request after the run carried both cookies.
    pub fn ensure_cookies(&self) -> Result<()> {
        for name in ["id_token", "access_token"] {
            let carried = match self.cookies.get(name) {
                Some(Value::Bool(carried)) => *carried,
                Some(Value::String(value)) => !value.is_empty(),
                _ => false,
            };
            ensure!(carried, "the cookie `{name}` set by saveTokens was not carried by the next request: {:?}", self.cookies);
        }
        Ok(())
    }

    /// Fails if the session call waited for the answer of the call that saves the tokens: if it started after its head,
    /// which the page notes before the client sees it.
    pub fn ensure_side_by_side(&self) -> Result<()> {
        let (tokens, session) = self.pair()?;
        ensure!(session.start_ms < tokens.head_ms, "the session call waited for saveTokens: {self:?}");
        Ok(())
    }

    /// Returns the requests of `saveTokens` and of `createPaymentSession`. Fails if there is another one.
    pub fn pair(&self) -> Result<(&Row, &Row)> {
        ensure!(self.rows.len() == 2, "a run must have two requests: {self:?}");
        Ok((self.row("saveTokens")?, self.row("createPaymentSession")?))
    }

    /// Returns the request of this action, or of the route that replaces it. Fails if there is none.
    pub fn row(&self, action: &str) -> Result<&Row> {
        self.rows.iter().find(|row| row.action == action).with_context(|| format!("no row of `{action}`: {:?}", self.rows))
    }
}

/// Runs the story. Waits up to a minute for a page that is still starting.
const RUN: &str = r#"
    for (let i = 0; !window.demo?.run && i < 1200; i++) await new Promise(r => setTimeout(r, 50));
    if (!window.demo?.run) throw new Error("the page has no window.demo.run");
    return await window.demo.run(args[0], args[1] ?? undefined);
"#;
