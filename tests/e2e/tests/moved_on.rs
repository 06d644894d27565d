//! Pages without Next's router whose user has moved on, or has not, when an action answers with a redirect.

mod scene;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use scene::{Page, on_a_bad_server};
use serde_json::{Value, json};
use server::Server;
use tokio::time::{Instant, sleep};

/// A script in which an action is called that redirects to `/page/there`, and where the user is in the end if that is not followed.
type Case = (&'static str, Option<&'static str>);

/// Runs the script of a case, then lets the action answer.
async fn run(page: &Page<'_>, server: &Server, case: usize, script: &str) -> Result<()> {
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
         // In a task of its own: the script has ended when the document does.
         setTimeout(open, 0, 'go');"
    );
    page.eval(&script).await
}

/// How long it may take until the user is where they are to be.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until the page shows this. It may be left while it is asked.
async fn shows(page: &Page<'_>, script: &str, expected: &Value) -> Result<()> {
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

async fn all(cases: &[Case]) -> Result<()> {
    on_a_bad_server("", async |page, server| {
        for (nth, (script, expected)) in cases.iter().enumerate() {
            run(page, &server, nth, script).await.context(*script)?;
            let expected = json!([expected.is_none().to_string(), expected.unwrap_or("/page/there")]);
            let look = "return [sessionStorage.followed, location.pathname + location.search + location.hash]";
            shows(page, look, &expected).await.context(*script)?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_page_that_writes_its_own_query_hash_or_state_is_still_the_page() -> Result<()> {
    all(&[
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
async fn another_path_is_another_page_also_once_it_is_left_again() -> Result<()> {
    all(&[
        ("await called(); history.pushState(null, '', '/page/other');", Some("/page/other")),
        ("history.pushState(null, '', '/page/other'); await called(); await came('back');", Some("/page/form?utm_source=a")),
        ("await called(); history.pushState(null, '', '/page/other'); await came('back');", Some("/page/form?utm_source=a")),
    ])
    .await
}

#[tokio::test]
async fn a_document_that_is_being_left_is_left() -> Result<()> {
    all(&[("await called(); location.assign(late);", Some("/__pass?name=late0"))]).await
}

/// The first redirect is on its way to a document when the second one comes.
#[tokio::test]
async fn a_redirect_under_way_is_no_move_of_the_users() -> Result<()> {
    on_a_bad_server("", async |page, _| {
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
        shows(page, "return location.pathname", &json!("/page/there")).await
    })
    .await
}
