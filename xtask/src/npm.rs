//! Node.js and the packages from npm.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::pinned::NODE_MAJOR;
use crate::stamp::Stamp;
use crate::step::step;
use crate::{run, workspace};

/// Installs the packages of the lock file in `dir`, unless they are installed already.
pub(crate) fn ensure_packages(dir: &Path) -> Result<()> {
    ensure_node()?;
    let name = workspace::shown(dir);
    let stamp =
        Stamp::new(format!("npm-{name}")).input(&dir.join("package-lock.json"), &[])?.output(dir.join("node_modules/.package-lock.json"));
    let install = || {
        step(&format!("npm ci in {name}/"), || {
            run::quiet(run::command("npm", dir).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
        })
    };
    stamp.make(|| install().map(drop)).map(drop)
}

/// Returns a command for a program of the packages in `dir`, which runs in `dir`.
pub(crate) fn program(dir: &Path, name: &str) -> Command {
    run::command(dir.join("node_modules/.bin").join(name), dir)
}

/// Runs a script with Node.js and returns its output.
pub(crate) fn node(script: &str, args: &[&str]) -> Result<String> {
    run::quiet(run::command("node", workspace::root()).args(["--input-type=module", "--eval", script, "--"]).args(args))
}

/// Fails if Node.js is missing or too old.
pub(crate) fn ensure_node() -> Result<()> {
    let advice = || format!("install Node.js {NODE_MAJOR} or newer, with npm (https://nodejs.org)");
    let version = run::quiet(run::command("node", workspace::root()).arg("--version")).with_context(advice)?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    ensure!(major.is_some_and(|major: u32| major >= NODE_MAJOR), "Node.js here is {}: {}", version.trim(), advice());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::Value;

    use super::*;

    /// Otherwise npm reads the list of all versions of each package to find it, which takes a third of the time.
    #[test]
    fn lock_files_say_where_each_package_is() -> Result<()> {
        let listed = run::quiet(run::command("git", workspace::root()).args(["ls-files", "*package-lock.json"]))?;
        let mut seen = 0;
        for file in listed.lines() {
            let lock: Value = serde_json::from_str(&fs::read_to_string(workspace::root().join(file))?).with_context(|| file.to_owned())?;
            for (name, package) in lock["packages"].as_object().into_iter().flatten() {
                let is_fetched = package.get("integrity").is_some();
                assert!(
                    !is_fetched || package.get("resolved").is_some(),
                    "{file}: {name}: run npm with omit-lockfile-registry-resolved=false"
                );
                seen += usize::from(is_fetched);
            }
        }
        assert!(seen > 1000, "{seen} packages");
        Ok(())
    }
}
