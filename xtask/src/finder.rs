//! `cargo xtask finder`.

use anyhow::{Result, bail};

use crate::run::{self, cargo};
use crate::step::{note, step};
use crate::{npm, workspace};

/// Holds the two name finders against each other, the one in Rust and the one in JavaScript
///
/// Both read texts that are made by chance, and real ones that were changed by chance. Fails at the first text that they do not read alike,
/// and prints it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Number of texts
    #[arg(long, default_value_t = TEXTS)]
    texts: u32,
    /// Draws the texts: the same ones in each run
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// So many take some seconds.
const TEXTS: u32 = 20_000;

pub(crate) fn run(args: &Args) -> Result<()> {
    npm::ensure_node()?;
    step("building the finder", || run::quiet(cargo().args(["build", "--package", "actionlane", "--example", "finder"])).map(drop))?;
    let program = workspace::target().join("debug/examples/finder");
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
