//! Pages that shadow the browser's globals and clobber the document's properties, before Actionlane is loaded or after.

mod scene;

use anyhow::{Context, Result};
use scene::on_a_bad_server;
use serde_json::{Value, json};

#[tokio::test]
async fn calls_go_through_and_the_page_still_says_what_it_is() -> Result<()> {
    on_a_bad_server("", async |page, server| {
        for load in ["script", "module"] {
            for when in ["before", "after"] {
                // Without Actionlane: the script loads it.
                page.browser().goto(&format!("{}/page/of-app?load=module&{load}={when}", server.url())).await?;
                let seen: Value = page
                    .browser()
                    .eval(include_str!("shadows/page.js"), &[json!(load), json!(when)])
                    .await
                    .with_context(|| format!("{load}, shadowed {when} it is loaded"))?;
                let expected = json!({
                    "values": ["plain", "rich", "decoded"],
                    "deployment": "dpl_7",
                    "key": true,
                    "went": ["/page/there?a=1"],
                    "late": "TIMEOUT",
                    "foreign": "CROSS_ORIGIN",
                    "routed": 200,
                    "refreshed": "all",
                    "clock": true,
                });
                assert_eq!(seen, expected, "{load}, shadowed {when} it is loaded");
            }
        }
        Ok(())
    })
    .await
}
