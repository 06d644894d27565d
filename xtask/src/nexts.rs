//! `cargo xtask nexts`.

mod fixtures;

use anyhow::{Context, Result, ensure};
use e2e::{Browser, Build, Driver, Kind};
use serde_json::json;

use fixtures::serve;
pub(crate) use fixtures::{Choices, Version, build};

use crate::{browser, build as package};

/// Build the fixture app with several versions of Next.js and open it in Chromium
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which versions; default: 14.2, 15.5 and 16.4
    versions: Vec<Version>,
    /// All there are: 15.0 and 16.2 too
    #[arg(long)]
    all: bool,
}

pub(crate) async fn run(args: &Args) -> Result<()> {
    browser::ensure()?;
    package::prepare()?;
    package::package()?;
    for version in args.chosen() {
        check(&build(version, Choices::default())?).await?;
    }
    Ok(())
}

impl Args {
    fn chosen(&self) -> Vec<Version> {
        match (self.all, self.versions.as_slice()) {
            (true, _) => Version::ALL.to_vec(),
            (false, []) => Version::USUAL.to_vec(),
            (false, versions) => versions.to_vec(),
        }
    }
}

/// The page is hydrated, and says which version it is of.
async fn check(build: &Build) -> Result<()> {
    let fixture = serve(build).await?;
    let driver = Driver::start(Kind::Chromium).await?;
    Browser::with(&driver, async |browser| {
        browser.goto(&fixture.url("/")).await?;
        let version: String = browser.eval(VERSION, &[json!(null)]).await.context("the page")?;
        ensure!(version == fixture.version(), "the page says it is of Next {version}");
        Ok(())
    })
    .await
}

const VERSION: &str = r#"
    for (let i = 0; !window.fixture && i < 400; i++) await new Promise(r => setTimeout(r, 25));
    if (!window.fixture) throw new Error("the page is not hydrated");
    return window.next.version;
"#;
