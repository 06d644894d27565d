//! Pages with Actionlane in them, and how calls made there end.
#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::path::Path;

use anyhow::{Context, Result};
use e2e::{Browser, Driver, Www};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::Server;

/// How a call ended.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Settled {
    /// It resolved with this (JSON; `undefined` is none).
    pub(crate) value: Option<Value>,
    /// It rejected: the error's fields. `none` when the error is not an `ActionError`.
    pub(crate) code: Option<String>,
    pub(crate) sent: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) digest: Option<String>,
    pub(crate) excerpt: Option<String>,
    pub(crate) message: Option<String>,
    /// The error's cause, as text.
    pub(crate) cause: Option<String>,
    /// It did neither in good time.
    pub(crate) hung: bool,
}

/// Two calls in the lane `main`: the one looked at, and the one made right after it.
#[derive(Debug, Deserialize)]
pub(crate) struct Pair {
    pub(crate) call: Settled,
    pub(crate) next: Settled,
    /// Whether the dispatcher had nothing left to do afterwards.
    idle: bool,
}

impl Pair {
    /// The call rejected with `code` and `sent`, the next one in the lane ran and gave `value`.
    #[track_caller]
    pub(crate) fn assert_failed_alone(&self, code: &str, sent: &str, value: &Value) {
        self.call.assert_failed(code, sent);
        self.next.assert_value(value);
        assert!(self.idle, "the dispatcher is still busy: {self:?}");
    }
}

impl Settled {
    /// It rejected with `code`; `sent` says what became of the request.
    #[track_caller]
    pub(crate) fn assert_failed(&self, code: &str, sent: &str) {
        assert_eq!((self.code.as_deref(), self.sent.as_deref()), (Some(code), Some(sent)), "{self:?}");
    }

    #[track_caller]
    pub(crate) fn assert_value(&self, value: &Value) {
        assert_eq!((self.value.as_ref(), self.code.as_deref(), self.hung), (Some(value), None, false), "{self:?}");
    }
}

/// What scripts have at hand, beside `args`:
/// - `ids`: name → id of the app's actions (empty on the misbehaving server);
/// - `some`: an id of the right form that means nothing;
/// - `d`: a dispatcher that posts to `url` (`args[0].url`);
/// - `settle(promise)`: a [`Settled`], `hung` after a minute;
/// - `pair(call, next)`: a [`Pair`];
/// - `until(condition)`: waits until it is true, a minute at most;
/// - `inTime(run, good)`: for what has to happen within a time limit, which a busy machine may not keep: runs `run(ms)` with a limit twice as
///   long each time until `good(result)`, at last with half a minute. Gives the last result.
const PRELUDE: &str = r#"
    const actionlane = window.actionlane ?? window.module;
    const { url, ids } = args[0];
    const some = "00" + "ab".repeat(20);
    const text = value => value === undefined ? undefined : value instanceof Error || value instanceof DOMException ? value.name : String(value);
    const told = error => ({
        code: actionlane?.isActionError?.(error) ? error.code : "none",
        sent: error?.sent, status: error?.status, digest: error?.digest, excerpt: error?.excerpt,
        message: String(error?.message ?? error), cause: text(error?.cause),
    });
    const settle = promise => Promise.race([
        Promise.resolve(promise).then(value => ({ value }), told),
        new Promise(resolve => setTimeout(() => resolve({ hung: true }), 60_000)),
    ]);
    const pair = async (call, next) => {
        const both = { call: await settle(call), next: await settle(next) };
        const idle = !(await settle(d.idle())).hung && d.pending === 0;
        return { ...both, idle };
    };
    const until = async condition => {
        const end = performance.now() + 60_000;
        while (performance.now() < end) {
            if (await condition()) return;
            await new Promise(resolve => setTimeout(resolve, 20));
        }
        throw new Error("still not so after a minute: " + condition);
    };
    const inTime = async (run, good) => {
        for (let ms = 250; ; ms *= 2) {
            const result = await run(ms);
            if (ms > 30_000 || await good(result)) return result;
        }
    };
    const d = actionlane?.createDispatcher({ url });
"#;

/// A page to run scripts on.
pub(crate) struct Page<'a> {
    browser: &'a Browser,
    url: String,
    ids: Value,
}

impl Page<'_> {
    pub(crate) fn browser(&self) -> &Browser {
        self.browser
    }

    /// Runs `script`, with the prelude before it.
    pub(crate) async fn eval<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        self.browser.eval(&format!("{PRELUDE}\n{script}"), &[json!({ "url": self.url, "ids": self.ids })]).await
    }
}

impl<'a> Page<'a> {
    /// The page of a misbehaving server that a browser shows. Calls are posted to `/`.
    pub(crate) fn of(browser: &'a Browser) -> Self {
        Self { browser, url: "/".to_owned(), ids: json!({}) }
    }
}

/// Runs a scene on the app's page without React, posting to `/checks`.
pub(crate) async fn on_the_app(scene: impl AsyncFnOnce(&Page<'_>) -> Result<()>) -> Result<()> {
    let driver = Driver::from_env_or_start().await?;
    let www = Www::from_env()?;
    Browser::with(&driver, async |browser| {
        browser.goto(&format!("{www}/plain.html")).await?;
        let ids = browser.eval("return await (await fetch('/actions.json')).json()", &[]).await.context("the ids of the actions")?;
        scene(&Page { browser, url: "/checks".to_owned(), ids }).await
    })
    .await
}

/// Runs a scene on a page of a misbehaving server: `/` plus `query`. Calls are posted to `/`, so give each a `url: "/?do=…"`.
pub(crate) async fn on_a_bad_server(query: &str, scene: impl AsyncFnOnce(&Page<'_>, Server) -> Result<()>) -> Result<()> {
    let server = Server::start(package())?;
    let driver = Driver::from_env_or_start().await?;
    Browser::with(&driver, async |browser| {
        browser.goto(&format!("{}/{query}", server.url())).await?;
        scene(&Page { browser, url: "/".to_owned(), ids: json!({}) }, server).await
    })
    .await
}

/// The npm package as it has been built.
pub(crate) fn package() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../pkg"))
}
