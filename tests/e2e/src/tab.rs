//! What a browser does to a tab that nobody looks at.

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::{Browser, Kind};

impl Browser {
    /// Suspends the tab that is driven: nothing in it runs until [`Browser::resume`].
    pub async fn suspend(&self) -> Result<()> {
        self.set_lifecycle("frozen").await
    }

    pub async fn resume(&self) -> Result<()> {
        self.set_lifecycle("active").await
    }

    /// Lets the tab that is driven crash. It answers nothing from then on.
    pub async fn crash(&self) -> Result<()> {
        match self.kind() {
            // Nobody is left to say that it is done.
            Kind::Chromium => match self.devtools("Page.crash", json!({})).await {
                Ok(told) => bail!("it is still there: {told}"),
                Err(_) => Ok(()),
            },
            Kind::Firefox => self.kill_process_of_tab().await,
            Kind::WebKit => bail!("nothing tells WebKit to let a tab crash"),
        }
    }

    async fn kill_process_of_tab(&self) -> Result<()> {
        // As geckodriver starts it, the whole browser ends when a tab crashes: it is not told of it.
        let script = "const { TabCrashHandler } = ChromeUtils.importESModule('resource:///modules/ContentCrashHandlers.sys.mjs');
             Services.obs.removeObserver(TabCrashHandler, 'ipc:content-shutdown');
             return gBrowser.selectedBrowser.browsingContext.currentWindowGlobal.osPid;";
        let pid = self.gecko(script, Vec::new()).await?;
        let pid = pid.as_i64().and_then(|pid| i32::try_from(pid).ok()).filter(|pid| *pid > 1);
        // SAFETY: `kill` takes numbers only.
        unsafe { libc::kill(pid.context("the tab has no process of its own")?, libc::SIGKILL) };
        Ok(())
    }

    async fn set_lifecycle(&self, state: &str) -> Result<()> {
        match self.kind() {
            Kind::Chromium => self.devtools("Page.setWebLifecycleState", json!({ "state": state })).await.map(drop),
            kind @ (Kind::Firefox | Kind::WebKit) => bail!("{kind:?} suspends no tab"),
        }
    }
}
