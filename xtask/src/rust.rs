//! `cargo xtask test --only rust`: the crate as programs in Rust depend on it. Decides only the order: each step has
//! its own file.

mod bound;
mod browsers;
mod contents;
mod docs_rs;
mod doctests;
mod exports;
mod guide;
mod page;
mod scratch;
mod versions;
mod weight;

use std::time::Instant;

use anyhow::{Context, Result};

use crate::step::{note, seconds};
use crate::test::Ran;

/// A step: its name, and its checks.
type Step = (&'static str, fn() -> Result<Ran>);

/// The steps, the cheap ones first.
const STEPS: [Step; 10] = [
    ("contents of the package", contents::run),
    ("page of docs.rs", docs_rs::run),
    ("a page read without React", page::run),
    ("examples of a browser's parts", doctests::run),
    ("exports of a dependant", exports::run),
    ("oldest versions", versions::run),
    ("size of one call", weight::run),
    ("a dependant in browsers", browsers::dependant),
    ("the guide, block by block", guide::run),
    ("a page in Leptos", browsers::leptos),
];

/// Runs every step, and prints a line for each. A step without a check has failed.
pub(crate) fn run() -> Result<Ran> {
    let mut ran = Ran::default();
    for (name, step) in STEPS {
        let started = Instant::now();
        let mut of_step = step().with_context(|| name.to_owned())?;
        if of_step.passed + of_step.failed == 0 {
            of_step.judge(true, || format!("{name}: checked nothing"));
        }
        note(&format!("{name}: {} passed, {} failed, {}", of_step.passed, of_step.failed, seconds(started.elapsed())));
        ran = ran.and(of_step);
    }
    Ok(ran)
}
