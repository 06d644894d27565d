//! The outbox and the browser's storage: files and forms, damaged records, and storage that is full, blocked or silent.

use std::time::{Duration, SystemTime};

use anyhow::Result;
use e2e::Behaviour;
use serde_json::{Value, json};

use crate::durable::{counts, eval, order, reload};
use crate::scene::{Settled, on_the_test_server};

/// True if two bodies have the same size, apart from the boundaries of the form: their length varies in Firefox.
fn alike(bytes: u64, others: u64) -> bool {
    bytes.abs_diff(others) < 100
}

#[tokio::test]
async fn forms_and_files_are_stored() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let file = "new File(['content '.repeat(1000)], 'note ü.txt', { type: 'text/plain' })";
        let make = format!(
            "const form = new FormData(); form.append('a', '1'); form.append('file', {file}); form.append('a', '2');
             const given = [{{ form, blob: new Blob(['blob']), date: new Date(0) }}, Promise.resolve('later')];"
        );
        let sent: u64 =
            eval(page, &format!("{make} return (await open('bob').call(action, given, {{ url: '/?call=plain' }})).bytes")).await?;
        eval::<()>(page, &format!("{make} const o = open('ann'); o.pause(); await stored(durable(o, 'x', '', {{ given }}));")).await?;
        reload(page, &server).await?;
        let replayed: u64 =
            eval(page, "const o = open('ann'); await until(() => o.results.length === 1); return o.results[0].value.bytes").await?;
        assert!(sent > 8_000 && alike(sent, replayed), "{sent} and {replayed} bytes");
        Ok(())
    })
    .await
}

