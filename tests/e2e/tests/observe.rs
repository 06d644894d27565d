//! `dist/observe.js` on pages that know nothing of it: beside the wrappers of `fetch` that sites use, and on a real
//! Next.js app, which is not built for it.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use e2e::{Browser, Driver, UNTIL, Www, free_port};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::{Seen, Server};

/// Functions for the scripts: `load(src, data)` adds the script to the page; `until(condition)` waits.
const PRELUDE: &str = r#"
    const load = (src, data = {}) => new Promise((resolve, reject) => {
        const script = document.createElement("script");
        Object.assign(script.dataset, data);
        Object.assign(script, { src, onload: resolve, onerror: reject });
        document.head.append(script);
    });
"#;

async fn eval<T: DeserializeOwned>(browser: &Browser, script: &str, args: &[Value]) -> Result<T> {
    browser.eval(&format!("{UNTIL}{PRELUDE}\n{script}"), args).await
}

/// An entry, as the page sees it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    number: u32,
    name: Option<String>,
    unnamed: Option<String>,
    start: f64,
    first_byte: Option<f64>,
    head: Option<f64>,
    end: Option<f64>,
    status: Option<u16>,
    size: Option<u64>,
    redirected: Option<String>,
    revalidated: Option<bool>,
    waited_for: Option<WaitedFor>,
    waited: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct WaitedFor {
    entry: u32,
    certain: bool,
}

/// Results of requests beside one wrapper.
#[derive(Debug, Deserialize)]
struct Report {
    /// Name of the header that the wrapper adds.
    adds: String,
    answers: Vec<String>,
    entries: Vec<Entry>,
    /// The requests as the server received them.
    seen: Vec<Seen>,
    /// True if the page could take the wrapper away again.
    unwrapped: bool,
}

/// Arguments of the script: the wrapper's name; true if it is installed before the observer; true if it is removed
/// before the observer. The requests 0 to 2 are watched, the others are not.
const BESIDE_A_WRAPPER: &str = r#"
    const [name, first, goesFirst] = args;
    const { fetch: native } = window;
    const answers = [];
    const send = async () => {
        const headers = { "next-action": "00".repeat(21), "x-own": String(answers.length) };
        answers.push(await (await fetch("/", { method: "POST", headers, body: "[]" })).text());
    };
    let adds;
    if (first) adds = await wrappers[name]();
    await load("/pkg/dist/observe.js");
    if (!first) adds = await wrappers[name]();
    const observed = actionlaneObserve;
    await send();
    await load("/pkg/dist/observe.js");
    await send();
    observed.restore();
    await send();
    if (goesFirst) await window.unwrap?.();
    actionlaneObserve.restore();
    if (!goesFirst) await window.unwrap?.();
    await send();
    return { adds, answers, entries: observed.entries(), seen: await (await native("/__seen")).json(), unwrapped: Boolean(window.unwrap) };
"#;

#[tokio::test]
async fn requests_beside_every_wrapper_arrive_whole_and_are_seen() -> Result<()> {
    let pages = PathBuf::from(
        env::var("ACTIONLANE_WRAPPERS").context("ACTIONLANE_WRAPPERS is not set: run these tests with `cargo xtask test --only e2e`")?,
    );
    Browser::lend(async |browser| {
        let names: Vec<String> = on_a_fresh_page(browser, &pages, "return Object.keys(wrappers)", &[]).await?;
        for name in &names {
            for (first, goes_first) in [(true, true), (false, true), (true, false), (false, false)] {
                let what = format!("{name}, installed first: {first}, removed first: {goes_first}");
                let args = [json!(name), json!(first), json!(goes_first)];
                let report: Report = on_a_fresh_page(browser, &pages, BESIDE_A_WRAPPER, &args).await.with_context(|| what.clone())?;
                check(&report, name, &format!("{what}: {report:#?}"));
            }
        }
        Ok(())
    })
    .await
}

fn check(report: &Report, name: &str, what: &str) {
    assert_eq!(report.answers.len(), 4, "{what}");
    assert!(report.answers.iter().all(|answer| *answer == report.answers[0]), "{what}");
    let own: Vec<_> = report.seen.iter().map(|seen| seen.headers.get("x-own").map_or("", String::as_str)).collect();
    assert_eq!(own, ["0", "1", "2", "3"], "{what}");
    let wrapped = if report.unwrapped { 3 } else { 4 };
    assert!(report.seen[..wrapped].iter().all(|seen| seen.headers.contains_key(&report.adds)), "{what}");
    // The handler of MSW sends each request once more.
    let times = if name == "msw" { 2 } else { 1 };
    assert_eq!(report.entries.len(), 3 * times, "{what}");
    assert!(report.entries.iter().all(|entry| entry.status == Some(200)), "{what}");
}

/// Runs a script on a page of a new server: an origin where nothing is installed yet.
async fn on_a_fresh_page<T: DeserializeOwned>(browser: &Browser, pages: &Path, script: &str, args: &[Value]) -> Result<T> {
    let server = Server::start(pages)?;
    browser.goto(&format!("{}/pkg/index.html", server.url())).await?;
    eval(browser, script, args).await
}

