//! The browsers and their drivers.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use e2e::{Installed, Kind};

use crate::step::step;
use crate::{run, tools, workspace};

/// A browser that can be driven here; if there is none, why and what to install.
pub(crate) type Availability = Result<Installed>;

/// Makes sure a browser and its driver are there: by apt when root on Debian, but geckodriver, which is built here.
pub(crate) fn ensure(kind: Kind) -> Availability {
    if kind == Kind::Firefox {
        tools::ensure_geckodriver()?;
    }
    if let Some(installed) = installed(kind)? {
        return Ok(installed);
    }
    install(kind).context(advice(kind))?;
    installed(kind)?.ok_or_else(|| anyhow!(advice(kind)).context("installed, and still not in PATH"))
}

fn installed(kind: Kind) -> Result<Option<Installed>> {
    Ok(kind.installed_in(&tools::path()?))
}

fn advice(kind: Kind) -> &'static str {
    match kind {
        Kind::Chromium => {
            "there is no Chromium to drive: install Chromium (or Chrome) and chromedriver of the same version, both in PATH \
             (Debian: apt-get install chromium chromium-driver)"
        }
        Kind::Firefox => "there is no Firefox to drive: install it, in PATH (Debian: apt-get install firefox-esr)",
        Kind::WebKit => {
            "there is no WebKitGTK to drive: install WebKitWebDriver and Xvfb, both in PATH, and MiniBrowser, which lies beside the library \
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
        bail!("it is installed from here only for root on Debian");
    }
    step(&format!("installing {} with apt", packages.join(" and ")), || {
        let apt = |args: &[&str]| {
            let mut apt = run::command("apt-get", workspace::root());
            run::quiet(apt.args(args).env("DEBIAN_FRONTEND", "noninteractive"))
        };
        apt(&["update"])?;
        // Another apt may be at work: that one is waited for.
        apt(&[&["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600"], packages].concat())?;
        Ok(())
    })
}

fn is_root() -> Result<bool> {
    Ok(run::quiet(run::command("id", workspace::root()).arg("-u"))?.trim() == "0")
}
