use anyhow::{Result, bail};
use serde_json::json;

use crate::{Browser, Kind};

impl Browser {
    /// Takes the page's network away, or gives it back. `navigator.onLine` and its events follow.
    pub async fn set_offline(&self, offline: bool) -> Result<()> {
        match self.kind() {
            Kind::Chromium => {
                let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
                self.devtools("Network.enable", json!({})).await?;
                self.devtools("Network.emulateNetworkConditions", conditions).await.map(drop)
            }
            // What its menu does (`Work Offline`), for the whole browser, and for connections to this machine that are open already.
            Kind::Firefox => {
                let work = "Services.io.offline = arguments[0]; Services.obs.notifyObservers(null, 'net:prune-all-connections')";
                self.gecko(work, vec![json!(offline)]).await.map(drop)
            }
            Kind::WebKit => bail!("nothing tells WebKit that it has no network"),
        }
    }
}
