//! Suspends a tab or makes it crash, as a browser does with a tab in the background.

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::{Browser, Kind};

impl Browser {
    /// Suspends the current tab: nothing in it runs until [`Browser::resume`]. Chromium only.
    pub async fn suspend(&self) -> Result<()> {
        self.set_lifecycle("frozen").await
    }

    /// Lets a suspended tab run again.
    pub async fn resume(&self) -> Result<()> {
        self.set_lifecycle("active").await
    }

    /// Makes the current tab crash. It answers no command after that. Not in WebKit.
    pub async fn crash(&self) -> Result<()> {
        match self.kind() {
            // The command fails, because the tab cannot answer any more.
            Kind::Chromium => match self.devtools("Page.crash", json!({})).await {
                Ok(answer) => bail!("the tab did not crash: {answer}"),
                Err(_) => Ok(()),
            },
            Kind::Firefox => self.kill_process_of_tab().await,
            Kind::WebKit => bail!("WebKit cannot make a tab crash"),
        }
    }

    async fn kill_process_of_tab(&self) -> Result<()> {
        // Started by geckodriver, the whole browser ends when a tab crashes, unless this observer is removed.
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
            kind @ (Kind::Firefox | Kind::WebKit) => bail!("{kind:?} cannot suspend a tab"),
        }
    }
}