const WITH_SCRIPT: &str = "await load('/observe.js'); await until(() => window.fixture);";

/// Opens a page of the fixture app and adds the script, as a bookmarklet does.
async fn on_the_app(path: &str, scene: impl AsyncFnOnce(&Browser) -> Result<()>) -> Result<()> {
    on_the_app_with("", path, async |browser| {
        let () = eval(browser, WITH_SCRIPT, &[]).await?;
        scene(browser).await
    })
    .await
}

/// Serves the fixture app.
async fn app() -> Result<Www> {
    let builds = env::var("ACTIONLANE_NEXTS").context("ACTIONLANE_NEXTS is not set: run these tests with `cargo xtask test --only e2e`")?;
    let dir = Path::new(&builds).join("16.4/a");
    let port = free_port()?;
    Www::start(&dir, port, &[], &dir.join(format!("{port}.log"))).await
}

/// Opens a page of the fixture app. `first`: a script that runs before those of each document.
async fn on_the_app_with(first: &str, path: &str, scene: impl AsyncFnOnce(&Browser) -> Result<()>) -> Result<()> {
    let app = app().await?;
    Browser::lend(async |browser| {
        browser.start_documents_with(first).await?;
        browser.goto(&format!("{}{path}", app.url())).await?;
        scene(browser).await
    })
    .await
}

fn by_name<'a>(entries: &'a [Entry], name: &str) -> &'a Entry {
    entries.iter().find(|entry| entry.name.as_deref() == Some(name)).unwrap_or_else(|| panic!("no {name} in {entries:#?}"))
}

/// Two calls of one click: Next's router sends the second when it has read the answer to the first.
const TWO_CALLS: &str = r#"
    document.body.onclick = () => (window.calls = [fixture.actions.echo("a"), fixture.actions.add(2, 3)]);
    document.body.click();
    await Promise.all(window.calls);
    await until(() => actionlaneObserve.entries().every(({ end }) => end));
    return await actionlaneObserve.named();
"#;

#[tokio::test]
async fn an_app_that_knows_nothing_of_it_shows_its_actions_by_name_and_which_one_waited() -> Result<()> {
    on_the_app("/", async |browser| {
        let entries: Vec<Entry> = eval(browser, TWO_CALLS, &[]).await?;
        let (first, second) = (by_name(&entries, "echo"), by_name(&entries, "add"));
        let waited_for = second.waited_for.as_ref().unwrap_or_else(|| panic!("it waited for nothing: {entries:#?}"));
        assert_eq!((waited_for.entry, waited_for.certain), (first.number, false), "{entries:#?}");
        assert!(first.waited_for.is_none() && second.waited > Some(0.0), "{entries:#?}");
        for entry in [first, second] {
            let times = [Some(entry.start), entry.first_byte, entry.end];
            assert!(times.is_sorted() && entry.head >= Some(entry.start), "{entries:#?}");
            assert!(entry.status == Some(200) && entry.size > Some(0), "{entries:#?}");
        }
        Ok(())
    })
    .await
}

/// Puts the tag at the start of the head, as a page's own markup does, and notes errors.
const ONE_TAG: &str = r#"
    window.errors = [];
    const { error } = console;
    console.error = (...args) => { errors.push(args.map(String).join(" ")); error(...args); };
    addEventListener("error", ({ message }) => errors.push(message));
    new MutationObserver((_, observer) => {
        if (!document.head) return;
        observer.disconnect();
        const script = document.createElement("script");
        Object.assign(script.dataset, { timeline: "" });
        script.src = "/observe.js";
        document.head.prepend(script);
    }).observe(document, { childList: true, subtree: true });
"#;

/// The tag is there before the app's scripts, so React hydrates a document that holds the timeline.
#[tokio::test]
async fn one_tag_shows_the_calls_of_an_app_that_knows_nothing_of_it_in_a_timeline() -> Result<()> {
    on_the_app_with(ONE_TAG, "/", async |browser| {
        let script = r#"
            await until(() => window.fixture && document.readyState === "complete");
            const timeline = await until(() => document.querySelector("actionlane-timeline"));
            const text = () => timeline.shadowRoot.querySelector(".main").textContent;
            await until(() => text().includes("No actions yet."));
            document.body.onclick = () => (window.calls = [fixture.actions.echo("a"), fixture.actions.add(2, 3)]);
            document.body.click();
            await Promise.all(window.calls);
            await until(() => text().includes("echo") && text().includes("add"));
            await fixture.actions.goTo("/target", "push").catch(() => {});
            await until(() => location.pathname === "/target" && text().includes("↪ /target"));
            const calls = timeline.toJSON().calls.map(({ name, waitedFor }) => [name, name === "add" ? waitedFor?.entry : null]);
            return [calls, timeline.isConnected, document.querySelectorAll("actionlane-timeline").length, errors];
        "#;
        let seen: Value = eval(browser, script, &[]).await?;
        assert_eq!(seen, json!([[["echo", null], ["add", 1], ["goTo", null]], true, 1, []]), "{seen:#}");
        Ok(())
    })
    .await
}

