//! A virtual screen, for a browser that cannot run without one.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::Owned;

/// An X server for one browser.
#[derive(Debug)]
#[must_use = "dropping this ends what is shown on it"]
pub(crate) struct Screen {
    name: String,
    _process: Owned,
}

impl Screen {
    /// Starts `xvfb` with a free display number. Returns when it is ready.
    pub(crate) fn start(xvfb: &Path) -> Result<Self> {
        let mut command = Command::new(xvfb);
        // The server picks the number itself and prints it when it is ready, so several can start at the same time.
        command.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let starting = || format!("starting {}", xvfb.display());
        let mut process = Owned::spawn(&mut command).with_context(starting)?;
        let mut number = String::new();
        BufReader::new(process.stdout().with_context(starting)?).read_line(&mut number).with_context(starting)?;
        ensure!(!number.trim().is_empty(), "{} ended before it was ready", xvfb.display());
        Ok(Self { name: format!(":{}", number.trim()), _process: process })
    }

    /// Makes the program of `command` use this screen.
    pub(crate) fn show(&self, command: &mut Command) {
        // There is no graphics card: the processor draws, and needs a tenth less for a page that is one layer.
        let drawing = [("LIBGL_ALWAYS_SOFTWARE", "1"), ("WEBKIT_DISABLE_COMPOSITING_MODE", "1"), ("GDK_BACKEND", "x11")];
        command.env("DISPLAY", &self.name).envs(drawing);
    }
}
