//! Pages of a real Next.js app, with its router as the host: fresh data, transitions, redirects, a hostile server,
//! another build.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use e2e::{Browser, UNTIL, Www, free_port};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::hostile_server::HostileServer;

/// Returns the directory of a build of the fixture app: `16.4/a` and `16.4/b` have the same actions with other ids;
/// `16.4/dpl` has the deployment id `dpl_7`.
fn build(name: &str) -> Result<PathBuf> {
    let builds =
        std::env::var("ACTIONLANE_NEXTS").context("ACTIONLANE_NEXTS is not set: run these tests with `cargo xtask test --only e2e`")?;
    Ok(Path::new(&builds).join("16.4").join(name))
}

async fn serve(name: &str, port: u16) -> Result<Www> {
    let dir = build(name)?;
    Www::start(&dir, port, &[], &dir.join(format!("{port}.log"))).await
}

/// Functions for the scripts: `fixture`, the app's own test harness; `d`, a dispatcher; `shown(id)`, the text of an
/// element; `until(condition)`, which waits; `named(name)`, an action; `get(path)`, JSON from the app.
const PRELUDE: &str = r#"
    const shown = id => document.querySelector(`[data-testid=${id}]`)?.textContent;
    const fixture = await until(() => window.fixture);
    const d = window.d ??= actionlane.createDispatcher();
    const named = name => ({ id: fixture.ids[name], name });
    const get = async path => (await fetch(path)).json();
"#;

async fn eval<T: serde::de::DeserializeOwned>(browser: &Browser, script: &str, args: &[Value]) -> Result<T> {
    browser.eval(&format!("{UNTIL}{PRELUDE}\n{script}"), args).await
}

/// Opens a page of the app and loads Actionlane into it.
async fn open(browser: &Browser, url: &str) -> Result<()> {
    browser.goto(url).await?;
    let load = "const script = document.createElement('script');
        script.src = '/actionlane.js';
        const loaded = new Promise((resolve, reject) => { script.onload = resolve; script.onerror = reject; });
        document.head.append(script);
        await loaded;
        await actionlane.ready();";
    browser.eval(load, &[]).await
}

async fn on_a_page(path: &str, scene: impl AsyncFnOnce(&Browser) -> Result<()>) -> Result<()> {
    on_a_page_of("a", path, scene).await
}

async fn on_a_page_of(build: &str, path: &str, scene: impl AsyncFnOnce(&Browser) -> Result<()>) -> Result<()> {
    let app = serve(build, free_port()?).await?;
    Browser::lend(async |browser| {
        open(browser, &format!("{}{path}", app.url())).await?;
        scene(browser).await
    })
    .await
}

#[tokio::test]
async fn ten_parallel_actions_that_revalidate_refresh_once_each_round() -> Result<()> {
    on_a_page("/", async |browser| {
        let (rounds, wrong): (Vec<Round>, Vec<String>) = eval(
            browser,
            "let refreshes = 0;
             const real = window.fetch;
             window.fetch = (input, init) => {
                 if (new Headers(init?.headers).has('rsc') && !new Headers(init.headers).has('next-router-prefetch')) refreshes += 1;
                 return real(input, init);
             };
             const rounds = [], wrong = [];
             for (let round = 1; round <= 200; round += 1) {
                 refreshes = 0;
                 const calls = Array.from({ length: 10 }, () => d.call(named('revalidateThisPath'), ['/'], { lane: 'parallel' }));
                 const timings = (await Promise.all(calls.map(call => call.outcome))).map(({ timings }) => timings);
                 await until(() => shown('path') === String(10 * round), `round ${round}`);
                 const debt = Math.max(...timings.map(({ settledAt }) => settledAt)) - Math.min(...timings.map(({ headAt }) => headAt));
                 rounds.push({ refreshes, debt });
                 const { counts } = await get('/api/state');
                 if (counts.path !== 10 * round) wrong.push(`${counts.path} in round ${round}`);
             }
             return [rounds, wrong];",
            &[],
        )
        .await?;
        assert_eq!((rounds.len(), wrong), (200, vec![]));
        // On a busy machine, a round may take longer than a refresh may be put off; then the page is refreshed
        // meanwhile, too.
        let (in_time, late): (Vec<Round>, Vec<Round>) = rounds.into_iter().partition(|round| round.debt < LONGEST_DEBT_MS);
        assert!(in_time.iter().all(|round| round.refreshes == 1), "{in_time:?}");
        assert!(late.iter().all(|round| (1..=10).contains(&round.refreshes)), "{late:?}");
        assert!(!in_time.is_empty(), "no round was done within {LONGEST_DEBT_MS} ms: {late:?}");
        Ok(())
    })
    .await
}

