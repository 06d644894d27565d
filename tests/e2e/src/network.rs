//! Takes the network away from a page.

use anyhow::{Result, bail};
use serde_json::json;

use crate::{Browser, Kind};

impl Browser {
    /// Takes the page's network away, or restores it. `navigator.onLine` and its events follow. Fails in WebKit.
    pub async fn set_offline(&self, offline: bool) -> Result<()> {
        match self.kind() {
            Kind::Chromium => {
                let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
                self.devtools("Network.enable", json!({})).await?;
                self.devtools("Network.emulateNetworkConditions", conditions).await.map(drop)
            }
            // Does the same as `Work Offline` in the menu, for the whole browser, and closes open connections to this
            // machine.
            Kind::Firefox => {
                let work = "Services.io.offline = arguments[0]; Services.obs.notifyObservers(null, 'net:prune-all-connections')";
                self.gecko(work, vec![json!(offline)]).await.map(drop)
            }
            Kind::WebKit => bail!("WebKit cannot be set offline"),
        }
    }
}
