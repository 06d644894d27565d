//! What makes up each larger thing, got in parallel where it can be.

use std::thread;

use anyhow::{Result, anyhow};

use crate::{browser, build, npm, tools, workspace, www};

/// Gets everything the package, the app and the browser need.
///
/// Building tools keeps the processors busy, npm and apt the network: they go side by side.
pub(crate) fn prepare_all(tests: bool) -> Result<browser::Availability> {
    thread::scope(|scope| {
        let fetched = scope.spawn(|| {
            npm::ensure_packages(&workspace::pkg())?;
            npm::ensure_packages(&workspace::www())?;
            anyhow::Ok(browser::ensure())
        });
        build::prepare()?;
        if tests {
            tools::ensure_wasm_pack()?;
        }
        fetched.join().map_err(|_| anyhow!("fetching packages panicked"))?
    })
}

/// Brings the package and the app up to date. Wants [`prepare_all`] to have been done.
pub(crate) fn build_all() -> Result<()> {
    build::package()?;
    www::build()
}
