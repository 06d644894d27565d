//! The part `fuzz`: runs every fuzz target for a short time, and compares the two name finders.

use anyhow::Result;
use clap::ValueEnum;

use crate::finder;
use crate::fuzz::{self, Target};

use super::part::Ran;

/// Seconds for each target. `cargo xtask fuzz` looks longer.
const SECONDS: u32 = 5;

/// Counts one test for each target, and one for the finders.
pub(crate) fn all() -> Result<Ran> {
    fuzz::build()?;
    let mut ran = Ran::default();
    let finders = || finder::run(&finder::Args::default());
    for outcome in Target::value_variants().iter().map(|target| fuzz::fuzz(*target, SECONDS).map(drop)).chain(std::iter::once_with(finders))
    {
        match outcome {
            Ok(()) => ran.passed += 1,
            Err(error) => ran = ran.and(Ran { failed: 1, output: format!("{error:#}\n"), ..Ran::default() }),
        }
    }
    Ok(ran)
}
