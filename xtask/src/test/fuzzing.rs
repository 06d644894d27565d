//! Every fuzz target, for a short while.

use anyhow::Result;
use clap::ValueEnum;

use crate::fuzz::{self, Target};

use super::part::Ran;

/// Seconds a target. Six of them are to stay below two minutes.
const SECONDS: u32 = 10;

/// One test a target.
pub(crate) fn all() -> Result<Ran> {
    fuzz::build()?;
    let mut ran = Ran::default();
    for target in Target::value_variants() {
        match fuzz::fuzz(*target, SECONDS) {
            Ok(_) => ran.passed += 1,
            Err(error) => ran = ran.and(Ran { failed: 1, output: format!("{error:#}\n"), ..Ran::default() }),
        }
    }
    Ok(ran)
}
