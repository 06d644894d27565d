//! Weighs the wasm of a program that calls one action, beside the same call by hand. Runs neither.

use anyhow::{Context, Result};

use crate::pinned::WASM_TARGET;
use crate::run::{cargo, command, quiet};
use crate::step::note;
use crate::test::Ran;
use crate::{npm, tools, workspace};

/// The call without this crate, and with it: examples of `tests/dependant`.
const BY_HAND: &str = "by_hand";
const ONE_CALL: &str = "one_call";

/// The bytes that the call with this crate may take above the call by hand, after brotli.
const LIMIT: u64 = 60_000;

/// Weighs both, and compares the difference with the limit.
pub(crate) fn run() -> Result<Ran> {
    tools::ensure_wasm_bindgen()?;
    npm::ensure_packages(&workspace::pkg())?;
    // The profile of the module that every page loads: small code.
    let mut build = cargo();
    build.args(["build", "--package", "dependant", "--target", WASM_TARGET, "--profile", "dispatcher"]);
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
    let bound = workspace::scratch("rust/weight/x")?.with_file_name("");
    let compiled = workspace::target().join(WASM_TARGET).join("dispatcher/examples").join(format!("{example}.wasm"));
    let mut bindgen = command(tools::program("wasm-bindgen"), workspace::root());
    quiet(bindgen.args(["--target", "web", "--no-typescript", "--remove-producers-section", "--out-dir"]).arg(&bound).arg(compiled))?;
    let raw = bound.join(format!("{example}_bg.wasm"));
    let small = bound.join(format!("{example}.wasm"));
    quiet(npm::program(&workspace::pkg(), "wasm-opt").args(["-Oz", "--all-features"]).arg(&raw).arg("-o").arg(&small))?;
    let printed = npm::node(BROTLI, &[small.to_str().context("a path that is not UTF-8")?])?;
    printed.trim().parse().with_context(|| format!("node printed {printed:?}"))
}

const BROTLI: &str = r#"
    import { readFileSync } from "node:fs";
    import { brotliCompressSync, constants } from "node:zlib";
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
    console.log(brotliCompressSync(readFileSync(process.argv[1]), { params }).length);
"#;
