//! A dispatcher's `fetch` in the place of the page's, by itself and among wrappers of every sort: `pkg/test/in_place.js`, in pages and workers.

mod scene;

use anyhow::Result;
use scene::on_a_bad_server;
use serde::Deserialize;

/// Every case, with two copies of the package: the script's, and the module's.
const CASES: &str = r#"
    const at = (path) => import(location.origin + path);
    const { cases } = await at("/pkg/test/in_place.js");
    const { createDispatcher, ready } = await at("/pkg/index.js");
    await Promise.all([ready(), globalThis.actionlane?.ready()]); // what loads it is no part of the cases
    const env = { createDispatcher, other: globalThis.actionlane?.createDispatcher ?? createDispatcher, url: location.origin + "/", id: "00".repeat(21) };
    const failed = [];
    for (const [name, run] of Object.entries(cases)) {
        try {
            await run(env);
        } catch (error) {
            failed.push(`${name}: ${error.message}`);
        }
    }
    const ran = Object.keys(cases).length;
"#;

#[derive(Deserialize)]
struct Ran {
    ran: usize,
    failed: Vec<String>,
}

impl Ran {
    #[track_caller]
    fn check(&self) {
        assert!(self.ran > 100 && self.failed.is_empty(), "{:#?}", self.failed);
    }
}

#[tokio::test]
async fn in_a_page() -> Result<()> {
    on_a_bad_server("", async |page, _server| {
        page.eval::<Ran>(&format!("{CASES} return {{ ran, failed }};")).await?.check();
        Ok(())
    })
    .await
}

#[tokio::test]
async fn in_a_worker() -> Result<()> {
    on_a_bad_server("", async |page, _server| {
        let script = format!("onmessage = async () => {{ {CASES} postMessage({{ ran, failed }}); }};");
        let script = serde_json::to_string(&script)?;
        let ran: Ran = page
            .eval(&format!(
                "const worker = new Worker(URL.createObjectURL(new Blob([{script}], {{ type: 'text/javascript' }})), {{ type: 'module' }});
                 return await new Promise((resolve, reject) => {{
                     [worker.onmessage, worker.onerror] = [({{ data }}) => resolve(data), reject];
                     worker.postMessage('go');
                 }});"
            ))
            .await?;
        ran.check();
        Ok(())
    })
    .await
}

/// What arrives at the server, where each case counts what leaves the page.
#[tokio::test]
async fn each_action_arrives_once() -> Result<()> {
    on_a_bad_server("", async |page, _server| {
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
