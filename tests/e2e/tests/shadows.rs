//! Pages that shadow the browser's globals and the document's properties, before or after Actionlane is loaded.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::scene::on_the_test_server;

mod needs_scripts_apart {
    use super::*;

    #[tokio::test]
    async fn calls_work_and_the_deployment_is_still_found() -> Result<()> {
        on_the_test_server("", async |page, server| {
            for load in ["script", "module"] {
                for when in ["before", "after"] {
                    // The page has no Actionlane yet: the script loads it.
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
}
