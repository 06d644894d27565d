//! Keeps beside a build what Next's own client showed there. Nothing of this package changes that, so a row is not run
//! twice for it. Must not judge.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use anyhow::{Context, Result};
use e2e::{Build, Kind};

use super::observe::{PAGE, Seen};
use super::rows::Row;

/// Returns what the row showed on this build, if that is kept. A new build keeps nothing, nor does `next dev`.
pub(super) fn read(build: &Build, row: &Row) -> Option<Seen> {
    serde_json::from_str(&fs::read_to_string(file(build, row).ok()?).ok()?).ok()
}

/// Keeps what the row showed, unless that names the port of the server at `origin`, which is another in the next run.
/// It must be right: the same row then takes it as its reference.
pub(super) fn write(build: &Build, origin: &str, row: &Row, seen: &Seen) -> Result<()> {
    let text = serde_json::to_string(seen)?;
    let port = origin.rfind(':').map_or(origin, |at| &origin[at..]);
    if build.dev || text.contains(port) {
        return Ok(());
    }
    let file = file(build, row)?;
    fs::create_dir_all(file.with_file_name(""))?;
    // Others may read it at the same time.
    let whole = file.with_extension(format!("{}.json", std::process::id()));
    fs::write(&whole, text)?;
    fs::rename(&whole, &file).with_context(|| format!("writing {}", file.display()))
}

/// Returns the file of a row, whose name says all on which the result depends beside the build: the row, the code that
/// runs it, and the browser, if there is one.
fn file(build: &Build, row: &Row) -> Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    (PAGE, include_str!("observe.rs"), row.script.to_string()).hash(&mut hasher);
    let driver = Kind::Chromium.installed().map(|installed| fs::metadata(installed.driver)?.modified()).transpose()?;
    driver.hash(&mut hasher);
    Ok(build.dir.join(".next/seen").join(format!("{:016x}.json", hasher.finish())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ORIGIN: &str = "http://localhost:4567";

    fn build(name: &str, dev: bool) -> Result<Build> {
        let dir = crate::workspace::scratch(&format!("kept-{name}/x"))?.with_file_name("");
        let _ = fs::remove_dir_all(&dir);
        Ok(serde_json::from_value(json!({ "dir": dir, "version": "16.4.6", "dev": dev }))?)
    }

    #[test]
    fn a_run_is_found_again_by_the_same_row_alone() -> Result<()> {
        let (build, row) = (build("usual", false)?, Row::from(json!({ "name": "row", "action": "echo" })));
        assert!(read(&build, &row).is_none());
        let seen = Seen { message: Some("said".into()), ..Seen::default() };
        write(&build, ORIGIN, &row, &seen)?;
        assert_eq!(read(&build, &row).and_then(|seen| seen.message), Some("said".into()));
        assert!(read(&build, &Row::from(json!({ "name": "row", "action": "other" }))).is_none());
        Ok(())
    }

    #[test]
    fn a_result_that_names_the_server_is_not_kept() -> Result<()> {
        let (build, row) = (build("host", false)?, Row::from(json!({ "name": "row" })));
        write(&build, ORIGIN, &row, &Seen { message: Some("secret of 127.0.0.1:4567".into()), ..Seen::default() })?;
        assert!(read(&build, &row).is_none());
        Ok(())
    }

    #[test]
    fn a_server_in_development_keeps_nothing() -> Result<()> {
        let (build, row) = (build("dev", true)?, Row::from(json!({ "name": "row" })));
        write(&build, ORIGIN, &row, &Seen::default())?;
        assert!(read(&build, &row).is_none());
        Ok(())
    }
}
