//! Runs one row once, in the browser: through Next's own client or through ours.

use std::cell::RefCell;
use std::time::Duration;

use anyhow::{Context, Result};
use e2e::{Browser, Build, Fixture};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};

use super::rows::Row;

/// The script that runs in the page.
pub(super) const PAGE: &str = include_str!("../../../tests/next/matrix/page.js");
/// Longest wait for a document that can be evaluated, while documents follow each other. Each one then waits for the
/// end of the row, as long as `page.js` says.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pause between two attempts.
const POLL: Duration = Duration::from_millis(15);

/// The client that sends the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Next,
    /// Calls as through Next's client, once the seam has loaded the lanes that they then go through.
    Lanes,
    Ours,
}

impl Side {
    /// The name in `page.js`.
    fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Lanes => "lanes",
            Self::Ours => "ours",
        }
    }
}

/// Everything that a run of a row showed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// Fields that are compared between the two clients, in a fixed order.
    pub(crate) fields: Map<String, Value>,
    /// Fields of our client's outcome.
    pub(crate) outcome: Map<String, Value>,
    /// Message of the error.
    pub(crate) message: Option<String>,
}

impl Seen {
    /// True if the row was not over within the time limit.
    pub(crate) fn hung(&self) -> bool {
        self.fields.get("hung") == Some(&Value::Bool(true))
    }

    /// Returns the text for people.
    pub(crate) fn text(&self) -> String {
        json!({ "seen": self.fields, "outcome": self.outcome, "message": self.message }).to_string()
    }
}

/// Pages of one server, in one browser.
pub(crate) struct Stage<'a> {
    browser: &'a Browser,
    fixture: &'a Fixture,
    /// Ids of the actions by name, and the base path of the app.
    world: Value,
    /// The page at which the browser is, if only rows that share it ran there.
    shared: RefCell<Option<String>>,
}

impl<'a> Stage<'a> {
    /// Opens the app and reads the ids of the actions from its pages.
    pub(crate) async fn new(browser: &'a Browser, fixture: &'a Fixture) -> Result<Self> {
        browser.goto(&fixture.url("/")).await?;
        let base = &fixture.build().base_path;
        let ids: Value = browser.eval(IDS, &[json!(base)]).await.context("reading the ids of the actions")?;
        Ok(Self { browser, fixture, world: json!({ "ids": ids, "base": base }), shared: RefCell::default() })
    }

    /// Returns the build that is served.
    pub(super) fn build(&self) -> &Build {
        self.fixture.build()
    }

    /// Returns the origin of the server, with its port.
    pub(super) fn origin(&self) -> &str {
        self.fixture.origin()
    }

    /// Resets the server and runs a row once. Loads a fresh page, unless the row shares the page of the row before.
    /// The browser must be on a page of the app, and is on one afterwards.
    pub(crate) async fn observe(&self, row: &Row, side: Side) -> Result<Seen> {
        self.browser.forget_cookies().await?;
        let () = self
            .browser
            .eval(RESET, &[self.world["base"].clone(), row.cookies.clone()])
            .await
            .context("resetting the server and the cookies")?;
        let shared = self.shared.take();
        if !row.shares || shared.as_ref() != Some(&row.on) {
            let there = self.fixture.url(&row.on);
            // Going to the same URL replaces the history entry, and would keep the entries after it.
            self.browser.forget_history().await?;
            self.browser.goto(&there).await?;
        }
        let how = json!({ "leaves": row.leaves, "stuck": row.stuck && side != Side::Ours, "ours": side == Side::Ours });
        let () = self.eval("return await matrix.begin(...args)", &[row.script.clone(), json!(side.name()), self.world.clone()]).await?;
        let End { over, shown, recorded } = self.end(how).await?;
        let recorded = match recorded {
            Some(recorded) => recorded,
            None => {
                self.go_home().await?;
                self.eval("return await matrix.recorded()", &[]).await?
            }
        };
        if row.shares && shown.same && over {
            self.shared.replace(Some(row.on.clone()));
        }
        Ok(seen(row, side, shown, recorded, !over))
    }

