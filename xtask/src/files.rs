//! Copies of directories. Must not know what is in them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::stamp::entries;

/// Copies every file below a directory. Leaves out files and directories with a name in `but`.
pub(crate) fn copy(from: &Path, to: &Path, but: &[&str]) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for entry in entries(from)? {
        let name = entry.file_name().unwrap_or_default();
        if but.iter().any(|left_out| name == *left_out) {
            continue;
        }
        if entry.is_dir() {
            copy(&entry, &to.join(name), but)?;
        } else {
            fs::copy(&entry, to.join(name)).with_context(|| format!("copying {}", entry.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn a_copy_has_all_files_but_those_that_are_left_out() -> Result<()> {
        let from = workspace::scratch("files-test/from/x")?.with_file_name("");
        let to = from.with_file_name("to");
        let _ = fs::remove_dir_all(&to);
        for file in ["a.js", "in/b.js", "in/dist/c.js", "dist/d.js"] {
            let file = from.join(file);
            fs::create_dir_all(file.parent().unwrap_or(&from))?;
            fs::write(file, "")?;
        }
        copy(&from, &to, &["dist"])?;
        assert_eq!(entries(&to)?, [to.join("a.js"), to.join("in")]);
        assert_eq!(entries(&to.join("in"))?, [to.join("in/b.js")]);
        Ok(())
    }
}
