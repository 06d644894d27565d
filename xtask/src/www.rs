//! Builds and serves the demo app.

use std::path::{Path, PathBuf};

use anyhow::Result;
use e2e::Www;

use crate::stamp::Stamp;
use crate::step::{step, step_async};
use crate::{dist, package, run, workspace};

/// Builds the app, unless it is up to date. The package must be up to date, and the npm packages installed.
pub(crate) fn build() -> Result<()> {
    let www = workspace::www();
    // `npm run build` makes these, in `actionlane` a copy of the script: they are outputs, not inputs.
    let but = ["actionlane", "node_modules", ".next", "next-env.d.ts", "actions.json", "tsconfig.tsbuildinfo"];
    let stamp = package::sources(Stamp::new("www"))?
        .input(&dist::dir(), &[])?
        .input(&www, &but)?
        .output(www.join(".next/BUILD_ID"))
        .output(www.join("public/actionlane/actionlane.js"))
        .output(www.join("public/actions.json"));
    stamp.make(|| {
        step("building the app (next build)", || {
            run::quiet(run::command("npm", &www).args(["run", "build"]).env("NEXT_TELEMETRY_DISABLED", "1")).map(drop)
        })
    })?;
    Ok(())
}

/// Serves the built app on `port`, with `vars` added to its environment.
pub(crate) async fn serve(port: u16, vars: &[(&str, &str)]) -> Result<Www> {
    let log = log()?;
    let www = workspace::www();
    step_async(&format!("next start on port {port}"), Www::start(&www, port, vars, Path::new(&log))).await
}

/// Returns the file for the server's output.
fn log() -> Result<PathBuf> {
    workspace::scratch("www.log")
}
