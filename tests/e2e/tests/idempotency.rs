//! `actionlane/server` in a real Next.js app: an action or a route that is sent twice runs once. The tests follow the
//! rows of the table in `docs/idempotency.md`, as a browser sees them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use e2e::{Browser, Www, free_port, fresh_store};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Returns the directory of the build `16.4/a` of the fixture app.
fn app() -> Result<PathBuf> {
    let builds =
        std::env::var("ACTIONLANE_NEXTS").context("ACTIONLANE_NEXTS is not set: run these tests with `cargo xtask test --only e2e`")?;
    Ok(Path::new(&builds).join("16.4/a"))
}

fn log(port: u16) -> Result<PathBuf> {
    Ok(app()?.join(format!("{port}.log")))
}

async fn serve(port: u16, store: &str) -> Result<Www> {
    Www::start(&app()?, port, &[("FIXTURE_STORE", store)], &log(port)?).await
}

/// Functions for the scripts. They send requests directly, so that only the test repeats a request:
/// - `charge(key, args, url)`: calls the action and returns its answer;
/// - `pay(key, query, body)`: calls the route and returns its answer;
/// - `arrived(gate)`: waits until a request waits at the gate;
/// - `open(gate)`: opens the gate;
/// - `effects(key)`: returns how often the order `key` was charged;
/// - `fresh()`: returns a new key.
const PRELUDE: &str = r#"
    const get = async (path, init) => (await fetch(path, init)).json();
    const ids = JSON.parse(document.getElementById("ids").textContent);
    const charge = async (key, args, url = "/idempotent") => {
        const headers = { "next-action": ids.charge, accept: "text/x-component", ...(key && { "idempotency-key": key }) };
        const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(args) });
        const about = { status: response.status, redirect: response.headers.get("x-action-redirect") };
        const { value } = actionlane.decode(response.body);
        const answer = (await value).a;
        return await Promise.resolve(answer).then(value => ({ ...about, value }), ({ digest }) => ({ ...about, digest }));
    };
    const pay = async (key, query, body = "4200") => {
        const response = await fetch(`/api/charge?${query}`, { method: "POST", headers: { "idempotency-key": key }, body });
        const [retryAfter, replayed] = ["retry-after", "idempotent-replayed"].map(name => response.headers.get(name));
        return { status: response.status, retryAfter, replayed, body: await response.json() };
    };
    const arrived = gate => get(`/api/gate?key=${gate}&arrived=1`);
    const open = gate => get(`/api/gate?key=${gate}`, { method: "POST" });
    const effects = key => get(`/api/effects?key=${key}`);
    const fresh = () => crypto.randomUUID();
"#;

async fn eval<T: DeserializeOwned>(browser: &Browser, script: &str, args: &[Value]) -> Result<T> {
    browser.eval(&format!("{PRELUDE}\n{script}"), args).await
}

async fn open(browser: &Browser, app: &Www) -> Result<()> {
    browser.goto(&format!("{}/idempotent", app.url())).await?;
    let load = "const script = document.createElement('script');
        script.src = '/actionlane.js';
        const loaded = new Promise((resolve, reject) => { script.onload = resolve; script.onerror = reject; });
        document.head.append(script);
        await loaded;
        await actionlane.ready();";
    browser.eval(load, &[]).await
}

async fn on_the_page(scene: impl AsyncFnOnce(&Browser) -> Result<()>) -> Result<()> {
    let port = free_port()?;
    let app = serve(port, &fresh_store(&log(port)?)?).await?;
    Browser::lend(async |browser| {
        open(browser, &app).await?;
        scene(browser).await
    })
    .await
}

