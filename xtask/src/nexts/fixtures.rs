//! The fixture app, as each version of Next.js builds it.

use std::fmt;

use anyhow::{Context, Result};
use e2e::{Build, Fixture};

use crate::step::{note, seconds, step, step_async};
use crate::{npm, run, workspace};

/// A directory of `tests/next/versions/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Version {
    #[value(name = "14.2")]
    V14_2,
    #[value(name = "15.0")]
    V15_0,
    #[value(name = "15.5")]
    V15_5,
    #[value(name = "16.2")]
    V16_2,
    #[value(name = "16.4")]
    V16_4,
}

impl Version {
    /// The oldest and the newest of what is supported, and the last of the line before it.
    pub(crate) const USUAL: [Self; 3] = [Self::V14_2, Self::V15_5, Self::V16_4];

    pub(crate) const ALL: [Self; 5] = [Self::V14_2, Self::V15_0, Self::V15_5, Self::V16_2, Self::V16_4];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V14_2 => "14.2",
            Self::V15_0 => "15.0",
            Self::V15_5 => "15.5",
            Self::V16_2 => "16.2",
            Self::V16_4 => "16.4",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a build differs from the plain one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Choices<'a> {
    /// The build's directory, its salt, and so its ids and its key. Default: `a`.
    pub(crate) name: Option<&'a str>,
    /// `/base`.
    pub(crate) base_path: Option<&'a str>,
    pub(crate) deployment_id: Option<&'a str>,
    /// It is not built: `next dev` serves it.
    pub(crate) dev: bool,
}

/// Builds the app below `target/next/`, with the package at `/actionlane.js`, and says what each step took. Does nothing twice. Wants the
/// package to be up to date.
pub(crate) fn build(version: Version, choices: Choices<'_>) -> Result<Build> {
    npm::ensure_node()?;
    let package = workspace::pkg().join("dist/actionlane.js");
    let mut command = run::command("node", workspace::root());
    command.args(["tests/next/build.mjs", version.name(), "--json"]);
    command.arg("--out").arg(workspace::target().join("next")).arg("--public").arg(package);
    let options = [("--name", choices.name), ("--base-path", choices.base_path), ("--deployment-id", choices.deployment_id)];
    for (option, value) in options {
        command.args(value.map(|value| [option, value]).into_iter().flatten());
    }
    command.args(choices.dev.then_some("--dev"));
    let name = choices.name.unwrap_or("a");
    let printed = step(&format!("the fixture app `{name}` with Next {version}"), || run::quiet(&mut command))?;
    let mut build: Build = serde_json::from_str(&printed).with_context(|| format!("build.mjs printed {printed:?}"))?;
    choices.base_path.unwrap_or_default().clone_into(&mut build.base_path);
    for (what, took) in [("npm ci", build.install_ms), ("next build", build.build_ms)] {
        if let Some(took) = took {
            note(&format!("{what}: {}", seconds(std::time::Duration::from_millis(took))));
        }
    }
    Ok(build)
}

/// Serves a build on a free port, with what it prints in a file of that name.
pub(crate) async fn serve(build: &Build, log: &str) -> Result<Fixture> {
    let log = workspace::scratch(log)?;
    let port = e2e::free_port()?;
    step_async(
        &format!("next {}, {}, on port {port}", if build.dev { "dev" } else { "start" }, build.version),
        Fixture::start(build, port, &log),
    )
    .await
}
