use anyhow::{Result, bail};
use serde_json::json;

use crate::{Browser, Kind};

impl Browser {
    /// Takes the page's network away, or gives it back. `navigator.onLine` and its events follow.
    pub async fn set_offline(&self, offline: bool) -> Result<()> {
        if self.kind() != Kind::Chromium {
            bail!("{:?} cannot be taken off the network", self.kind());
        }
        let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.emulateNetworkConditions", conditions).await.map(drop)
    }
}
