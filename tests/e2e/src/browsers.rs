//! Finds the browsers that can be driven, and sets their options.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Result, bail};
use serde_json::{Value, json};

/// Environment variable with the browser for tests that run in any: `chromium` (default), `firefox` or `webkit`.
pub const BROWSER_ENV: &str = "ACTIONLANE_BROWSER";

/// A kind of browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium or Chrome, driven by chromedriver.
    Chromium,
    /// Firefox, driven by geckodriver.
    Firefox,
    /// WebKitGTK in its own small browser, driven by WebKitWebDriver. Its windows are private: nothing is stored on
    /// disk.
    WebKit,
}

/// A browser of this machine, with its driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    pub browser: PathBuf,
    pub driver: PathBuf,
    /// Program that provides a screen, for a browser that needs one.
    pub screen: Option<PathBuf>,
}

impl Installed {
    /// Returns Chromium's headless shell with the same driver, if `PATH` has one that the driver fits. Pages are the
    /// same in both, but each start and each page takes half of the processor's time. The shell has no extensions, no
    /// back/forward cache, and no window in which one tab has the focus.
    pub fn light(&self) -> Option<Self> {
        let shell = find(&env::var_os("PATH")?, &["chromium-headless-shell"])?;
        if version(&shell)? != version(&self.driver)? {
            return None;
        }
        Some(Self { browser: Path::new(env!("CARGO_MANIFEST_DIR")).join("headless-shell.sh"), ..self.clone() })
    }
}

impl Kind {
    /// Returns the kind that `ACTIONLANE_BROWSER` names. Fails if the name is unknown.
    pub fn from_env() -> Result<Self> {
        match env::var(BROWSER_ENV).as_deref() {
            Err(env::VarError::NotPresent) | Ok("chromium") => Ok(Self::Chromium),
            Ok("firefox") => Ok(Self::Firefox),
            Ok("webkit") => Ok(Self::WebKit),
            other => bail!("{BROWSER_ENV} is {other:?}: set it to `chromium`, `firefox` or `webkit`"),
        }
    }

    /// Returns the name for [`BROWSER_ENV`].
    pub fn name(self) -> &'static str {
        match self {
            Kind::Chromium => "chromium",
            Kind::Firefox => "firefox",
            Kind::WebKit => "webkit",
        }
    }

    /// Finds this browser and its driver in `PATH`, or where Linux distributions install them. `None` if one of them
    /// is missing.
    pub fn installed(self) -> Option<Installed> {
        self.installed_in(&env::var_os("PATH")?)
    }

    /// Does the same with another `PATH`.
    pub fn installed_in(self, path: &OsStr) -> Option<Installed> {
        let browser = match self {
            Kind::Chromium => find(path, &["chromium", "google-chrome", "chromium-browser", "chrome"])?,
            Kind::Firefox => find(path, &["firefox-esr", "firefox"])?,
            Kind::WebKit => mini_browser()?,
        };
        let screen = match self {
            Kind::Chromium | Kind::Firefox => None,
            Kind::WebKit => Some(find(path, &["Xvfb"])?),
        };
        Some(Installed { browser, driver: find(path, &[self.driver()])?, screen })
    }

    /// Returns the name of the driver's program.
    pub fn driver(self) -> &'static str {
        match self {
            Kind::Chromium => "chromedriver",
            Kind::Firefox => "geckodriver",
            Kind::WebKit => "WebKitWebDriver",
        }
    }

    /// Returns the driver's arguments, without the port.
    pub(crate) fn driver_args(self) -> &'static [&'static str] {
        match self {
            Kind::Chromium | Kind::WebKit => &[],
            // Port 0 lets several drivers run at a time. System access lets tests run scripts in the browser itself.
            Kind::Firefox => &["--websocket-port=0", "--allow-system-access"],
        }
    }

    /// Returns the capabilities of a new session: no window, and no state except that in `profile`. Chromium loads the
    /// unpacked `extension`; the others must get none.
    pub(crate) fn capabilities(self, browser: Option<&Path>, profile: &Path, extension: Option<&Path>) -> Value {
        match self {
            Kind::Chromium => {
                let mut args = CHROMIUM_ARGS.map(str::to_owned).to_vec();
                args.push(format!("--user-data-dir={}", profile.display()));
                args.extend(extension.map(|dir| format!("--load-extension={}", dir.display())));
                let mut options = json!({ "args": args });
                if let Some(browser) = browser {
                    options["binary"] = json!(browser);
                }
                json!({ "goog:chromeOptions": options })
            }
            Kind::Firefox => {
                let mut options = json!({ "args": ["-headless", "-profile", profile] });
                options["prefs"] = firefox_prefs();
                if let Some(browser) = browser {
                    options["binary"] = json!(browser);
                }
                json!({ "moz:firefoxOptions": options })
            }
            Kind::WebKit => {
                let mut options = json!({ "args": ["--automation"] });
                if let Some(browser) = browser {
                    options["binary"] = json!(browser);
                }
                json!({ "webkitgtk:browserOptions": options })
            }
        }
    }
}

