//! Runs each task of this repository that takes more than one plain command.
//!
//! Each command gets what it needs by itself: the wasm target, tools at pinned versions below `target/`, npm packages
//! and, with apt, a browser. A second run repeats only the work whose inputs changed.
#![allow(clippy::print_stdout)]

mod apps;
mod apt;
mod artifacts;
mod bench;
mod browser;
mod build;
mod conformance;
mod crossings;
mod demo;
mod dist;
mod documents;
mod files;
mod finder;
mod fuzz;
mod glue;
mod handbook;
mod imports;
mod lock;
mod marked;
mod measure;
mod names;
mod nexts;
mod npm;
mod oracle;
mod package;
mod parts;
mod pinned;
mod profile;
mod prose;
mod release;
mod run;
mod rust;
mod site;
mod sizes;
mod soak;
mod stamp;
mod step;
mod store_servers;
mod test;
mod tools;
mod wasm;
mod waterfalls;
mod workspace;
mod wrappers;
mod www;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use tokio::runtime::Builder;

/// Builds, shows, measures and tests Actionlane.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Cli {
    #[command(flatten)]
    Command(Command),
}

#[derive(Subcommand)]
enum Command {
    Apps(apps::Args),
    Bench(bench::Args),
    Build(build::Args),
    Conformance(conformance::Args),
    Demo(demo::Args),
    Documents(documents::Args),
    Finder(finder::Args),
    Fuzz(fuzz::Args),
    Nexts(nexts::Args),
    Release(release::Args),
    Site(site::Args),
    Soak(soak::Args),
    Test(test::Args),
}

fn main() -> ExitCode {
    let Cli::Command(command) = Cli::parse();
    match run(command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    // One worker for signals. Commands run on this thread: a child process ends when the thread that started it ends.
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let _entered = runtime.enter();
    e2e::end_all_on_signal()?;
    let done = match command {
        Command::Apps(args) => runtime.block_on(apps::run(&args)),
        Command::Bench(args) => runtime.block_on(bench::run(&args)),
        Command::Build(args) => build::run(&args),
        Command::Conformance(args) => conformance::run(&args),
        Command::Demo(args) => runtime.block_on(demo::run(&args)),
        Command::Documents(args) => documents::run(&args),
        Command::Finder(args) => finder::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Nexts(args) => runtime.block_on(nexts::run(&args)),
        Command::Release(args) => release::run(&args),
        Command::Site(args) => site::run(&args),
        Command::Soak(args) => runtime.block_on(soak::run(&args)),
        Command::Test(args) => return test::run(&args, &runtime),
    };
    done.map(|()| ExitCode::SUCCESS)
}
