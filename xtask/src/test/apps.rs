//! The part `apps`: tests the package in apps made by common tools.

use anyhow::Result;

use crate::apps;
use crate::step::note;

use super::part::Ran;

pub(crate) async fn all() -> Result<Ran> {
    let report = apps::all(&[]).await?;
    report.text().lines().for_each(note);
    Ok(Ran { passed: report.passed(), failed: report.failed(), output: report.text().to_owned() })
}
