//! Durable calls: what is in the outbox is sent once, in order, by one page of its owner, whatever happens to pages. The server's ledger
//! says what has arrived and what has run. Each line of the tables of `docs/outbox.md` is a test here or in `src/outbox/tests.rs`.

mod scene;

use std::time::{Duration, SystemTime};

use anyhow::Result;
use e2e::Kind;
use scene::{Page, Settled, on_a_bad_server};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::{Ledger, Server};

/// - `open(owner, options)`: a dispatcher with an outbox; its results are in `o.results`, its events in `o.events`;
/// - `durable(o, name, query, options)`: a durable call that the ledger shows as `name`;
/// - `kept(call)`: waits until it is in the outbox.
const OUTBOX: &str = r#"
    const action = "7f" + "ab".repeat(20); // it looks at its arguments
    const open = (owner, options) => {
        const results = [], events = [];
        const onResult = (entry, { error, outcome }) => results.push({
            id: entry.id, state: entry.state, code: entry.code, url: entry.url, value: outcome?.value, error: error?.code, message: error?.message, sent: error?.sent,
        });
        const o = actionlane.createDispatcher({ url: "/", outbox: { owner, onResult }, retry: { delay: 1, backoffLimit: 50 }, ...options });
        o.subscribe(({ actionId, state, code, replayed, lane }) => events.push({ state, code, replayed, lane }));
        return Object.assign(o, { results, events });
    };
    const durable = (o, name, query = "", { lane = "main", given = [], ...options } = {}) =>
        o.call(action, given, { url: `/?call=${name}&lane=${lane}&${query}`, lane, durable: true, ...options });
    const kept = call => until(() => !["loading", "preparing"].includes(call.state));
    const states = async o => (await o.outbox.entries()).map(({ state, code, url }) => [new URL(url ?? "a:b").searchParams.get("call"), state, code].filter(x => x).join(" "));
    const gate = name => fetch(`/__gate?name=${name}`, { method: "POST" });
    const raw = run => new Promise((resolve, reject) => {
        const request = indexedDB.open("actionlane", 1);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
            const transaction = request.result.transaction("outbox", "readwrite");
            const values = transaction.objectStore("outbox");
            run(values);
            transaction.oncomplete = () => (request.result.close(), resolve());
            transaction.onabort = () => reject(transaction.error);
        };
    });
    const change = change => raw(values => {
        values.openCursor().onsuccess = ({ target: { result: cursor } }) => {
            if (!cursor) return;
            const changed = change(cursor.value, cursor.key);
            if (changed !== undefined) cursor.update(changed);
            cursor.continue();
        };
    });
"#;

async fn eval<T: DeserializeOwned>(page: &Page<'_>, script: &str) -> Result<T> {
    page.eval(&format!("{OUTBOX}\n{script}")).await
}

/// A page of the server, freshly loaded: what was there before is gone.
async fn reload(page: &Page<'_>, server: &Server) -> Result<()> {
    page.browser().goto(&format!("{}/", server.url())).await
}

/// What arrived for a call: how often, and how often it ran.
fn counts(ledger: &Ledger, call: &str) -> (u64, u64) {
    ledger.keys.values().find(|entry| entry.call.as_deref() == Some(call)).map_or((0, 0), |entry| (entry.arrivals, entry.effects))
}

/// The calls of a lane in the order of their first arrival.
fn order(ledger: &Ledger, lane: &str) -> Vec<String> {
    let mut entries: Vec<_> = ledger.keys.values().filter(|entry| entry.lane.as_deref() == Some(lane)).collect();
    entries.sort_by_key(|entry| entry.order);
    entries.iter().filter_map(|entry| entry.call.clone()).collect()
}

