//! Durable calls: each is sent once and in order, by one page of its owner, even if its own page is gone. The server's
//! ledger says which calls arrived and which ran. Each row of the tables of `docs/outbox.md` is a test here, in
//! `outbox_tabs.rs`, in `outbox_storage.rs` or in `src/outbox/tests.rs`.

use anyhow::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::durable::{counts, eval, order, reload};
use crate::scene::{Settled, on_the_test_server};

#[tokio::test]
async fn a_call_survives_its_page_under_the_same_key() -> Result<()> {
    on_the_test_server("", async |page, server| {
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
    on_the_test_server("", async |page, server| {
        let leave = "o.pause(); const calls = [durable(o, 'a'), durable(o, 'b', '', { lane: 'cart' }), durable(o, 'c')]; for (const c of calls) await stored(c);";
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
async fn an_entry_without_an_answer_stays_until_it_is_removed() -> Result<()> {
    on_the_test_server("", async |page, server| {
        // A 503 is retried. After a login page or a 403 the entry stays until a flush, and the lane goes on.
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
async fn abort_remove_and_clear_delete_entries() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let seen: [Settled; 4] = eval(
            page,
            "const o = open('ann');
             const running = durable(o, 'running', 'do=never&when=before');
             const [aborted, removed, cleared] = ['aborted', 'removed', 'cleared'].map(name => durable(o, name));
             for (const call of [running, aborted, removed, cleared]) await stored(call);
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
async fn a_call_ends_when_its_ttl_is_over() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const o = open('ann');
             const here = await settle(durable(o, 'here', 'do=status&status=503', { durable: { owner: 'ann', ttl: 300 } }));
             o.pause();
             await stored(durable(o, 'there', '', { durable: { ttl: 60_000 } }));
             await until(async () => (await states(o)).length === 1);
             return [here.code, await states(o)];",
        )
        .await?;
        assert_eq!(seen, json!(["EXPIRED", ["there sending"]]));
        reload(page, &server).await?;
        // Sets the clock to a day later.
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
async fn close_leaves_the_call_to_the_next_dispatcher() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let seen: Value = eval(
            page,
            "const o = open('ann');
             o.pause();
             const call = durable(o, 'x');
             await stored(call);
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

/// A closed dispatcher sends nothing more. Its outbox can still be listed and emptied.
#[tokio::test]
async fn a_closed_dispatcher_flushes_nothing_and_can_be_emptied() -> Result<()> {
    on_the_test_server("", async |page, server| {
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

/// An entry that cannot be prepared has failed: only a flush tries it again.
#[tokio::test]
async fn a_replay_that_is_refused_has_failed() -> Result<()> {
    on_the_test_server("", async |page, server| {
        eval::<()>(page, "const o = open('ann'); o.pause(); await stored(durable(o, 'x'));").await?;
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

/// A login that cannot be refreshed now may be refreshed later, so the call stays in its lane and is retried.
#[tokio::test]
async fn a_hook_that_throws_delays_the_call() -> Result<()> {
    on_the_test_server("", async |page, server| {
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

/// A call left by an earlier page is pending like a call of this page.
#[tokio::test]
async fn calls_left_by_an_earlier_page_count_for_strategies_and_limits() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let full: Value = eval(
            page,
            "await fetch('/__misbehave?do=status&status=503&when=before', { method: 'POST' });
             const o = open('ann');
             await stored(durable(o, 'running')); await stored(durable(o, 'waits')); await stored(durable(o, 'other', '', { lane: 'cart' }));
             const full = open('ann', { maxQueued: 1 });
             full.pause();
             await stored(durable(full, 'first', '', { lane: 'full' }));
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
             await stored(durable(o, 'more', '', { lane: 'cart' }));
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

/// Calls run in the order of the pages that made them, even if the clock was set back between two pages.
#[tokio::test]
async fn calls_keep_their_order_when_the_clock_is_set_back() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let busy = "await fetch('/__misbehave?do=status&status=503&when=before', { method: 'POST' });";
        eval::<()>(page, &format!("{busy} await stored(durable(open('ann'), 'first'));")).await?;
        for name in ["second", "third"] {
            reload(page, &server).await?;
            let back = "const now = Date.now; Date.now = () => now() - 3_600_000;";
            eval::<()>(page, &format!("{back} await stored(durable(open('ann'), '{name}'));")).await?;
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

/// An entry as `entries()` shows it: it must not hold arguments.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "the test is that no other field exists")]
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
    on_the_test_server("", async |page, _server| {
        let [shown]: [Shown; 1] = eval(
            page,
            "const o = open('ann'); o.pause();
             await stored(durable(o, 'x', '', { given: ['secret'], name: 'save', headers: { authorization: 'secret' } }));
             return await o.outbox.entries();",
        )
        .await?;
        assert_eq!((shown.name.as_deref(), shown.expires_at - shown.queued_at), (Some("save"), 86_400_000.0));
        Ok(())
    })
    .await
}
