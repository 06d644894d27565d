//! Starts a WebDriver, or connects to a running one.

use std::env;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::http::wait_until_ready;
use crate::screen::Screen;
use crate::{Installed, Kind, Owned, free_port};

/// Environment variable with the address of a running WebDriver. For Chromium only: other drivers open one browser at
/// a time.
pub const WEBDRIVER_ENV: &str = "ACTIONLANE_WEBDRIVER";

/// A WebDriver that opens browsers.
#[derive(Debug)]
#[must_use = "dropping this ends the driver and its browsers"]
pub struct Driver {
    url: String,
    kind: Kind,
    installed: Option<Installed>,
    _process: Option<Owned>,
    _screen: Option<Screen>, // dropped after the processes that it shows
}

impl Driver {
    /// Starts the driver of `kind` on a free port. Fails if the browser or its driver is not in `PATH`.
    pub async fn start(kind: Kind) -> Result<Self> {
        let Some(installed) = kind.installed() else {
            bail!("no {kind:?} was found: the browser and `{}` must both be installed, for WebKit `Xvfb` too", kind.driver());
        };
        Self::start_installed(kind, installed).await
    }

    /// Does the same, for a browser that takes less of the processor's time if there is one, see [`Installed::light`].
    pub async fn start_light(kind: Kind) -> Result<Self> {
        match kind.installed().filter(|_| kind == Kind::Chromium).and_then(|installed| installed.light()) {
            Some(light) => Self::start_installed(kind, light).await,
            None => Self::start(kind).await,
        }
    }

    /// Starts the driver with programs that were found before.
    pub async fn start_installed(kind: Kind, installed: Installed) -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(&installed.driver);
        command.arg(format!("--port={port}")).args(kind.driver_args()).stdout(Stdio::null()).stderr(Stdio::null());
        let screen = installed.screen.as_deref().map(Screen::start).transpose()?;
        if let Some(screen) = &screen {
            screen.show(&mut command);
        }
        let starting = || format!("starting {}", installed.driver.display());
        let mut process = Owned::spawn(&mut command).with_context(starting)?;
        wait_until_ready(&mut process, port, "/status", Duration::from_secs(60)).await.with_context(starting)?;
        Ok(Self { url: format!("http://127.0.0.1:{port}"), kind, installed: Some(installed), _process: Some(process), _screen: screen })
    }

    /// Returns the driver of the browser that `ACTIONLANE_BROWSER` names: for Chromium the one at
    /// `ACTIONLANE_WEBDRIVER`, if that is set; otherwise starts one.
    pub async fn from_env_or_start() -> Result<Self> {
        let kind = Kind::from_env()?;
        match (env::var(WEBDRIVER_ENV), kind) {
            (Ok(url), Kind::Chromium) => Ok(Self { url, kind, installed: kind.installed(), _process: None, _screen: None }),
            _ => Self::start(kind).await,
        }
    }

    /// Returns the driver's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the kind of browser that it drives.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn installed(&self) -> Option<&Installed> {
        self.installed.as_ref()
    }
}
