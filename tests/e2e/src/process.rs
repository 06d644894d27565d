//! Child processes that end with their owner, together with all processes that they started.
//!
//! Each child leads a process group of its own, and this module keeps a list of the groups that run. A group is ended
//! when its [`Owned`] is dropped, when a signal ends this process ([`end_all_on_signal`]) and, on Linux, by the
//! kernel when this process is killed.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio, exit};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::profile;

/// Time that the leader of a group has to end by itself. After that, the rest of the group is killed.
const GRACE: Duration = Duration::from_secs(3);
/// Pause between two checks.
const POLL: Duration = Duration::from_millis(10);

/// Running groups, by the process id of their leader.
static GROUPS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// Set when a signal is ending this process: from then on, the end of a child is not reported.
static ENDING: AtomicBool = AtomicBool::new(false);

/// A running process and its process group.
#[derive(Debug)]
#[must_use = "dropping this ends the process"]
pub struct Owned {
    child: Child,
    group: i32,
}

impl Owned {
    /// Starts `command` in a process group of its own, without standard input.
    ///
    /// On Linux, the process also ends when the calling *thread* ends: call this from a thread that lives long
    /// enough.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).process_group(0);
        ends_with_owner(command);
        let child = command.spawn()?;
        let group = i32::try_from(child.id()).map_err(io::Error::other)?;
        groups().insert(group);
        Ok(Self { child, group })
    }

    /// Waits until the process has ended by itself, then ends the processes that it left running.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait();
        hold_if_ending();
        status
    }

    /// Returns the pipe of its standard output, if that is piped; `None` at the second call.
    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Returns the exit status if the process has ended.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        hold_if_ending();
        end(self.group);
        let deadline = Instant::now() + GRACE;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(POLL);
        }
        kill(self.group);
        let _ = self.child.wait();
        groups().remove(&self.group);
    }
}

/// Ends every process that was started here and still runs. Returns when they have ended.
pub fn end_all() {
    let groups: Vec<i32> = groups().iter().copied().collect();
    groups.iter().copied().for_each(end);
    let deadline = Instant::now() + GRACE;
    while groups.iter().any(|leader| runs(*leader)) && Instant::now() < deadline {
        thread::sleep(POLL);
    }
    groups.iter().copied().for_each(kill);
}

/// Makes the end of this process end every process that was started here and still runs.
pub(crate) fn end_all_at_exit() {
    extern "C" fn at_exit() {
        end_all();
        profile::remove_all();
    }
    // SAFETY: atexit(3) takes a function that lives as long as the process.
    unsafe { libc::atexit(at_exit) };
}

/// Makes Ctrl-C, SIGTERM and SIGHUP end every process that was started here, and then this one, with the usual exit
/// code (128 + signal).
///
/// Call it inside a tokio runtime with a free worker thread.
pub fn end_all_on_signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        let mut signal = signal(kind)?;
        tokio::spawn(async move {
            if signal.recv().await.is_some() {
                ENDING.store(true, Ordering::SeqCst);
                end_all();
                profile::remove_all();
                exit(128 + kind.as_raw_value());
            }
        });
    }
    Ok(())
}

/// Blocks this thread for good if a signal is ending the process: the task that handles the signal does the rest.
fn hold_if_ending() {
    while ENDING.load(Ordering::SeqCst) {
        thread::park();
    }
}

fn groups() -> MutexGuard<'static, BTreeSet<i32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks every process of the group to end.
fn end(group: i32) {
    // SAFETY: kill(2) touches no memory of ours.
    unsafe { libc::kill(-group, libc::SIGTERM) };
}

fn kill(group: i32) {
    // SAFETY: as above.
    unsafe { libc::kill(-group, libc::SIGKILL) };
}

/// True if the child `leader` has not ended yet. Collects its exit status if it has.
fn runs(leader: i32) -> bool {
    // SAFETY: waitpid(2) accepts a null status; with WNOHANG it does not block.
    unsafe { libc::waitpid(leader, std::ptr::null_mut(), libc::WNOHANG) == 0 }
}

#[cfg(target_os = "linux")]
fn ends_with_owner(command: &mut Command) {
    // SAFETY: prctl(2) is a bare system call, allowed between fork and exec.
    unsafe {
        command.pre_exec(|| match libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM) {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn ends_with_owner(_: &mut Command) {}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    /// Starts a shell. The shell and all its children hold the pipe, so the pipe ends when the last of them ends.
    fn shell(script: &str) -> (Owned, impl Read) {
        let mut command = Command::new("sh");
        let mut owned = Owned::spawn(command.args(["-c", script]).stdout(Stdio::piped())).expect("sh starts");
        let pipe = owned.stdout().expect("a pipe");
        (owned, pipe)
    }

    #[test]
    fn dropping_ends_the_whole_group() {
        let (owned, mut pipe) = shell("sleep 600 & echo started; sleep 600");
        let mut word = [0; 8];
        pipe.read_exact(&mut word).expect("it runs");
        drop(owned);
        assert_eq!(pipe.read(&mut word).expect("the end"), 0);
    }

    #[test]
    fn children_of_a_process_end_with_it() {
        let (owned, mut pipe) = shell("sleep 600 &");
        assert!(owned.wait().expect("it ends").success());
        assert_eq!(pipe.read(&mut [0]).expect("the end"), 0);
    }

    #[test]
    fn a_process_that_ignores_the_signal_is_killed() {
        let (owned, mut pipe) = shell("trap '' TERM; echo started; while true; do sleep 1; done");
        pipe.read_exact(&mut [0; 8]).expect("it runs");
        drop(owned);
        assert_eq!(pipe.read(&mut [0]).expect("the end"), 0);
    }
}
