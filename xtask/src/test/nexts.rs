//! The parts `nexts` and `seam`: run the matrix of actions under several versions of Next.js.

use anyhow::Result;

use crate::nexts::{Report, Selection, Version, matrix, seam_matrix};
use crate::step::note;

use super::part::Ran;

/// Runs the matrix with all versions if `every` is set, otherwise with the usual three: on 15.5, which the part `seam`
/// has too, a sample. `cargo xtask nexts 15.5` runs the others.
pub(crate) async fn all(every: bool) -> Result<Ran> {
    let versions: &[Version] = if every { &Version::ALL } else { &Version::USUAL };
    let sampled = (!every).then_some(Version::V15_5);
    let report = matrix(versions, every, sampled, &[], false).await?;
    if report.known_faults() > 0 {
        note(&format!("{} rows have known faults: `cargo xtask nexts` lists them", report.known_faults()));
    }
    Ok(ran(&report))
}

/// Runs the matrix of the seam: if `every` is set, all rows with each version and bundler that it supports.
pub(crate) async fn with_seam(every: bool) -> Result<Ran> {
    Ok(ran(&seam_matrix(&Selection { every, ..Selection::default() }).await?))
}

fn ran(report: &Report) -> Ran {
    // A version on which no row passed counts as a failure.
    let failed = report.failed().max(u64::from(!report.is_good()));
    Ran { passed: report.passed(), failed, output: report.text() }
}
