//! The directory in which a browser stores its state.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{env, fs, io, process};

/// Existing directories, to be removed when a signal ends this process.
static ALIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// An empty directory; dropping it removes it.
#[derive(Debug)]
pub(crate) struct Profile(PathBuf);

impl Profile {
    pub(crate) fn new() -> io::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("actionlane-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(name);
        fs::create_dir(&path)?;
        ALIVE.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Kills the browser that uses this directory. The browser's other processes end with it.
    pub(crate) fn kill_browser(&self) -> io::Result<()> {
        let listed = Command::new("ps").args(["-axo", "pid=,args="]).output()?;
        let path = self.0.display().to_string();
        for line in String::from_utf8_lossy(&listed.stdout).lines() {
            let Some((pid, args)) = line.trim_start().split_once(' ') else { continue };
            if let Ok(pid) = pid.parse()
                && args.split(' ').any(|arg| arg.strip_prefix("--user-data-dir=").unwrap_or(arg) == path)
            {
                // SAFETY: `kill` takes only numbers. A process that has ended meanwhile does no harm.
                unsafe { libc::kill(pid, libc::SIGKILL) };
            }
        }
        Ok(())
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
        ALIVE.lock().unwrap_or_else(PoisonError::into_inner).retain(|path| *path != self.0);
    }
}

/// Removes the directories that were not dropped. Their browsers must have ended.
pub(crate) fn remove_all() {
    for path in ALIVE.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        let _ = fs::remove_dir_all(path);
    }
}
