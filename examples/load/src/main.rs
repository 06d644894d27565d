//! Tests one's own Server Action under load; `load --help` says how. Must not be aimed at servers of others.

use clap::Parser;
use load::{Plan, run};
use tokio::runtime::Builder;
use tokio::task::LocalSet;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let plan = Plan::parse();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let report = LocalSet::new().block_on(&runtime, run(&plan))?;
    #[expect(clippy::print_stdout, reason = "the table is the program's output")]
    {
        println!("{report}");
    }
    Ok(())
}
