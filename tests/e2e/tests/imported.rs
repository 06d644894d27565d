//! The payment story with imported actions: policies change when they are sent, and nothing else. `payment.rs` has the
//! other ways. Timings are measured by `cargo xtask demo`.

use anyhow::{Result, ensure};
use e2e::{Browser, Driver, Run, Www};

#[tokio::test]
async fn an_imported_action_with_a_lane_does_not_wait() -> Result<()> {
    let (run, _) = run("policy").await?;
    run.ensure_side_by_side()
}

#[tokio::test]
async fn policies_send_the_requests_that_next_sends() -> Result<()> {
    let (_, of_next) = run("next").await?;
    let (_, with_policies) = run("policy").await?;
    ensure!(of_next.len() > 2, "the page shows no requests: {of_next:?}");
    ensure!(with_policies == of_next, "Next's client sends {of_next:?}, with policies the page sends {with_policies:?}");
    Ok(())
}

/// Makes one run in its own browser, and checks the cookies. Returns the requests of the run, too, and of the time
/// after it.
async fn run(way: &str) -> Result<(Run, Vec<String>)> {
    let driver = Driver::from_env_or_start().await?;
    let page = format!("{}/", Www::from_env()?);
    Browser::with(&driver, async |browser| {
        let run = Run::on(browser, &page, way).await?;
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
