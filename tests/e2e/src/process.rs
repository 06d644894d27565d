//! Child processes that end with their owner, with everything they started themselves.
//!
//! Each child leads a process group of its own, and every group alive is listed here. A group is ended when its [`Owned`] is
//! dropped, when a signal ends this process ([`end_all_on_signal`]), and, on Linux, by the kernel when this process is killed.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio, exit};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::profile;

/// How long the leader of a group may take to end by itself. What is left of the group is killed then.
const GRACE: Duration = Duration::from_secs(3);
/// How often to look.
const POLL: Duration = Duration::from_millis(10);

/// The groups alive, by the id of their leader.
static GROUPS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// A signal is ending this process: what becomes of the children is no longer news to anybody.
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
    /// On Linux the process also ends when the calling *thread* does: call it from one that lives as long as the process may.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).process_group(0);
        ends_with_owner(command);
        let child = command.spawn()?;
        let group = i32::try_from(child.id()).map_err(io::Error::other)?;
        groups().insert(group);
        Ok(Self { child, group })
    }

    /// Waits until the process has ended by itself; what it started and left behind is ended then.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait();
        hold_if_ending();
        status
    }

    /// What it prints, if that was to be piped. Gives it once.
    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// How the process ended, if it has.
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

/// Ends every process started here and still running. Returns when they are gone.
pub fn end_all() {
    let groups: Vec<i32> = groups().iter().copied().collect();
    groups.iter().copied().for_each(end);
    let deadline = Instant::now() + GRACE;
    while groups.iter().any(|leader| runs(*leader)) && Instant::now() < deadline {
        thread::sleep(POLL);
    }
    groups.iter().copied().for_each(kill);
}

/// From now on, Ctrl-C, SIGTERM and SIGHUP end every process started here, then this one, with the usual exit code (128 + signal).
///
/// Call it inside a tokio runtime with a thread to spare.
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

/// Leaves the rest to the task that handles the signal.
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

/// Whether the child `leader` has not ended yet. Takes its exit status when it has.
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

    /// A shell and what it starts. All of them hold the pipe: it ends when the last of them does.
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
    fn what_a_process_leaves_behind_ends_with_it() {
        let (owned, mut pipe) = shell("sleep 600 &");
        assert!(owned.wait().expect("it ends").success());
        assert_eq!(pipe.read(&mut [0]).expect("the end"), 0);
    }

    #[test]
    fn one_that_does_not_listen_is_killed() {
        let (owned, mut pipe) = shell("trap '' TERM; echo started; while true; do sleep 1; done");
        pipe.read_exact(&mut [0; 8]).expect("it runs");
        drop(owned);
        assert_eq!(pipe.read(&mut [0]).expect("the end"), 0);
    }
}
