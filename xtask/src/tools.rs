//! Installs the wasm target, and tools from crates.io into `target/tools/`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};

use crate::pinned::{CARGO_FUZZ, GECKODRIVER, MDBOOK, Tool, WASM_BINDGEN, WASM_TARGET};
use crate::step::step;
use crate::{lock, run, workspace};

/// Makes sure that rustc can compile to wasm.
pub(crate) fn ensure_wasm_target() -> Result<()> {
    let sysroot = run::quiet(run::command("rustc", workspace::root()).args(["--print", "sysroot"]))?;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET).join("lib").is_dir() {
        return Ok(());
    }
    step(&format!("adding the Rust target {WASM_TARGET}"), || {
        run::shown(run::command("rustup", workspace::root()).args(["target", "add", WASM_TARGET]))
            .with_context(|| format!("install rustup (https://rustup.rs), or the standard library of {WASM_TARGET} by other means"))
    })
}

/// Makes sure that `wasm-bindgen` is installed, in the version of `Cargo.lock`.
pub(crate) fn ensure_wasm_bindgen() -> Result<()> {
    let locked = locked_version("wasm-bindgen")?;
    ensure!(
        locked == WASM_BINDGEN.version,
        "Cargo.lock has wasm-bindgen {locked}, xtask/src/pinned.rs has {}: make them equal",
        WASM_BINDGEN.version
    );
    ensure_installed(&WASM_BINDGEN)
}

/// Makes sure that `cargo fuzz` is installed.
pub(crate) fn ensure_cargo_fuzz() -> Result<()> {
    ensure_installed(&CARGO_FUZZ)
}

/// Makes sure that `geckodriver` is installed.
pub(crate) fn ensure_geckodriver() -> Result<()> {
    ensure_installed(&GECKODRIVER)
}

/// Makes sure that `mdbook` is installed.
pub(crate) fn ensure_mdbook() -> Result<()> {
    ensure_installed(&MDBOOK)
}

/// Returns the path of an installed tool.
pub(crate) fn program(name: &str) -> PathBuf {
    root().join("bin").join(name)
}

/// Returns `PATH` with the installed tools first.
pub(crate) fn path() -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(root().join("bin")).chain(env::split_paths(&path)))
        .context("PATH cannot hold the directory of the tools")
}

fn ensure_installed(tool: &Tool) -> Result<()> {
    lock::alone(&format!("tool-{}", tool.package), || install(tool))
}

fn install(tool: &Tool) -> Result<()> {
    if is_installed(tool) {
        return Ok(());
    }
    step(&format!("building {} {} (once; some minutes)", tool.package, tool.version), || {
        let mut install = run::cargo();
        install.args(["install", tool.package, "--version", tool.version, "--force"]);
        install.args(tool.arguments);
        install.arg("--root").arg(root()).arg("--target-dir").arg(root().join("build"));
        install.env("CARGO_PROFILE_DEV_DEBUG", "0");
        // Flags for this workspace must not apply to the tools.
        run::shown(install.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS"))
    })
}

/// True if cargo has installed exactly this version, and its programs still exist.
fn is_installed(tool: &Tool) -> bool {
    let list = fs::read_to_string(root().join(".crates.toml")).unwrap_or_default();
    list.contains(&format!("\"{} {} ", tool.package, tool.version)) && tool.programs.iter().all(|name| program(name).exists())
}

fn root() -> PathBuf {
    workspace::target().join("tools")
}

fn locked_version(package: &str) -> Result<String> {
    let lock = fs::read_to_string(workspace::root().join("Cargo.lock")).context("reading Cargo.lock")?;
    match version_in(&lock, package) {
        Some(version) => Ok(version.to_owned()),
        None => bail!("Cargo.lock has no {package}"),
    }
}

/// Returns the version of `package` in the text of a `Cargo.lock`.
pub(crate) fn version_in<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let after = lock.lines().skip_while(|line| *line != name).nth(1)?;
    after.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_exactly_this_package_is_found() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"a\"\nversion = \"2.0.0\"\n";
        assert_eq!(version_in(lock, "a"), Some("2.0.0"));
        assert_eq!(version_in(lock, "b"), None);
    }
}