#[tokio::test]
async fn a_call_survives_its_page_under_the_same_key() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let key: String = eval(
            page,
            "const o = open('ann');
             const call = durable(o, 'first', 'gate=g&busy=0', { given: ['x'.repeat(100)], idempotencyKey: 'mine' });
             durable(o, 'second');
             await until(() => call.state === 'running');
             await until(async () => (await (await fetch('/ledger')).json()).keys.mine);
             const [{ state, idempotencyKey, actionId, call: id }, second] = await o.outbox.entries();
             if (state !== 'sending' || second.state !== 'sending' || id !== call.id || actionId !== action) throw new Error(JSON.stringify(second));
             return idempotencyKey;",
        )
        .await?;
        assert_eq!(key, "mine");
        reload(page, &server).await?;
        let seen: Value = eval(
            page,
            "const o = open('ann');
             const fresh = o.call(some, [], { url: '/?call=fresh&lane=main' });
             await until(() => o.events.some(({ replayed, state }) => replayed && state === 'running'));
             await gate('g');
             const value = await fresh;
             await until(() => o.results.length === 2);
             const codes = o.events.filter(({ replayed, code, state }) => replayed && state === 'done').map(({ code }) => code);
             await until(async () => (await o.outbox.entries()).length === 0);
             return [o.results.map(({ value, state }) => [value.call, value.bytes > 100, state]), codes, value.call];",
        )
        .await?;
        assert_eq!(seen, json!([[["first", true, "done"], ["second", false, "done"]], ["ok", "ok"], "fresh"]));
        let ledger = server.ledger();
        assert_eq!(counts(&ledger, "first").1, 1);
        assert_eq!((ledger.keys["mine"].arrivals >= 2, counts(&ledger, "second")), (true, (1, 1)));
        assert_eq!(order(&ledger, "main"), ["first", "second", "fresh"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn another_owners_entries_stay_untouched() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let leave = "o.pause(); const calls = [durable(o, 'a'), durable(o, 'b', '', { lane: 'cart' }), durable(o, 'c')]; for (const c of calls) await kept(c);";
        eval::<()>(page, &format!("const o = open('bob'); {leave}")).await?;
        reload(page, &server).await?;
        let seen: Value = eval(
            page,
            "const o = open('ann');
             await durable(o, 'mine');
             await o.outbox.flush();
             const cleared = await o.outbox.clear();
             return [cleared, await o.outbox.entries(), o.results];",
        )
        .await?;
        assert_eq!(seen, json!([0, [], []]));
        let ledger = server.ledger();
        assert_eq!([counts(&ledger, "a"), counts(&ledger, "b"), counts(&ledger, "c")], [(0, 0); 3]);
        reload(page, &server).await?;
        eval::<()>(page, "const o = open('bob'); await until(() => o.results.length === 3);").await?;
        let ledger = server.ledger();
        assert_eq!(order(&ledger, "main"), ["mine", "a", "c"]);
        assert_eq!(counts(&ledger, "b"), (1, 1));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_keeps_an_entry_and_what_ends_it() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        // Sent again until there is an answer; what is no answer is kept, and sent when it is asked for. The lane goes on.
        let seen: Value = eval(
            page,
            "const o = open('ann');
             await fetch('/__misbehave?do=status&status=503&when=before', { method: 'POST' });
             const busy = durable(o, 'busy');
             await until(() => o.events.some(({ state }) => state === 'running'));
             await until(async () => (await (await fetch('/__seen')).json()).length > 2);
             const pending = busy.state;
             await fetch('/__misbehave', { method: 'POST' });
             const value = await busy;
             const login = await settle(durable(o, 'login', 'do=html200&when=before'));
             const forbidden = await settle(durable(o, 'forbidden', 'do=status&status=403&when=before'));
             await durable(o, 'next');
             await until(async () => (await states(o)).length === 2);
             return [pending, value.call, login.code, forbidden.code, await states(o)];",
        )
        .await?;
        assert_eq!(seen, json!(["running", "busy", "NOT_FLIGHT", "HTTP", ["login failed NOT_FLIGHT", "forbidden failed HTTP"]]));
        reload(page, &server).await?;
        let seen: Value = eval(
            page,
            "const o = open('ann');
             await durable(o, 'later');
             const before = await states(o);
             const taken = await o.outbox.flush();
             await until(() => o.results.length === 2);
             const [first] = await o.outbox.entries();
             const removed = [await o.outbox.remove(first.id), await o.outbox.remove(first.id), await o.outbox.remove(12345)];
             return [before.length, taken, o.results.map(({ error, state }) => [error, state]), removed, await states(o), await o.outbox.clear(), await states(o)];",
        )
        .await?;
        let failed = json!([["NOT_FLIGHT", "failed"], ["HTTP", "failed"]]);
        assert_eq!(seen, json!([2, 2, failed, [true, false, false], ["forbidden failed HTTP"], 1, []]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn abort_removes_and_clear_empties() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let seen: [Settled; 4] = eval(
            page,
            "const o = open('ann');
             const running = durable(o, 'running', 'do=never&when=before');
             const [aborted, removed, cleared] = ['aborted', 'removed', 'cleared'].map(name => durable(o, name));
             for (const call of [running, aborted, removed, cleared]) await kept(call);
             aborted.abort();
             await until(async () => (await states(o)).length === 3);
             const id = (await o.outbox.entries()).find(({ url }) => url.includes('removed')).id;
             if (!(await o.outbox.remove(id))) throw new Error('not removed');
             await until(async () => (await states(o)).length === 2);
             const count = await o.outbox.clear();
             if (count !== 2) throw new Error('cleared: ' + count);
             if ((await states(o)).length > 0) throw new Error('not empty');
             return [await settle(running), await settle(aborted), await settle(removed), await settle(cleared)];",
        )
        .await?;
        for settled in &seen {
            assert_eq!(settled.code.as_deref(), Some("ABORTED"), "{settled:?}");
        }
        assert_eq!(seen[2].message.as_deref(), Some("action 7fababab: the call was aborted"));
        reload(page, &server).await?;
        eval::<()>(page, "const o = open('ann'); await durable(o, 'last'); if (o.results.length > 0) throw new Error('replayed');").await?;
        assert_eq!(order(&server.ledger(), "main"), ["running", "last"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn its_ttl_ends_it() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const o = open('ann');
             const here = await settle(durable(o, 'here', 'do=status&status=503', { durable: { owner: 'ann', ttl: 300 } }));
             o.pause();
             await kept(durable(o, 'there', '', { durable: { ttl: 60_000 } }));
             await until(async () => (await states(o)).length === 1);
             return [here.code, await states(o)];",
        )
        .await?;
        assert_eq!(seen, json!(["EXPIRED", ["there sending"]]));
        reload(page, &server).await?;
        // A day later.
        let seen: Value = eval(
            page,
            "const now = Date.now;
             Date.now = () => now() + 86_400_000;
             const o = open('ann');
             await until(() => o.results.length === 1);
             return [o.results[0].error, o.results[0].sent, o.results[0].state, o.events.filter(({ replayed }) => replayed).map(({ state, code }) => [state, code]), await states(o)];",
        )
        .await?;
        assert_eq!(seen, json!(["EXPIRED", "unknown", "done", [["done", "EXPIRED"]], []]));
        assert_eq!(counts(&server.ledger(), "there"), (0, 0));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn one_tab_sends_it_and_another_takes_over() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let client = page.browser().client();
        let first = client.window().await?;
        eval::<()>(page, "const o = window.o = open('ann'); const call = durable(o, 'x', 'gate=g&busy=0'); await until(() => call.state === 'running'); durable(o, 'y');").await?;
        let second = client.new_window(true).await?.handle;
        client.switch_to_window(second.clone()).await?;
        reload(page, &server).await?;
        let seen: Value = eval(
            page,
            "const o = window.o = open('ann');
             await o.call(some, [], { url: '/?call=own' });
             await until(async () => (await states(o)).length === 2);
             const [entry] = await o.outbox.entries();
             return [await states(o), o.results.length, await o.outbox.remove(entry.id), await o.outbox.flush()];",
        )
        .await?;
        assert_eq!(seen, json!([["x elsewhere", "y elsewhere"], 0, false, 0]));
        client.switch_to_window(first).await?;
        client.close_window().await?;
        client.switch_to_window(second).await?;
        let seen: Value = eval(page, "await gate('g'); await until(() => o.results.length === 2); return o.results.map(({ value }) => value.call);").await?;
        assert_eq!(seen, json!(["x", "y"]));
        let ledger = server.ledger();
        assert_eq!((counts(&ledger, "x").1, counts(&ledger, "y")), (1, (1, 1)));
        Ok(())
    })
    .await
}

/// Who logs out in one tab empties the outbox of the others, too.
#[tokio::test]
async fn what_another_tab_has_cleared_is_not_sent() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let client = page.browser().client();
        let first = client.window().await?;
        eval::<()>(page, "const o = window.o = open('ann'); o.pause(); window.call = durable(o, 'x'); await kept(window.call);").await?;
        let second = client.new_window(true).await?.handle;
        client.switch_to_window(second).await?;
        reload(page, &server).await?;
        let cleared: u64 = eval(page, "return await open('ann').outbox.clear()").await?;
        assert_eq!(cleared, 1);
        client.switch_to_window(first).await?;
        let settled: Settled = eval(page, "o.resume(); return await settle(window.call)").await?;
        settled.assert_failed("ABORTED", "no");
        assert_eq!(server.ledger().total, 0);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn close_leaves_it_to_the_next_dispatcher() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const o = open('ann');
             o.pause();
             const call = durable(o, 'x');
             await kept(call);
             o.close();
             const { code, sent } = await settle(call);
             const next = open('ann');
             await until(() => next.results.length === 1);
             return [code, sent, next.results[0].value.call];",
        )
        .await?;
        assert_eq!(seen, json!(["CLOSED", "no", "x"]));
        assert_eq!(counts(&server.ledger(), "x"), (1, 1));
        Ok(())
    })
    .await
}

