//! Faults between page and server, and calls that the page's policy forbids. Each has the right code, nothing hangs,
//! and the next call in the lane runs.

use anyhow::Result;
use e2e::Behaviour;
use serde_json::json;
use server::{Seen, Server};

use crate::scene::{Page, Pair, Settled, on_the_test_server, package};

#[tokio::test]
async fn html_instead_of_flight_is_an_error_with_an_excerpt() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        let failed = fails(page, "html200", "NOT_FLIGHT", "yes").await?;
        assert_eq!(failed.status, Some(200));
        assert!(failed.excerpt.as_deref().is_some_and(|text| text.contains("Please sign in")), "{failed:?}");
        let failed = fails(page, "html502", "HTTP", "yes").await?;
        assert_eq!(failed.status, Some(502));
        assert!(failed.excerpt.as_deref().is_some_and(|text| text.contains("502 Bad Gateway")), "{failed:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn other_content_or_none_is_an_error() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        fails(page, "json", "NOT_FLIGHT", "yes").await?;
        fails(page, "empty204", "NOT_FLIGHT", "yes").await?;
        fails(page, "garbage", "DECODE", "yes").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_stream_cut_in_the_middle_of_a_row_is_a_network_error() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        fails(page, "cut", "NETWORK", "yes").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_stream_that_ends_in_the_middle_of_a_row_is_a_decode_error() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        fails(page, "ends", "DECODE", "yes").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn calls_fail_while_the_server_is_down_and_run_after() -> Result<()> {
    on_the_test_server("", async |page, server| {
        page.eval::<()>("await actionlane.ready()").await?;
        let port = server.port();
        server.stop().await;
        let [first, second]: [Settled; 2] =
            page.eval("const both = [d.call(some), d.call(some)]; return [await settle(both[0]), await settle(both[1])]").await?;
        first.assert_failed("NETWORK", "unknown");
        second.assert_failed("NETWORK", "unknown");
        let _server = Server::start_on(port, package())?;
        let back: Settled = page.eval("return await settle(d.call(some))").await?;
        back.assert_value(&json!("ok"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_call_without_an_answer_times_out_or_is_aborted() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        let timeout = "d.call(some, [], { url: '/?do=never', timeout: 200 })";
        let pair: Pair = page.eval(&format!("return await pair({timeout}, d.call(some));")).await?;
        pair.assert_failed_alone("TIMEOUT", "unknown", &json!("ok"));
        let pair: Pair = page
            .eval(
                "const call = d.call(some, [], { url: '/?do=never' });
                 const next = d.call(some);
                 await until(() => call.state === 'running');
                 call.abort();
                 return await pair(call, next);",
            )
            .await?;
        pair.assert_failed_alone("ABORTED", "unknown", &json!("ok"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_answer_that_stalls_times_out_or_is_closed() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        // Firefox reports the head of an answer only when its body begins.
        let sent = if page.browser().kind().behaves(Behaviour::HeadBeforeBody) { "yes" } else { "unknown" };
        let pair: Pair = page
            .eval(&format!(
                "const run = timeout => pair(d.call(some, [], {{ url: '/?do=stall', timeout }}), d.call(some));
                 return await inTime(run, ({{ call }}) => call.sent === '{sent}');"
            ))
            .await?;
        pair.assert_failed_alone("TIMEOUT", sent, &json!("ok"));
        let [call, waiting]: [Settled; 2] = page
            .eval(
                "const call = d.call(some, [], { url: '/?do=stall' });
                 const waiting = d.call(some);
                 await until(() => call.state === 'running');
                 d.close();
                 return [await settle(call), await settle(waiting)];",
            )
            .await?;
        assert_eq!(call.code.as_deref(), Some("CLOSED"), "{call:?}");
        waiting.assert_failed("CLOSED", "no");
        Ok(())
    })
    .await
}

/// A call that was aborted while it waited never reaches the server, and no call reaches it twice.
#[tokio::test]
async fn the_server_receives_each_sent_call_once_and_no_other() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        let seen: Vec<Seen> = page
            .eval(
                "const slow = d.call(some, [], { url: '/?gate=slow' });
                 const waiting = d.call(some, [], { url: '/?do=json' });
                 const next = d.call(some);
                 await until(() => slow.state === 'running');
                 waiting.abort();
                 await settle(waiting);
                 await fetch('/__gate?name=slow', { method: 'POST' });
                 await settle(slow);
                 await settle(next);
                 return await (await fetch('/__seen')).json();",
            )
            .await?;
        let seen: Vec<&str> = seen.iter().map(|seen| seen.behaviour.as_str()).collect();
        assert_eq!(seen, ["ok", "ok"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_policy_that_blocks_wasm_fails_calls_but_not_routes() -> Result<()> {
    on_the_test_server("?csp=strict", async |page, _server| {
        let [first, second, route]: [Settled; 3] = page
            .eval(
                "const first = await settle(d.call(some));
                 const second = await settle(d.call(some));
                 const route = await settle(d.route('/__seen').then(response => response.json()));
                 if (d.pending !== 0) throw new Error('pending: ' + d.pending);
                 return [first, second, route];",
            )
            .await?;
        first.assert_failed("WASM_BLOCKED", "no");
        second.assert_failed("WASM_BLOCKED", "no");
        route.assert_value(&json!([]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_policy_that_allows_wasm_is_enough() -> Result<()> {
    on_the_test_server("?csp=wasm", async |page, _server| {
        let settled: Settled = page.eval("return await settle(d.call(some))").await?;
        settled.assert_value(&json!("ok"));
        Ok(())
    })
    .await
}

/// Makes a call that is answered by `behaviour`. Checks that it rejects with `code` and `sent`, and that the next
/// call runs.
async fn fails(page: &Page<'_>, behaviour: &str, code: &str, sent: &str) -> Result<Settled> {
    let call = format!("d.call(some, [], {{ url: '/?do={behaviour}' }})");
    let pair: Pair = page.eval(&format!("return await pair({call}, d.call(some));")).await?;
    eprintln!("{behaviour}: {:?}", pair.call);
    pair.assert_failed_alone(code, sent, &json!("ok"));
    Ok(pair.call)
}
