//! One outbox used by several tabs or dispatchers: one of them sends its calls, and another takes over when it is gone.

use anyhow::Result;
use serde_json::{Value, json};

use crate::durable::{counts, eval, reload};
use crate::scene::{Settled, on_the_test_server};

#[tokio::test]
async fn one_tab_sends_and_another_takes_over_when_it_closes() -> Result<()> {
    on_the_test_server("", async |page, server| {
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

/// Logging out in one tab empties the outbox of the other tabs, too.
#[tokio::test]
async fn a_call_that_another_tab_cleared_is_not_sent() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let client = page.browser().client();
        let first = client.window().await?;
        eval::<()>(page, "const o = window.o = open('ann'); o.pause(); window.call = durable(o, 'x'); await stored(window.call);").await?;
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

/// An older tab looks into the outbox when the user switches to it.
#[tokio::test]
async fn an_older_tab_sends_the_calls_of_a_closed_tab() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let client = page.browser().client();
        let first = client.window().await?;
        eval::<()>(page, "window.o = open('ann'); await o.call(some);").await?;
        let second = client.new_window(true).await?.handle;
        client.switch_to_window(second).await?;
        reload(page, &server).await?;
        eval::<()>(page, "window.o = open('ann'); o.pause(); await stored(durable(o, 'x'));").await?;
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

/// Flushes many times while calls are stored, sent and answered: none of them is sent twice.
#[tokio::test]
async fn a_flush_takes_up_no_call_that_is_under_way() -> Result<()> {
    on_the_test_server("", async |page, server| {
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

/// A flush that read the outbox before the answer must not send the deleted record.
#[tokio::test]
async fn a_call_answered_while_the_outbox_is_read_is_not_sent_again() -> Result<()> {
    on_the_test_server("", async |page, server| {
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
                 let request, go;
                 const was = new Promise(resolve => (request = resolve)), late = new Promise(resolve => (go = resolve));
                 LockManager.prototype.query = async function () {
                     request();
                     await late;
                     const snapshot = await query.call(this);
                     // Pretends that the sender's tab closed right after the answer.
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

/// Browsers do not put a page into the back/forward cache while it holds a lock.
#[tokio::test]
async fn the_senders_lock_is_held_only_while_calls_are_pending() -> Result<()> {
    on_the_test_server("", async |page, server| {
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
                 await stored(durable(o, 'y'));
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
