//! Browsers and their drivers: finds them and, if possible, installs them.

use std::fs;

use anyhow::{Context, Result, anyhow};
use e2e::{Installed, Kind};

use crate::step::note;
use crate::{apt, run, tools, workspace};

/// An installed browser with its driver, or the reason why there is none and what to install.
pub(crate) type Availability = Result<Installed>;

/// Makes sure that a browser and its driver are installed. Builds geckodriver here; installs the others with apt when
/// run as root on Debian.
pub(crate) fn ensure(kind: Kind) -> Availability {
    if kind == Kind::Firefox {
        tools::ensure_geckodriver()?;
    }
    if let Some(installed) = installed(kind)? {
        return Ok(installed);
    }
    install(kind).context(advice(kind))?;
    installed(kind)?.ok_or_else(|| anyhow!(advice(kind)).context("apt installed it, but it is not in PATH"))
}

/// Makes sure that a browser is installed. Returns in place of Chromium its headless shell, which takes half of the
/// processor's time, if that is installed, too, or can be. For pages that need no more than one tab.
pub(crate) fn ensure_light(kind: Kind) -> Availability {
    let whole = ensure(kind)?;
    if kind != Kind::Chromium {
        return Ok(whole);
    }
    if let Some(light) = whole.light() {
        return Ok(light);
    }
    let tried = workspace::scratch("headless-shell.txt")?;
    if !tried.exists() {
        let outcome = install_light().map_or_else(|error| format!("{error:#}"), |()| "installed".to_owned());
        fs::write(tried, &outcome)?;
        if whole.light().is_none() {
            note(&format!("the tests use the whole of Chromium, which is slower than its headless shell: {outcome}"));
        }
    }
    Ok(whole.light().unwrap_or(whole))
}

/// Installs the headless shell in the version of the Chromium that is here: another would bring another Chromium.
fn install_light() -> Result<()> {
    let mut query = run::command("dpkg-query", workspace::root());
    let version = run::quiet(query.args(["--show", "--showformat=${Version}", "chromium-common"]))?;
    apt::install(&[&format!("chromium-headless-shell={}", version.trim())])
}

fn installed(kind: Kind) -> Result<Option<Installed>> {
    Ok(kind.installed_in(&tools::path()?))
}

fn advice(kind: Kind) -> &'static str {
    match kind {
        Kind::Chromium => {
            "no Chromium with a driver was found: install Chromium (or Chrome) and chromedriver of the same version, both in PATH \
             (Debian: apt-get install chromium chromium-driver)"
        }
        Kind::Firefox => "no Firefox was found: install it, in PATH (Debian: apt-get install firefox-esr)",
        Kind::WebKit => {
            "no WebKitGTK with a driver was found: install WebKitWebDriver and Xvfb, both in PATH, and MiniBrowser, which lies beside the library \
             (Debian: apt-get install webkit2gtk-driver xvfb)"
        }
    }
}

fn packages(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Chromium => &["chromium", "chromium-driver"],
        Kind::Firefox => &["firefox-esr"],
        Kind::WebKit => &["webkit2gtk-driver", "xvfb"],
    }
}

fn install(kind: Kind) -> Result<()> {
    apt::install(packages(kind))
}
