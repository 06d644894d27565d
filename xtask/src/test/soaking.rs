//! The part `soak`: makes thousands of calls to a server that misbehaves.

use anyhow::Result;

use crate::soak::{self, Args};

use super::part::Ran;

/// Number of calls, few enough to take less than a minute.
const CALLS: u32 = 2000;

/// Counts each call that settled as one test.
pub(crate) async fn all() -> Result<Ran> {
    let soaked = soak::soak(&Args::of(CALLS)).await?;
    let wrong = soaked.wrong();
    let output = format!("{}\n{}\n", soaked.line()?, wrong.join("\n"));
    Ok(Ran { passed: soaked.settled(), failed: wrong.len() as u64, output })
}
