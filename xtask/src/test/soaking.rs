//! Calls by the thousand to a server that misbehaves.

use anyhow::Result;

use crate::soak::{self, Args};

use super::part::Ran;

/// As many calls as there is time for: below a minute.
const CALLS: u32 = 2000;

/// One test a call that has settled.
pub(crate) async fn all() -> Result<Ran> {
    let soaked = soak::soak(&Args::of(CALLS)).await?;
    let wrong = soaked.wrong();
    let output = format!("{}\n{}\n", soaked.line()?, wrong.join("\n"));
    Ok(Ran { passed: soaked.settled(), failed: wrong.len() as u64, output })
}