/// Some browsers store no Blobs in a private window, so files are stored as bytes.
#[tokio::test]
async fn stored_files_keep_their_bytes_names_types_and_times() -> Result<()> {
    on_the_test_server("", async |page, server| {
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
             return await Promise.race([stored(call).then(() => states(o)), refused]);",
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
async fn a_file_is_sent_as_it_was_when_it_was_stored() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let path = std::env::temp_dir().join(format!("actionlane-outbox-{}.txt", std::process::id()));
        let choose = async || -> Result<()> {
            std::fs::write(&path, "as it was".repeat(100))?;
            eval::<()>(page, "document.body.innerHTML = '<input type=file>'").await?;
            let input = page.browser().client().find(fantoccini::Locator::Css("input")).await?;
            Ok(input.send_keys(&path.to_string_lossy()).await?)
        };
        choose().await?;
        // Changed on disk after it was stored: the old content is sent.
        let take = "const given = [document.querySelector('input').files[0]];";
        let sent: u64 =
            eval(page, &format!("{take} return (await open('bob').call(action, given, {{ url: '/?call=plain' }})).bytes")).await?;
        eval::<()>(page, &format!("{take} const o = open('ann'); o.pause(); await stored(durable(o, 'x', '', {{ given }}));")).await?;
        std::fs::write(&path, "another")?;
        // WebKit compares times by the second.
        std::fs::File::options().write(true).open(&path)?.set_modified(SystemTime::now() + Duration::from_secs(60))?;
        // Changed before it was stored: the call fails, the lane goes on. Firefox just reads the new content.
        let refused = page.browser().kind().behaves(Behaviour::RefusesChangedFiles);
        let of_changed = if refused { (json!("STORAGE"), json!("no")) } else { (Value::Null, Value::Null) };
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
async fn a_record_that_cannot_be_read_is_set_aside() -> Result<()> {
    on_the_test_server("", async |page, server| {
        eval::<()>(
            page,
            "const o = open('ann');
             o.pause();
             for (const name of ['version', 'cut', 'flipped', 'bodiless', 'headless', 'nobodys', 'text', 'good']) await stored(durable(o, name));
             await stored(durable(o, 'form', '', { given: [new Blob(['x'])] }));",
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
             return { results: heard, codes, states: entries.map(({ state }) => state), versions: entries.map(({ version }) => version).filter(v => v), cleared: await o.outbox.clear() };",
        )
        .await?;
        let damaged = json!(["STORAGE", "an entry of the outbox is damaged", null]);
        let mut expected = vec![json!([null, null, "good"])];
        expected.extend(std::iter::repeat_n(damaged, 7));
        expected.push(json!(["STORAGE", "an entry of the outbox is of version 2, not 1", null]));
        let mut seen_results = seen["results"].as_array().cloned().unwrap_or_default();
        seen_results.sort_by_key(Value::to_string);
        expected.sort_by_key(Value::to_string);
        assert_eq!(seen_results, expected);
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
async fn durable_calls_fail_without_storage_or_locks_and_others_run() -> Result<()> {
    on_the_test_server("", async |page, server| {
        // A sandboxed frame has neither storage nor locks.
        let blocked: Value = eval(
            page,
            "const frame = document.createElement('iframe');
             frame.sandbox = 'allow-scripts';
             const script = `
                 window.onerror = () => true;
                 const o = actionlane.createDispatcher({ url: '${location.origin}/', outbox: { owner: 'ann' }, fetch: async () => new Response('0:{\"a\":\"$@1\"}\\\\n1:7\\\\n', { headers: { 'content-type': 'text/x-component' } }) });
                 const settled = promise => promise.then(value => value, error => [error.code, error.sent, error.message].join(' '));
                 (async () => parent.postMessage([await settled(o.call('${some}', [], { durable: true })), await settled(o.call('${some}')), await settled(o.outbox.entries())], '*'))()`;
             const source = await (await fetch('/actionlane.full.js')).text();
             const blob = text => `<script>${text.replaceAll('</script', '<\\\\/script')}</scr` + 'ipt>';
             const heard = new Promise(resolve => addEventListener('message', ({ data }) => resolve(data), { once: true }));
             frame.srcdoc = blob(source) + blob(script);
             document.body.append(frame);
             return await settle(heard);",
        )
        .await?;
        let stored = "this page may store nothing (a sandboxed frame, or blocked by the user): make the call without durable";
        let [durable, entries] = [format!("STORAGE no action 00ababab: durable: {stored}"), format!("STORAGE no the outbox cannot be read or changed: {stored}")];
        assert_eq!(blocked["value"], json!([durable, 7, entries]), "{blocked}");
        // A page that is not secure has no Web Locks.
        let seen: Value = eval(
            page,
            "addEventListener('error', event => event.preventDefault());
             Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true });
             const o = open('ann');
             const failed = await settle(durable(o, 'x'));
             const entries = await settle(o.outbox.entries());
             delete navigator.locks;
             return [failed.code, failed.sent, failed.message, entries.message, (await o.call(some)), (await durable(o, 'y')).call];",
        )
        .await?;
        let locks = "the outbox needs Web Locks, which pages have over https or on localhost only";
        let [durable, entries] = [format!("action 7fababab: durable: {locks}"), format!("the outbox cannot be read or changed: {locks}")];
        assert_eq!(seen, json!(["STORAGE", "no", durable, entries, "ok", "y"]));
        assert_eq!(counts(&server.ledger(), "x"), (0, 0));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_full_disk_fails_the_call_and_not_its_lane() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const o = open('ann');
             const { add } = IDBObjectStore.prototype;
             // A browser reports it either in `add` or when the transaction completes.
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

#[tokio::test]
async fn storage_that_never_answers_delays_no_plain_call() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        let settled: Settled =
            eval(page, "IDBFactory.prototype.open = () => new EventTarget(); return await settle(open('ann').call(some));").await?;
        settled.assert_value(&json!("ok"));
        Ok(())
    })
    .await
}

/// A trap while a call is being stored leaves a record that counts as waiting, not as under way.
#[tokio::test]
async fn a_record_left_by_a_trap_is_sent_by_a_flush() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const o = open('ann'), other = actionlane.createDispatcher({ url: '/' });
             await Promise.all([o.call(some), other.call(some)]);
             const { arrayBuffer } = Blob.prototype;
             let go;
             Blob.prototype.arrayBuffer = function () { return new Promise(resolve => (go = resolve)).then(() => arrayBuffer.call(this)); };
             const call = settle(durable(o, 'x', '', { given: [new File(['text'], 'f')] }));
             await until(() => go);
             // Makes a browser function throw that never does: the wasm traps.
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

mod needs_stored_files {
    use super::*;

    /// Earlier versions of the package stored `File` objects, not bytes.
    #[tokio::test]
    async fn files_stored_by_an_earlier_version_are_sent() -> Result<()> {
        on_the_test_server("", async |page, server| {
            eval::<()>(
                page,
                "const o = open('ann'); o.pause();
                 await stored(durable(o, 'x', '', { given: [new File(['text'], 'n.txt', { type: 'text/x', lastModified: 5 })] }));",
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