/// The demo, whose page is built without the script: the payment story as Next's own client tells it.
#[tokio::test]
async fn the_payment_story_shows_both_actions_by_name_and_that_the_session_waited() -> Result<()> {
    let page = format!("{}/", Www::from_env()?);
    Browser::lend(async |browser| {
        browser.goto(&page).await?;
        let script = r#"
            await load("/actionlane/observe.js");
            await until(() => window.demo);
            document.body.click();
            await demo.run("next");
            await until(() => actionlaneObserve.entries().every(({ end }) => end));
            return await actionlaneObserve.named();
        "#;
        let entries: Vec<Entry> = eval(browser, script, &[]).await?;
        let (tokens, session) = (by_name(&entries, "saveTokens"), by_name(&entries, "createPaymentSession"));
        assert_eq!(session.waited_for.as_ref().map(|other| other.entry), Some(tokens.number), "{entries:#?}");
        assert!(session.waited >= tokens.head.map(|head| head - tokens.start), "{entries:#?}");
        Ok(())
    })
    .await
}

/// Redirects and revalidations are said; a navigation keeps the entries, and coming back doubles none. The browser's
/// list of timings is full.
#[tokio::test]
async fn navigation_keeps_the_entries_and_a_page_from_the_back_forward_cache_doubles_none() -> Result<()> {
    let app = app().await?;
    // The light browser of the other scenes keeps no page.
    let driver = Driver::from_env_or_start().await?;
    Browser::with(&driver, async |browser| {
        browser.goto(&format!("{}/cached", app.url())).await?;
        let () = eval(browser, WITH_SCRIPT, &[]).await?;
        let script = r#"
            performance.setResourceTimingBufferSize(0);
            addEventListener("pageshow", ({ persisted }) => (window.persisted = persisted));
            await fixture.actions.revalidateThisPath("/cached");
            await fixture.actions.goTo("/target", "push").catch(() => {});
            await until(() => location.pathname === "/target" && actionlaneObserve.entries().every(({ end }) => end));
            location.href = "/cached?left";
        "#;
        let () = eval(browser, script, &[]).await?;
        let () =
            eval(browser, "await until(() => location.search === '?left' && document.readyState === 'complete'); history.back();", &[])
                .await?;
        let script = r#"
            await until(() => location.pathname === "/target" && window.persisted);
            actionlaneObserve.subscribe(entry => (window.heard = [...(window.heard ?? []), entry.number]));
            history.back();
            await until(() => location.pathname === "/cached" && fixture.actions.add);
            await fixture.actions.add(1, 2);
            await until(() => actionlaneObserve.entries().every(({ end }) => end));
            return [await actionlaneObserve.named(), [...new Set(window.heard)]];
        "#;
        let (entries, heard): (Vec<Entry>, Vec<u32>) = eval(browser, script, &[]).await?;
        let names: Vec<_> = entries.iter().map(|entry| entry.name.as_deref().unwrap_or("none")).collect();
        assert_eq!(names, ["revalidateThisPath", "goTo", "add"], "{entries:#?}");
        assert_eq!((entries[0].revalidated, entries[1].redirected.as_deref()), (Some(true), Some("/target")), "{entries:#?}");
        assert_eq!(heard[0], entries[2].number, "{heard:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_closure_of_the_page_has_no_name_and_says_so() -> Result<()> {
    on_the_app("/", async |browser| {
        let script = r#"
            await fixture.passed.reveal();
            return await actionlaneObserve.named();
        "#;
        let entries: Vec<Entry> = eval(browser, script, &[]).await?;
        let [entry] = &entries[..] else { panic!("not one: {entries:#?}") };
        assert_eq!((entry.name.as_deref(), entry.unnamed.as_deref()), (None, Some("inline")), "{entries:#?}");
        Ok(())
    })
    .await
}

/// A page that has hidden the clock and Resource Timing still shows its actions, without the end of their answers.
#[tokio::test]
async fn a_page_that_has_shadowed_performance_is_survived() -> Result<()> {
    let pages = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../pkg");
    Browser::lend(async |browser| {
        let script = r#"
            Object.defineProperty(window, "performance", { value: "none" });
            Object.defineProperty(window, "PerformanceObserver", { value: undefined });
            await load("/pkg/dist/observe.js", { timeline: "" });
            const headers = { "next-action": "00".repeat(21) };
            await (await fetch("/", { method: "POST", headers, body: "[]" })).text();
            await actionlaneObserve.table();
            const timeline = await until(() => document.querySelector("actionlane-timeline"));
            await until(() => timeline.shadowRoot.textContent.includes("00000000…"));
            return actionlaneObserve.entries();
        "#;
        let server = Server::start(&pages)?;
        browser.goto(&format!("{}/?load=none&csp=none", server.url())).await?;
        let entries: Vec<Entry> = browser.eval(&format!("{UNTIL}{PRELUDE}\n{script}"), &[]).await?;
        let [entry] = &entries[..] else { panic!("not one: {entries:#?}") };
        assert!(entry.head >= Some(entry.start) && entry.end.is_none(), "{entries:#?}");
        Ok(())
    })
    .await
}
