//! Pages with Actionlane, and the results of calls made there.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use e2e::{Browser, UNTIL, Www};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::Server;

/// Result of a call.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Settled {
    /// The value in JSON, if the call resolved (`undefined` is `None`).
    pub(crate) value: Option<Value>,
    /// Fields of the error, if the call rejected. The code is `none` if the error is not an `ActionError`.
    pub(crate) code: Option<String>,
    pub(crate) sent: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) digest: Option<String>,
    pub(crate) excerpt: Option<String>,
    pub(crate) message: Option<String>,
    /// Text of the error's cause.
    pub(crate) cause: Option<String>,
    /// True if the call did not settle within a minute.
    pub(crate) hung: bool,
}

/// Two calls in the lane `main`: the tested call, and one made right after it.
#[derive(Debug, Deserialize)]
pub(crate) struct Pair {
    pub(crate) call: Settled,
    pub(crate) next: Settled,
    /// True if the dispatcher had nothing left to do afterwards.
    idle: bool,
}

impl Pair {
    /// Checks that the call rejected with `code` and `sent`, and that the next call in the lane resolved with
    /// `value`.
    #[track_caller]
    pub(crate) fn assert_failed_alone(&self, code: &str, sent: &str, value: &Value) {
        self.call.assert_failed(code, sent);
        self.next.assert_value(value);
        assert!(self.idle, "the dispatcher is still busy: {self:?}");
    }
}

impl Settled {
    /// Checks that the call rejected with `code`, and with `sent` for the state of its request.
    #[track_caller]
    pub(crate) fn assert_failed(&self, code: &str, sent: &str) {
        assert_eq!((self.code.as_deref(), self.sent.as_deref()), (Some(code), Some(sent)), "{self:?}");
    }

    /// Checks that the call resolved with `value`.
    #[track_caller]
    pub(crate) fn assert_value(&self, value: &Value) {
        assert_eq!((self.value.as_ref(), self.code.as_deref(), self.hung), (Some(value), None, false), "{self:?}");
    }
}

/// Names for the scripts, in addition to `args`:
/// - `ids`: the ids of the app's actions by name (empty on the misbehaving server);
/// - `some`: a valid id of no action;
/// - `d`: a dispatcher that posts to `url` (`args[0].url`);
/// - `settle(promise)`: returns a [`Settled`]; `hung` after a minute;
/// - `pair(call, next)`: returns a [`Pair`];
/// - `until(condition)`: waits until the condition is true, a minute at most;
/// - `inTime(run, good)`: for steps with a time limit that a busy machine may miss. Runs `run(ms)` with 250 ms, then
///   with twice as much each time, until `good(result)` or about 30 s are reached. Returns the last result.
const PRELUDE: &str = r#"
    const actionlane = window.actionlane ?? window.module;
    const { url, ids } = args[0];
    const some = "00" + "ab".repeat(20);
    const text = value => value === undefined ? undefined : value instanceof Error || value instanceof DOMException ? value.name : String(value);
    const failureOf = error => ({
        code: actionlane?.isActionError?.(error) ? error.code : "none",
        sent: error?.sent, status: error?.status, digest: error?.digest, excerpt: error?.excerpt,
        message: String(error?.message ?? error), cause: text(error?.cause),
    });
    const settle = promise => Promise.race([
        Promise.resolve(promise).then(value => ({ value }), failureOf),
        new Promise(resolve => setTimeout(() => resolve({ hung: true }), 60_000)),
    ]);
    const pair = async (call, next) => {
        const both = { call: await settle(call), next: await settle(next) };
        const idle = !(await settle(d.idle())).hung && d.pending === 0;
        return { ...both, idle };
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

    /// Runs `script` with the prelude before it, and returns its result.
    pub(crate) async fn eval<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        self.browser.eval(&format!("{UNTIL}{PRELUDE}\n{script}"), &[json!({ "url": self.url, "ids": self.ids })]).await
    }
}

impl<'a> Page<'a> {
    /// Returns the page of a misbehaving server that the browser shows. Calls are posted to `/`.
    pub(crate) fn of(browser: &'a Browser) -> Self {
        Self { browser, url: "/".to_owned(), ids: json!({}) }
    }
}

/// Runs a scene on the app's page without React. Calls are posted to `/checks`.
pub(crate) async fn on_the_app(scene: impl AsyncFnOnce(&Page<'_>) -> Result<()>) -> Result<()> {
    let www = Www::from_env()?;
    Browser::lend(async |browser| {
        browser.goto(&format!("{www}/plain.html")).await?;
        let ids =
            browser.eval("return await (await fetch('/actions.json')).json()", &[]).await.context("reading the ids of the actions")?;
        scene(&Page { browser, url: "/checks".to_owned(), ids }).await
    })
    .await
}

/// Runs a scene on a page of a misbehaving server: `/` plus `query`. Calls are posted to `/`, so give each call a
/// `url: "/?do=…"`.
pub(crate) async fn on_the_test_server(query: &str, scene: impl AsyncFnOnce(&Page<'_>, Server) -> Result<()>) -> Result<()> {
    let server = server_on_a_new_origin()?;
    Browser::lend(async |browser| {
        browser.goto(&format!("{}/{query}", server.url())).await?;
        scene(&Page { browser, url: "/".to_owned(), ids: json!({}) }, server).await
    })
    .await
}

/// Starts a server on an origin that no scene had before: browsers are lent to one scene after the other, and keep what
/// pages have stored.
pub(crate) fn server_on_a_new_origin() -> Result<Server> {
    static HAD: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let server = Server::start(package())?;
        if HAD.lock().unwrap_or_else(PoisonError::into_inner).insert(server.port()) {
            return Ok(server);
        }
    }
}

/// Returns the directory of the built npm package.
pub(crate) fn package() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../pkg"))
}
