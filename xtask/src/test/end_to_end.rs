//! The end-to-end tests. Starts the app and a driver once, and runs all tests against them.

use std::process::Command;

use anyhow::{Context, Result};
use e2e::{BROWSER_ENV, Driver, Kind, WEBDRIVER_ENV, WWW_ENV};

use crate::artifacts::{build_all, prepare_all};
use crate::nexts::{Choices, Version};
use crate::step::note;
use crate::{browser, nexts, oracle, run, tools, workspace, wrappers, www};

use super::count;
use super::part::Ran;

/// Environment variable of the tests: directory with the builds of the fixture app.
const BUILDS_ENV: &str = "ACTIONLANE_NEXTS";

/// Environment variable of the tests: page with the wrappers that sites put around `fetch`.
const WRAPPERS_ENV: &str = "ACTIONLANE_WRAPPERS";
/// Environment variable of the tests: page with React's client.
const ODD_ENV: &str = "ACTIONLANE_ODD";

/// Shortens the waiting times of the payment story: the tests check order, not times.
const QUICK: [(&str, &str); 2] = [("SAVE_TOKENS_MS", "400"), ("PAYMENT_SESSION_MS", "100")];

pub(crate) async fn all() -> Result<Ran> {
    prepare(Kind::Chromium)?;
    // Most scenes run in a light browser. Those that need a browser of their own, and the window of one, get the whole.
    browser::ensure_light(Kind::Chromium)?;
    build_fixtures()?;
    let app = www::serve(e2e::free_port()?, &QUICK).await?;
    let driver = Driver::start(Kind::Chromium).await?;
    let wrappers = wrappers::build()?;
    let mut tests = tests();
    tests.env(WWW_ENV, app.url()).env(WEBDRIVER_ENV, driver.url()).env(WRAPPERS_ENV, wrappers).env(ODD_ENV, oracle::odd_page()?);
    Ok(count::libtest(run::captured(&mut tests)?))
}

/// Test files that run in every engine: those whose result depends on the browser. Starting a browser takes three
/// seconds, so files that check a Next.js server's answers run only in Chromium: `answers`, `bad_input`,
/// `idempotency`, `next_page` and `payment`. So does `wrappers`, whose wrappers are the same in every browser. All of
/// them pass in Firefox, too.
const IN_EVERY_ENGINE: [&str; 19] = [
    "bad_server",
    "faults",
    "imported",
    "in_place",
    "kinds",
    "leaving",
    "limits",
    "loading",
    "odd_arguments",
    "offline",
    "outbox",
    "outbox_kill",
    "outbox_storage",
    "outbox_tabs",
    "prebuilt_requests",
    "redirects_without_router",
    "script",
    "shadows",
    "tabs",
];

/// Runs the tests of every engine in one. Each test starts its own driver: geckodriver opens only one browser at a
/// time. Skips the modules that need something the engine does not have.
pub(crate) async fn in_engine(kind: Kind) -> Result<Ran> {
    prepare(kind)?;
    let app = www::serve(e2e::free_port()?, &QUICK).await?;
    let files = IN_EVERY_ENGINE.map(|file| format!("{file}::"));
    let listed = run::quiet(tests().args(["--", "--list", "--format=terse"]).args(&files))?;
    let mut tests = tests();
    tests.arg("--").args(&files);
    for module in kind.skipped_modules() {
        tests.args(["--skip", &format!("{module}::")]);
    }
    tests.env(WWW_ENV, app.url()).env(ODD_ENV, oracle::odd_page()?);
    let ran = count::libtest(run::captured(tests.env(BROWSER_ENV, kind.name()).env("PATH", tools::path()?))?);
    let all = listed.lines().filter(|line| line.ends_with(": test")).count() as u64;
    note(&format!("{} tests need what {kind:?} does not have", all.saturating_sub(ran.passed + ran.failed)));
    Ok(ran)
}

/// Makes sure that the browser is installed and the app is up to date.
fn prepare(kind: Kind) -> Result<()> {
    prepare_all(kind)?.context("the end-to-end tests need a browser")?;
    build_all()
}

/// Builds the fixture apps that the tests use.
fn build_fixtures() -> Result<()> {
    for (name, deployment_id) in [("a", None), ("b", None), ("dpl", Some("dpl_7"))] {
        nexts::build(Version::V16_4, Choices { name: Some(name), deployment_id, ..Choices::default() })?;
    }
    Ok(())
}

fn tests() -> Command {
    let mut tests = run::cargo();
    tests
        .args(["test", "--package", "e2e", "--lib", "--test", "pages", "--no-fail-fast"])
        .env(BUILDS_ENV, workspace::target().join("next"));
    tests
}
