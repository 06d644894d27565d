//! A dispatcher's `fetch` instead of the page's, alone and among wrappers of many kinds. Runs the cases of
//! `pkg/test/in_place.js` in pages and workers.

use anyhow::Result;
use serde::Deserialize;

use crate::scene::{Page, on_the_test_server};

/// `run(from, count)`: runs some of the cases. If the page has the drop-in script, two copies of the package take
/// part: the script and the module.
const RUN: &str = r#"
    const run = async (from, count) => {
        const at = (path) => import(location.origin + path);
        const { cases } = await at("/pkg/test/in_place.js");
        const { createDispatcher, ready } = await at("/pkg/index.js");
        await Promise.all([ready(), globalThis.actionlane?.ready()]); // loading is not part of the cases
        const other = globalThis.actionlane?.createDispatcher ?? createDispatcher;
        const env = { createDispatcher, other, url: location.origin + "/", id: "00".repeat(21) };
        const chosen = Object.entries(cases).slice(from, from + count);
        const failed = [];
        for (const [name, run] of chosen) await run(env).catch((error) => failed.push(`${name}: ${error.message}`));
        return { ran: chosen.length, failed };
    };
"#;

#[derive(Deserialize)]
struct Ran {
    ran: usize,
    failed: Vec<String>,
}

/// Runs all cases, 10 at a time, because a script in a page has a time limit. `script` returns the result of
/// `run(from, count)`.
async fn run_all(page: &Page<'_>, script: &str) -> Result<()> {
    const AT_ONCE: usize = 10;
    let (mut from, mut failed) = (0, Vec::new());
    loop {
        let some: Ran = page.eval(&format!("const [from, count] = [{from}, {AT_ONCE}]; {script}")).await?;
        from += some.ran;
        failed.extend(some.failed);
        if some.ran < AT_ONCE {
            break;
        }
    }
    assert!(from > 100 && failed.is_empty(), "{from} cases: {failed:#?}");
    Ok(())
}

#[tokio::test]
async fn all_cases_pass_in_a_page() -> Result<()> {
    on_the_test_server("", async |page, _server| run_all(page, &format!("{RUN} return await run(from, count);")).await).await
}

#[tokio::test]
async fn all_cases_pass_in_a_worker() -> Result<()> {
    let script = serde_json::to_string(&format!("{RUN} onmessage = async ({{ data }}) => postMessage(await run(...data));"))?;
    let ask = format!(
        "const script = () => URL.createObjectURL(new Blob([{script}], {{ type: 'text/javascript' }}));
         window.worker ??= new Worker(script(), {{ type: 'module' }});
         return await new Promise((resolve, reject) => {{
             [worker.onmessage, worker.onerror] = [({{ data }}) => resolve(data), ({{ message }}) => reject(new Error(message))];
             worker.postMessage([from, count]);
         }});"
    );
    on_the_test_server("", async |page, _server| run_all(page, &ask).await).await
}

/// Checks what arrives at the server. The cases count what leaves the page.
#[tokio::test]
async fn each_action_arrives_once() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        let seen: Vec<server::Seen> = page
            .eval(
                "const { fetch } = window;
                 const other = (await import('/pkg/index.js')).createDispatcher({ url });
                 window.fetch = (...args) => d.fetch(...args);
                 window.fetch = (...args) => other.fetch(...args);
                 const action = (call) => window.fetch('/?call=' + call, { method: 'POST', headers: { 'Next-Action': some }, body: '[]' });
                 await Promise.all([action(1), action(2), d.call(some, [], { url: '/?call=3' }), other.call(some, [], { url: '/?call=4' })]);
                 window.fetch = fetch;
                 return await (await fetch('/__seen')).json();",
            )
            .await?;
        let mut seen: Vec<&str> = seen.iter().map(|seen| seen.url.as_str()).collect();
        seen.sort_unstable();
        assert_eq!(seen, ["/?call=1", "/?call=2", "/?call=3", "/?call=4"]);
        Ok(())
    })
    .await
}
