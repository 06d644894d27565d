//! Odd arguments, as React's client takes or refuses them and as ours does, side by side in one page: `tests/oracle/odd.mjs`. Node.js cannot
//! tell, as engines differ in what they throw for.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::Path;

use anyhow::{Context, Result};
use e2e::{Browser, Driver};
use serde::Deserialize;
use serde_json::json;
use server::Server;

/// Where the page is: `cargo xtask test` makes it.
const ODD_ENV: &str = "ACTIONLANE_ODD";

/// The places where we are deliberately not as React is.
const EXPECTED: &str = include_str!("../../oracle/expected_differences.json");

#[derive(Debug, Deserialize)]
struct Ran {
    compared: usize,
    /// The name of a value, and what differs.
    differs: Vec<(String, String)>,
    /// What this browser does not have.
    missing: Vec<String>,
}

#[tokio::test]
async fn what_react_refuses_is_refused_and_what_it_sends_is_sent() -> Result<()> {
    let page = env::var_os(ODD_ENV).with_context(|| format!("{ODD_ENV} is not set: run `cargo xtask test`"))?;
    let server = Server::start(Path::new(&page))?;
    let driver = Driver::from_env_or_start().await?;
    let mut ran: Vec<Ran> = Vec::new();
    Browser::with(&driver, async |browser| {
        browser.goto(&format!("{}/pkg/index.html", server.url())).await?;
        let names: Vec<String> = browser.eval("return odd.names()", &[]).await?;
        // A script has a minute, and this is a slow browser's.
        for some in names.chunks(40) {
            ran.push(browser.eval("return await odd.run(args[0])", &[json!(some)]).await?);
        }
        Ok(())
    })
    .await?;
    let compared: usize = ran.iter().map(|ran| ran.compared).sum();
    let missing: Vec<_> = ran.iter().flat_map(|ran| &ran.missing).collect();
    let differs: Vec<_> = ran.iter().flat_map(|ran| &ran.differs).collect();
    let expected: BTreeMap<String, String> = serde_json::from_str(EXPECTED)?;
    let expected: BTreeSet<&str> = expected.keys().filter_map(|name| name.strip_prefix("odd/")).collect();
    // No list excuses a failure of another kind.
    let is_meant = |(name, what): &(String, String)| expected.contains(&**name) && !what.contains("failed with");
    let wrong: Vec<_> = differs.iter().copied().filter(|differs| !is_meant(differs)).collect();
    assert!(wrong.is_empty(), "not as React does it, and not on the list: {wrong:#?}");
    let seen: BTreeSet<&str> = differs.iter().map(|(name, _)| &**name).collect();
    let vanished: Vec<_> = expected.difference(&seen).filter(|name| !missing.iter().any(|missing| missing == *name)).collect();
    assert!(vanished.is_empty(), "no longer different, take them off the list: {vanished:?}");
    assert!(compared > 3_000, "{compared} compared; missing: {missing:?}");
    Ok(())
}
