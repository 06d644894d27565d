//! Browsers that are killed, and tabs that are closed, in the middle of durable calls. By the server's ledger, each
//! call runs once and in order. `ACTIONLANE_ROUNDS` sets the number of rounds (default 3).

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs, io};

use anyhow::{Context, Result, ensure};
use e2e::{Behaviour, Browser, Driver};
use serde_json::{Value, json};
use server::{Ledger, Server};

use crate::scene::{Page, package};

/// Number of calls in a round, spread over these lanes.
const CALLS: usize = 200;
const LANES: [&str; 4] = ["main", "cart", "notes", "mail"];

/// One request in fifty goes wrong, in many ways.
const FAULTS: &str = "faults=0.02&seed=7&work=2&busy=0";

/// `open(owner)`: creates a dispatcher with an outbox; its results are in `o.results`.
const OPEN: &str = r#"
    const open = owner => {
        const results = [];
        const onResult = (entry, { error }) => results.push(error?.code ?? "ok");
        const o = actionlane.createDispatcher({
            url: "/", timeout: 1000, outbox: { owner, onResult }, retry: { delay: 2, backoffLimit: 50, maxRetryAfter: 50 },
        });
        return Object.assign(o, { results });
    };
"#;

#[tokio::test]
async fn every_stored_call_runs_once_and_in_order() -> Result<()> {
    let rounds = match env::var("ACTIONLANE_ROUNDS") {
        Ok(rounds) => rounds.parse().context("ACTIONLANE_ROUNDS")?,
        Err(_) => 3,
    };
    let server = Server::start(package())?;
    server.misbehave(FAULTS)?;
    let driver = Driver::from_env_or_start().await?;
    let mut browser = Some(Browser::open(&driver).await?);
    let outcome = run_rounds(rounds, &server, &driver, &mut browser).await;
    if let Some(browser) = browser {
        browser.close().await?;
    }
    outcome
}

async fn lose_a_file(server: &Server, driver: &Driver, browser: &mut Option<Browser>) -> Result<()> {
    goto(browser, server).await?;
    eval::<Value>(
        browser,
        "const o = open('ann');
         o.pause();
         // Random bytes cannot be compressed.
         const bytes = Array.from({ length: 10 }, () => crypto.getRandomValues(new Uint8Array(40_000)));
         const file = new File(bytes, 'file');
         const given = { file, large: bytes.slice(5).join(), text: 'text', earlier: file };
         const calls = Object.entries(given).map(([name, value]) => o.call('7f' + some.slice(2), [value], { url: '/?call=' + name, durable: true }));
         await until(() => calls.every(({ state }) => state === 'waiting'));
         // Earlier versions of the package stored the `File` object.
         const [{ id }] = (await o.outbox.entries()).filter(({ url }) => url.includes('earlier'));
         await new Promise((resolve, reject) => {
             indexedDB.open('actionlane', 1).onsuccess = ({ target: { result: database } }) => {
                 const transaction = database.transaction('outbox', 'readwrite'), values = transaction.objectStore('outbox');
                 values.get(id).onsuccess = ({ target: { result } }) =>
                     values.put({ ...result, body: result.body.map(([name, value]) => [name, value.bytes ? file : value]) }, id);
                 transaction.oncomplete = resolve;
                 transaction.onabort = () => reject(transaction.error);
             };
         });",
    )
    .await?;
    let lose = |profile: &Path| {
        ensure!(remove_blobs(profile)? > 0, "the profile holds no stored file");
        Ok(())
    };
    let living = browser.take().context("no browser")?;
    *browser = Some(living.kill_and_reopen(driver, lose).await?);
    goto(browser, server).await?;
    let seen: Value = eval(
        browser,
        "const o = open('ann');
         await until(() => o.results.length === 4);
         const before = await o.outbox.entries();
         const removed = await o.outbox.remove(before[0].id);
         return [o.results, before.map(({ state }) => state), removed, await o.outbox.clear()];",
    )
    .await?;
    ensure!(seen == json!([["STORAGE", "STORAGE", "STORAGE", "ok"], ["unreadable", "unreadable", "failed"], true, 2]), "{seen}");
    let ran: Vec<_> = server.ledger().keys.into_values().filter_map(|entry| entry.call).collect();
    ensure!(ran == ["text"], "{ran:?}");
    Ok(())
}

/// Removes the files in which Chromium stores Blobs of IndexedDB. Returns the number of removed directories.
fn remove_blobs(dir: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(dir)?.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if name.to_string_lossy().ends_with(".indexeddb.blob") {
            fs::remove_dir_all(&path)?;
            removed += 1;
        } else if path.is_dir() && ["Default", "IndexedDB"].iter().any(|known| name == *known) {
            removed += remove_blobs(&path)?;
        }
    }
    Ok(removed)
}

