//! `tests/oracle/`: React, run in Node.js.

use std::path::PathBuf;

use anyhow::Result;

use crate::run::{self, Finished};
use crate::workspace;

/// Where it is.
pub(crate) fn dir() -> PathBuf {
    workspace::root().join("tests/oracle")
}

/// Runs `node` there.
pub(crate) fn node(args: &[impl AsRef<str>]) -> Result<Finished> {
    run::captured(run::command("node", &dir()).args(args.iter().map(AsRef::as_ref)))
}