/// Arguments of Chromium. Without `--no-sandbox` it refuses to run as root. The others stop background work and
/// unneeded features.
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

/// Returns the preferences of Firefox that geckodriver does not set. Offline must mean offline for this machine's
/// servers, too. Some processes of closed tabs are kept for the next tabs, because a start takes half a second;
/// none is started in advance.
fn firefox_prefs() -> Value {
    json!({
        "network.disable-localhost-when-offline": true,
        "dom.ipc.processPrelaunch.enabled": false,
        "dom.ipc.keepProcessesAlive.web": 2,
        "dom.ipc.keepProcessesAlive.webIsolated.perOrigin": 4,
    })
}

/// Asks a program for its version.
fn version(program: &Path) -> Option<String> {
    let said = Command::new(program).arg("--version").output().ok()?.stdout;
    version_in(&String::from_utf8_lossy(&said)).map(str::to_owned)
}

/// Returns the version in what a browser or its driver says: the second word.
fn version_in(said: &str) -> Option<&str> {
    said.split_whitespace().nth(1)
}

fn find(path: &OsStr, names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| env::split_paths(path).map(|dir| dir.join(name)).find(|file| file.is_file()))
}

/// Finds WebKitGTK's own browser, which is beside the library and not in `PATH`: below `/usr/lib/<machine>/` on
/// Debian, `/usr/libexec/` on Fedora.
fn mini_browser() -> Option<PathBuf> {
    let below = |dir: &Path| fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect::<Vec<_>>();
    let parents = below(Path::new("/usr/lib")).into_iter().chain([PathBuf::from("/usr/lib"), PathBuf::from("/usr/libexec")]);
    let of_webkit = |dir: &PathBuf| dir.file_name().is_some_and(|name| name.to_string_lossy().starts_with("webkit"));
    let mut found: Vec<PathBuf> = parents
        .flat_map(|parent| below(&parent))
        .filter(of_webkit)
        .map(|dir| dir.join("MiniBrowser"))
        .filter(|file| file.is_file())
        .collect();
    // Takes the newest of several: `webkit2gtk-4.0`, `webkit2gtk-4.1`, `webkitgtk-6.0`.
    found.sort();
    found.pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_and_its_driver_say_the_same_version() {
        assert_eq!(version_in("Chromium 156.0.8078.108 \n"), version_in("ChromeDriver 156.0.8078.108 (730482a940ce-refs/heads@{#2244})\n"));
        assert_ne!(version_in("Chromium 156.0.8078.108\n"), version_in("ChromeDriver 155.0.8000.1 (7304)\n"));
        assert_eq!(version_in(""), None);
    }

    /// wasm-bindgen's test runner reads the arguments from `webdriver.json`.
    #[test]
    fn the_shared_cases_run_in_the_same_browser() {
        let file: Value = serde_json::from_str(include_str!("../../../webdriver.json")).expect("JSON");
        let args = file["goog:chromeOptions"]["args"].as_array().expect("arguments");
        let known = |arg: &&Value| arg.as_str().is_some_and(|arg| CHROMIUM_ARGS.contains(&arg));
        assert_eq!(args.iter().filter(known).count(), args.len(), "{args:?}");
    }
}
