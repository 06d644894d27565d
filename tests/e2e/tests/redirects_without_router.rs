//! Pages without Next's router that get a redirect from an action: it is followed unless the user has gone to another
//! page.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use server::Server;
use tokio::time::{Instant, sleep};

use crate::scene::{Page, on_the_test_server};

/// A script that calls an action which redirects to `/page/there`, and the URL where the user stays; `None` if the
/// redirect is followed.
type Case = (&'static str, Option<&'static str>);

/// Runs the script of a case, then lets the action answer.
async fn run_case(page: &Page<'_>, server: &Server, case: usize, script: &str) -> Result<()> {
    page.browser().goto(&format!("{}/page/form?utm_source=a", server.url())).await?;
    let script = format!(
        "sessionStorage.clear();
         const came = direction => new Promise(resolve => {{
             addEventListener('popstate', resolve, {{ once: true }});
             history[direction]();
         }});
         const open = name => fetch(`/__gate?name=${{name}}{case}`, {{ method: 'POST' }});
         const called = async () => {{
             const call = d.call(some, [], {{ url: '/?call=go{case}&gate=go{case}&to=/page/there%3Bpush' }});
             call.outcome.then(({{ redirect }}) => {{
                 sessionStorage.setItem('followed', redirect.followed);
                 open('late');
             }});
             await until(async () => (await (await fetch('/ledger')).json()).keys.go{case});
         }};
         const late = '/__pass?name=late{case}';
         {script}
         // In another task, so that the script ends before the document does.
         setTimeout(open, 0, 'go');"
    );
    page.eval(&script).await
}

/// Longest wait until the page shows the expected URL.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until the script returns `expected`. The document may be left meanwhile.
async fn wait_until_shown(page: &Page<'_>, script: &str, expected: &Value) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let seen = page.browser().eval::<Value>(script, &[]).await;
        if seen.as_ref().is_ok_and(|seen| seen == expected) {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "expected {expected}, got {seen:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn check_cases(cases: &[Case]) -> Result<()> {
    on_the_test_server("", async |page, server| {
        for (nth, (script, expected)) in cases.iter().enumerate() {
            run_case(page, &server, nth, script).await.context(*script)?;
            let expected = json!([expected.is_none().to_string(), expected.unwrap_or("/page/there")]);
            let look = "return [sessionStorage.followed, location.pathname + location.search + location.hash]";
            wait_until_shown(page, look, &expected).await.context(*script)?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_page_that_changes_its_query_hash_or_state_still_follows_the_redirect() -> Result<()> {
    check_cases(&[
        ("await called();", None),
        ("await called(); history.replaceState(null, '', '/page/form');", None),
        ("await called(); history.replaceState({ mine: 1 }, '');", None),
        ("await called(); history.pushState(null, '', '?filter=1');", None),
        ("await called(); history.pushState(null, '', '?filter=1'); await came('back');", None),
        ("await called(); location.hash = 'part';", None),
        ("location.hash = 'part'; await called(); await came('back');", None),
    ])
    .await
}

#[tokio::test]
async fn a_page_that_changed_its_path_does_not_follow() -> Result<()> {
    check_cases(&[
        ("await called(); history.pushState(null, '', '/page/other');", Some("/page/other")),
        ("history.pushState(null, '', '/page/other'); await called(); await came('back');", Some("/page/form?utm_source=a")),
    ])
    .await
}

mod needs_scripts_while_loading {
    use super::*;

    #[tokio::test]
    async fn a_document_that_is_being_left_does_not_follow() -> Result<()> {
        check_cases(&[("await called(); location.assign(late);", Some("/__pass?name=late0"))]).await
    }

    /// The first redirect is loading a document when the second one comes.
    #[tokio::test]
    async fn a_redirect_under_way_does_not_count_as_a_move_of_the_user() -> Result<()> {
        on_the_test_server("", async |page, _| {
            page.eval::<()>(
                "const open = name => fetch(`/__gate?name=${name}`, { method: 'POST' });
                 const go = (call, to) => d.call(some, [], { lane: call, url: `/?call=${call}&gate=${call}&to=${encodeURIComponent(to)}` });
                 const [early, late] = [go('early', '/__pass?name=never;push'), go('late', '/page/there;push')];
                 await until(async () => {
                     const { keys } = await (await fetch('/ledger')).json();
                     return keys.early && keys.late;
                 });
                 setTimeout(async () => {
                     open('early');
                     await early;
                     open('late');
                 });",
            )
            .await?;
            wait_until_shown(page, "return location.pathname", &json!("/page/there")).await
        })
        .await
    }
}

mod needs_navigation_api {
    use super::*;

    #[tokio::test]
    async fn a_page_that_changed_its_path_and_went_back_does_not_follow() -> Result<()> {
        let there_and_back = "await called(); history.pushState(null, '', '/page/other'); await came('back');";
        check_cases(&[(there_and_back, Some("/page/form?utm_source=a"))]).await
    }
}