/// Whether two bodies are of one size, but for the lines between the parts of a form: those of Firefox are not always of the same length.
fn alike(bytes: u64, others: u64) -> bool {
    bytes.abs_diff(others) < 100
}

#[tokio::test]
async fn forms_and_files_are_kept() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let file = "new File(['content '.repeat(1000)], 'note ü.txt', { type: 'text/plain' })";
        let make = format!(
            "const form = new FormData(); form.append('a', '1'); form.append('file', {file}); form.append('a', '2');
             const given = [{{ form, blob: new Blob(['blob']), date: new Date(0) }}, Promise.resolve('later')];"
        );
        let sent: u64 =
            eval(page, &format!("{make} return (await open('bob').call(action, given, {{ url: '/?call=plain' }})).bytes")).await?;
        eval::<()>(page, &format!("{make} const o = open('ann'); o.pause(); await kept(durable(o, 'x', '', {{ given }}));")).await?;
        reload(page, &server).await?;
        let replayed: u64 =
            eval(page, "const o = open('ann'); await until(() => o.results.length === 1); return o.results[0].value.bytes").await?;
        assert!(sent > 8_000 && alike(sent, replayed), "{sent} and {replayed} bytes");
        Ok(())
    })
    .await
}

/// A private window stores no Blobs in some browsers: files are kept as bytes, and are what they were.
#[tokio::test]
async fn files_are_what_they_were() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let kept: Value = eval(
            page,
            "const file = (parts, name, type, lastModified) => new File(parts, name, { type, lastModified });
             const form = new FormData();
             form.append('note', file(['text'], 'ü note.txt', 'text/x-note', 1_000_000_000_000));
             form.append('empty', file([], 'empty', '', 0));
             form.append('none', file([], '', 'application/octet-stream', 7));
             const o = open('ann');
             o.pause();
             const call = durable(o, 'x', '', { given: [form, new Blob([new Uint8Array([0, 255])], { type: 'image/x' })] });
             const refused = call.then(() => undefined, ({ message, cause }) => [message, String(cause)]);
             return await Promise.race([kept(call).then(() => states(o)), refused]);",
        )
        .await?;
        assert_eq!(kept, json!(["x sending"]));
        reload(page, &server).await?;
        let seen: Value = eval(
            page,
            "const sent = [];
             const read = async ([name, file]) => [name, file.name, file.type, file.lastModified, [...new Uint8Array(await file.arrayBuffer())].join()];
             const o = open('ann', { fetch: async (url, init) => {
                 for (const part of init.body) if (typeof part[1] !== 'string') sent.push(await read(part));
                 return fetch(url, init);
             } });
             await until(() => o.results.length === 1);
             const bytes = [...new TextEncoder().encode('text')].join();
             return { sent: sent.map(([, ...file]) => file).sort(([a], [b]) => a < b ? -1 : 1), bytes, value: o.results[0].value.call };",
        )
        .await?;
        let blob = &seen["sent"][1];
        assert_eq!((&blob[0], &blob[1], &blob[3]), (&json!("blob"), &json!("image/x"), &json!("0,255")));
        let note = json!(["ü note.txt", "text/x-note", 1_000_000_000_000_i64, seen["bytes"]]);
        assert_eq!(seen["sent"], json!([["", "application/octet-stream", 7, ""], blob, ["empty", "", 0, ""], note]));
        assert_eq!((&seen["value"], counts(&server.ledger(), "x")), (&json!("x"), (1, 1)));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_that_changes_on_disk() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let path = std::env::temp_dir().join(format!("actionlane-outbox-{}.txt", std::process::id()));
        let choose = async || -> Result<()> {
            std::fs::write(&path, "as it was".repeat(100))?;
            eval::<()>(page, "document.body.innerHTML = '<input type=file>'").await?;
            let input = page.browser().client().find(fantoccini::Locator::Css("input")).await?;
            Ok(input.send_keys(&path.to_string_lossy()).await?)
        };
        choose().await?;
        // Kept, and then changed: what is sent is what it was.
        let take = "const given = [document.querySelector('input').files[0]];";
        let sent: u64 =
            eval(page, &format!("{take} return (await open('bob').call(action, given, {{ url: '/?call=plain' }})).bytes")).await?;
        eval::<()>(page, &format!("{take} const o = open('ann'); o.pause(); await kept(durable(o, 'x', '', {{ given }}));")).await?;
        std::fs::write(&path, "another")?;
        // WebKit looks at the seconds.
        std::fs::File::options().write(true).open(&path)?.set_modified(SystemTime::now() + Duration::from_secs(60))?;
        // Changed before it was kept: the call fails, the lane goes on. Firefox does not look: it reads what is there now.
        let of_changed = match page.browser().kind() {
            Kind::Chromium | Kind::WebKit => (json!("STORAGE"), json!("no")),
            Kind::Firefox => (Value::Null, Value::Null),
        };
        let seen: Value = eval(
            page,
            &format!(
                "{take} const o = open('eve'); const failed = await settle(durable(o, 'y', '', {{ given }}));
                 return [failed.code, failed.sent, (await durable(o, 'z')).call, await states(o)]"
            ),
        )
        .await?;
        assert_eq!(seen, json!([of_changed.0, of_changed.1, "z", []]));
        reload(page, &server).await?;
        let replayed: u64 =
            eval(page, "const o = open('ann'); await until(() => o.results.length === 1); return o.results[0].value.bytes").await?;
        std::fs::remove_file(&path)?;
        assert!(sent > 900 && alike(sent, replayed), "{sent} and {replayed} bytes");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_cannot_be_read_is_set_aside() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        eval::<()>(
            page,
            "const o = open('ann');
             o.pause();
             for (const name of ['version', 'cut', 'flipped', 'bodiless', 'headless', 'nobodys', 'text', 'good']) await kept(durable(o, name));
             await kept(durable(o, 'form', '', { given: [new Blob(['x'])] }));",
        )
        .await?;
        reload(page, &server).await?;
        let seen: Value = eval(
            page,
            "const head = value => new Uint8Array(value.head);
             const changes = [
                 value => { const bytes = head(value); bytes[0] = 2; return { ...value, head: bytes, more: 'of another version' }; },
                 value => ({ ...value, head: head(value).slice(0, 60) }),
                 value => { const bytes = head(value); bytes[40] ^= 1; return { ...value, head: bytes }; },
                 ({ body, ...value }) => value,
                 ({ head, ...value }) => value,
                 () => 42,
                 value => ({ ...value, body: [['0', 'a form']] }),
                 () => undefined,
                 value => ({ ...value, body: [['0', { not: 'a part' }]] }),
             ];
             let at = 0;
             await change(value => changes[at++](value));
             const o = open('ann');
             const events = o.events;
             await durable(o, 'next');
             await until(() => o.results.length === 9);
             await o.outbox.flush();
             const heard = o.results.map(({ error, message, value }) => [error, message, value?.call]).sort();
             const codes = events.filter(({ replayed, state }) => replayed && state === 'done').map(({ code }) => code).sort();
             const entries = await o.outbox.entries();
             return { told: heard, codes, states: entries.map(({ state }) => state), versions: entries.map(({ version }) => version).filter(v => v), cleared: await o.outbox.clear() };",
        )
        .await?;
        let damaged = json!(["STORAGE", "an entry of the outbox is damaged", null]);
        let mut told = vec![json!([null, null, "good"])];
        told.extend(std::iter::repeat_n(damaged, 7));
        told.push(json!(["STORAGE", "an entry of the outbox is of version 2, not 1", null]));
        let mut seen_told = seen["told"].as_array().cloned().unwrap_or_default();
        seen_told.sort_by_key(Value::to_string);
        told.sort_by_key(Value::to_string);
        assert_eq!(seen_told, told);
        let mut codes = vec!["STORAGE"; 8];
        codes.push("ok");
        assert_eq!(seen["codes"], json!(codes));
        assert_eq!((&seen["states"], &seen["versions"], &seen["cleared"]), (&json!(vec!["unreadable"; 8]), &json!([2]), &json!(8)));
        assert_eq!(order(&server.ledger(), "main"), ["good", "next"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn storage_that_is_blocked_or_not_there() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        // A sandboxed frame has neither storage nor locks.
        let blocked: Value = eval(
            page,
            "const frame = document.createElement('iframe');
             frame.sandbox = 'allow-scripts';
             const script = `
                 window.onerror = () => true;
                 const o = actionlane.createDispatcher({ url: '${location.origin}/', outbox: { owner: 'ann' }, fetch: async () => new Response('0:{\"a\":\"$@1\"}\\\\n1:7\\\\n', { headers: { 'content-type': 'text/x-component' } }) });
                 const told = promise => promise.then(value => value, error => [error.code, error.sent, error.message].join(' '));
                 (async () => parent.postMessage([await told(o.call('${some}', [], { durable: true })), await told(o.call('${some}')), await told(o.outbox.entries())], '*'))()`;
             const source = await (await fetch('/actionlane.full.js')).text();
             const blob = text => `<script>${text.replaceAll('</script', '<\\\\/script')}</scr` + 'ipt>';
             const heard = new Promise(resolve => addEventListener('message', ({ data }) => resolve(data), { once: true }));
             frame.srcdoc = blob(source) + blob(script);
             document.body.append(frame);
             return await settle(heard);",
        )
        .await?;
        let stored = "this page may store nothing (a sandboxed frame, or blocked by the user): make the call without durable";
        let [durable, asked] = [format!("STORAGE no action 00ababab: durable: {stored}"), format!("STORAGE no the outbox cannot be read or changed: {stored}")];
        assert_eq!(blocked["value"], json!([durable, 7, asked]), "{blocked}");
        // No Web Locks, as on a page that is not secure.
        let seen: Value = eval(
            page,
            "addEventListener('error', event => event.preventDefault());
             Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true });
             const o = open('ann');
             const failed = await settle(durable(o, 'x'));
             const asked = await settle(o.outbox.entries());
             delete navigator.locks;
             return [failed.code, failed.sent, failed.message, asked.message, (await o.call(some)), (await durable(o, 'y')).call];",
        )
        .await?;
        let locks = "the outbox needs Web Locks, which pages have over https or on localhost only";
        let [durable, asked] = [format!("action 7fababab: durable: {locks}"), format!("the outbox cannot be read or changed: {locks}")];
        assert_eq!(seen, json!(["STORAGE", "no", durable, asked, "ok", "y"]));
        assert_eq!(counts(&server.ledger(), "x"), (0, 0));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_full_disk() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const o = open('ann');
             const { add } = IDBObjectStore.prototype;
             // As a browser says it: when the value is given, or when the transaction is to be completed.
             const full = [
                 () => { throw new DOMException('', 'QuotaExceededError'); },
                 function (value) { const request = add.call(this, value); request.onsuccess = () => this.transaction.abort(); return request; },
             ];
             const seen = [];
             for (const how of full) {
                 IDBObjectStore.prototype.add = how;
                 const failed = settle(durable(o, 'large'));
                 const { code, sent, cause, message } = await failed;
                 IDBObjectStore.prototype.add = add;
                 seen.push([code, sent, cause, message, (await durable(o, 'small')).call, await states(o)]);
             }
             return seen;",
        )
        .await?;
        let room = "action 7fababab: durable: no room is left for this site: remove entries of the outbox, or make the call without durable";
        let stored = "action 7fababab: durable: the call could not be stored";
        assert_eq!(
            seen,
            json!([["STORAGE", "no", "QuotaExceededError", room, "small", []], ["STORAGE", "no", "AbortError", stored, "small", []]])
        );
        assert_eq!(counts(&server.ledger(), "large"), (0, 0));
        Ok(())
    })
    .await
}

