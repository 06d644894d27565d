//! A browser whose network goes away and returns.

use anyhow::Result;
use serde_json::{Value, json};

use crate::scene::on_the_app;

mod needs_offline {
    use super::*;

    #[tokio::test]
    async fn calls_keep_their_places_until_the_network_is_back() -> Result<()> {
        on_the_app(async |page| {
            let () = page.eval("await settle(d.call(ids.echo, ['warm'])); window.kept = actionlane.createDispatcher({ url })").await?;
            page.browser().set_offline(true).await?;
            let before: Value = page
                .eval(
                    "const { call } = window.kept;
                     window.order = [];
                     const note = (name, promise) => promise.then(() => order.push(name), error => order.push(`${name} ${error.code}`));
                     const lost = note('lost', call(ids.echo, ['lost']));
                     const keyed = call(ids.echo, ['keyed'], { lane: 'keyed', idempotencyKey: true, retry: { limit: 1, delay: 0 } });
                     const waiting = call(ids.echo, ['waiting']);
                     window.ends = [lost, note('keyed', keyed), note('waiting', waiting)];
                     await lost;
                     return [navigator.onLine, order, waiting.state, keyed.state];",
                )
                .await?;
            assert_eq!(before, json!([false, ["lost NETWORK"], "waiting", "running"]));
            page.browser().set_offline(false).await?;
            let after: Vec<String> = page.eval("await settle(Promise.all(window.ends)); return window.order.sort()").await?;
            assert_eq!(after, ["keyed", "lost NETWORK", "waiting"]);
            Ok(())
        })
        .await
    }
}
