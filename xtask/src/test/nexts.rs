//! The matrix: every kind of action under several versions of Next.js, beside Next's own client.

use anyhow::Result;

use crate::nexts::{Version, matrix};
use crate::step::note;

use super::part::Ran;

/// `every`: all versions there are, not only the usual three.
pub(crate) async fn all(every: bool) -> Result<Ran> {
    let versions: &[Version] = if every { &Version::ALL } else { &Version::USUAL };
    let report = matrix(versions, every, &[], false).await?;
    if report.open() > 0 {
        note(&format!("{} rows are open: `cargo xtask nexts` lists them", report.open()));
    }
    // A version on which nothing passed has failed.
    let failed = report.failed().max(u64::from(!report.is_good()));
    Ok(Ran { passed: report.passed(), failed, output: report.text() })
}