/// Looking again and again while calls are stored, sent and answered takes none of them up twice.
#[tokio::test]
async fn a_flush_meanwhile_takes_up_nothing() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const o = open('ann'), other = open('ann');
             const all = Promise.all(Array.from({ length: 100 }, (_, n) => durable(o, 'n' + n, '', { lane: ['main', 'cart', 'parallel'][n % 3] })));
             let over = false, taken = 0;
             all.finally(() => (over = true));
             while (!over) taken += await o.outbox.flush() + await other.outbox.flush();
             await until(async () => (await states(o)).length === 0);
             await Promise.all([o.idle(), other.idle()]);
             return [taken, o.results, other.results];",
        )
        .await?;
        assert_eq!(seen, json!([0, [], []]));
        let ledger = server.ledger();
        assert!(ledger.keys.values().all(|entry| (entry.arrivals, entry.effects) == (1, 1)), "{ledger:?}");
        Ok(())
    })
    .await
}

/// What was read before a call was answered is not what is there any more.
#[tokio::test]
async fn an_answer_while_the_outbox_is_read() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const o = open('ann'), other = open('ann');
             await o.call(some);
             await other.call(some);
             const taken = [];
             for (const who of [o, other]) {
                 const call = durable(o, 'x' + taken.length, 'busy=0&gate=g' + taken.length);
                 await until(() => call.state === 'running');
                 const { query } = LockManager.prototype;
                 let asked, go;
                 const was = new Promise(resolve => (asked = resolve)), late = new Promise(resolve => (go = resolve));
                 LockManager.prototype.query = async function () {
                     asked();
                     await late;
                     const snapshot = await query.call(this);
                     // As if the sender had gone right after its answer.
                     return who === o ? snapshot : { held: snapshot.held.filter(({ name }) => !name.includes('sender')) };
                 };
                 const flushed = who.outbox.flush();
                 await was;
                 await gate('g' + taken.length);
                 await call;
                 let left;
                 await until(async () => (await raw(values => (values.count().onsuccess = ({ target }) => (left = target.result))), left === 0));
                 go();
                 taken.push(await flushed);
                 LockManager.prototype.query = query;
             }
             await raw(values => (values.count().onsuccess = ({ target }) => taken.push(target.result)));
             return [taken, o.results, other.results];",
        )
        .await?;
        assert_eq!(seen, json!([[0, 0, 0], [], []]));
        assert_eq!([counts(&server.ledger(), "x0"), counts(&server.ledger(), "x1")], [(1, 1); 2]);
        Ok(())
    })
    .await
}