    /// Goes to a page of the app that has no script.
    pub(crate) async fn go_home(&self) -> Result<()> {
        self.browser.goto(&self.fixture.url("/api/state")).await
    }

    /// Waits until nothing more happens and returns the state of the page.
    async fn end(&self, how: Value) -> Result<End> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // If the document is left meanwhile, the script fails; the next document runs it again.
            match self.eval("return await matrix.end(...args)", std::slice::from_ref(&how)).await {
                Ok(end) => return Ok(end),
                Err(error) if Instant::now() > deadline => return Err(error),
                Err(_) => sleep(POLL).await,
            }
        }
    }

    async fn eval<T: DeserializeOwned>(&self, script: &str, args: &[Value]) -> Result<T> {
        self.browser.eval(&format!("{PAGE}\n{script};"), args).await
    }
}

fn seen(row: &Row, side: Side, shown: Shown, recorded: Recorded, hung: bool) -> Seen {
    let mut fields = Map::new();
    // If the document was left, it depends on chance whether it saw the result.
    if shown.same {
        fields.insert("result".into(), json!(recorded.result));
        if let Some(class) = recorded.kind {
            fields.insert("class".into(), json!(class));
        }
    }
    fields.insert("document".into(), json!(if shown.same { "kept" } else { "another" }));
    fields.insert("url".into(), json!(shown.at));
    fields.insert("history".into(), json!(shown.history - recorded.started.history));
    if let Some(fresh) = shown.fresh {
        fields.insert("fresh".into(), json!(fresh));
    }
    fields.insert("heading".into(), json!(shown.heading));
    fields.insert("shown".into(), json!(shown.texts));
    if row.tagged {
        fields.insert("tagged".into(), json!(Some(shown.tagged) == recorded.server.get("computed").and_then(Value::as_i64)));
    }
    fields.insert("cookies".into(), json!(recorded.cookies));
    fields.insert("server".into(), recorded.server.into_iter().filter(|(name, _)| name != "computed").collect());
    fields.insert("posts".into(), json!(recorded.posts));
    // Our client has the page rendered again where Next's gets the page with the answer.
    if side != Side::Ours {
        fields.insert("loads".into(), json!(recorded.loads));
    }
    fields.insert("uncaught".into(), json!(recorded.uncaught));
    fields.insert("hung".into(), json!(hung));
    if row.wire {
        fields.insert("wire".into(), json!(recorded.wire));
    }
    let mut outcome = recorded.outcome.unwrap_or_default();
    outcome.insert("wire".into(), json!(recorded.wire));
    outcome.insert("result".into(), fields.get("result").cloned().unwrap_or_default());
    Seen { fields, outcome, message: recorded.message }
}

#[derive(Debug, Deserialize)]
struct End {
    over: bool,
    shown: Shown,
    /// `None` on a page of another origin.
    recorded: Option<Recorded>,
}

#[derive(Debug, Deserialize)]
struct Shown {
    at: String,
    same: bool,
    history: i64,
    /// True if the server has rendered the page since the row began; `None` on another page.
    fresh: Option<bool>,
    heading: String,
    texts: Map<String, Value>,
    tagged: i64,
}

#[derive(Debug, Deserialize)]
struct Recorded {
    result: Option<String>,
    kind: Option<String>,
    message: Option<String>,
    started: Started,
    outcome: Option<Map<String, Value>>,
    wire: Option<String>,
    posts: u64,
    loads: Vec<String>,
    uncaught: Vec<String>,
    cookies: Map<String, Value>,
    server: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Started {
    history: i64,
}

const RESET: &str = r#"
    const [base, cookies] = args;
    await fetch(`${base}/api/reset`, { method: "POST" });
    for (const [name, value] of Object.entries(cookies ?? {})) document.cookie = `${name}=${value}; path=/`;
"#;

/// Collects the ids: each page that owns actions lists them.
const IDS: &str = r#"
    const ids = {};
    for (const path of ["", "/second", "/guarded", "/answer", "/forms"]) {
        const text = await (await fetch((args[0] + path) || "/")).text();
        Object.assign(ids, JSON.parse(new DOMParser().parseFromString(text, "text/html").getElementById("ids").textContent));
    }
    return ids;
"#;
