//! A screen that nobody looks at, for a browser that cannot do without one.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::Owned;

/// An X server of one's own.
#[derive(Debug)]
#[must_use = "dropping this ends what is shown on it"]
pub(crate) struct Screen {
    name: String,
    _process: Owned,
}

impl Screen {
    /// Starts `xvfb` under a number that is free. Returns once it can be drawn on.
    pub(crate) fn start(xvfb: &Path) -> Result<Self> {
        let mut command = Command::new(xvfb);
        // It chooses the number itself and prints it once it is ready: several may start at a time.
        command.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let starting = || format!("starting {}", xvfb.display());
        let mut process = Owned::spawn(&mut command).with_context(starting)?;
        let mut number = String::new();
        BufReader::new(process.stdout().with_context(starting)?).read_line(&mut number).with_context(starting)?;
        ensure!(!number.trim().is_empty(), "{} ended at once", xvfb.display());
        Ok(Self { name: format!(":{}", number.trim()), _process: process })
    }

    /// What `command` starts is shown here.
    pub(crate) fn show(&self, command: &mut Command) {
        // Without a graphics card: drawn by the processor.
        command.env("DISPLAY", &self.name).env("LIBGL_ALWAYS_SOFTWARE", "1").env("GDK_BACKEND", "x11");
    }
}
