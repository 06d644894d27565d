//! Browsers and their drivers: finds them and, if possible, installs them.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use e2e::{Installed, Kind};

use crate::step::step;
use crate::{run, tools, workspace};

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
    let packages = packages(kind);
    if !Path::new("/etc/debian_version").exists() || !is_root()? {
        bail!("xtask installs browsers only as root on Debian");
    }
    step(&format!("installing {} with apt", packages.join(" and ")), || {
        let apt = |args: &[&str]| {
            let mut apt = run::command("apt-get", workspace::root());
            run::quiet(apt.args(args).env("DEBIAN_FRONTEND", "noninteractive"))
        };
        apt(&["update"])?;
        // Waits up to 10 minutes for another apt to finish.
        apt(&[&["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600"], packages].concat())?;
        Ok(())
    })
}

fn is_root() -> Result<bool> {
    Ok(run::quiet(run::command("id", workspace::root()).arg("-u"))?.trim() == "0")
}
