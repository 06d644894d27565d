//! Runs parts one after the other in processes of their own, beside the parts of this process. Must not print: what a
//! part prints is in its outcome.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// The parts that wait. Both processes take from it, so that neither is idle before all parts have begun.
#[derive(Clone)]
pub(super) struct Waiting(Arc<Mutex<VecDeque<Part>>>);

impl Waiting {
    pub(super) fn new(parts: impl Iterator<Item = Part>) -> Self {
        Self(Arc::new(Mutex::new(parts.collect())))
    }

    /// Takes the first part, for this process.
    pub(super) fn first(&self) -> Option<Part> {
        self.parts().pop_front()
    }

    /// Takes the last part, for the process beside: the two are far from each other for the longest time.
    fn last(&self) -> Option<Part> {
        self.parts().pop_back()
    }

    fn parts(&self) -> MutexGuard<'_, VecDeque<Part>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Parts that run in another process.
pub(super) struct Beside {
    thread: JoinHandle<Vec<Done>>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    is_stopped: AtomicBool,
    has_failed: AtomicBool,
    /// Id of the process of the part that runs; 0 if none does.
    process: AtomicU32,
}

impl State {
    fn end_process(&self) {
        let process = self.process.load(Ordering::SeqCst);
        if process != 0 {
            // It ends all that it has started.
            let _ = Command::new("kill").arg(process.to_string()).status();
        }
    }
}

impl Beside {
    /// Starts the first of `own`. After those, takes from `waiting`. `options` are given to each part.
    pub(super) fn start(own: Vec<Part>, waiting: Waiting, options: Vec<&'static str>) -> Self {
        let state = Arc::new(State::default());
        let of_thread = Arc::clone(&state);
        let run = move || {
            let mut done = Vec::new();
            let mut own = own.into_iter();
            while let Some(part) = own.next().or_else(|| waiting.last()) {
                let started = Instant::now();
                let outcome = outcome_of(part, &options, &of_thread);
                // A part that was ended has no outcome.
                if of_thread.is_stopped.load(Ordering::SeqCst) {
                    break;
                }
                if !outcome.as_ref().is_ok_and(Ran::is_good) {
                    of_thread.has_failed.store(true, Ordering::SeqCst);
                }
                done.push(Done { part, outcome, took: started.elapsed() });
            }
            done
        };
        Self { thread: thread::spawn(run), state }
    }

    /// True if a part has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.state.has_failed.load(Ordering::SeqCst)
    }

    /// Ends the part that runs, and starts no other.
    pub(super) fn stop(&self) {
        self.state.is_stopped.store(true, Ordering::SeqCst);
        self.state.end_process();
    }

    /// Waits for the parts that are left, unless they were stopped.
    pub(super) fn finish(self) -> Result<Vec<Done>> {
        self.thread.join().map_err(|_| anyhow!("the parts beside the others have panicked"))
    }
}

/// Runs `cargo xtask test --only PART` without cargo, and reads the last line that it prints.
fn outcome_of(part: Part, options: &[&str], state: &State) -> Result<Ran> {
    let path = workspace::scratch(&format!("beside/{}.txt", part.name()))?;
    let printed = File::create(&path).with_context(|| format!("making {}", path.display()))?;
    let mut command = Command::new(std::env::current_exe().context("finding xtask's own program")?);
    command.args(["test", "--only", &part.name()]).args(options).current_dir(workspace::root());
    command.stdin(Stdio::null()).stderr(printed.try_clone()?).stdout(printed);
    let mut child = command.spawn().context("starting a part")?;
    state.process.store(child.id(), Ordering::SeqCst);
    if state.is_stopped.load(Ordering::SeqCst) {
        // It was stopped before it had an id.
        state.end_process();
    }
    let status = child.wait();
    state.process.store(0, Ordering::SeqCst);
    let status = status.context("waiting for a part")?;
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
    fn each_waiting_part_is_taken_once() {
        let waiting = Waiting::new([Part::Fmt, Part::Docs, Part::Seam].into_iter());
        assert_eq!(
            [waiting.first(), waiting.last(), waiting.last(), waiting.first()],
            [Some(Part::Fmt), Some(Part::Seam), Some(Part::Docs), None]
        );
    }

    #[test]
    fn the_last_line_of_a_part_is_read() {
        assert_eq!(counts("12 passed, 3 failed"), Some((12, 3)));
        assert_eq!(counts("in 3 s"), None);
    }
}
