//! The demo app.

use std::path::{Path, PathBuf};

use anyhow::Result;
use e2e::Www;

use crate::stamp::Stamp;
use crate::step::{step, step_async};
use crate::{package, run, workspace};

/// Builds the app. Wants the package to be up to date and the npm packages to be there.
pub(crate) fn build() -> Result<()> {
    let www = workspace::www();
    let stamp = package::sources(Stamp::new("www"))?
        .input(&workspace::pkg().join("dist"), &[])?
        .input(&www, &["node_modules", ".next", "next-env.d.ts", "actionlane.js", "actions.json", "tsconfig.tsbuildinfo"])?
        .output(www.join(".next/BUILD_ID"))
        .output(www.join("public/actionlane.js"))
        .output(www.join("public/actions.json"));
    stamp.make(|| {
        step("building the app (next build)", || {
            run::quiet(run::command("npm", &www).args(["run", "build"]).env("NEXT_TELEMETRY_DISABLED", "1")).map(drop)
        })
    })?;
    Ok(())
}

/// Serves the built app.
pub(crate) async fn serve(port: u16, vars: &[(&str, &str)]) -> Result<Www> {
    let log = log()?;
    let www = workspace::www();
    step_async(&format!("next start on port {port}"), Www::start(&www, port, vars, Path::new(&log))).await
}

/// What the server prints.
fn log() -> Result<PathBuf> {
    workspace::scratch("www.log")
}
