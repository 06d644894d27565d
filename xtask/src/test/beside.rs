//! Runs parts one after the other in processes of their own, beside the parts of this process. Must not print: what a
//! part prints is in its outcome.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use super::part::{Part, Ran};
use crate::workspace;

/// A part that has run.
pub(super) struct Done {
    pub(super) part: Part,
    pub(super) outcome: Result<Ran>,
    pub(super) took: Duration,
}

/// Parts that run in another process.
pub(super) struct Beside {
    thread: JoinHandle<Vec<Done>>,
    stopped: Arc<AtomicBool>,
}

impl Beside {
    /// Starts the first part.
    pub(super) fn start(parts: Vec<Part>) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let run = move |part| {
            let started = Instant::now();
            let outcome = outcome_of(part);
            Done { part, outcome, took: started.elapsed() }
        };
        let thread = thread::spawn(move || parts.into_iter().take_while(|_| !stop.load(Ordering::Relaxed)).map(run).collect());
        Self { thread, stopped }
    }

    /// Starts no other part.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Waits for the part that runs, and for those that are left unless they were stopped.
    pub(super) fn finish(self) -> Result<Vec<Done>> {
        self.thread.join().map_err(|_| anyhow!("the parts beside the others have panicked"))
    }
}

/// Runs `cargo xtask test --only PART` without cargo, and reads the last line that it prints.
fn outcome_of(part: Part) -> Result<Ran> {
    let path = workspace::scratch(&format!("beside/{}.txt", part.name()))?;
    let printed = File::create(&path).with_context(|| format!("making {}", path.display()))?;
    let mut command = Command::new(std::env::current_exe().context("finding xtask's own program")?);
    command.args(["test", "--only", &part.name()]).current_dir(workspace::root());
    command.stdin(Stdio::null()).stderr(printed.try_clone()?).stdout(printed);
    let status = command.status().context("starting a part")?;
    let output = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let (passed, failed) = output.lines().last().and_then(counts).with_context(|| format!("{status}\n{output}"))?;
    Ok(Ran { passed, failed, output })
}

/// Reads `N passed, N failed`.
fn counts(line: &str) -> Option<(u64, u64)> {
    let (passed, failed) = line.split_once(" passed, ")?;
    Some((passed.parse().ok()?, failed.strip_suffix(" failed")?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_a_part_is_read() {
        assert_eq!(counts("12 passed, 3 failed"), Some((12, 3)));
        assert_eq!(counts("in 3 s"), None);
    }
}