/// An older tab finds what a younger one has left when it is looked at.
#[tokio::test]
async fn a_tab_that_was_there_before_looks_again() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let client = page.browser().client();
        let first = client.window().await?;
        eval::<()>(page, "window.o = open('ann'); await o.call(some);").await?;
        let second = client.new_window(true).await?.handle;
        client.switch_to_window(second).await?;
        reload(page, &server).await?;
        eval::<()>(page, "window.o = open('ann'); o.pause(); await kept(durable(o, 'x'));").await?;
        client.close_window().await?;
        client.switch_to_window(first).await?;
        let seen: Value = eval(
            page,
            "await until(() => (document.dispatchEvent(new Event('visibilitychange')), o.results.length === 1)); return o.results[0].value.call;",
        )
        .await?;
        assert_eq!(seen, json!("x"));
        assert_eq!(counts(&server.ledger(), "x"), (1, 1));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn storage_that_never_answers_holds_nobody_up() -> Result<()> {
    on_a_bad_server("", async |page, _server| {
        let settled: Settled =
            eval(page, "IDBFactory.prototype.open = () => new EventTarget(); return await settle(open('ann').call(some));").await?;
        settled.assert_value(&json!("ok"));
        Ok(())
    })
    .await
}

/// What a call leaves that a trap has ended while it was stored is not taken for one that is under way.
#[tokio::test]
async fn a_trap_while_it_is_stored() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const o = open('ann'), other = actionlane.createDispatcher({ url: '/' });
             await Promise.all([o.call(some), other.call(some)]);
             const { arrayBuffer } = Blob.prototype;
             let go;
             Blob.prototype.arrayBuffer = function () { return new Promise(resolve => (go = resolve)).then(() => arrayBuffer.call(this)); };
             const call = settle(durable(o, 'x', '', { given: [new File(['text'], 'f')] }));
             await until(() => go);
             // An exception of the browser's where none can be.
             const { encodeInto } = TextEncoder.prototype;
             TextEncoder.prototype.encodeInto = () => { throw new Error('scripted'); };
             other.lane('ü').size;
             TextEncoder.prototype.encodeInto = encodeInto;
             Blob.prototype.arrayBuffer = arrayBuffer;
             go();
             const { code, sent } = await call;
             await until(async () => (await states(o)).length === 1);
             const before = [counted(await (await fetch('/ledger')).json()), await states(o)];
             const taken = await o.outbox.flush();
             await until(() => o.results.length === 1);
             return [code, sent, ...before, taken, o.results[0].value.call, await states(o)];
             function counted({ keys }) { return Object.values(keys).filter(({ call }) => call === 'x').length; }",
        )
        .await?;
        assert_eq!(seen, json!(["INTERNAL", "unknown", 0, ["x waiting"], 1, "x", []]));
        assert_eq!(counts(&server.ledger(), "x"), (1, 1));
        Ok(())
    })
    .await
}

