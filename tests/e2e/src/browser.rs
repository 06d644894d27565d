//! A browser with one page, driven through WebDriver.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, ClientBuilder};
use futures_util::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::profile::Profile;
use crate::{Driver, Kind};

/// Time limit of a script in [`Browser::eval`]. It only ends scripts that hang: no test comes near it, even on a busy
/// machine.
const SCRIPT: Duration = Duration::from_secs(180);
/// Time limit for loading a page.
const LOAD: Duration = Duration::from_secs(120);

/// A browser that shares nothing with others: it has its own process, profile and cookies.
#[derive(Debug)]
#[must_use = "the browser stays open until `close` or until its driver ends"]
pub struct Browser {
    client: Client,
    kind: Kind,
    profile: Profile,
}

impl Browser {
    /// Opens a browser with an empty page.
    pub async fn open(driver: &Driver) -> Result<Self> {
        Self::open_in(driver, Profile::new()?, None).await
    }

    /// Kills the browser, as a crash or an empty battery does, and opens it again with the same profile on disk.
    /// `meanwhile` may change the profile's directory in between.
    pub async fn kill_and_reopen(self, driver: &Driver, meanwhile: impl FnOnce(&Path) -> Result<()>) -> Result<Self> {
        let Self { client, profile, kind } = self;
        if kind == Kind::WebKit {
            bail!("WebKit stores nothing on disk, so it cannot be reopened");
        }
        profile.kill_browser()?;
        // Closing fails, but the driver notices that the session has ended.
        let _ = client.close().await;
        meanwhile(profile.path())?;
        Self::open_in(driver, profile, None).await
    }

    async fn open_in(driver: &Driver, profile: Profile, extension: Option<&Path>) -> Result<Self> {
        let binary = driver.installed().map(|installed| installed.browser.as_path());
        let Value::Object(capabilities) = driver.kind().capabilities(binary, profile.path(), extension) else {
            bail!("capabilities are not an object");
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(driver.url())
            .await
            .with_context(|| format!("opening {:?} through {}", driver.kind(), driver.url()))?;
        client.update_timeouts(TimeoutConfiguration::new(Some(SCRIPT), Some(LOAD), None)).await?;
        Ok(Self { client, kind: driver.kind(), profile })
    }

    /// Opens a browser, runs `scene` with it, and closes it, even if `scene` fails or panics.
    pub async fn with<T>(driver: &Driver, scene: impl AsyncFnOnce(&Self) -> Result<T>) -> Result<T> {
        Self::open(driver).await?.run(scene).await
    }

    /// Does the same in Chromium with an unpacked extension.
    pub async fn with_extension<T>(driver: &Driver, dir: &Path, scene: impl AsyncFnOnce(&Self) -> Result<T>) -> Result<T> {
        Self::open_in(driver, Profile::new()?, Some(dir)).await?.run(scene).await
    }

    async fn run<T>(self, scene: impl AsyncFnOnce(&Self) -> Result<T>) -> Result<T> {
        let browser = self;
        let outcome = std::panic::AssertUnwindSafe(scene(&browser)).catch_unwind().await;
        let closed = browser.close().await;
        match outcome {
            Ok(result) => closed.and(result),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// Returns the kind of the browser.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Loads a page. Returns after its `load` event.
    pub async fn goto(&self, url: &str) -> Result<()> {
        self.client.goto(url).await.with_context(|| format!("loading {url}"))
    }

    /// Deletes the cookies of the page's host.
    pub async fn forget_cookies(&self) -> Result<()> {
        self.client.delete_all_cookies().await.context("deleting cookies")
    }

    /// Runs `body` as the body of an async function in the page, with `args` in scope, and returns its result. The
    /// result is passed as JSON (`undefined` becomes null); an exception becomes the error.
    pub async fn eval<T: DeserializeOwned>(&self, body: &str, args: &[Value]) -> Result<T> {
        let run = match self.kind {
            Kind::Chromium | Kind::WebKit => format!("(async () => {{ {body}\n }})()"),
            Kind::Firefox => in_the_page(body, args),
        };
        let script = format!(
            "const args = arguments[0], done = arguments[1];
             const failed = e => done(JSON.stringify({{ error: e instanceof Error ? `${{e}}\n${{e.stack}}` : String(e) }}));
             {run}.then(v => done(JSON.stringify({{ ok: v === undefined ? null : v }}))).catch(failed);"
        );
        let answer = self.client.execute_async(&script, vec![Value::Array(args.to_vec())]).await.context("running a script in the page")?;
        let answer = answer.as_str().ok_or_else(|| anyhow!("the script returned no text"))?;
        match serde_json::from_str(answer)? {
            Answer::Error(error) => bail!("in the page: {error}"),
            Answer::Ok(value) => {
                serde_json::from_value(value.clone()).with_context(|| format!("the script returned a value of another type: {value}"))
            }
        }
    }

    /// Returns a PNG of the window's content.
    pub async fn screenshot(&self) -> Result<Vec<u8>> {
        self.client.screenshot().await.context("taking a screenshot")
    }

    /// Returns the underlying session, for commands that have no method here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Closes the browser and deletes its profile.
    pub async fn close(self) -> Result<()> {
        self.client.close().await.context("closing the browser")
    }
}

/// Returns an expression for a promise of the result of `body`. Scripts of Firefox's driver have globals of their
/// own, so a `Date` of the page is not an `instanceof Date` there. So the page runs this script itself, in a
/// `<script>`, even if its policy forbids `eval`.
fn in_the_page(body: &str, args: &[Value]) -> String {
    let args = Value::Array(args.to_vec());
    let source = format!("window.evaluated = (args => (async () => {{ {body}\n }})())({args});");
    format!(
        "(async () => {{
             const script = document.createElement('script');
             script.textContent = {};
             document.documentElement.append(script);
             script.remove();
             const {{ evaluated }} = window;
             delete window.evaluated;
             if (!evaluated) throw new Error('the script has a syntax error, or the page allows none');
             return await evaluated;
         }})()",
        Value::from(source)
    )
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Ok(Value),
    Error(String),
}
