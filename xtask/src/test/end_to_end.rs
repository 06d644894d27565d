//! The end-to-end tests: against the app and a driver started here, once for all of them.

use std::process::Command;

use anyhow::{Context, Result};
use e2e::{BROWSER_ENV, Driver, Kind, WEBDRIVER_ENV, WWW_ENV};

use crate::artifacts::{build_all, prepare_all};
use crate::nexts::{Choices, Version};
use crate::step::note;
use crate::{browser, build, nexts, oracle, run, tools, workspace, wrappers, www};

use super::count;
use super::part::Ran;

/// Where the builds of the fixture app are, for the tests.
const BUILDS_ENV: &str = "ACTIONLANE_NEXTS";

/// Where the page of what pages put around `fetch` is, for the tests.
const WRAPPERS_ENV: &str = "ACTIONLANE_WRAPPERS";
/// Where the page with React's client is, for the tests.
const ODD_ENV: &str = "ACTIONLANE_ODD";

/// The story's waiting times, shortened: the tests look at order, never at times.
const QUICK: [(&str, &str); 2] = [("SAVE_TOKENS_MS", "400"), ("PAYMENT_SESSION_MS", "100")];

pub(crate) async fn all() -> Result<Ran> {
    prepare(Kind::Chromium)?;
    build_fixtures()?;
    let app = www::serve(e2e::free_port()?, &QUICK).await?;
    let driver = Driver::start(Kind::Chromium).await?;
    let wrappers = wrappers::build()?;
    let mut tests = tests();
    tests.env(WWW_ENV, app.url()).env(WEBDRIVER_ENV, driver.url()).env(WRAPPERS_ENV, wrappers).env(ODD_ENV, oracle::odd_page()?);
    Ok(count::libtest(run::captured(&mut tests)?))
}

/// The files of tests that run in Firefox too: those whose outcome is the browser's as much as ours. A browser takes three seconds to start,
/// so not those that look at what a Next.js server answers, which it does to all alike: `answers`, `bad_input`, `idempotency`, `next_page`,
/// `payment`; nor `wrappers`, which are the same in each. They pass there too.
const IN_FIREFOX: [&str; 16] = [
    "bad_server",
    "built",
    "faults",
    "in_place",
    "kinds",
    "leaving",
    "limits",
    "loading",
    "moved_on",
    "odd",
    "offline",
    "outbox",
    "outbox_kill",
    "script",
    "shadows",
    "tabs",
];

/// The tests that Firefox cannot run are in modules of this name.
const NOT_IN_FIREFOX: &str = "chromium::";

/// Each test has a driver of its own: geckodriver opens one browser at a time.
pub(crate) async fn in_firefox() -> Result<Ran> {
    prepare(Kind::Firefox)?;
    let app = www::serve(e2e::free_port()?, &QUICK).await?;
    let mut tests = tests();
    tests.args(IN_FIREFOX.map(|file| ["--test", file]).concat()).args(["--", "--skip", NOT_IN_FIREFOX]);
    tests.env(WWW_ENV, app.url()).env(ODD_ENV, oracle::odd_page()?);
    let finished = run::captured(tests.env(BROWSER_ENV, "firefox").env("PATH", tools::path()?))?;
    note(&format!("{} tests are for Chromium only", count::filtered(&finished)));
    Ok(count::libtest(finished))
}

/// The files of tests that run in WebKit too: those about what it does otherwise, against a server that needs no app.
const IN_WEBKIT: [&str; 3] = ["bad_server", "outbox", "script"];

/// The tests that WebKit cannot run, and Firefox can, are in modules of this name.
const NOT_IN_WEBKIT: &str = "not_in_webkit::";

/// Each test has a driver of its own, as in Firefox.
pub(crate) fn in_webkit() -> Result<Ran> {
    browser::ensure(Kind::WebKit).context("the end-to-end tests need a browser")?;
    build::prepare()?;
    build::package()?;
    let skipped = [NOT_IN_FIREFOX, NOT_IN_WEBKIT].map(|name| ["--skip", name]).concat();
    let mut tests = tests();
    tests.args(IN_WEBKIT.map(|file| ["--test", file]).concat()).arg("--").args(skipped);
    let finished = run::captured(tests.env(BROWSER_ENV, "webkit"))?;
    note(&format!("{} tests are for other browsers only", count::filtered(&finished)));
    Ok(count::libtest(finished))
}

/// The browser, and the app, up to date.
fn prepare(kind: Kind) -> Result<()> {
    prepare_all(kind)?.context("the end-to-end tests need a browser")?;
    build_all()
}

/// The builds of the fixture app that the tests use.
fn build_fixtures() -> Result<()> {
    for (name, deployment_id) in [("a", None), ("b", None), ("dpl", Some("dpl_7"))] {
        nexts::build(Version::V16_4, Choices { name: Some(name), deployment_id, ..Choices::default() })?;
    }
    Ok(())
}

fn tests() -> Command {
    let mut tests = run::cargo();
    tests.args(["test", "--package", "e2e", "--no-fail-fast"]).env(BUILDS_ENV, workspace::target().join("next"));
    tests
}
