//! A running WebDriver.

use std::env;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::http::wait_until_ready;
use crate::screen::Screen;
use crate::{Installed, Kind, Owned, free_port};

/// The address of a WebDriver that runs already, for the tests. For Chromium only: the others' drivers open one browser at a time.
pub const WEBDRIVER_ENV: &str = "ACTIONLANE_WEBDRIVER";

/// A WebDriver that can be asked for browsers.
#[derive(Debug)]
#[must_use = "dropping this ends the driver and its browsers"]
pub struct Driver {
    url: String,
    kind: Kind,
    installed: Option<Installed>,
    _process: Option<Owned>,
    _screen: Option<Screen>, // ends after what is shown on it
}

impl Driver {
    /// Starts the driver of `kind` on a free port. Fails when the browser or its driver is not in `PATH`.
    pub async fn start(kind: Kind) -> Result<Self> {
        let Some(installed) = kind.installed() else {
            bail!("no {kind:?} here: the browser and `{}` must both be installed, for WebKit `Xvfb` too", kind.driver());
        };
        Self::start_installed(kind, installed).await
    }

    /// The same with programs that have been found already.
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

    /// The driver of the browser that `ACTIONLANE_BROWSER` names: the one at `ACTIONLANE_WEBDRIVER` where that is set, otherwise one of our own.
    pub async fn from_env_or_start() -> Result<Self> {
        let kind = Kind::from_env()?;
        match (env::var(WEBDRIVER_ENV), kind) {
            (Ok(url), Kind::Chromium) => Ok(Self { url, kind, installed: kind.installed(), _process: None, _screen: None }),
            _ => Self::start(kind).await,
        }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it drives.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn installed(&self) -> Option<&Installed> {
        self.installed.as_ref()
    }
}
