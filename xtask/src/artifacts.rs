//! Lists what makes up each larger thing, got in parallel where it can be.

use std::thread;

use anyhow::{Result, anyhow};
use e2e::Kind;

use crate::{browser, build, npm, workspace, www};

/// Gets everything the package, the app and the browser need.
///
/// Building tools keeps the processors busy, npm and apt the network: they go side by side.
pub(crate) fn prepare_all(kind: Kind) -> Result<browser::Availability> {
    thread::scope(|scope| {
        let fetched = scope.spawn(|| {
            npm::ensure_packages(&workspace::pkg())?;
            npm::ensure_packages(&workspace::www())?;
            anyhow::Ok(browser::ensure(kind))
        });
        build::prepare()?;
        fetched.join().map_err(|_| anyhow!("fetching packages panicked"))?
    })
}

/// Brings the package and the app up to date. Wants [`prepare_all`] to have been done.
pub(crate) fn build_all() -> Result<()> {
    build::package()?;
    www::build()
}
