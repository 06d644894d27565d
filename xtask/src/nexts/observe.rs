//! One row, once, in the browser: through Next's own client or through ours.

use std::cell::RefCell;
use std::time::Duration;

use anyhow::{Context, Result};
use e2e::{Browser, Fixture};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};

use super::rows::Row;

/// The page's side of it.
const PAGE: &str = include_str!("../../../tests/next/matrix/page.js");
/// How long documents may follow each other until one can be asked. Each then waits for as long as `page.js` says.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause between two documents.
const POLL: Duration = Duration::from_millis(15);

/// So many entries a browser keeps.
const FULL: i64 = 50;

/// Whose client sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Next,
    Ours,
}

/// What there was to see.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Field → what it was, in an order of its own: what is compared between the two clients.
    pub(crate) fields: Map<String, Value>,
    /// What our call said.
    pub(crate) own: Map<String, Value>,
    /// What the error says.
    pub(crate) message: Option<String>,
}

impl Seen {
    /// It was not over in good time.
    pub(crate) fn hung(&self) -> bool {
        self.fields.get("hung") == Some(&Value::Bool(true))
    }

    /// To read.
    pub(crate) fn text(&self) -> String {
        json!({ "seen": self.fields, "said": self.own, "message": self.message }).to_string()
    }
}

/// Pages of one server, in one browser.
pub(crate) struct Stage<'a> {
    browser: &'a Browser,
    fixture: &'a Fixture,
    /// Action → id, and where the app lies.
    world: Value,
    /// The page at which the browser is, if all that ran there shares it.
    shared: RefCell<Option<String>>,
}

impl<'a> Stage<'a> {
    /// Asks the pages for the ids of their actions.
    pub(crate) async fn new(browser: &'a Browser, fixture: &'a Fixture) -> Result<Self> {
        browser.goto(&fixture.url("/")).await?;
        let base = &fixture.build().base_path;
        let ids: Value = browser.eval(IDS, &[json!(base)]).await.context("the ids of the actions")?;
        Ok(Self { browser, fixture, world: json!({ "ids": ids, "base": base }), shared: RefCell::default() })
    }

    /// Runs a row once, of a server that remembers nothing, on a fresh page (but rows that share one). Wants to be on a page of the app, and
    /// ends on one.
    pub(crate) async fn observe(&self, row: &Row, side: Side) -> Result<Seen> {
        self.browser.forget_cookies().await?;
        let () = self.browser.eval(RESET, &[self.world["base"].clone(), row.cookies.clone()]).await.context("forgetting")?;
        let shared = self.shared.take();
        if !row.shares || shared.as_ref() != Some(&row.on) {
            let there = self.fixture.url(&row.on);
            // Going where it is takes the place of the entry there, and leaves those ahead of it.
            if self.browser.client().current_url().await?.as_str() == there {
                self.go_home().await?;
            }
            self.browser.goto(&there).await?;
        }
        let how = json!({ "leaves": row.leaves, "stuck": row.stuck && side == Side::Next, "ours": side == Side::Ours });
        let side = if side == Side::Next { "next" } else { "ours" };
        let () = self.eval("return await matrix.begin(...args)", &[row.script.clone(), json!(side), self.world.clone()]).await?;
        let End { over, shown, told } = self.end(how).await?;
        let told = match told {
            Some(told) => told,
            None => {
                self.go_home().await?;
                self.eval("return await matrix.told()", &[]).await?
            }
        };
        if row.shares && shown.same && over {
            self.shared.replace(Some(row.on.clone()));
        }
        Ok(seen(row, shown, told, !over))
    }

    /// A page of the app that has no script.
    pub(crate) async fn go_home(&self) -> Result<()> {
        self.browser.goto(&self.fixture.url("/api/state")).await
    }

    /// What there is once nothing more is to come.
    async fn end(&self, how: Value) -> Result<End> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // A document that is left while it is asked fails; the next one is asked the same.
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

fn seen(row: &Row, shown: Shown, told: Told, hung: bool) -> Seen {
    let mut fields = Map::new();
    // A document that was left heard the end, or was gone before: no matter to anybody.
    if shown.same {
        fields.insert("result".into(), json!(told.result));
        if let Some(class) = told.kind {
            fields.insert("class".into(), json!(class));
        }
    }
    fields.insert("document".into(), json!(if shown.same { "kept" } else { "another" }));
    fields.insert("url".into(), json!(shown.at));
    // A full history stays as long as it is.
    if told.started.history < FULL - 5 {
        fields.insert("history".into(), json!(shown.history - told.started.history));
    }
    if let Some(fresh) = shown.fresh {
        fields.insert("fresh".into(), json!(fresh));
    }
    fields.insert("heading".into(), json!(shown.heading));
    fields.insert("shown".into(), json!(shown.texts));
    if row.tagged {
        fields.insert("tagged".into(), json!(Some(shown.tagged) == told.server.get("computed").and_then(Value::as_i64)));
    }
    fields.insert("cookies".into(), json!(told.cookies));
    fields.insert("server".into(), told.server.into_iter().filter(|(name, _)| name != "computed").collect());
    fields.insert("posts".into(), json!(told.posts));
    fields.insert("uncaught".into(), json!(told.uncaught));
    fields.insert("hung".into(), json!(hung));
    if row.wire {
        fields.insert("wire".into(), json!(told.wire));
    }
    let mut own = told.own.unwrap_or_default();
    own.insert("wire".into(), json!(told.wire));
    own.insert("result".into(), fields.get("result").cloned().unwrap_or_default());
    Seen { fields, own, message: told.message }
}

#[derive(Debug, Deserialize)]
struct End {
    over: bool,
    shown: Shown,
    /// None on a page of another origin.
    told: Option<Told>,
}

#[derive(Debug, Deserialize)]
struct Shown {
    at: String,
    same: bool,
    history: i64,
    /// Rendered again by the server since the row began; none on another page.
    fresh: Option<bool>,
    heading: String,
    texts: Map<String, Value>,
    tagged: i64,
}

#[derive(Debug, Deserialize)]
struct Told {
    result: Option<String>,
    kind: Option<String>,
    message: Option<String>,
    started: Started,
    own: Option<Map<String, Value>>,
    wire: Option<String>,
    posts: u64,
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

/// Every page that owns actions lists them.
const IDS: &str = r#"
    const ids = {};
    for (const path of ["", "/second", "/guarded", "/answer", "/forms"]) {
        const text = await (await fetch((args[0] + path) || "/")).text();
        Object.assign(ids, JSON.parse(new DOMParser().parseFromString(text, "text/html").getElementById("ids").textContent));
    }
    return ids;
"#;