async fn run_rounds(rounds: usize, server: &Server, driver: &Driver, browser: &mut Option<Browser>) -> Result<()> {
    let mut kept = BTreeSet::new();
    goto(browser, server).await?;
    eval::<Value>(
        browser,
        "const o = window.other = open('bob');
         o.pause();
         const calls = [1, 2, 3].map(n => o.call(some, [], { url: '/?call=bob-' + n, durable: true }));
         await until(() => calls.every(({ state }) => state === 'waiting'));",
    )
    .await?;
    for round in 0..rounds {
        let settled = make_calls(browser, round).await?;
        kept.extend(settled);
        if round % 2 == 0 && browser.as_ref().is_some_and(|browser| browser.kind().behaves(Behaviour::StoresProfile)) {
            let living = browser.take().context("no browser")?;
            *browser = Some(living.kill_and_reopen(driver, |_| Ok(())).await?);
        } else {
            close_tab(browser).await?;
        }
        goto(browser, server).await?;
        let replayed = finish_calls(browser).await?;
        let ledger = server.ledger();
        let known: BTreeSet<String> = ledger.keys.values().filter_map(|entry| entry.call.clone()).collect();
        let again = ledger.keys.values().filter(|entry| entry.arrivals > 1).count();
        eprintln!(
            "round {round}: {} stored so far, {} in the ledger, {again} of them arrived more than once, {replayed}",
            kept.len(),
            known.len()
        );
        ensure!(kept.is_subset(&known), "lost: {:?}", kept.difference(&known).collect::<Vec<_>>());
        check_ledger(&ledger)?;
        ensure!(!known.iter().any(|call| call.starts_with("bob")), "another owner's entry was sent");
    }
    let replayed: Value =
        eval(browser, "const o = open('bob'); await until(async () => (await o.outbox.flush(), await o.outbox.entries()).length === 0); return o.results.length").await?;
    ensure!(replayed.as_u64() >= Some(3), "{replayed}");
    let ledger = server.ledger();
    ensure!(ledger.keys.values().filter(|entry| entry.call.as_deref().is_some_and(|call| call.starts_with("bob"))).count() == 3);
    check_ledger(&ledger)
}

/// Makes the calls of a round, and waits until enough of them have settled. Returns the calls that are in the outbox
/// or were answered.
async fn make_calls(browser: &Option<Browser>, round: usize) -> Result<Vec<String>> {
    let enough = if round % 5 == 4 { 0 } else { (round * 37 + 20) % (CALLS * 3 / 4) };
    let script = format!(
        "const o = open('ann');
         const lanes = {lanes};
         let settled = 0;
         const calls = Array.from({{ length: {CALLS} }}, (_, n) => {{
             const lane = lanes[n % lanes.length];
             const name = '{round:03}-' + String(n).padStart(3, '0');
             const call = o.call('7f' + some.slice(2), [name, n % 10 ? 'x' : new Blob(['a file'])], {{ url: `/?call=${{name}}&lane=${{lane}}&{FAULTS}`, lane, durable: true }});
             call.then(() => (settled += 1), () => (settled += 1));
             return {{ name, call }};
         }});
         await until(() => settled >= {enough});
         return calls.filter(({{ call }}) => !['loading', 'preparing'].includes(call.state)).map(({{ name }}) => name);",
        lanes = json!(LANES),
    );
    eval(browser, &script).await
}

/// Sends the remaining calls until the outbox is empty.
async fn finish_calls(browser: &Option<Browser>) -> Result<Value> {
    eval(
        browser,
        "const o = open('ann');
         for (let i = 0; i < 1000; i++) {
             const entries = await o.outbox.entries();
             if (entries.length === 0) break;
             if (entries.every(({ state }) => state !== 'sending')) await o.outbox.flush();
             await new Promise(resolve => setTimeout(resolve, 20));
         }
         if ((await o.outbox.entries()).length > 0) throw new Error('still there: ' + JSON.stringify((await o.outbox.entries())[0]));
         return { replayed: o.results.filter(code => code === 'ok').length, failed: o.results.filter(code => code !== 'ok').length };",
    )
    .await
}

/// Checks that each call has run once, and that the calls of a lane arrived in the order in which they were made.
fn check_ledger(ledger: &Ledger) -> Result<()> {
    for (key, entry) in &ledger.keys {
        ensure!(entry.effects == 1, "{key}: {entry:?}");
    }
    for lane in LANES {
        let mut entries: Vec<_> = ledger.keys.values().filter(|entry| entry.lane.as_deref() == Some(lane)).collect();
        entries.sort_by_key(|entry| entry.order);
        ensure!(entries.is_sorted_by_key(|entry| &entry.call), "{lane}: {:?}", entries.iter().map(|entry| &entry.call).collect::<Vec<_>>());
    }
    Ok(())
}

/// Closes the tab and opens another one.
async fn close_tab(browser: &Option<Browser>) -> Result<()> {
    let client = browser.as_ref().context("no browser")?.client();
    let new = client.new_window(true).await?.handle;
    client.close_window().await?;
    Ok(client.switch_to_window(new).await?)
}

async fn goto(browser: &Option<Browser>, server: &Server) -> Result<()> {
    browser.as_ref().context("no browser")?.goto(&format!("{}/", server.url())).await
}

async fn eval<T: serde::de::DeserializeOwned>(browser: &Option<Browser>, script: &str) -> Result<T> {
    Page::of(browser.as_ref().context("no browser")?).eval(&format!("{OPEN}\n{script}")).await
}

mod needs_blobs_on_disk {
    use super::*;

    /// The browser has lost the stored file of a large call: its entry is set aside, the others are sent.
    #[tokio::test]
    async fn an_entry_whose_file_is_lost_is_set_aside() -> Result<()> {
        let server = Server::start(package())?;
        let driver = Driver::from_env_or_start().await?;
        let mut browser = Some(Browser::open(&driver).await?);
        let outcome = lose_a_file(&server, &driver, &mut browser).await;
        if let Some(browser) = browser {
            browser.close().await?;
        }
        outcome
    }
}
