//! Runs the test suites that need no server.

use std::ffi::OsString;
use std::fs;
use std::num::NonZero;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result};
use e2e::Kind;

use crate::pinned::WASM_TARGET;
use crate::run::{self, cargo};
use crate::stamp::entries;
use crate::{browser, build as package_build, crossings, npm, release, sizes, tools, wasm, workspace};

use super::part::Ran;
use super::{compiled, count};

/// Runs the Rust tests of every package except the end-to-end tests.
pub(crate) fn native() -> Result<Ran> {
    let finished = run::captured(cargo().args(["test", "--workspace", "--exclude", "e2e", "--no-fail-fast"]))?;
    Ok(count::libtest(finished))
}

/// Builds and checks the package. Then checks the committed sizes (xtask/sizes.json, README.md, docs/loading.md), and
/// the committed number of crossings (tests/bench/crossings.json).
pub(crate) fn build() -> Result<Ran> {
    package_build::prepare()?;
    package_build::package()?;
    let checks = package_build::verify()? as u64;
    let sizes = sizes::measured()?;
    sizes.check()?;
    sizes.check_documents()?;
    let crossings = crossings::count()?;
    crossings.check()?;
    Ok(Ran { passed: checks + 2 + (sizes.len() + crossings.len()) as u64, ..Ran::default() })
}

/// Runs the checks of `cargo xtask release --dry-run`.
pub(crate) fn release() -> Result<Ran> {
    let mut ran = Ran::default();
    for check in release::all()? {
        ran.judge(!check.faults.is_empty(), || format!("{}:\n{}", check.name, check.faults.join("\n")));
    }
    Ok(ran)
}

/// Runs in Node.js the shared cases (`tests/node.rs`) and the unit tests of the edges.
pub(crate) fn cases_in_node() -> Result<Ran> {
    in_wasm("node", &[("WASM_BINDGEN_TEST_ONLY_NODE", "1".into())])
}

/// Runs the same in Chromium (`tests/browser.rs`).
pub(crate) fn cases_in_chromium() -> Result<Ran> {
    let chromium = browser::ensure(Kind::Chromium)?;
    let settings = [
        ("WASM_BINDGEN_TEST_ONLY_WEB", "1".into()),
        // The unit tests do not say themselves that they run in a browser.
        ("WASM_BINDGEN_USE_BROWSER", "1".into()),
        ("CHROMEDRIVER", chromium.driver.into_os_string()),
    ];
    in_wasm("browser", &settings)
}

/// Runs the package's JavaScript tests in `pkg/test/`.
pub(crate) fn package() -> Result<Ran> {
    package_build::prepare()?;
    package_build::package()?;
    let is_test = |file: &Path| file.to_string_lossy().ends_with(".test.js") || file.to_string_lossy().ends_with(".test.mjs");
    let files = entries(&workspace::pkg().join("test"))?.into_iter().filter(|file| is_test(file));
    // Lists the files: versions of `node --test` treat a directory differently.
    let mut node = run::command("node", &workspace::pkg());
    // By itself Node.js leaves one processor free, although most files wait for a server.
    let at_once = thread::available_parallelism().map_or(1, NonZero::get);
    node.args(["--test", "--test-reporter=tap", &format!("--test-concurrency={at_once}")]).args(files);
    Ok(count::tap(run::captured(&mut node)?))
}

/// Checks in `tests/types/` what the type declarations accept and reject, once for each resolution of modules, and
/// compiles the code in the documents.
pub(crate) fn types() -> Result<Ran> {
    npm::ensure_packages(&workspace::pkg())?;
    let project = workspace::root().join("tests/types");
    let mut expectations = 0;
    for file in entries(&project)?.iter().filter(|file| file.extension().is_some_and(|extension| extension == "ts")) {
        let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        expectations += text.lines().filter(|line| is_expectation(line)).count() as u64;
    }
    let mut ran = Ran::default();
    for resolution in RESOLUTIONS {
        let finished = run::captured(npm::program(&workspace::pkg(), "tsc").arg("--project").arg(project.join(resolution)))?;
        ran = ran.and(Ran::all_or_nothing(expectations, finished.success, finished.stdout + &finished.stderr));
    }
    Ok(ran.and(compiled::documents()?))
}

/// The configurations of `tests/types/`: one for each way in which a compiler finds modules.
const RESOLUTIONS: [&str; 3] = ["tsconfig.json", "tsconfig.node16.json", "tsconfig.nodenext.json"];

/// True for a line that must be an error, and for a call `expect<…>()` that the compiler must accept.
fn is_expectation(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("// @ts-expect-error") || (line.contains("expect<") && !line.contains("function expect<"))
}

/// Runs the unit tests and one file of `tests/`, compiled to wasm. `.cargo/config.toml` names the program that runs
/// them.
fn in_wasm(test: &str, settings: &[(&str, OsString)]) -> Result<Ran> {
    tools::ensure_wasm_target()?;
    tools::ensure_wasm_bindgen()?;
    let mut tests = cargo();
    tests.args(["test", "--target", WASM_TARGET, "--no-fail-fast", "--features", &wasm::features(), "--lib", "--test", test]);
    // Seconds that a test binary may take in a browser, including its start.
    tests.env("PATH", tools::path()?).env("WASM_BINDGEN_TEST_TIMEOUT", "120").envs(settings.iter().cloned());
    Ok(count::libtest(run::captured(&mut tests)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_are_recognized() {
        assert!(is_expectation("  // @ts-expect-error: not a lane"));
        assert!(is_expectation("call.then((s) => expect<Same<typeof s, string>>());"));
        assert!(!is_expectation("declare function expect<Holds extends true>(): Holds;"));
        assert!(!is_expectation("const d = createDispatcher();"));
    }
}
