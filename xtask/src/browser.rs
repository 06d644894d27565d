//! Chromium and its driver.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use e2e::Kind;

use crate::step::step;
use crate::{run, workspace};

/// Whether a browser can be driven here; if not, why and what to install.
pub(crate) type Availability = Result<()>;

/// Makes sure Chromium and chromedriver are there, by apt when root on Debian.
pub(crate) fn ensure() -> Availability {
    if Kind::Chromium.installed().is_some() {
        return Ok(());
    }
    install().context(ADVICE)?;
    Kind::Chromium.installed().map(drop).ok_or_else(|| anyhow!(ADVICE).context("installed, and still not in PATH"))
}

const ADVICE: &str = "there is no Chromium to drive: install Chromium (or Chrome) and chromedriver of the same version, both in PATH \
                      (Debian: apt-get install chromium chromium-driver)";

fn install() -> Result<()> {
    if !Path::new("/etc/debian_version").exists() || !is_root()? {
        bail!("they are installed from here only for root on Debian");
    }
    step("installing chromium and chromium-driver with apt", || {
        let apt = |args: &[&str]| {
            let mut apt = run::command("apt-get", workspace::root());
            run::quiet(apt.args(args).env("DEBIAN_FRONTEND", "noninteractive"))
        };
        apt(&["update"])?;
        apt(&["install", "-y", "--no-install-recommends", "chromium", "chromium-driver"])?;
        Ok(())
    })
}

fn is_root() -> Result<bool> {
    Ok(run::quiet(run::command("id", workspace::root()).arg("-u"))?.trim() == "0")
}
