//! Compiles the crate with the oldest versions that it admits: of its dependencies, and of the compiler. Changes
//! neither `Cargo.lock` nor the compiler of this repository.

use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::scratch::Crate;
use crate::pinned::WASM_TARGET;
use crate::run::{self, Finished, cargo};
use crate::step::note;
use crate::test::Ran;
use crate::{tools, workspace};

/// Builds that must compile: the crate outside a browser, in one, and as the npm package.
const BUILDS: [&[&str]; 4] = [
    &[],
    &["--features", "client"],
    &["--features", "client-web", "--target", WASM_TARGET],
    &["--features", "dispatcher,flight", "--target", WASM_TARGET],
];

/// Resolves each direct dependency to the lowest version that the manifest admits, and compiles with those, by the
/// compiler that `rust-version` names. Without rustup, compiles by the compiler that is here, and lints. Resolving
/// alone needs an unstable option.
pub(crate) fn run() -> Result<Ran> {
    tools::ensure_wasm_target()?;
    let lowest = Crate::new("lowest")?;
    lowest.write("Cargo.toml", &alone(&fs::read_to_string(workspace::root().join("Cargo.toml"))?))?;
    for dir in ["src", "docs", "examples"] {
        std::os::unix::fs::symlink(workspace::root().join(dir), lowest.file(dir)).with_context(|| format!("linking {dir}"))?;
    }
    let resolve = ["generate-lockfile", "-Z", "direct-minimal-versions"];
    let resolved = run::captured(lowest.cargo().args(resolve).env("RUSTC_BOOTSTRAP", "1"))?;
    let mut ran = Ran::default();
    ran.judge(!resolved.success, || {
        format!("a dependency needs more of another than Cargo.toml asks for: raise it there\n{}", resolved.stderr)
    });
    if !resolved.success {
        return Ok(ran);
    }
    let oldest = oldest_compiler();
    if let Err(error) = &oldest {
        note(&format!("SKIPPED, and linted instead: {error:#}"));
        ran = ran.and(lint()?);
    }
    let compiler = oldest.as_ref().map_or_else(|_| "the compiler that is here".to_owned(), |version| format!("Rust {version}"));
    for build in BUILDS {
        let mut check = oldest.as_ref().map_or_else(|_| lowest.cargo(), |version| lowest.cargo_of(version));
        let finished = run::captured(check.args(["check", "--locked", "--lib"]).args(build))?;
        judge(&mut ran, build, &format!("the oldest dependencies and {compiler}"), &finished);
    }
    let lock = fs::read_to_string(lowest.file("Cargo.lock")).context("reading the oldest dependencies")?;
    let wasm_bindgen = tools::version_in(&lock, "wasm-bindgen").context("the oldest dependencies have no wasm-bindgen")?;
    Ok(ran.and(pinned(wasm_bindgen, oldest.ok().as_deref())?))
}

/// Checks that a dependant may pin the oldest wasm-bindgen: a program is bound to the version of the command
/// `wasm-bindgen` that it has. What the oldest compiler has made of it is used again.
fn pinned(wasm_bindgen: &str, oldest: Option<&str>) -> Result<Ran> {
    let dependant = Crate::dependant("pinned", &["client-web"], &format!("wasm-bindgen = \"={wasm_bindgen}\""))?;
    let mut check = oldest.map_or_else(|| dependant.cargo(), |version| dependant.cargo_of(version));
    let finished = run::captured(check.args(["check", "--target", WASM_TARGET]))?;
    let mut ran = Ran::default();
    judge(&mut ran, &["check"], &format!("wasm-bindgen pinned to {wasm_bindgen}"), &finished);
    Ok(ran)
}

/// Returns the crate's manifest without what it shares with the repository: other packages, and what only tests need.
fn alone(manifest: &str) -> String {
    let mut kept = String::new();
    let mut keeps = true;
    for line in manifest.lines() {
        if line.starts_with('[') {
            keeps = !line.contains("dev-dependencies") && line != "[workspace]";
        }
        if line == "[workspace]" {
            kept += "[workspace]\nresolver = \"3\"\n\n";
        }
        if keeps {
            kept += line;
            kept += "\n";
        }
    }
    kept
}

/// The part of `cargo read-manifest` that is needed here.
#[derive(Deserialize)]
struct Manifest {
    rust_version: String,
}

/// Returns the version that `rust-version` names. Gets that compiler by rustup.
fn oldest_compiler() -> Result<String> {
    let manifest: Manifest = serde_json::from_str(&run::quiet(cargo().arg("read-manifest"))?).context("reading the manifest")?;
    let version = manifest.rust_version;
    ensure_toolchain(&version).with_context(|| format!("there is no Rust {version} here, and rustup cannot get it"))?;
    Ok(version)
}

/// Looks for items of the standard library that are newer than `rust-version`. Sees no newer syntax.
fn lint() -> Result<Ran> {
    let mut ran = Ran::default();
    for build in BUILDS {
        let mut clippy = cargo();
        clippy.args(["clippy", "--package", "actionlane", "--lib"]).args(build).args(["--", "--deny", "clippy::incompatible_msrv"]);
        judge(&mut ran, build, "the lint incompatible_msrv", &run::captured(&mut clippy)?);
    }
    Ok(ran)
}

fn ensure_toolchain(version: &str) -> Result<()> {
    let installed =
        run::captured(run::command("rustup", workspace::root()).args(["target", "list", "--installed", "--toolchain", version]))?;
    if installed.success && installed.stdout.lines().any(|target| target == WASM_TARGET) {
        return Ok(());
    }
    let install = ["toolchain", "install", version, "--profile", "minimal", "--no-self-update", "--target", WASM_TARGET];
    run::quiet(run::command("rustup", workspace::root()).args(install)).map(drop)
}

fn judge(ran: &mut Ran, build: &[&str], with: &str, finished: &Finished) {
    ran.judge(!finished.success, || format!("cargo, {}, with {with}:\n{}", build.join(" "), finished.stderr));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_alone_has_no_members_and_no_dev_dependencies() {
        let manifest = "[workspace]\nmembers = [\"x\"]\n\n[workspace.package]\nedition = \"2024\"\n\n[dependencies]\na = \"1\"\n\n\
                        [target.'cfg(x)'.dev-dependencies]\nb = \"1\"\n\n[lints]\nworkspace = true\n";
        let wanted = "[workspace]\nresolver = \"3\"\n\n[workspace.package]\nedition = \"2024\"\n\n[dependencies]\na = \"1\"\n\n[lints]\nworkspace = true\n";
        assert_eq!(alone(manifest), wanted);
    }
}
