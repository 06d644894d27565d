//! Tests one's own Server Action under load: `load URL ACTION [CALLS [AT_ONCE [ARGUMENTS]]]`.
//!
//! Must not be aimed at servers of others.

use std::env;
use std::error::Error;
use std::time::Duration;

use load::{Plan, run};

const USAGE: &str = "usage: load URL ACTION [CALLS [AT_ONCE [ARGUMENTS]]], such as load http://localhost:3000/ 40… 1000 20 '[\"book\"]'";

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = env::args().skip(1);
    let (url, action) = (words.next().ok_or(USAGE)?, words.next().ok_or(USAGE)?);
    let mut number = |usual: u32| words.next().map_or(Ok(usual), |word| word.parse());
    let (calls, at_once) = (number(100)? as usize, number(10)?);
    let arguments = serde_json::from_str(words.next().as_deref().unwrap_or("[]"))?;
    let plan = Plan { url, action, arguments, calls, at_once, timeout: Duration::from_secs(30), retries: 0 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = tokio::task::LocalSet::new().block_on(&runtime, run(&plan))?;
    #[expect(clippy::print_stdout, reason = "the table is the program's output")]
    {
        println!("{report}");
    }
    Ok(())
}
