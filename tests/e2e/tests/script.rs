//! The drop-in script, by each way in which a page can have it: where it finds the files beside it, and what it says where it cannot.

mod scene;

use anyhow::Result;
use scene::{Page, Settled, on_a_bad_server, package};
use serde::Deserialize;
use serde_json::json;
use server::Server;

/// Tells how two calls ended that were made at once, a call with rich arguments, and which files were asked for.
#[derive(Debug, Deserialize)]
struct Loaded {
    states: [String; 2],
    calls: [Settled; 2],
    order: Vec<String>,
    rich: Settled,
    asked: Vec<String>,
}

impl Loaded {
    /// All went well, and the files are from below `base`. `copy`: as modules of JavaScript.
    #[track_caller]
    fn assert_from(&self, base: &str, copy: bool) {
        assert_eq!(self.states, ["loading", "loading"], "{self:?}");
        self.calls.iter().for_each(|call| call.assert_value(&json!("ok")));
        assert_eq!(self.order, ["first", "second"], "{self:?}");
        self.rich.assert_value(&json!(true));
        let end = if copy { "bytes.js" } else { "wasm" };
        for file in [format!("dispatcher.{end}"), format!("flight.{end}"), "flight.js".to_owned()] {
            assert!(self.asked.contains(&format!("{base}{file}")), "{base}{file} is not among {:?}", self.asked);
        }
        assert_eq!(copy, self.asked.iter().any(|name| name.ends_with("bytes.js")), "{:?}", self.asked);
    }
}

