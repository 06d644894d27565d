//! The end-to-end tests: against the app and a driver started here, once for all of them.

use anyhow::{Context, Result};
use e2e::{Driver, Kind, WEBDRIVER_ENV, WWW_ENV};

use crate::artifacts::{build_all, prepare_all};
use crate::nexts::{Choices, Version, build};
use crate::{run, workspace, www};

use super::count;
use super::part::Ran;

/// Where the builds of the fixture app are, for the tests.
const BUILDS_ENV: &str = "ACTIONLANE_NEXTS";

/// The story's waiting times, shortened: the tests look at order, never at times.
const QUICK: [(&str, &str); 2] = [("SAVE_TOKENS_MS", "400"), ("PAYMENT_SESSION_MS", "100")];

pub(crate) async fn all() -> Result<Ran> {
    prepare_all(false)?.context("the end-to-end tests need a browser")?;
    build_all()?;
    for (name, deployment_id) in [("a", None), ("b", None), ("dpl", Some("dpl_7"))] {
        build(Version::V16_4, Choices { name: Some(name), deployment_id, ..Choices::default() })?;
    }
    let app = www::serve(e2e::free_port()?, &QUICK).await?;
    let driver = Driver::start(Kind::Chromium).await?;
    let mut tests = run::cargo();
    tests
        .args(["test", "--package", "e2e", "--no-fail-fast"])
        .env(WWW_ENV, app.url())
        .env(BUILDS_ENV, workspace::target().join("next"))
        .env(WEBDRIVER_ENV, driver.url());
    Ok(count::libtest(run::captured(&mut tests)?))
}
