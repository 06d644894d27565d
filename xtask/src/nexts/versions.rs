//! The fixture app, as each version of Next.js builds and serves it.

use std::fmt;

use anyhow::{Context, Result, bail};
use e2e::{Build, Fixture};

use super::DEV;
use crate::stamp::entries;
use crate::step::{note, seconds, step, step_async};
use crate::{dist, lock, npm, run, workspace};

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
    /// The oldest and the newest supported versions, and the last one of the major version before the newest.
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

/// Options of a build; the default is the plain build.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Choices<'a> {
    /// Name of the build's directory, and its salt, on which its action ids and its key depend. Default: `a`.
    pub(crate) name: Option<&'a str>,
    /// `/base`.
    pub(crate) base_path: Option<&'a str>,
    pub(crate) deployment_id: Option<&'a str>,
    /// `/blog`, or a URL.
    pub(crate) asset_prefix: Option<&'a str>,
    /// Port to serve it on; default: any free port.
    pub(crate) port: Option<u16>,
    pub(crate) trailing_slash: bool,
    /// True if it is not built: `next dev` serves it.
    pub(crate) dev: bool,
    /// `turbopack` or `webpack`; default: the version's own.
    pub(crate) bundler: Option<&'a str>,
    /// The way of building with `withActionlane`: `bare` or `policy`; default: without.
    pub(crate) seam: Option<&'a str>,
}

impl Choices<'static> {
    /// Returns the options of the build that rows of the matrix request by this name; `None` is the plain build.
    pub(crate) fn of_rows(name: Option<&str>) -> Result<Self> {
        let plain = Self::default();
        Ok(match name {
            None => plain,
            Some("base") => Self { name: Some("base"), base_path: Some("/base"), ..plain },
            Some(DEV) => Self { name: Some(DEV), dev: true, ..plain },
            Some("prefix") => Self { name: Some("prefix"), asset_prefix: Some("/blog"), ..plain },
            Some("both") => Self { name: Some("both"), base_path: Some("/both"), asset_prefix: Some("/blog"), ..plain },
            Some("cdn") => {
                // The same server, under another origin.
                let (asset_prefix, port) = (Some("http://127.0.0.1:28471/assets"), Some(28471));
                Self { name: Some("cdn"), base_path: Some("/cdn"), asset_prefix, port, trailing_slash: true, ..plain }
            }
            Some(name) => bail!("a row names an unknown build `{name}`: xtask/src/nexts/versions.rs lists them"),
        })
    }
}

/// Builds the app below `target/next/`, with the drop-in script and its files at `/`, and notes how long each step
/// took. Does nothing if it is built already. The package must be up to date.
pub(crate) fn build(version: Version, choices: Choices<'_>) -> Result<Build> {
    npm::ensure_node()?;
    let mut command = run::command("node", workspace::root());
    command.args(["tests/next/build.mjs", version.name(), "--json"]);
    command.arg("--out").arg(workspace::target().join("next"));
    for file in entries(&dist::dir())? {
        command.arg("--public").arg(file);
    }
    let options = [
        ("--name", choices.name),
        ("--base-path", choices.base_path),
        ("--asset-prefix", choices.asset_prefix),
        ("--deployment-id", choices.deployment_id),
        ("--bundler", choices.bundler),
        ("--seam", choices.seam),
    ];
    for (option, value) in options {
        command.args(value.map(|value| [option, value]).into_iter().flatten());
    }
    command.args(choices.trailing_slash.then_some("--trailing-slash"));
    command.args(choices.dev.then_some("--dev"));
    let name = choices.name.unwrap_or("a");
    let what = format!("the fixture app `{name}` with Next {version}");
    let printed = lock::alone(&format!("next-{version}"), || step(&what, || run::quiet(&mut command)))?;
    let mut build: Build = serde_json::from_str(&printed).with_context(|| format!("build.mjs printed {printed:?}"))?;
    choices.base_path.unwrap_or_default().clone_into(&mut build.base_path);
    build.trailing_slash = choices.trailing_slash;
    build.port = choices.port;
    for (what, took) in [("npm ci", build.install_ms), ("next build", build.build_ms)] {
        if let Some(took) = took {
            note(&format!("{what}: {}", seconds(std::time::Duration::from_millis(took))));
        }
    }
    Ok(build)
}

/// Installs the packages of a version below `target/next/`, unless they are there.
pub(crate) fn install(version: Version) -> Result<()> {
    npm::ensure_node()?;
    let mut command = run::command("node", workspace::root());
    command.args(["tests/next/build.mjs", version.name(), "--install", "--out"]).arg(workspace::target().join("next"));
    lock::alone(&format!("next-{version}"), || step(&format!("Next {version}"), || run::quiet(&mut command))).map(drop)
}

/// Serves a build on its port, or on a free one. `log` names the file for the server's output.
pub(crate) async fn serve(build: &Build, log: &str) -> Result<Fixture> {
    let log = workspace::scratch(log)?;
    let port = build.port.map_or_else(e2e::free_port, Ok)?;
    let what = if build.dev { "dev" } else { "start" };
    step_async(&format!("next {what}, {}, on port {port}", build.version), Fixture::start(build, port, &log)).await
}