/// The order of calling is that of the pages, whatever has become of the clock between them.
#[tokio::test]
async fn a_clock_that_is_set_back() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let busy = "await fetch('/__misbehave?do=status&status=503&when=before', { method: 'POST' });";
        eval::<()>(page, &format!("{busy} await kept(durable(open('ann'), 'first'));")).await?;
        for name in ["second", "third"] {
            reload(page, &server).await?;
            let back = "const now = Date.now; Date.now = () => now() - 3_600_000;";
            eval::<()>(page, &format!("{back} await kept(durable(open('ann'), '{name}'));")).await?;
        }
        reload(page, &server).await?;
        let order: Value = eval(
            page,
            "await fetch('/__misbehave', { method: 'POST' });
             const o = open('ann');
             await until(() => o.results.length === 3);
             return o.results.map(({ value }) => value.call);",
        )
        .await?;
        assert_eq!(order, json!(["first", "second", "third"]));
        Ok(())
    })
    .await
}

/// A dispatcher that is closed sends nothing more, and what has failed stays so; it can be looked at and emptied.
#[tokio::test]
async fn no_flush_after_close() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const o = open('ann');
             await settle(durable(o, 'login', 'do=html200&when=before'));
             await until(async () => (await states(o)).join() === 'login failed NOT_FLIGHT');
             o.close();
             const { code } = await settle(o.outbox.flush());
             const [entry] = await o.outbox.entries();
             return [code, entry.state, await o.outbox.remove(entry.id), await o.outbox.clear()];",
        )
        .await?;
        assert_eq!(seen, json!(["CLOSED", "failed", true, 0]));
        assert_eq!(counts(&server.ledger(), "login").0, 1);
        Ok(())
    })
    .await
}

