//! Prepares and builds everything that a demo or the end-to-end tests need.

use std::thread;

use anyhow::{Result, anyhow};
use e2e::Kind;

use crate::{browser, build, npm, workspace, www};

/// Gets everything that the package, the app and the browser need.
///
/// Building tools needs the processors, npm and apt the network: both run at the same time.
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

/// Brings the package and the app up to date. Call [`prepare_all`] first.
pub(crate) fn build_all() -> Result<()> {
    build::package()?;
    www::build()
}
