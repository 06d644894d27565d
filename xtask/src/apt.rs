//! Installs packages of Debian, where that is possible. Knows no package.

use std::path::Path;

use anyhow::{Result, bail};

use crate::step::step;
use crate::{lock, run, workspace};

/// Installs packages. Fails if this is not Debian, or not run as root.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    if !Path::new("/etc/debian_version").exists() || !is_root()? {
        bail!("xtask installs packages only as root on Debian");
    }
    let name = format!("installing {} with apt", packages.join(" and "));
    let all = || {
        let apt = |args: &[&str]| {
            let mut apt = run::command("apt-get", workspace::root());
            run::quiet(apt.args(args).env("DEBIAN_FRONTEND", "noninteractive"))
        };
        apt(&["update"])?;
        // Waits up to 10 minutes for another apt to finish.
        apt(&[&["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600"], packages].concat())?;
        Ok(())
    };
    lock::alone("apt", || step(&name, all))
}

fn is_root() -> Result<bool> {
    Ok(run::quiet(run::command("id", workspace::root()).arg("-u"))?.trim() == "0")
}
