//! The browsers that can be driven.

use std::env;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// A kind of browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium or Chrome, behind chromedriver.
    Chromium,
}

/// A browser of this machine and the driver that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    pub browser: PathBuf,
    pub driver: PathBuf,
}

impl Kind {
    /// Where this kind of browser and its driver are, if both are in `PATH`.
    pub fn installed(self) -> Option<Installed> {
        Some(Installed { browser: in_path(self.browsers())?, driver: in_path(&[self.driver()])? })
    }

    /// The program that drives it.
    pub fn driver(self) -> &'static str {
        match self {
            Kind::Chromium => "chromedriver",
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
        }
    }

    fn browsers(self) -> &'static [&'static str] {
        match self {
            Kind::Chromium => &["chromium", "google-chrome", "chromium-browser", "chrome"],
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

fn in_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names.iter().find_map(|name| env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file()))
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