/// A round of ten actions that revalidate: the number of refreshes, and the milliseconds from the first answer to the
/// last settled promise.
#[derive(Debug, Deserialize)]
struct Round {
    refreshes: usize,
    debt: f64,
}

/// Longest time that a refresh is put off while actions are in flight (`LONGEST` in `src/refresh.rs`).
const LONGEST_DEBT_MS: f64 = 500.0;

#[tokio::test]
async fn a_transition_is_pending_until_the_fresh_data_is_on_the_page() -> Result<()> {
    on_a_page("/", async |browser| {
        let seen: Vec<(String, Option<String>)> = eval(
            browser,
            "const seen = [];
             const look = () => seen.push([shown('pending'), shown('path')]);
             const observer = new MutationObserver(look);
             observer.observe(document.body, { subtree: true, childList: true, characterData: true });
             await fixture.transition(() => d.call(named('revalidateThisPath')));
             await until(() => shown('path') === '1' && shown('pending') === 'idle');
             look();
             return seen;",
            &[],
        )
        .await?;
        assert!(seen.iter().any(|(pending, _)| pending == "pending"), "{seen:?}");
        let begun = seen.iter().position(|(pending, _)| pending == "pending").unwrap_or_default();
        let stale: Vec<_> = seen[begun..].iter().filter(|(pending, path)| pending == "idle" && path.as_deref() != Some("1")).collect();
        assert!(stale.is_empty(), "the transition ended before the fresh data was on the page: {seen:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_redirect_goes_through_nexts_router() -> Result<()> {
    on_a_page("/", async |browser| {
        let (same, outcome, at, back): (bool, Value, String, String) = eval(
            browser,
            "const mark = document.documentElement;
             const call = d.call(named('goTo'), ['/target?a=1;b=2#hash', 'push']);
             const value = await call;
             await until(() => shown('pathname') === '/target');
             const at = location.href.slice(location.origin.length);
             const { redirect, status } = await call.outcome;
             history.back();
             await until(() => shown('pathname') === '/');
             return [mark === document.documentElement, { value, redirect, status }, at, location.pathname];",
            &[],
        )
        .await?;
        assert!(same, "the document was loaded again");
        assert_eq!((at.as_str(), back.as_str()), ("/target?a=1;b=2#hash", "/"));
        assert_eq!(outcome["redirect"]["followed"], json!(true));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_redirect_left_to_next_is_followed_by_next() -> Result<()> {
    on_a_page("/", async |browser| {
        let (digest, at): (String, String) = eval(
            browser,
            "const error = await fixture.transition(() => d.call(named('goTo'), ['/target', 'push'], { redirect: 'throw' })).catch(e => e);
             // An unhandled rejection: Next's own listener navigates.
             d.call(named('goTo'), ['/target', 'push'], { redirect: 'throw' });
             await until(() => shown('pathname') === '/target');
             return [error.digest, location.pathname];",
            &[],
        )
        .await?;
        assert_eq!((digest.as_str(), at.as_str()), ("NEXT_REDIRECT;push;/target;307;", "/target"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_middleware_that_redirects_to_another_origin_leaks_nothing() -> Result<()> {
    let hostile_server = HostileServer::start()?;
    on_a_page("/", async |browser| {
        let (code, sent): (String, String) = eval(
            browser,
            "const error = await d.call(named('echo'), ['secret'], { url: `/thief?to=${args[0]}&status=307` }).catch(e => e);
             return [error.code, error.sent];",
            &[json!(format!("{}/steal", hostile_server.url()))],
        )
        .await?;
        assert_eq!((code.as_str(), sent.as_str()), ("NETWORK", "unknown"));
        // The page can reach this server, so the stolen request would have arrived.
        let answer: String = eval(
            browser,
            "return await (await fetch(args[0], { method: 'POST', body: 'open' })).text();",
            &[json!(format!("{}/open", hostile_server.url()))],
        )
        .await?;
        assert_eq!(answer, "thanks");
        Ok(())
    })
    .await?;
    let requests = hostile_server.requests();
    assert!(requests.iter().any(|request| request.contains("/open")), "{requests:?}");
    assert!(!requests.iter().any(|request| request.contains("/steal") || request.contains("secret")), "{requests:?}");
    Ok(())
}

#[tokio::test]
async fn a_page_of_an_older_build_writes_once_and_sees_no_error() -> Result<()> {
    let port = free_port()?;
    let before = serve("a", port).await?;
    Browser::lend(async |browser| {
        open(browser, before.url()).await?;
        let old: String = eval(browser, "return fixture.ids.write", &[]).await?;
        assert_eq!(page_in_an_answer(browser).await?, (true, true));
        drop(before);
        let _after = serve("b", port).await?;
        let (value, new, seen, effects): (u32, String, Vec<Option<String>>, u32) = eval(
            browser,
            "const seen = [];
             d.subscribe(event => event.state === 'running' && seen.push(event.recovered ? event.actionId : null));
             const value = await d.call(named('write'), ['once']);
             const html = await (await fetch('/')).text();
             const ids = JSON.parse(new DOMParser().parseFromString(html, 'text/html').querySelector('#ids').textContent);
             return [value, ids.write, seen, await get('/api/effects?key=once')];",
            &[],
        )
        .await?;
        assert_ne!(old, new, "the builds have the same ids");
        assert_eq!((value, effects), (1, 1));
        assert_eq!(seen, [None, Some(new)], "sent, and sent once more under its new id");
        assert_eq!(page_in_an_answer(browser).await?, (true, false), "the payload of another build is not returned");
        Ok(())
    })
    .await
}

/// Makes a call that revalidates. Returns whether its answer holds the rendered page, and whether the payload is
/// available.
async fn page_in_an_answer(browser: &Browser) -> Result<(bool, bool)> {
    eval(
        browser,
        "const call = actionlane.createDispatcher({ host: 'none' }).call(named('cookieOnly'));
         const { rendered, payload } = await call.outcome;
         return [rendered, await payload !== undefined];",
        &[],
    )
    .await
}

#[tokio::test]
async fn a_skipped_render_keeps_cookies_and_leaves_the_page_out() -> Result<()> {
    on_a_page("/heavy", async |browser| {
        let (rendered, cookies, forwarded): (Vec<bool>, Value, Value) = eval(
            browser,
            "const rendered = [];
             for (const render of ['auto', 'skip']) {
                 const call = d.call(named('setCookies'), [{ first: render, second: render }], { render, url: '/heavy' });
                 await call;
                 const outcome = await call.outcome;
                 rendered.push(outcome.rendered);
             }
             const cookies = await get('/api/cookies');
             // A page that does not own the action refuses `skip`, so the call is sent again without it.
             const elsewhere = d.call(named('echo'), ['there'], { render: 'skip', url: '/second' });
             const value = await elsewhere;
             return [rendered, cookies, [value, (await elsewhere.outcome).attempts]];",
            &[],
        )
        .await?;
        assert_eq!(rendered, [true, false]);
        assert!(cookies.as_object().is_some_and(|cookies| cookies.values().any(|value| value == "skip")), "{cookies}");
        assert_eq!(forwarded[1], json!(2), "{forwarded}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_deployment_id_is_sent_as_next_sends_it() -> Result<()> {
    on_a_page_of("dpl", "/", async |browser| {
        let deployment_ids: Vec<Option<String>> = eval(
            browser,
            "const deploymentIds = [], real = window.fetch;
             window.fetch = (input, init) => {
                 const headers = new Headers(init?.headers);
                 if (headers.has('next-action')) deploymentIds.push(headers.get('x-deployment-id'));
                 return real(input, init);
             };
             await fixture.actions.echo('through Next');
             await d.call(named('echo'), ['through us']);
             await actionlane.createDispatcher({ deploymentId: '' }).call(named('echo'), ['without']);
             return deploymentIds;",
            &[],
        )
        .await?;
        assert_eq!(deployment_ids, [Some("dpl_7".to_owned()), Some("dpl_7".to_owned()), None]);
        Ok(())
    })
    .await
}
