//! Lends browsers to scenes, one scene after the other, because a start takes seconds. Each scene gets a tab of its
//! own. What pages store stays: a scene must store nothing but cookies, or be on an origin of its own. Must not lend a
//! browser again that a scene has left in an unknown state.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::{LazyLock, Mutex, PoisonError};

use anyhow::{Context, Result};
use fantoccini::wd::WindowHandle;
use futures_util::FutureExt;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use crate::{Browser, Driver, Kind, process};

/// Browsers that no scene has.
static IDLE: Mutex<Vec<Lent>> = Mutex::new(Vec::new());

/// Holds the connections to the drivers, which outlive the runtime of a test. Drivers end with the thread that starts
/// them: this one's lives as long as the process.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    process::end_all_at_exit();
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a thread can be started")
});

struct Lent {
    browser: Browser,
    /// The tab that keeps the browser open.
    keeper: WindowHandle,
    _driver: Driver,
}

impl Browser {
    /// Runs a scene in a new tab of a browser that may have had other scenes, of the kind that `ACTIONLANE_BROWSER`
    /// names. In WebKit, the scene has a browser of its own.
    pub async fn lend<T>(scene: impl AsyncFnOnce(&Self) -> Result<T>) -> Result<T> {
        let kind = Kind::from_env()?;
        if kind == Kind::WebKit {
            // Its driver cannot show another tab than the first. It starts in half a second.
            return Self::with(&Driver::start(kind).await?, scene).await;
        }
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let lent = match idle {
            Some(lent) => lent,
            None => RUNTIME.spawn(Lent::open(kind)).await.context("opening a browser")??,
        };
        lent.open_tab().await?;
        let outcome = AssertUnwindSafe(scene(&lent.browser)).catch_unwind().await;
        if matches!(outcome, Ok(Ok(_))) && lent.tidy().await.is_ok() {
            IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(lent);
        } else {
            let _ = lent.browser.close().await;
        }
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

impl Lent {
    async fn open(kind: Kind) -> Result<Self> {
        let driver = Driver::start_light(kind).await?;
        let browser = Browser::open(&driver).await?;
        let keeper = browser.client().window().await.context("asking for the first tab")?;
        Ok(Self { browser, keeper, _driver: driver })
    }

    async fn open_tab(&self) -> Result<()> {
        let client = self.browser.client();
        let tab = client.new_window(true).await.context("opening a tab")?;
        client.switch_to_window(tab.handle).await.context("switching to the new tab")?;
        if self.browser.kind() == Kind::Chromium {
            // Its driver leaves the tab behind the others, where it never has the focus.
            self.browser.devtools("Page.bringToFront", json!({})).await?;
        }
        Ok(())
    }

    /// Deletes cookies, which origins of one host share, and closes all tabs but the first.
    async fn tidy(&self) -> Result<()> {
        let client = self.browser.client();
        client.delete_all_cookies().await?;
        for tab in client.windows().await? {
            if tab != self.keeper {
                client.switch_to_window(tab).await?;
                client.close_window().await?;
            }
        }
        client.switch_to_window(self.keeper.clone()).await?;
        Ok(())
    }
}
