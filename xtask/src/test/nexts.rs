//! The part `nexts`: runs the matrix of actions under several versions of Next.js.

use anyhow::Result;

use crate::nexts::{Version, matrix};
use crate::step::note;

use super::part::Ran;

/// Runs the matrix with all versions if `every` is set, otherwise with the usual three.
pub(crate) async fn all(every: bool) -> Result<Ran> {
    let versions: &[Version] = if every { &Version::ALL } else { &Version::USUAL };
    let report = matrix(versions, every, &[], false).await?;
    if report.known_faults() > 0 {
        note(&format!("{} rows have known faults: `cargo xtask nexts` lists them", report.known_faults()));
    }
    // A version on which no row passed counts as a failure.
    let failed = report.failed().max(u64::from(!report.is_good()));
    Ok(Ran { passed: report.passed(), failed, output: report.text() })
}
