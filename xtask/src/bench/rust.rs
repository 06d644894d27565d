//! Measures calls made in Rust beside the same calls through the npm package.

use anyhow::{Context, Result};
use e2e::Kind;
use serde::{Deserialize, Serialize};

use crate::pinned::WASM_TARGET;
use crate::step::step;
use crate::{browser, build, run, tools, workspace};

/// A case that `tests/bench/rust.mjs` measured: medians in µs a call.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Measured {
    name: String,
    bytes: u64,
    rust: f64,
    npm: f64,
}

pub(super) fn measure(rounds: u32) -> Result<Vec<Measured>> {
    browser::ensure(Kind::Chromium)?;
    build::prepare()?;
    build::package()?;
    let page = workspace::scratch("bench/rust/timing.js")?;
    let dir = page.with_file_name("");
    step("compiling the calls in Rust", || {
        let mut cargo = run::cargo();
        cargo.args(["build", "--package", "dependant", "--example", "timing", "--release", "--target", WASM_TARGET]);
        run::shown(&mut cargo)?;
        let wasm = workspace::target().join(WASM_TARGET).join("release/examples/timing.wasm");
        let mut bindgen = run::command(tools::program("wasm-bindgen"), workspace::root());
        run::quiet(bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&dir).arg(wasm))
    })?;
    let printed = step(&format!("calling, {rounds} rounds"), || {
        run::quiet(run::command("node", &workspace::bench()).arg("rust.mjs").arg(&dir).arg(rounds.to_string()))
    })?;
    serde_json::from_str(&printed).with_context(|| format!("rust.mjs printed {printed}"))
}

/// Returns the table for people.
pub(super) fn table(measured: &[Measured]) -> String {
    let title = format!("{:<16} {:>9} {:>10} {:>10} {:>12}", "µs a call", "answer", "Rust", "npm", "Rust ÷ npm");
    let line = |Measured { name, bytes, rust, npm }: &Measured| {
        format!("{name:<16} {:>6} kB {rust:>10.0} {npm:>10.0} {:>12.2}", bytes.div_ceil(1000), rust / npm)
    };
    std::iter::once(title).chain(measured.iter().map(line)).collect::<Vec<_>>().join("\n")
}
