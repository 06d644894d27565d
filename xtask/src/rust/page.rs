//! Runs `examples/rsc_page.rs`, which reads a page of Next.js without React. Judges its outline only.

use anyhow::Result;

use crate::run::{self, cargo};
use crate::test::Ran;
use crate::workspace;

/// A page as a server sent it.
const PAGE: &str = "tests/bench/page.rsc";

/// Lines of the outline, in their order: an element, client components in it, and a text.
const OUTLINE: [&str; 4] =
    ["<main>", "  <Intro> of client module 42599", "  <Demo> of client module 42660", "      \"Actionlane: a payment page, four ways\""];

/// Runs the example on a page, and on less than a page.
pub(crate) fn run() -> Result<Ran> {
    let example = |file: &str| {
        let mut example = cargo();
        run::captured(example.args(["run", "--quiet", "--package", "actionlane", "--example", "rsc_page", "--", file]))
    };
    let finished = example(PAGE)?;
    let mut ran = Ran::default();
    let mut lines = finished.stdout.lines();
    for wanted in OUTLINE {
        let found = lines.any(|line| line == wanted);
        ran.judge(!found, || format!("the outline of {PAGE} has no line {wanted:?}:\n{}{}", finished.stdout, finished.stderr));
    }
    let cut = workspace::scratch("rust/cut.rsc")?;
    std::fs::write(&cut, "1:\"no row 0\"\n")?;
    let finished = example(&cut.to_string_lossy())?;
    ran.judge(finished.success || !finished.stderr.contains("row 0"), || {
        format!("a page without row 0 is an error that says so, not:\n{}{}", finished.stdout, finished.stderr)
    });
    Ok(ran)
}