/// An entry that cannot even be tried has failed, and is not tried at each look.
#[tokio::test]
async fn a_replay_that_is_refused() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        eval::<()>(page, "const o = open('ann'); o.pause(); await kept(durable(o, 'x'));").await?;
        reload(page, &server).await?;
        let seen: Value = eval(
            page,
            "const { getRandomValues } = Crypto.prototype;
             Crypto.prototype.getRandomValues = () => { throw new Error('scripted'); };
             const o = open('ann', { trace: true });
             await until(() => o.results.length === 1);
             Crypto.prototype.getRandomValues = getRandomValues;
             await until(async () => (await states(o)).join().includes('failed'));
             const heard = [o.results[0].error, o.results[0].state, await states(o), o.events.filter(({ state }) => state === 'done').map(({ code }) => code)];
             const taken = await o.outbox.flush();
             await until(() => o.results.length === 2);
             return [...heard, taken, o.results[1].value.call];",
        )
        .await?;
        assert_eq!(seen, json!(["INVALID_OPTION", "failed", ["x failed INVALID_OPTION"], ["INVALID_OPTION"], 1, "x"]));
        assert_eq!(counts(&server.ledger(), "x"), (1, 1));
        Ok(())
    })
    .await
}

/// A page that holds a lock is not kept by the browser when it is left.
#[tokio::test]
async fn a_lock_is_held_while_there_is_something_to_send() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let senders = "const senders = async () => (await navigator.locks.query()).held.filter(({ name }) => name.startsWith('actionlane:sender:')).length;";
        let seen: Value = eval(
            page,
            &format!(
                "{senders} const o = open('ann'), other = open('ann');
                 await Promise.all([o.call(some), other.call(some)]);
                 const idle = await senders();
                 const call = durable(o, 'x', 'gate=g&busy=0');
                 await until(() => call.state === 'running');
                 const during = [await senders(), await states(other), await other.outbox.flush()];
                 await gate('g');
                 await call;
                 await until(async () => await senders() === 0);
                 await settle(durable(o, 'login', 'do=html200&when=before'));
                 await until(async () => await senders() === 0);
                 const left = [await states(o), await states(other)];
                 o.pause();
                 await kept(durable(o, 'y'));
                 return [idle, ...during, ...left, await senders()];"
            ),
        )
        .await?;
        let left = json!(["login failed NOT_FLIGHT"]);
        assert_eq!(seen, json!([0, 1, ["x elsewhere"], 0, left, left, 1]));
        reload(page, &server).await?;
        let seen: u64 = eval(
            page,
            &format!(
                "{senders} const o = open('ann');
                 await until(() => o.results.length === 1);
                 await until(async () => await senders() === 0);
                 return await o.outbox.clear();"
            ),
        )
        .await?;
        assert_eq!((seen, counts(&server.ledger(), "y")), (1, (1, 1)));
        Ok(())
    })
    .await
}