#[tokio::test]
async fn beside_itself_whatever_its_attributes() -> Result<()> {
    for attributes in ["", "async", "defer", "type=\"module\"", "crossorigin=\"anonymous\""] {
        with(&format!("<script {attributes} src=\"/actionlane.js\"></script>"), "none", async |page, server| {
            eprintln!("<script {attributes}>");
            load(page, "/").await?.assert_from(&format!("{}/", server.url()), false);
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// The page names another place: by the tag of the script itself, or, for a module, by any; a page that has the script inside itself, too.
#[tokio::test]
async fn where_data_base_says() -> Result<()> {
    for tag in [
        "<script src=\"/actionlane.js\" data-base=\"/pkg/dist\"></script>",
        "<script type=\"module\" src=\"/actionlane.js\" data-base=\"pkg/dist/\"></script>",
    ] {
        with(tag, "none", async |page, server| {
            eprintln!("{tag}");
            load(page, "/").await?.assert_from(&format!("{}/pkg/dist/", server.url()), false);
            Ok(())
        })
        .await?;
    }
    with("", "none", async |page, server| {
        inside(page, "/pkg/dist/").await?;
        load(page, "/").await?.assert_from(&format!("{}/pkg/dist/", server.url()), false);
        Ok(())
    })
    .await
}

/// It says so, and what to do; `init()` is enough for what needs no more than the dispatcher.
#[tokio::test]
async fn where_nothing_says_where_it_is() -> Result<()> {
    // Browsers take the address of the page or of its `<base>` for that of such a script: neither has anything beside it.
    on_a_bad_server("page/of/the/app?tag=%3Cbase%20href=%22/page/of/%22%3E", async |page, _server| {
        inside(page, "").await?;
        let [call, given, rich]: [Settled; 3] = page
            .eval(
                "const call = await settle(d.call(some));
                 await actionlane.init('/dispatcher.wasm');
                 return [call, await settle(d.call(some)), await settle(actionlane.encode([new Map()]))];",
            )
            .await?;
        call.assert_failed("WASM_LOAD", "no");
        assert_says(&call, &["the place of the files of actionlane.js is unknown", "data-base", "init()", "actionlane.full.js"]);
        given.assert_value(&json!("ok"));
        rich.assert_failed("WASM_LOAD", "no");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn in_a_worker_that_imports_it() -> Result<()> {
    with("", "none", async |page, server| {
        let url = server.url();
        let seen: serde_json::Value = page
            .browser()
            .eval(
                &format!(
                    "const source = `importScripts('{url}/actionlane.js');
                         const d = actionlane.createDispatcher({{ url: '{url}/' }});
                         const some = '00' + 'ab'.repeat(20);
                         Promise.all([d.call(some), d.call(some), actionlane.encode([new Map([[1, 2]])])])
                             .then(([one, two, form]) => postMessage([one, two, form instanceof FormData]), ({{ message }}) => postMessage(message));`;
                     const worker = new Worker(URL.createObjectURL(new Blob([source])));
                     return await new Promise((resolve, reject) => {{
                         worker.onmessage = ({{ data }}) => resolve(data);
                         worker.onerror = ({{ message }}) => reject(new Error(message));
                     }});"
                ),
                &[],
            )
            .await?;
        assert_eq!(seen, json!(["ok", "ok", true]));
        Ok(())
    })
    .await
}

/// Another origin must allow it; where it does not, the one file that asks for no other still can be had from there.
#[tokio::test]
async fn from_another_origin() -> Result<()> {
    let other = Server::start(package())?;
    let at = other.url();
    with(&format!("<script src=\"{at}/cors/actionlane.js\"></script>"), "none", async |page, _server| {
        load(page, "/").await?.assert_from(&format!("{at}/cors/"), false);
        Ok(())
    })
    .await?;
    with(&format!("<script src=\"{at}/actionlane.js\"></script>"), "none", async |page, _server| {
        let call: Settled = page.eval("return await settle(d.call(some))").await?;
        call.assert_failed("WASM_LOAD", "no");
        assert_says(&call, &["dispatcher.wasm could not be fetched", "(CORS)", "actionlane.full.js"]);
        Ok(())
    })
    .await?;
    with(&format!("<script src=\"{at}/actionlane.full.js\"></script>"), "none", async |page, _server| {
        let loaded = load(page, "/").await?;
        loaded.calls.iter().for_each(|call| call.assert_value(&json!("ok")));
        loaded.rich.assert_value(&json!(true));
        assert_eq!(loaded.order, ["first", "second"]);
        assert!(!loaded.asked.iter().any(|name| name.contains("wasm") || name.ends_with("flight.js")), "{loaded:?}");
        Ok(())
    })
    .await
}

/// Where the page's policy lets `fetch` have no file, modules of JavaScript have the bytes.
#[tokio::test]
async fn a_policy_that_forbids_fetching_the_files() -> Result<()> {
    with("<script src=\"/actionlane.js\"></script>", "connect", async |page, server| {
        let [one, rich]: [Settled; 2] = page
            .eval(
                "return [await settle(d.call(some, [], { url: '/only' })),
                     await settle(actionlane.encode([new Map()]).then((form) => form instanceof FormData))];",
            )
            .await?;
        one.assert_value(&json!("ok"));
        rich.assert_value(&json!(true));
        let asked = asked(page).await?;
        assert!(asked.contains(&format!("{}/dispatcher.bytes.js", server.url())), "{asked:?}");
        Ok(())
    })
    .await
}

/// A file of another build, or one that somebody has changed, is not taken, and no copy is looked for.
#[tokio::test]
async fn a_file_that_is_another() -> Result<()> {
    with("<script src=\"/actionlane.js\"></script>", "none", async |page, server| {
        serve(page, "other").await?;
        let call: Settled = page.eval("return await settle(d.call(some))").await?;
        call.assert_failed("WASM_LOAD", "no");
        assert_says(&call, &["dispatcher.wasm is not the file that this actionlane.js was made with", "sha256-", "it is not asked for"]);
        let asked = asked(page).await?;
        assert!(!asked.contains(&format!("{}/dispatcher.bytes.js", server.url())), "{asked:?}");
        Ok(())
    })
    .await
}

/// A server that has the script alone says so by its status; the copy will do.
#[tokio::test]
async fn a_file_that_is_missing() -> Result<()> {
    with("<script src=\"/actionlane.js\"></script>", "none", async |page, server| {
        serve(page, "0").await?;
        let call: Settled = page.eval("return await settle(d.call(some))").await?;
        call.assert_failed("WASM_LOAD", "no");
        assert_says(&call, &["/dispatcher.wasm answered 404", "keep the files of actionlane/dist/"]);
        // Firefox remembers which module could not be had.
        serve(page, "missing").await?;
        page.eval::<Settled>("return await settle(d.call(some))").await?.assert_value(&json!("ok"));
        assert!(asked(page).await?.contains(&format!("{}/dispatcher.bytes.js?1", server.url())));
        Ok(())
    })
    .await
}

/// Runs a scene on a page with these tags, once the script of it has run, if it has one.
async fn with(tags: &str, csp: &str, scene: impl AsyncFnOnce(&Page<'_>, &Server) -> Result<()>) -> Result<()> {
    let escaped: String = tags.bytes().map(|byte| format!("%{byte:02x}")).collect();
    on_a_bad_server(&format!("?csp={csp}&tag={escaped}"), async |page, server| {
        if tags.contains("<script") {
            // Not after the prelude: its dispatcher loads the wasm at once.
            page.browser().eval::<()>("while (!window.actionlane) await new Promise((again) => setTimeout(again, 10));", &[]).await?;
        }
        scene(page, &server).await
    })
    .await
}

/// Puts the text of the script itself into the page.
async fn inside(page: &Page<'_>, base: &str) -> Result<()> {
    let script = format!(
        "const script = document.createElement('script');
         if ('{base}') script.dataset.base = '{base}';
         script.textContent = await (await fetch('/actionlane.js')).text();
         document.head.append(script);"
    );
    page.browser().eval(&script, &[]).await
}

/// The files that the page has asked for.
async fn asked(page: &Page<'_>) -> Result<Vec<String>> {
    page.browser().eval("return performance.getEntriesByType('resource').map(({ name }) => name)", &[]).await
}

async fn serve(page: &Page<'_>, how: &str) -> Result<()> {
    page.browser().eval(&format!("await fetch('/__wasm?serve={how}', {{ method: 'POST' }})"), &[]).await
}

/// Makes two calls to `url` before anything is there, and one that needs all that can be loaded.
async fn load(page: &Page<'_>, url: &str) -> Result<Loaded> {
    page.eval(&format!(
        "const own = actionlane.createDispatcher({{ url: '{url}' }});
         const order = [];
         const calls = ['first', 'second'].map((name) => own.call(some, [name]));
         const states = calls.map(({{ state }}) => state);
         calls.forEach((call, at) => call.then(() => order.push(['first', 'second'][at]), () => {{}}));
         const ended = [await settle(calls[0]), await settle(calls[1])];
         const rich = await settle(actionlane.encode([new Map([[1, 2]])]).then((form) => form instanceof FormData));
         const asked = performance.getEntriesByType('resource').map(({{ name }}) => name);
         return {{ states, calls: ended, order, rich, asked }};"
    ))
    .await
}

#[track_caller]
fn assert_says(failed: &Settled, parts: &[&str]) {
    let message = failed.message.as_deref().unwrap_or_default();
    for part in parts {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}
