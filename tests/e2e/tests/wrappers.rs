//! Real packages that sites put around `fetch`, and handwritten wrappers: every request arrives whole, no matter which
//! was installed first.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use e2e::Browser;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::{Seen, Server};

/// Environment variable with the page that `cargo xtask test` builds from `tests/wrappers`.
const WRAPPERS_ENV: &str = "ACTIONLANE_WRAPPERS";

/// Results of one request of each kind through one wrapper.
#[derive(Debug, Deserialize)]
struct Report {
    /// Name of the header that the wrapper adds.
    adds: String,
    value: Value,
    /// The requests of `d.route` and of the page's `fetch`, as the server received them.
    route: Echo,
    page: Echo,
    seen: Vec<Seen>,
}

#[derive(Debug, Deserialize)]
struct Echo {
    method: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// Arguments of the script: the wrapper's name; true if it is installed before the dispatcher; true if the dispatcher
/// replaces the page's `fetch`.
const SCRIPT: &str = r#"
    const [name, first, inPlace] = args;
    const { fetch: native } = window;
    const id = "00".repeat(21);
    let adds;
    if (first) adds = await wrappers[name]();
    const d = actionlane.createDispatcher({ url: "/" });
    if (inPlace) window.fetch = (...given) => d.fetch(...given);
    if (!first) adds = await wrappers[name]();
    const soon = (promise, what) => Promise.race([promise, new Promise((_, reject) => setTimeout(reject, 20_000, new Error(what + ": still waiting")))]);
    const value = await soon(d.call(id, [], { headers: { "x-own": "call" } }), "call");
    const headers = { "x-own": "route" };
    const routed = await soon(d.route("/__echo", { method: "PUT", headers, body: "routed" }, { idempotencyKey: "key" }), "route");
    const action = { method: "POST", headers: { "next-action": id, "x-own": "action" }, body: "[]" };
    await (await soon(window.fetch("/", action), "action")).text();
    const got = await soon(window.fetch("/__echo", { headers: { "x-own": "page" } }), "page");
    return { adds, value, route: await routed.json(), page: await got.json(), seen: await (await native("/__seen")).json() };
"#;

#[tokio::test]
async fn requests_arrive_whole_through_every_wrapper() -> Result<()> {
    let pages = PathBuf::from(
        env::var(WRAPPERS_ENV).context("ACTIONLANE_WRAPPERS is not set: run these tests with `cargo xtask test --only e2e`")?,
    );
    Browser::lend(async |browser| {
        let names: Vec<String> = on_a_fresh_page(browser, &pages, "return Object.keys(wrappers)", &[]).await?;
        assert!(names.len() > 10, "{names:?}");
        for name in &names {
            for (first, in_place) in [(true, false), (false, false), (true, true), (false, true)] {
                let what = format!("{name}, installed first: {first}, in place of fetch: {in_place}");
                let report: Report = on_a_fresh_page(browser, &pages, SCRIPT, &[json!(name), json!(first), json!(in_place)])
                    .await
                    .with_context(|| what.clone())?;
                check(&report, &format!("{what}: {report:#?}"));
            }
        }
        Ok(())
    })
    .await
}

fn check(report: &Report, what: &str) {
    assert_eq!(report.value, json!("ok"), "{what}");
    let actions: Vec<_> = report.seen.iter().map(|seen| (seen.action.as_str(), seen.headers.get("x-own").map(String::as_str))).collect();
    let id = "00".repeat(21);
    assert_eq!(actions, [(&*id, Some("call")), (&*id, Some("action"))], "{what}");
    for seen in &report.seen {
        assert!(seen.headers.contains_key(&report.adds), "{what}");
    }
    for (echo, own, method, body) in [(&report.route, "route", "PUT", "routed"), (&report.page, "page", "GET", "")] {
        assert_eq!((&*echo.method, &*echo.body, echo.headers.get("x-own").map(String::as_str)), (method, body, Some(own)), "{what}");
        assert!(echo.headers.contains_key(&report.adds), "{what}");
    }
    assert_eq!(report.route.headers.get("idempotency-key").map(String::as_str), Some("key"), "{what}");
}

/// Runs a script on a page of a new server: an origin where nothing is installed yet.
async fn on_a_fresh_page<T: DeserializeOwned>(browser: &Browser, pages: &Path, script: &str, args: &[Value]) -> Result<T> {
    let server = Server::start(pages)?;
    browser.goto(&format!("{}/pkg/index.html", server.url())).await?;
    browser.eval(script, args).await
}
