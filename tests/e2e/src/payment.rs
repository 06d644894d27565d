//! What `window.demo.run(way)` of the demo pages tells: one run of the payment story.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Browser;

/// One run: two actions, started by one click.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// From the click until the payment session is there.
    pub session_ready_ms: f64,
    /// The requests, in the order they were sent.
    pub rows: Vec<Row>,
    /// What the next request carried, by cookie.
    cookies: BTreeMap<String, Value>,
}

/// One request of a run. Times are milliseconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub action: String,
    /// From the click to the request.
    pub start_ms: f64,
    /// From the click to the head of the answer: noted before the client that sent the request can see it.
    pub head_ms: f64,
    /// From the request to the value.
    pub duration_ms: f64,
    /// How much of `start_ms` was waiting for its turn.
    pub waited_ms: f64,
}

impl Run {
    /// Loads `url` with no cookies and runs the story one `way` there.
    pub async fn on(browser: &Browser, url: &str, way: &str) -> Result<Self> {
        let telling = || format!("running the way `{way}` on {url}");
        browser.goto(url).await.with_context(telling)?;
        browser.forget_cookies().await?;
        browser.eval(RUN, &[json!(way)]).await.with_context(telling)
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

    /// The request of this action (or of the route that stands for it).
    pub fn row(&self, action: &str) -> Result<&Row> {
        self.rows.iter().find(|row| row.action == action).with_context(|| format!("no row of `{action}`: {:?}", self.rows))
    }
}

/// A page that is still starting up gets a moment for `window.demo`.
const RUN: &str = r#"
    for (let i = 0; !window.demo?.run && i < 1200; i++) await new Promise(r => setTimeout(r, 50));
    if (!window.demo?.run) throw new Error("the page has no window.demo.run");
    return await window.demo.run(args[0]);
"#;
