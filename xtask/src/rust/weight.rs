//! Weighs the wasm of a program that calls one action, beside the same call by hand. Runs neither.

use anyhow::Result;

use super::bound::bind;
use crate::pinned::WASM_TARGET;
use crate::run::{cargo, quiet};
use crate::sizes::measure;
use crate::step::note;
use crate::test::Ran;
use crate::{npm, tools, wasm, workspace};

/// The call without this crate, and with it: examples of `tests/dependant`.
const BY_HAND: &str = "by_hand";
const ONE_CALL: &str = "one_call";

/// The bytes that the call with this crate may take above the call by hand, after brotli.
const LIMIT: u64 = 60_000;

/// Weighs both, and compares the difference with the limit.
pub(crate) fn run() -> Result<Ran> {
    tools::ensure_wasm_bindgen()?;
    npm::ensure_packages(&workspace::pkg())?;
    // The profile and the flags of the module that every page loads: small code, and dependencies that it has, too.
    let mut build = cargo();
    build.arg("--config").arg(wasm::without_machine(workspace::root())?);
    build.args(["build", "--package", "dependant", "--target", WASM_TARGET, "--profile", wasm::PROFILE]);
    quiet(build.args(["--example", BY_HAND, "--example", ONE_CALL]))?;
    let (by_hand, one_call) = (weight(BY_HAND)?, weight(ONE_CALL)?);
    let above = one_call.saturating_sub(by_hand);
    note(&format!("a call by hand: {by_hand} B of wasm, with this crate: {one_call} B, after brotli: {above} B above"));
    let mut ran = Ran::default();
    ran.judge(by_hand == 0 || one_call <= by_hand, || format!("{by_hand} and {one_call} B: one of them was not weighed"));
    ran.judge(above > LIMIT, || format!("a call with this crate takes {above} B above one by hand: more than {LIMIT}"));
    Ok(ran)
}

/// Returns the bytes of an example's wasm, after wasm-opt and brotli.
fn weight(example: &str) -> Result<u64> {
    let compiled = workspace::target().join(WASM_TARGET).join(wasm::PROFILE).join("examples").join(format!("{example}.wasm"));
    let bound = bind(&compiled, "weight")?;
    let raw = bound.join(format!("{example}_bg.wasm"));
    let small = bound.join(format!("{example}.wasm"));
    quiet(npm::program(&workspace::pkg(), "wasm-opt").args(["-Oz", "--all-features"]).arg(&raw).arg("-o").arg(&small))?;
    Ok(measure(&[small])?.iter().map(|size| size.brotli).sum())
}
