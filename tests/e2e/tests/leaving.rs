//! A page that is left with calls under way, and come back to.

mod scene;

use anyhow::Result;
use e2e::Kind;
use scene::{Page, Settled, on_a_bad_server};
use serde_json::{Value, json};
use server::Ledger;

#[tokio::test]
async fn a_call_made_right_before_the_page_is_left_runs_once() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        // Once the script has ended: what a driver makes of one that is unloaded with its page differs.
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
        let ledger = back(page).await?;
        assert_eq!((ledger.keys["last"].arrivals, ledger.keys["last"].effects), (1, 1));
        assert_eq!(ledger.total, 2);
        Ok(())
    })
    .await
}

/// From `pagehide` on, also calls that the page makes there.
#[tokio::test]
async fn nothing_starts_once_the_page_is_left_and_what_waited_goes_once_it_is_back() -> Result<()> {
    on_a_bad_server("", async |page, server| {
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
        let back: Value = page
            .eval(
                "await until(() => location.search === '');
                 if (!window.persisted) return { persisted: false };
                 await late;
                 const { keys } = await (await fetch('/ledger')).json();
                 return { persisted: true, arrivals: keys.late.arrivals, total: Object.keys(keys).length };",
            )
            .await?;
        // A browser that did not keep the page loads it anew: then there is nothing left of the call. Nothing is open: Firefox keeps it.
        assert!(page.browser().kind() != Kind::Firefox || back["persisted"] == json!(true), "{back}");
        if back["persisted"] == json!(true) {
            assert_eq!(back, json!({ "persisted": true, "arrivals": 1, "total": 2 }));
        }
        Ok(())
    })
    .await
}

/// A browser that keeps the page keeps the answer too; one that would lose it does not keep the page.
#[tokio::test]
async fn an_answer_that_comes_while_the_page_is_away_is_not_waited_for_in_vain() -> Result<()> {
    on_a_bad_server("", async |page, server| {
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
             // The answer is on its way by now.
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
        for (settled, call) in kept.iter().flatten().zip(["away", "behind"]) {
            assert_eq!(settled.value.as_ref().map(|value| &value["call"]), Some(&json!(call)), "{settled:?}");
        }
        assert_eq!(server.ledger().keys["away"].arrivals, 1);
        Ok(())
    })
    .await
}

/// A page whose call is under way is not kept: its dispatcher is gone with it, and its lease.
#[tokio::test]
async fn a_page_that_is_left_gives_its_lease_back_and_forgets_what_waited() -> Result<()> {
    on_a_bad_server("", async |page, server| {
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
        // Come back to anew, it has forgotten what waited.
        let ledger = back(page).await?;
        assert_eq!(ledger.keys.keys().collect::<Vec<_>>(), ["back", "held", "next"]);
        Ok(())
    })
    .await
}

/// Goes back to the page that was left, and makes a call there.
async fn back(page: &Page<'_>) -> Result<Ledger> {
    page.browser().client().back().await?;
    page.eval(
        "await until(() => location.search === '');
         await d.call(some, [], { url: '/?call=back' });
         return await (await fetch('/ledger')).json();",
    )
    .await
}
