//! The part `oracle`: recreates the vectors, checks conformance, sends random values through every release of React,
//! and compares the two ways to read answers.

use anyhow::Result;

use crate::{conformance, oracle};

use super::count;
use super::part::Ran;

/// Seed of the random values: the same in every run, so that a result does not depend on luck. `node roundtrip.mjs`
/// without `--seed` uses other values.
const SEED: &str = "543535999";

pub(crate) fn all() -> Result<Ran> {
    conformance::prepare()?;
    let vectors = count::tap(oracle::node(&[
        "--test",
        "--test-reporter=tap",
        "vectors.test.mjs",
        "limits.test.mjs",
        "references.test.mjs",
        "forms.test.mjs",
    ])?);
    let finished = oracle::node(&["conformance.mjs"])?;
    let passed = conformance::count(&finished).unwrap_or(0);
    let conformance = Ran { passed, failed: u64::from(!finished.success), output: finished.stdout + &finished.stderr };
    let random = count::lines(oracle::node(&["roundtrip.mjs", "--seed", SEED])?);
    let plain = count::lines(oracle::node(&["plain_answers.mjs", "--seed", SEED, "--count", "30"])?);
    let along = count::lines(oracle::node(&["along.mjs", "--seed", SEED])?);
    Ok([vectors, conformance, random, plain, along].into_iter().fold(Ran::default(), Ran::and))
}
