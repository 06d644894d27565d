//! Each fault of a server, as a page sees it: once without a retry, and once with one. The server's ledger says what
//! ran.

use anyhow::Result;
use serde_json::{Value, json};
use server::Ledger;

use crate::scene::{Page, Pair, Settled, on_the_test_server};

/// A request to the server, and the code and `sent` of the error it causes.
const FAILURES: [(&str, &str, &str); 15] = [
    ("do=reset", "NETWORK", "unknown"),
    ("do=close", "NETWORK", "unknown"),
    ("do=reset-head", "NETWORK", "unknown"),
    ("do=reset-row", "NETWORK", "yes"),
    ("do=cut", "NETWORK", "yes"),
    ("do=ends", "DECODE", "yes"),
    ("do=stall-row", "TIMEOUT", "yes"),
    ("do=unread", "TIMEOUT", "unknown"),
    ("do=never", "TIMEOUT", "unknown"),
    ("do=status", "HTTP", "yes"),
    ("do=status&status=429&after=1", "HTTP", "yes"),
    ("do=early", "HTTP", "yes"),
    ("do=html502", "HTTP", "yes"),
    ("do=login", "NOT_FLIGHT", "yes"),
    ("do=type", "NOT_FLIGHT", "yes"),
];

/// Faults after which the same call may succeed when it is sent again.
const PASSING: [&str; 12] = [
    "do=reset",
    "do=close",
    "do=reset-head",
    "do=reset-row",
    "do=cut",
    "do=ends",
    "do=stall",
    "do=stall-row",
    "do=never",
    "do=status",
    "do=status&status=503&after=0",
    "do=html502",
];

#[tokio::test]
async fn a_call_fails_with_the_right_code_and_alone() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        for (fault, code, sent) in FAILURES {
            // The other faults must not end in a timeout.
            let run = match code {
                "TIMEOUT" => "inTime(run, ({ call }) => call.sent === args[0].sent)",
                _ => "run()",
            };
            let pair: Pair = page
                .eval(&format!(
                    "args[0].sent = '{sent}';
                     const run = timeout => pair(d.call(some, [], {{ url: '/?{fault}', timeout }}), d.call(some));
                     return await {run};"
                ))
                .await?;
            eprintln!("{fault}: {:?}", pair.call);
            pair.assert_failed_alone(code, sent, &json!("ok"));
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_whole_answer_is_read_however_it_arrives() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        for fault in ["do=drip&ms=10", "do=twice", "do=slow&ms=100", "delay=100&when=before"] {
            let call: Settled = page.eval(&format!("return await settle(d.call(some, [], {{ url: '/?{fault}' }}))")).await?;
            call.assert_value(&json!("ok"));
        }
        let huge: Settled = page.eval("return await settle(d.call(some, [], { url: '/?do=huge' }).then(text => text.length))").await?;
        huge.assert_value(&json!(8 << 20));
        Ok(())
    })
    .await
}

/// The answer is lost after the action has run. The retry has the same key and gets the stored value.
#[tokio::test]
async fn a_lost_answer_is_fetched_by_its_key() -> Result<()> {
    on_the_test_server("", async |page, server| {
        for fault in PASSING {
            let key = fault.replace(['=', '&'], "-");
            let (key, settled) = call_with_retry(page, fault, "after", &key).await?;
            settled.assert_value(&json!({ "value": "first", "attempts": 2 }));
            let ledger = server.ledger();
            assert!(ledger.keys[&key].arrivals >= 2, "{fault}: {ledger:?}");
            assert_eq!(ledger.keys[&key].effects, 1, "{fault}: {ledger:?}");
        }
        Ok(())
    })
    .await
}

