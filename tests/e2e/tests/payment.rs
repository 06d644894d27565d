//! The payment story, on the app's page and on the page without React: order and cookies. One page notes all events,
//! so their order is certain.

use anyhow::{Result, ensure};
use e2e::{Browser, Run, Www};

#[tokio::test]
async fn next_sends_one_call_after_the_other() -> Result<()> {
    in_order(&run("/", "next").await?)
}

#[tokio::test]
async fn one_lane_sends_one_call_after_the_other() -> Result<()> {
    in_order(&run("/", "queue").await?)
}

#[tokio::test]
async fn without_a_render_the_order_is_the_same() -> Result<()> {
    in_order(&run("/", "skip").await?)
}

#[tokio::test]
async fn a_lane_of_its_own_does_not_wait() -> Result<()> {
    run("/", "lane").await?.ensure_side_by_side()
}

#[tokio::test]
async fn a_route_does_not_wait() -> Result<()> {
    run("/", "route").await?.ensure_side_by_side()
}

#[tokio::test]
async fn without_react_one_lane_sends_one_call_after_the_other() -> Result<()> {
    in_order(&run("/plain.html", "queue").await?)
}

#[tokio::test]
async fn without_react_and_render_the_order_is_the_same() -> Result<()> {
    in_order(&run("/plain.html", "skip").await?)
}

#[tokio::test]
async fn without_react_a_lane_of_its_own_does_not_wait() -> Result<()> {
    run("/plain.html", "lane").await?.ensure_side_by_side()
}

#[tokio::test]
async fn without_react_a_route_does_not_wait() -> Result<()> {
    run("/plain.html", "route").await?.ensure_side_by_side()
}

/// The second run on a page carries its own cookies.
#[tokio::test]
async fn a_page_can_run_again() -> Result<()> {
    let page = format!("{}/", Www::from_env()?);
    Browser::lend(async |browser| {
        Run::on(browser, &page, "queue").await?.ensure_cookies()?;
        let again: Run = browser.eval("return await window.demo.run('lane')", &[]).await?;
        again.ensure_cookies()
    })
    .await
}

/// Makes one run in a tab of its own and checks the cookies.
async fn run(path: &str, way: &str) -> Result<Run> {
    let page = format!("{}{path}", Www::from_env()?);
    let run = Browser::lend(async |browser| Run::on(browser, &page, way).await).await?;
    run.ensure_cookies()?;
    Ok(run)
}

/// Checks that the session call started after the head of the first answer. The action has run before the head is
/// sent, and the page notes the head before the client sees it.
fn in_order(run: &Run) -> Result<()> {
    let (tokens, session) = run.pair()?;
    ensure!(session.start_ms >= tokens.head_ms, "the session call started before saveTokens was answered: {run:?}");
    ensure!(session.waited_ms > 0.0, "the session call did not wait: {run:?}");
    Ok(())
}
