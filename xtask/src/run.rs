//! Runs other programs. They end when xtask ends, together with all processes that they started.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, bail};
use e2e::Owned;

use crate::workspace;

/// Output of a program that has ended, and its success.
pub(crate) struct Finished {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a program with all its output on our standard error. Use it for programs that report their progress well.
/// Fails if it fails.
pub(crate) fn shown(command: &mut Command) -> Result<()> {
    command.stdout(io::stderr().as_fd().try_clone_to_owned()?);
    let status = spawn(command)?.wait()?;
    if !status.success() {
        bail!("{} failed ({status})", line(command));
    }
    Ok(())
}

/// Runs a program quietly and returns its standard output. If it fails, the error holds all its output.
pub(crate) fn quiet(command: &mut Command) -> Result<String> {
    let finished = captured(command)?;
    if !finished.success {
        bail!("{} failed:\n{}{}", line(command), finished.stdout, finished.stderr);
    }
    Ok(finished.stdout)
}

/// Runs a program and returns all its output, even if it failed.
pub(crate) fn captured(command: &mut Command) -> Result<Finished> {
    let (out, err) = (Capture::new()?, Capture::new()?);
    command.stdout(out.0.try_clone()?).stderr(err.0.try_clone()?);
    let status = spawn(command)?.wait()?;
    Ok(Finished { success: status.success(), stdout: out.read()?, stderr: err.read()? })
}

/// Returns a command that runs in `dir`.
pub(crate) fn command(program: impl AsRef<Path>, dir: &Path) -> Command {
    let mut command = Command::new(program.as_ref());
    command.current_dir(dir);
    command
}

/// Returns the command `cargo`, which runs in the repository.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()).as_os_str(), workspace::root())
}

fn spawn(command: &mut Command) -> Result<Owned> {
    Owned::spawn(command)
        .with_context(|| format!("cannot run `{}`: is it installed, and in PATH?", Path::new(command.get_program()).display()))
}

/// Returns the command as typed in a shell.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    format!("`{}`", words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "))
}

/// A file for a program's output. It is unlinked already, so it disappears when it is closed.
struct Capture(File);

impl Capture {
    fn new() -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let path = workspace::scratch(&format!("run/{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed)))?;
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path);
        let file = file.with_context(|| format!("writing {}", path.display()))?;
        fs::remove_file(&path)?;
        Ok(Self(file))
    }

    fn read(mut self) -> Result<String> {
        let mut bytes = Vec::new();
        self.0.rewind()?;
        self.0.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
