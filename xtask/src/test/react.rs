//! The oracle: the vectors made anew, conformance, and random values through every release of React.

use anyhow::Result;

use crate::{conformance, oracle};

use super::count;
use super::part::Ran;

pub(crate) fn all() -> Result<Ran> {
    conformance::prepare()?;
    let vectors = count::tap(oracle::node(&["--test", "--test-reporter=tap", "vectors.test.mjs"])?);
    let finished = oracle::node(&["conformance.mjs"])?;
    let passed = conformance::count(&finished).unwrap_or(0);
    let conformance = Ran { passed, failed: u64::from(!finished.success), output: finished.stdout + &finished.stderr };
    let random = count::lines(oracle::node(&["roundtrip.mjs"])?);
    Ok([vectors, conformance, random].into_iter().fold(Ran::default(), Ran::and))
}