/// The fault comes before the action runs. The retry runs the action.
#[tokio::test]
async fn an_action_that_did_not_run_runs_on_the_second_attempt() -> Result<()> {
    on_the_test_server("", async |page, server| {
        for fault in PASSING.into_iter().chain(["do=unread"]) {
            let key = fault.replace(['=', '&'], "-");
            let (key, settled) = call_with_retry(page, fault, "before", &key).await?;
            settled.assert_value(&json!({ "value": "second", "attempts": 2 }));
            assert_eq!(server.ledger().keys[&key].effects, 1, "{fault}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn while_the_first_attempt_is_in_work_the_second_waits() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let settled: Settled = page
            .eval(
                "const call = d.call(some, [], { url: '/?gate=g&busy=0', idempotencyKey: 'k', timeout: 300, retry: { limit: 50, delay: 20 } });
                 const ledger = async () => (await fetch('/ledger')).json();
                 await until(async () => (await ledger()).keys.k?.arrivals >= 3);
                 await fetch('/__gate?name=g', { method: 'POST' });
                 return await settle(call);",
            )
            .await?;
        settled.assert_value(&json!("ok"));
        assert_eq!(server.ledger().keys["k"].effects, 1);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_key_of_another_request_is_a_conflict() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let pair: Pair = page
            .eval(
                "const takesOne = '40' + some.slice(2);
                 const call = n => d.call(takesOne, [n], { idempotencyKey: 'k', retry: 3 });
                 await call(1);
                 return await pair(call(2), d.call(some));",
            )
            .await?;
        pair.assert_failed_alone("KEY_CONFLICT", "yes", &json!("ok"));
        let Ledger { keys, .. } = server.ledger();
        assert_eq!((keys["k"].arrivals, keys["k"].effects), (2, 1));
        Ok(())
    })
    .await
}

/// Makes a call whose first attempt has the fault `fault`. The action's value names the attempt that ran it. If the
/// fault is a missing answer, the caller's timeout ends the attempt. If the request had not even arrived by then,
/// repeats everything with another key and a longer timeout.
async fn call_with_retry(page: &Page<'_>, fault: &str, when: &str, key: &str) -> Result<(String, Settled)> {
    let first = json!(format!("{fault}&when={when}&call=first"));
    let (key, second): (Value, Value) = (json!(key), json!("call=second"));
    let silent = SILENT.contains(&fault);
    page.eval(&format!(
        "const run = async timeout => {{
             const key = {key} + (timeout ?? '');
             let attempt = 0;
             const headers = () => ({{ misbehave: attempt++ === 0 ? {first} : {second} }});
             const own = actionlane.createDispatcher({{ url, headers, timeout, retry: {{ limit: 1, delay: 1 }} }});
             const call = own.call(some, [], {{ idempotencyKey: key }});
             return [key, await settle(call.outcome.then(({{ value, attempts }}) => ({{ value: value.call, attempts }})))];
         }};
         const arrived = async ([key]) => (await (await fetch('/ledger')).json()).keys[key]?.arrivals === 2;
         return await ({silent} ? inTime(run, async ended => ended[1].value && await arrived(ended)) : run());"
    ))
    .await
}

/// Only the caller's own timeout ends these attempts.
const SILENT: [&str; 4] = ["do=stall", "do=stall-row", "do=never", "do=unread"];

/// Chromium keeps the connection of a request with `keepalive` for 30 s after it was aborted, as long as no answer
/// begins.
#[tokio::test]
async fn calls_aborted_while_the_server_is_silent_leave_the_page_a_connection() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        let kept: Vec<bool> = page
            .eval(
                "const kept = [];
                 for (let i = 0; i < 8; i++) {
                     const call = d.call(some, [], { url: `/?call=${i}&do=never`, timeout: 200 });
                     const error = await call.catch(error => error);
                     kept.push(error.outcome?.keepalive !== false);
                 }
                 await fetch('/ledger', { signal: AbortSignal.timeout(25_000) });
                 return kept;",
            )
            .await?;
        assert_eq!(kept, [true, true, true, true, false, false, false, false]);
        Ok(())
    })
    .await
}
