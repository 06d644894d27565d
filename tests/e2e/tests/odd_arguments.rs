//! Odd arguments, encoded by React's client and by ours in one page: `tests/oracle/odd.mjs`. Node.js is not enough,
//! because engines throw for different values.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::Path;

use anyhow::{Context, Result};
use e2e::Browser;
use serde::Deserialize;
use serde_json::json;
use server::Server;

/// Environment variable with the page, which `cargo xtask test` builds.
const ODD_ENV: &str = "ACTIONLANE_ODD";

/// Intended differences from React.
const EXPECTED: &str = include_str!("../../oracle/expected_differences.json");

#[derive(Debug, Deserialize)]
struct Comparison {
    compared: usize,
    /// Name of a value, and its difference.
    differs: Vec<(String, String)>,
    /// Names of values that this browser does not support.
    missing: Vec<String>,
}

#[tokio::test]
async fn odd_arguments_are_refused_or_encoded_as_react_does() -> Result<()> {
    let page = env::var_os(ODD_ENV).with_context(|| format!("{ODD_ENV} is not set: run `cargo xtask test`"))?;
    let server = Server::start(Path::new(&page))?;
    let mut comparisons: Vec<Comparison> = Vec::new();
    Browser::lend(async |browser| {
        browser.goto(&format!("{}/pkg/index.html", server.url())).await?;
        let names: Vec<String> = browser.eval("return odd.names()", &[]).await?;
        // A script has a time limit, and some browsers are slow.
        for some in names.chunks(40) {
            comparisons.push(browser.eval("return await odd.run(args[0])", &[json!(some)]).await?);
        }
        Ok(())
    })
    .await?;
    let compared: usize = comparisons.iter().map(|comparison| comparison.compared).sum();
    let missing: Vec<_> = comparisons.iter().flat_map(|comparison| &comparison.missing).collect();
    let differs: Vec<_> = comparisons.iter().flat_map(|comparison| &comparison.differs).collect();
    let expected: BTreeMap<String, String> = serde_json::from_str(EXPECTED)?;
    let expected: BTreeSet<&str> = expected.keys().filter_map(|name| name.strip_prefix("odd/")).collect();
    // The list excuses differences, but no failures.
    let is_meant = |(name, what): &(String, String)| expected.contains(&**name) && !what.contains("failed with");
    let wrong: Vec<_> = differs.iter().copied().filter(|differs| !is_meant(differs)).collect();
    assert!(wrong.is_empty(), "these differ from React and are not in expected_differences.json: {wrong:#?}");
    let seen: BTreeSet<&str> = differs.iter().map(|(name, _)| &**name).collect();
    let vanished: Vec<_> = expected.difference(&seen).filter(|name| !missing.iter().any(|missing| missing == *name)).collect();
    assert!(vanished.is_empty(), "these no longer differ from React: remove them from expected_differences.json: {vanished:?}");
    assert!(compared > 3_000, "{compared} compared; missing: {missing:?}");
    Ok(())
}
