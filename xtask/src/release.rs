//! `cargo xtask release`: checks that the packed package can be published. Must not publish anything: it prints the
//! commands.

mod contents;
pub(crate) mod licences;
mod lints;
mod publisher;
mod reproduced;
mod versions;

use anyhow::{Result, bail};

use crate::step::note;
use crate::{build, package, workspace};

/// Checks that the package can be published, and prints the commands that publish it
///
/// Versions must agree, and the changelog must have a section for them. The packed file must hold the files of
/// xtask/package-files.txt, and publint and attw must find nothing in it. Every crate inside must have a licence that
/// allows it. The wasm, compiled again in another directory, must be the same.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Check only: pass without that which only the publisher can decide
    #[arg(long)]
    dry_run: bool,
    /// Write the list of packed files to xtask/package-files.txt
    #[arg(long)]
    write_files: bool,
}

/// A check that has run: its name, and what it found.
pub(crate) struct Checked {
    pub(crate) name: &'static str,
    /// Each fault, in a line.
    pub(crate) faults: Vec<String>,
    /// Number of things that were looked at.
    pub(crate) seen: usize,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if args.write_files {
        prepare()?;
        return contents::write(&package::packed()?);
    }
    let checks = all()?;
    let undecided = publisher::undecided()?;
    let mut wrong = 0;
    for check in &checks {
        println!("{:<24} {}", check.name, if check.faults.is_empty() { format!("ok, {} seen", check.seen) } else { "WRONG".to_owned() });
        for fault in &check.faults {
            println!("    {fault}");
        }
        wrong += check.faults.len();
    }
    for what in &undecided {
        println!("to be decided by the publisher: {what}");
    }
    if wrong > 0 {
        bail!("{wrong} faults: see above");
    }
    println!("{}", contents::integrity()?.trim_end());
    if args.dry_run {
        return Ok(());
    }
    if !undecided.is_empty() {
        bail!("not everything is decided: see above");
    }
    let packed = package::packed()?;
    println!("npm publish {} --provenance --access public", workspace::shown(&packed));
    println!("cargo publish --package actionlane");
    Ok(())
}

fn prepare() -> Result<()> {
    build::prepare()?;
    build::package()
}

/// Runs every check. A check that saw nothing has failed.
pub(crate) fn all() -> Result<Vec<Checked>> {
    prepare()?;
    let packed = package::packed()?;
    let checks = [
        versions::agree()?,
        versions::changelog()?,
        contents::check(&packed)?,
        contents::same_twice(&packed)?,
        lints::publint(&packed)?,
        lints::types(&packed)?,
        licences::check()?,
        reproduced::check()?,
    ];
    note(&format!("{} checks", checks.len()));
    Ok(checks.into_iter().map(Checked::judged).collect())
}

impl Checked {
    fn new(name: &'static str, seen: usize, faults: Vec<String>) -> Self {
        Self { name, faults, seen }
    }

    fn judged(mut self) -> Self {
        if self.seen == 0 {
            self.faults.push("nothing was checked".to_owned());
        }
        self
    }
}
