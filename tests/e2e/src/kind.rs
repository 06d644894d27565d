//! The browsers that can be driven.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::{Value, json};

/// The browser that the tests are to run in, for those that do not need one in particular: `chromium`, the default, or `firefox`.
pub const BROWSER_ENV: &str = "ACTIONLANE_BROWSER";

/// A kind of browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium or Chrome, behind chromedriver.
    Chromium,
    /// Firefox, behind geckodriver.
    Firefox,
}

/// A browser of this machine and the driver that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    pub browser: PathBuf,
    pub driver: PathBuf,
}

impl Kind {
    /// The one that `ACTIONLANE_BROWSER` names.
    pub fn from_env() -> Result<Self> {
        match env::var(BROWSER_ENV).as_deref() {
            Err(env::VarError::NotPresent) | Ok("chromium") => Ok(Self::Chromium),
            Ok("firefox") => Ok(Self::Firefox),
            other => bail!("{BROWSER_ENV} is {other:?}, neither `chromium` nor `firefox`"),
        }
    }

    /// Where this kind of browser and its driver are, if both are in `PATH`.
    pub fn installed(self) -> Option<Installed> {
        self.installed_in(&env::var_os("PATH")?)
    }

    /// The same in another `PATH`.
    pub fn installed_in(self, path: &OsStr) -> Option<Installed> {
        Some(Installed { browser: find(path, self.browsers())?, driver: find(path, &[self.driver()])? })
    }

    /// The program that drives it.
    pub fn driver(self) -> &'static str {
        match self {
            Kind::Chromium => "chromedriver",
            Kind::Firefox => "geckodriver",
        }
    }

    /// What its driver is started with, beside the port.
    pub(crate) fn driver_args(self) -> &'static [&'static str] {
        match self {
            Kind::Chromium => &[],
            // Other ports of its own are any that are free: several of them run at a time. And what WebDriver has no words for is asked of
            // the browser itself.
            Kind::Firefox => &["--websocket-port=0", "--allow-system-access"],
        }
    }

    /// What to ask of the driver for a new session: no window, and no state but what is in `profile`.
    pub(crate) fn capabilities(self, browser: Option<&Path>, profile: &Path) -> Value {
        match self {
            Kind::Chromium => {
                let mut args = CHROMIUM_ARGS.map(str::to_owned).to_vec();
                args.push(format!("--user-data-dir={}", profile.display()));
                let mut options = json!({ "args": args });
                if let Some(browser) = browser {
                    options["binary"] = json!(browser);
                }
                json!({ "goog:chromeOptions": options })
            }
            Kind::Firefox => {
                let mut options = json!({ "args": ["-headless", "-profile", profile] });
                options["prefs"] = FIREFOX_PREFS.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
                if let Some(browser) = browser {
                    options["binary"] = json!(browser);
                }
                json!({ "moz:firefoxOptions": options })
            }
        }
    }

    fn browsers(self) -> &'static [&'static str] {
        match self {
            Kind::Chromium => &["chromium", "google-chrome", "chromium-browser", "chrome"],
            Kind::Firefox => &["firefox-esr", "firefox"],
        }
    }
}

/// `--no-sandbox`: Chromium refuses to run as root otherwise. The rest keeps it from doing anything we did not ask for.
const CHROMIUM_ARGS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
];

/// Without a network there is no way to this machine either. The rest geckodriver sees to.
const FIREFOX_PREFS: [(&str, bool); 1] = [("network.disable-localhost-when-offline", true)];

fn find(path: &OsStr, names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| env::split_paths(path).map(|dir| dir.join(name)).find(|file| file.is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// wasm-bindgen's test runner reads its arguments from `webdriver.json`.
    #[test]
    fn the_shared_cases_run_in_the_same_browser() {
        let file: Value = serde_json::from_str(include_str!("../../../webdriver.json")).expect("JSON");
        let args = file["goog:chromeOptions"]["args"].as_array().expect("arguments");
        let known = |arg: &&Value| arg.as_str().is_some_and(|arg| CHROMIUM_ARGS.contains(&arg));
        assert_eq!(args.iter().filter(known).count(), args.len(), "{args:?}");
    }
}