/// A login that cannot be refreshed now may be refreshed later: the call is kept, and waits its turn.
#[tokio::test]
async fn a_hook_that_fails() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const reported = [];
             addEventListener('error', event => (event.preventDefault(), reported.push(event.message)));
             let hooks = 0, tokens = 0;
             const beforeRequest = () => { if (++hooks < 3) throw new TypeError('Failed to fetch'); };
             const headers = async () => { if (++tokens < 3) throw new TypeError('no token'); return {}; };
             const o = open('ann', { hooks: { beforeRequest }, headers });
             const call = durable(o, 'x');
             const value = await call, { attempts } = await call.outcome;
             const own = open('ann', { hooks: { beforeRequest({ headers }) { headers.set('next-action', 'x'); } } });
             const refused = await settle(durable(own, 'y'));
             await until(async () => (await states(o)).length === 1);
             return [value.call, attempts, hooks, tokens, reported.length, refused.code, await states(o)];",
        )
        .await?;
        assert_eq!(seen, json!(["x", 5, 3, 5, 4, "INVALID_OPTION", ["y failed INVALID_OPTION"]]));
        assert_eq!(counts(&server.ledger(), "x"), (1, 1));
        Ok(())
    })
    .await
}

/// What an earlier page has left is pending as a call of this one is.
#[tokio::test]
async fn a_later_call_takes_the_place_of_what_is_left() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        let full: Value = eval(
            page,
            "await fetch('/__misbehave?do=status&status=503&when=before', { method: 'POST' });
             const o = open('ann');
             await kept(durable(o, 'running')); await kept(durable(o, 'waits')); await kept(durable(o, 'other', '', { lane: 'cart' }));
             const full = open('ann', { maxQueued: 1 });
             full.pause();
             await kept(durable(full, 'first', '', { lane: 'full' }));
             return (await settle(durable(full, 'second', '', { lane: 'full' }))).code;",
        )
        .await?;
        assert_eq!(full, json!("QUEUE_FULL"));
        reload(page, &server).await?;
        let seen: Value = eval(
            page,
            "const o = open('ann', { maxQueued: 1 });
             const running = () => new Set(o.events.filter(({ replayed, state }) => replayed && state === 'running').map(({ lane }) => lane));
             await until(() => running().size === 3);
             const before = await states(o);
             const last = settle(durable(o, 'last', '', { strategy: 'queue last' }));
             await until(() => o.results.length === 1);
             const replace = settle(durable(o, 'replace', '', { strategy: 'replace' }));
             await until(() => o.results.length === 2);
             const heard = o.results.map(({ error, url }) => [new URL(url).searchParams.get('call'), error]);
             await until(async () => (await states(o)).length === 3);
             const left = await states(o);
             o.pause();
             await kept(durable(o, 'more', '', { lane: 'cart' }));
             const cleared = o.clear();
             return [before, heard, (await last).code, left, cleared];",
        )
        .await?;
        let before = json!(["running sending", "waits sending", "other sending", "first sending"]);
        let heard = json!([["waits", "REPLACED"], ["running", "REPLACED"]]);
        assert_eq!(seen, json!([before, heard, "REPLACED", ["other sending", "first sending", "replace sending"], 1]));
        Ok(())
    })
    .await
}

/// What the outside sees of an entry never holds arguments.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "that there is no other is the test")]
struct Shown {
    id: u64,
    state: String,
    lane: String,
    action_id: String,
    name: Option<String>,
    url: String,
    idempotency_key: String,
    queued_at: f64,
    expires_at: f64,
    call: Option<u64>,
}

#[tokio::test]
async fn entries_show_no_arguments() -> Result<()> {
    on_a_bad_server("", async |page, _server| {
        let [shown]: [Shown; 1] = eval(
            page,
            "const o = open('ann'); o.pause();
             await kept(durable(o, 'x', '', { given: ['secret'], name: 'save', headers: { authorization: 'secret' } }));
             return await o.outbox.entries();",
        )
        .await?;
        assert_eq!((shown.name.as_deref(), shown.expires_at - shown.queued_at), (Some("save"), 86_400_000.0));
        Ok(())
    })
    .await
}

/// A private window of WebKit stores no `File`.
mod not_in_webkit {
    use super::*;

    /// Earlier versions of the package have stored files as they were.
    #[tokio::test]
    async fn files_of_an_earlier_version() -> Result<()> {
        on_a_bad_server("", async |page, server| {
            eval::<()>(
                page,
                "const o = open('ann'); o.pause();
                 await kept(durable(o, 'x', '', { given: [new File(['text'], 'n.txt', { type: 'text/x', lastModified: 5 })] }));",
            )
            .await?;
            reload(page, &server).await?;
            let seen: Value = eval(
                page,
                "let changed = 0;
                 const file = ({ bytes, name, type, lastModified }) => (changed++, new File([bytes], name, { type, lastModified }));
                 const part = ([name, value]) => [name, typeof value === 'string' ? value : file(value)];
                 await change(value => ({ ...value, body: value.body.map(part) }));
                 const sent = [];
                 const o = open('ann', { fetch: (url, init) => {
                     sent.push(...[...init.body].map(([, value]) => value).filter(value => typeof value !== 'string'));
                     return fetch(url, init);
                 } });
                 await until(() => o.results.length === 1);
                 const [{ name, type, lastModified }] = sent;
                 return [changed, o.results[0].value.call, name, type, lastModified, await sent[0].text(), await states(o)];",
            )
            .await?;
            assert_eq!(seen, json!([1, "x", "n.txt", "text/x", 5, "text", []]));
            assert_eq!(counts(&server.ledger(), "x"), (1, 1));
            Ok(())
        })
        .await
    }
}
