//! `cargo xtask finder`: compares the two finders of action names.

use anyhow::{Result, bail};

use crate::run::{self, cargo};
use crate::step::{note, step};
use crate::{npm, workspace};

/// Compares the two name finders, the one in Rust and the one in JavaScript
///
/// Both read random texts, and real texts with random changes. Fails at the first text that they read differently,
/// and prints it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Number of texts
    #[arg(long, default_value_t = TEXTS)]
    texts: u32,
    /// Seed of the random texts: the same seed gives the same texts
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// This number takes some seconds.
const TEXTS: u32 = 20_000;

pub(crate) fn run(args: &Args) -> Result<()> {
    npm::ensure_node()?;
    step("building the finder", || run::quiet(cargo().args(["build", "--package", "finder"])).map(drop))?;
    let program = workspace::target().join("debug/finder");
    let finished = step(&format!("{} texts, seed {}", args.texts, args.seed), || {
        let mut node = run::command("node", workspace::root());
        node.arg("tests/finder/differential.mjs").arg(&program);
        run::captured(node.args(["--texts", &args.texts.to_string(), "--seed", &args.seed.to_string()]))
    })?;
    if !finished.success {
        bail!("the finders differ:\n{}{}", finished.stdout, finished.stderr);
    }
    note(finished.stdout.trim_end());
    Ok(())
}

impl Default for Args {
    fn default() -> Self {
        Self { texts: TEXTS, seed: 1 }
    }
}