#[tokio::test]
async fn an_action_sent_twice_at_once_runs_once() -> Result<()> {
    on_the_page(async |browser| {
        let (meanwhile, elsewhere, first, again, runs): (Value, Value, Value, Value, u32) = eval(
            browser,
            r#"const key = fresh(), args = ["one", 4200, "gate:g"];
             const first = charge(`"${key}"`, args);
             await arrived("g");
             const meanwhile = await charge(key, args);
             const elsewhere = await charge(key, args, "/");
             await open("g");
             const shown = ({ status, value: { runs, id, at, lines } }) => [status, runs, id, at.getTime(), String(lines.get("amount"))];
             return [meanwhile, elsewhere, shown(await first), shown(await charge(key, args)), await effects("one")];"#,
            &[],
        )
        .await?;
        assert_eq!(meanwhile, json!({ "status": 500, "redirect": null, "digest": "IDEMPOTENCY_IN_PROGRESS" }));
        assert_eq!(elsewhere, json!({ "status": 200, "redirect": null, "digest": "IDEMPOTENCY_IN_PROGRESS" }), "forwarded by a page");
        assert_eq!((&first[0], &first[1], &first[4]), (&json!(200), &json!(1), &json!("4200")));
        assert_eq!((again, runs), (first, 1), "a date, a map and a bigint are stored");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn another_payload_is_refused_and_another_user_runs_the_action_again() -> Result<()> {
    on_the_page(async |browser| {
        let (digests, runs): (Vec<Option<String>>, Vec<u32>) = eval(
            browser,
            r#"const key = fresh();
             const digests = [], runs = [];
             for (const [as, amount, sent] of [["ada", 1, key], ["ada", 2, key], ["bob", 1, key], ["ada", 1, '"a", "b"'], ["ada", 1], ["ada", 1]]) {
                 document.cookie = `user=${as}; path=/`;
                 digests.push((await charge(sent, ["two", amount])).digest);
                 runs.push(await effects("two"));
             }
             return [digests.map(digest => digest ?? null), runs];"#,
            &[],
        )
        .await?;
        let said: Vec<_> = digests.iter().map(Option::as_deref).collect();
        assert_eq!(said, [None, Some("IDEMPOTENCY_MISMATCH"), None, Some("IDEMPOTENCY_KEY_INVALID"), None, None]);
        assert_eq!(runs, [1, 1, 2, 2, 3, 4]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn redirects_and_misses_are_replayed_and_thrown_errors_run_again() -> Result<()> {
    on_the_page(async |browser| {
        let seen: Vec<(Value, Value, u32)> = eval(
            browser,
            r#"const seen = [];
             for (const then of ["redirect", "miss", "throw", "element"]) {
                 const key = fresh();
                 const said = async () => {
                     const { status, redirect, digest } = await charge(key, [then, 1, then]);
                     return [status, redirect, /^\d+$/.test(digest) ? "a number" : digest ?? null];
                 };
                 seen.push([await said(), await said(), await effects(then)]);
             }
             return seen;"#,
            &[],
        )
        .await?;
        let redirect = json!([200, "/target;push", null]);
        let miss = json!([404, null, "NEXT_HTTP_ERROR_FALLBACK;404"]);
        let thrown = json!([500, null, "a number"]);
        let lost = json!([500, null, "IDEMPOTENCY_LOST"]);
        assert_eq!(seen, [(redirect.clone(), redirect, 1), (miss.clone(), miss, 1), (thrown.clone(), thrown, 2), (lost.clone(), lost, 1)]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn cookies_of_the_run_are_set_once_and_cookies_after_it_each_time() -> Result<()> {
    on_the_page(async |browser| {
        let jars: Vec<Value> = eval(
            browser,
            r#"const key = fresh(), jars = [];
             for (let i = 0; i < 2; i += 1) {
                 for (const name of ["receipt", "asked"]) document.cookie = `${name}=; path=/; max-age=0`;
                 await charge(key, ["five", 1]);
                 const { receipt, asked } = await get("/api/cookies");
                 jars.push([receipt ?? null, asked ?? null]);
             }
             return jars;"#,
            &[],
        )
        .await?;
        assert_eq!(jars, [json!(["five", "five"]), json!([null, "five"])]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_route_refuses_with_its_status() -> Result<()> {
    on_the_page(async |browser| {
        let (meanwhile, first, again, other, invalid, runs): (Value, Value, Value, Value, Value, u32) = eval(
            browser,
            r#"const key = fresh(), query = "order=six&gate=r";
             const first = pay(key, query);
             await arrived("r");
             const meanwhile = await pay(key, query);
             await open("r");
             return [meanwhile, await first, await pay(key, query), await pay(key, query, "9900"), await pay("a b", query), await effects("six")];"#,
            &[],
        )
        .await?;
        let refused = |answer: &Value| (answer["status"].clone(), answer["retryAfter"].clone(), answer["body"]["code"].clone());
        assert_eq!(refused(&meanwhile), (json!(409), json!("1"), json!("IDEMPOTENCY_IN_PROGRESS")));
        assert_eq!(refused(&other), (json!(422), json!(null), json!("IDEMPOTENCY_MISMATCH")));
        assert_eq!(refused(&invalid), (json!(400), json!(null), json!("IDEMPOTENCY_KEY_INVALID")));
        assert_eq!((&first["status"], &first["replayed"], &first["body"]["runs"]), (&json!(201), &json!(null), &json!(1)));
        assert_eq!((&again["status"], &again["replayed"], &again["body"]), (&json!(201), &json!("true"), &first["body"]));
        assert_eq!(runs, 1);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn results_and_claims_outlive_the_server() -> Result<()> {
    let port = free_port()?;
    let store = fresh_store(&log(port)?)?;
    let before = serve(port, &store).await?;
    Browser::lend(async |browser| {
        open(browser, &before).await?;
        let (done, begun, at): (String, String, f64) = eval(
            browser,
            r#"const done = fresh(), begun = fresh();
             const { value } = await charge(done, ["seven", 1]);
             charge(begun, ["seven", 1, "gate:never"]).catch(() => {});
             await arrived("never");
             return [done, begun, value.at.getTime()];"#,
            &[],
        )
        .await?;
        drop(before);
        let after = serve(port, &store).await?;
        open(browser, &after).await?;
        let (again, digest, runs): (f64, String, u32) = eval(
            browser,
            r#"const { value } = await charge(args[0], ["seven", 1]);
             const { digest } = await charge(args[1], ["seven", 1, "gate:never"]);
             return [value.at.getTime(), digest, await effects("seven")];"#,
            &[json!(done), json!(begun)],
        )
        .await?;
        assert_eq!((again.to_bits(), digest.as_str()), (at.to_bits(), "IDEMPOTENCY_IN_PROGRESS"));
        assert_eq!(runs, 0, "the new server has run nothing");
        Ok(())
    })
    .await?;
    std::fs::remove_dir_all(store).context("removing the store")
}
