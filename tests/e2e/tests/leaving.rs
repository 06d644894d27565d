//! A page that the user leaves with calls under way, and comes back to.

use anyhow::Result;
use e2e::Behaviour;
use serde_json::{Value, json};
use server::{Ledger, Server};

use crate::scene::{Page, Settled, on_the_test_server};

#[tokio::test]
async fn a_call_made_right_before_the_page_is_left_runs_once() -> Result<()> {
    on_the_test_server("", async |page, server| {
        // Leaves the page after the script has ended: drivers differ in how they report a script that is unloaded
        // with its page.
        page.eval::<()>(
            "await actionlane.ready();
             setTimeout(() => {
                 d.call(some, ['x'.repeat(50_000)], { url: '/?call=last&work=50' });
                 location.href = '/?away=1';
             });",
        )
        .await?;
        page.browser().client().wait().for_url(&format!("{}/?away=1", server.url()).parse()?).await?;
        let ledger: Ledger = page
            .eval(
                "let ledger;
                 await until(async () => (ledger = await (await fetch('/ledger')).json()).keys.last?.effects);
                 return ledger;",
            )
            .await?;
        assert_eq!(ledger.keys["last"].arrivals, 1);
        let ledger = go_back_and_call(page).await?;
        assert_eq!((ledger.keys["last"].arrivals, ledger.keys["last"].effects), (1, 1));
        assert_eq!(ledger.total, 2);
        Ok(())
    })
    .await
}

/// Times that a page is left, until a browser that caches pages has cached it. Firefox asks the page's process for its
/// open requests, and now and then counts the one for the next page: then it does not cache.
const LEAVES: u32 = 10;

/// From `pagehide` on no call starts, not even one that the page makes in its listener for `pagehide`.
#[tokio::test]
async fn no_call_starts_after_the_page_is_left_and_waiting_calls_run_when_it_is_back() -> Result<()> {
    on_the_test_server("", async |page, server| {
        for _ in 0..LEAVES {
            let back = leave_with_a_late_call_and_come_back(page, &server).await?;
            if back["persisted"] == json!(true) {
                assert_eq!(back, json!({ "persisted": true, "arrivals": 1, "total": 2 }));
                return Ok(());
            }
            // A browser that did not cache the page loads it again, and the call is lost.
            if !page.browser().kind().behaves(Behaviour::CachesPages) {
                return Ok(());
            }
        }
        panic!("the page was left {LEAVES} times, and never cached")
    })
    .await
}

async fn leave_with_a_late_call_and_come_back(page: &Page<'_>, server: &Server) -> Result<Value> {
    page.eval::<()>(
        "await d.call(some, [], { url: '/?call=before' });
         await d.idle();
         window.own = d;
         addEventListener('pageshow', ({ persisted }) => (window.persisted = persisted));
         addEventListener('pagehide', () => (window.late = own.call(some, [], { url: '/?call=late' })));",
    )
    .await?;
    page.browser().goto(&format!("{}/?away=1", server.url())).await?;
    let away: Ledger = page.eval("return await (await fetch('/ledger')).json()").await?;
    assert_eq!(away.keys.keys().collect::<Vec<_>>(), ["before"]);
    page.browser().client().back().await?;
    page.eval(
        "await until(() => location.search === '');
         if (!window.persisted) return { persisted: false };
         await late;
         const { keys } = await (await fetch('/ledger')).json();
         return { persisted: true, arrivals: keys.late.arrivals, total: Object.keys(keys).length };",
    )
    .await
}

/// Firefox would lose the answer, so it does not cache the page. WebKit caches the page and loses the answer.
#[tokio::test]
async fn an_answer_that_comes_while_the_page_is_away_is_kept_or_its_loss_is_reported() -> Result<()> {
    on_the_test_server("", async |page, server| {
        page.eval::<()>(
            "addEventListener('pageshow', ({ persisted }) => (window.persisted = persisted));
             const { call } = actionlane.createDispatcher({ url });
             window.calls = [call(some, [], { url: '/?call=away&gate=end' }), call(some, [], { url: '/?call=behind' })];
             await until(async () => (await (await fetch('/ledger')).json()).keys.away);",
        )
        .await?;
        page.browser().goto(&format!("{}/?away=1", server.url())).await?;
        page.eval::<()>(
            "await fetch('/__gate?name=end', { method: 'POST' });
             await until(async () => (await (await fetch('/ledger')).json()).keys.away.effects);
             // The answer has been sent by now.
             await fetch('/ledger');",
        )
        .await?;
        page.browser().client().back().await?;
        let kept: Option<[Settled; 2]> = page
            .eval(
                "await until(() => location.search === '');
                 return window.persisted ? [await settle(calls[0]), await settle(calls[1])] : null;",
            )
            .await?;
        if let Some([away, behind]) = &kept {
            let answered = |settled: &Settled, call: &str| {
                assert_eq!(settled.value.as_ref().map(|value| &value["call"]), Some(&json!(call)), "{settled:?}");
            };
            match page.browser().kind().behaves(Behaviour::KeepsAnswers) {
                true => answered(away, "away"),
                false => away.assert_failed("NETWORK", "unknown"),
            }
            answered(behind, "behind");
        }
        assert_eq!(server.ledger().keys["away"].arrivals, 1);
        Ok(())
    })
    .await
}

/// Browsers do not cache a page with a call under way: its dispatcher and its lease end with it.
#[tokio::test]
async fn a_page_that_is_left_returns_its_lease_and_forgets_waiting_calls() -> Result<()> {
    on_the_test_server("", async |page, server| {
        page.eval::<()>(
            "await actionlane.ready();
             window.own = actionlane.createDispatcher({ url, scope: 'origin', leaseTimeout: Infinity });
             window.calls = [own.call(some, [], { url: '/?call=held&gate=end' }), own.call(some, [], { url: '/?call=behind' })];
             await until(async () => (await (await fetch('/ledger')).json()).keys.held);",
        )
        .await?;
        page.browser().goto(&format!("{}/?away=1", server.url())).await?;
        let ledger: Ledger = page
            .eval(
                "await actionlane.createDispatcher({ url, scope: 'origin', leaseTimeout: Infinity }).call(some, [], { url: '/?call=next' });
                 await fetch('/__gate?name=end', { method: 'POST' });
                 return await (await fetch('/ledger')).json();",
            )
            .await?;
        assert_eq!(ledger.keys.keys().collect::<Vec<_>>(), ["held", "next"]);
        // The page that is loaded again has forgotten its waiting calls. WebKit has kept the page, which sends them.
        let ledger = go_back_and_call(page).await?;
        let forgets = page.browser().kind().behaves(Behaviour::KeepsAnswers);
        let expected: &[&str] = if forgets { &["back", "held", "next"] } else { &["back", "behind", "held", "next"] };
        assert_eq!(ledger.keys.keys().collect::<Vec<_>>(), expected);
        Ok(())
    })
    .await
}

/// Goes back to the page that was left, makes a call there, and returns the ledger.
async fn go_back_and_call(page: &Page<'_>) -> Result<Ledger> {
    page.browser().client().back().await?;
    page.eval(
        "await until(() => location.search === '');
         await d.call(some, [], { url: '/?call=back' });
         return await (await fetch('/ledger')).json();",
    )
    .await
}
