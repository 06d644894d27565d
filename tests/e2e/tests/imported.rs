//! The payment story with imported actions: policies change when they are sent, and nothing else. `payment.rs` has the
//! other ways. Timings are measured by `cargo xtask demo`.

use anyhow::{Result, ensure};
use e2e::{Browser, Run, Www};
use serde_json::{Value, json};

#[tokio::test]
async fn an_imported_action_with_a_lane_does_not_wait() -> Result<()> {
    run("policy", &Value::Null).await?.0.ensure_side_by_side()
}

#[tokio::test]
async fn a_policy_for_one_action_sends_the_requests_that_next_sends() -> Result<()> {
    let (_, of_next) = run("next", &Value::Null).await?;
    let (run, with_policy) = run("policy", &json!({ "createPaymentSession": { "lane": "payment" } })).await?;
    run.ensure_side_by_side()?;
    ensure!(of_next.len() == 4, "two calls and two requests of the page itself: {of_next:?}");
    ensure!(with_policy == of_next, "Next's client sends {of_next:?}, with a policy the page sends {with_policy:?}");
    Ok(())
}

#[tokio::test]
async fn an_answer_without_the_page_is_followed_by_one_refresh() -> Result<()> {
    let (_, of_next) = run("next", &Value::Null).await?;
    let (_, mut with_policies) = run("policy", &Value::Null).await?;
    let before = with_policies.len();
    with_policies.retain(|path| path != "/ of the router");
    ensure!(before == with_policies.len() + 1 && with_policies == of_next, "{with_policies:?}, and {of_next:?} of Next's client");
    Ok(())
}

/// Makes one run in a tab of its own, and checks the cookies. Returns the requests of the run, too, and of the time
/// after it.
async fn run(way: &str, policies: &Value) -> Result<(Run, Vec<String>)> {
    let page = format!("{}/", Www::from_env()?);
    Browser::lend(async |browser| {
        let run = Run::with_policies(browser, &page, way, policies).await?;
        run.ensure_cookies()?;
        Ok((run, browser.eval(REQUESTS, &[]).await?))
    })
    .await
}

/// Returns the addresses of the requests that the page has made, files of the app left out. Waits first for a refresh
/// of the page, which may follow an answer after half a second.
const REQUESTS: &str = "
    await new Promise(resolve => setTimeout(resolve, 1500));
    const requests = performance.getEntriesByType('resource').filter(({ initiatorType }) => initiatorType === 'fetch');
    const paths = requests.map(({ name }) => new URL(name)).map(({ pathname, searchParams }) => `${pathname}${searchParams.has('_rsc') ? ' of the router' : ''}`);
    return paths.filter(path => !path.startsWith('/_next/static/')).sort();
";
