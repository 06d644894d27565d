//! The servers of the stores of `actionlane/server`: finds Redis, PostgreSQL and PgBouncer and, if possible, installs
//! them. Starts none: `tests/stores/servers.mjs` does.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, ensure};

use crate::{apt, npm, workspace};

/// The programs, any of which will do, and the package of Debian that has the first.
const SERVERS: [(&[&str], &str); 3] =
    [(&["redis-server", "valkey-server"], "redis-server"), (&["postgres"], "postgresql"), (&["pgbouncer"], "pgbouncer")];

/// Directories where a user's PATH does not look.
const ALSO: [&str; 3] = ["/usr/sbin", "/usr/local/bin", "/usr/lib/postgresql"];

/// Makes sure that the servers and their drivers are installed.
pub(crate) fn ensure() -> Result<()> {
    let missing = missing();
    if !missing.is_empty() {
        apt::install(&missing).with_context(|| advice(&missing))?;
    }
    let missing = self::missing();
    ensure!(missing.is_empty(), "{}", advice(&missing));
    npm::ensure_packages(&workspace::root().join("tests/stores"))
}

fn advice(packages: &[&str]) -> String {
    let list = packages.join(" ");
    format!("the tests of the stores need real servers: install {list} (Debian: apt-get install --no-install-recommends {list})")
}

/// Returns the packages of the servers that are not here.
fn missing() -> Vec<&'static str> {
    let found = |names: &[&str]| directories().iter().any(|dir| names.iter().any(|name| dir.join(name).is_file()));
    SERVERS.iter().filter(|(names, _)| !found(names)).map(|(_, package)| *package).collect()
}

/// Returns the directories of PATH, and those below [`ALSO`]: Debian has PostgreSQL in a directory of its version.
fn directories() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    for dir in ALSO.map(Path::new) {
        all.push(dir.to_owned());
        let versions = fs::read_dir(dir).into_iter().flatten().flatten();
        all.extend(versions.map(|version| version.path().join("bin")).filter(|bin| bin.is_dir()));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_server_is_named_with_its_package() {
        let said = advice(&["redis-server", "postgresql"]);
        assert!(said.contains("apt-get install --no-install-recommends redis-server postgresql)"), "{said}");
    }
}
