//! The drop-in script, loaded in each way a page can: it finds its files, or says what to do.

use anyhow::Result;
use serde::Deserialize;
use serde_json::json;
use server::Server;

use crate::scene::{Page, Settled, on_the_test_server, package};

/// Results of two calls made at the same time and of a call with rich arguments, and the requested files.
#[derive(Debug, Deserialize)]
struct Loaded {
    states: [String; 2],
    calls: [Settled; 2],
    order: Vec<String>,
    rich: Settled,
    requested: Vec<String>,
}

impl Loaded {
    /// Checks that all calls succeeded with files from below `base`. `copy`: the wasm came as JavaScript modules.
    #[track_caller]
    fn assert_from(&self, base: &str, copy: bool) {
        assert_eq!(self.states, ["loading", "loading"], "{self:?}");
        self.calls.iter().for_each(|call| call.assert_value(&json!("ok")));
        assert_eq!(self.order, ["first", "second"], "{self:?}");
        self.rich.assert_value(&json!(true));
        let end = if copy { "bytes.js" } else { "wasm" };
        for file in [format!("dispatcher.{end}"), format!("flight.{end}"), "flight.js".to_owned()] {
            assert!(self.requested.contains(&format!("{base}{file}")), "{base}{file} is not among {:?}", self.requested);
        }
        assert_eq!(copy, self.requested.iter().any(|name| name.ends_with("bytes.js")), "{:?}", self.requested);
    }
}

#[tokio::test]
async fn the_script_finds_its_files_beside_itself_with_any_attributes() -> Result<()> {
    for attributes in ["", "async", "defer", "type=\"module\"", "crossorigin=\"anonymous\""] {
        on_a_page_with(&format!("<script {attributes} src=\"/actionlane.js\"></script>"), "none", async |page, server| {
            eprintln!("<script {attributes}>");
            load(page, "/").await?.assert_from(&format!("{}/", server.url()), false);
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// `data-base` names another directory: on the script's own tag, or, for a module, on any. A page that contains the
/// script's text can use it, too.
#[tokio::test]
async fn data_base_names_the_directory_of_the_files() -> Result<()> {
    for tag in [
        "<script src=\"/actionlane.js\" data-base=\"/pkg/dist\"></script>",
        "<script type=\"module\" src=\"/actionlane.js\" data-base=\"pkg/dist/\"></script>",
    ] {
        on_a_page_with(tag, "none", async |page, server| {
            eprintln!("{tag}");
            load(page, "/").await?.assert_from(&format!("{}/pkg/dist/", server.url()), false);
            Ok(())
        })
        .await?;
    }
    on_a_page_with("", "none", async |page, server| {
        add_inline_script(page, "/pkg/dist/").await?;
        load(page, "/").await?.assert_from(&format!("{}/pkg/dist/", server.url()), false);
        Ok(())
    })
    .await
}

/// The error says what to do. After `init()`, calls that need only the dispatcher work.
#[tokio::test]
async fn a_script_that_cannot_know_its_directory_says_so() -> Result<()> {
    // Browsers report the URL of the page, or of its `<base>`, as that of an inline script. No files are there.
    on_the_test_server("page/of/the/app?tag=%3Cbase%20href=%22/page/of/%22%3E", async |page, _server| {
        add_inline_script(page, "").await?;
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
async fn the_script_works_in_a_worker_that_imports_it() -> Result<()> {
    on_a_page_with("", "none", async |page, server| {
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

/// The other origin must allow it by CORS. If it does not, `actionlane.full.js` still works from there: it needs no
/// other file.
#[tokio::test]
async fn the_script_works_from_another_origin_that_allows_it() -> Result<()> {
    let other = Server::start(package())?;
    let at = other.url();
    on_a_page_with(&format!("<script src=\"{at}/cors/actionlane.js\"></script>"), "none", async |page, _server| {
        load(page, "/").await?.assert_from(&format!("{at}/cors/"), false);
        Ok(())
    })
    .await?;
    on_a_page_with(&format!("<script src=\"{at}/actionlane.js\"></script>"), "none", async |page, _server| {
        let call: Settled = page.eval("return await settle(d.call(some))").await?;
        call.assert_failed("WASM_LOAD", "no");
        assert_says(&call, &["dispatcher.wasm could not be fetched", "(CORS)", "actionlane.full.js"]);
        Ok(())
    })
    .await?;
    on_a_page_with(&format!("<script src=\"{at}/actionlane.full.js\"></script>"), "none", async |page, _server| {
        let loaded = load(page, "/").await?;
        loaded.calls.iter().for_each(|call| call.assert_value(&json!("ok")));
        loaded.rich.assert_value(&json!(true));
        assert_eq!(loaded.order, ["first", "second"]);
        assert!(!loaded.requested.iter().any(|name| name.contains("wasm") || name.ends_with("flight.js")), "{loaded:?}");
        Ok(())
    })
    .await
}

/// If the policy forbids `fetch` of the file, JavaScript modules provide the bytes.
#[tokio::test]
async fn under_a_policy_that_forbids_fetching_the_copies_are_loaded() -> Result<()> {
    on_a_page_with("<script src=\"/actionlane.js\"></script>", "connect", async |page, server| {
        let [one, rich]: [Settled; 2] = page
            .eval(
                "return [await settle(d.call(some, [], { url: '/only' })),
                     await settle(actionlane.encode([new Map()]).then((form) => form instanceof FormData))];",
            )
            .await?;
        one.assert_value(&json!("ok"));
        rich.assert_value(&json!(true));
        let requested = requested(page).await?;
        assert!(requested.contains(&format!("{}/dispatcher.bytes.js", server.url())), "{requested:?}");
        Ok(())
    })
    .await
}

/// A file of another build, or a modified one, is refused, and its copy is not requested.
#[tokio::test]
async fn a_file_of_another_build_is_refused() -> Result<()> {
    on_a_page_with("<script src=\"/actionlane.js\"></script>", "none", async |page, server| {
        serve(page, "other").await?;
        let call: Settled = page.eval("return await settle(d.call(some))").await?;
        call.assert_failed("WASM_LOAD", "no");
        assert_says(
            &call,
            &[
                "dispatcher.wasm is not the file that this actionlane.js was made with",
                "sha256-",
                "not loaded, because the file is not the expected one",
            ],
        );
        let requested = requested(page).await?;
        assert!(!requested.contains(&format!("{}/dispatcher.bytes.js", server.url())), "{requested:?}");
        Ok(())
    })
    .await
}

/// If the server has the script but not the wasm, the copy is loaded; if that is missing too, the error names the
/// status.
#[tokio::test]
async fn a_missing_file_is_replaced_by_its_copy() -> Result<()> {
    on_a_page_with("<script src=\"/actionlane.js\"></script>", "none", async |page, server| {
        serve(page, "0").await?;
        let call: Settled = page.eval("return await settle(d.call(some))").await?;
        call.assert_failed("WASM_LOAD", "no");
        assert_says(&call, &["/dispatcher.wasm answered 404", "keep the files of actionlane/dist/"]);
        // Firefox remembers modules that could not be loaded, so the second request has another URL.
        serve(page, "missing").await?;
        page.eval::<Settled>("return await settle(d.call(some))").await?.assert_value(&json!("ok"));
        assert!(requested(page).await?.contains(&format!("{}/dispatcher.bytes.js?1", server.url())));
        Ok(())
    })
    .await
}

/// Runs a scene on a page with these tags, after the script in them, if there is one, has run.
async fn on_a_page_with(tags: &str, csp: &str, scene: impl AsyncFnOnce(&Page<'_>, &Server) -> Result<()>) -> Result<()> {
    let escaped: String = tags.bytes().map(|byte| format!("%{byte:02x}")).collect();
    on_the_test_server(&format!("?csp={csp}&tag={escaped}"), async |page, server| {
        if tags.contains("<script") {
            // Runs without the prelude, whose dispatcher loads the wasm at once.
            page.browser().eval::<()>("while (!window.actionlane) await new Promise((again) => setTimeout(again, 10));", &[]).await?;
        }
        scene(page, &server).await
    })
    .await
}

/// Adds the script to the page as inline text.
async fn add_inline_script(page: &Page<'_>, base: &str) -> Result<()> {
    let script = format!(
        "const script = document.createElement('script');
         if ('{base}') script.dataset.base = '{base}';
         script.textContent = await (await fetch('/actionlane.js')).text();
         document.head.append(script);"
    );
    page.browser().eval(&script, &[]).await
}

/// Returns the URLs that the page has requested.
async fn requested(page: &Page<'_>) -> Result<Vec<String>> {
    page.browser().eval("return performance.getEntriesByType('resource').map(({ name }) => name)", &[]).await
}

async fn serve(page: &Page<'_>, how: &str) -> Result<()> {
    page.browser().eval(&format!("await fetch('/__wasm?serve={how}', {{ method: 'POST' }})"), &[]).await
}

/// Makes two calls to `url` before anything is loaded, and one that needs every file.
async fn load(page: &Page<'_>, url: &str) -> Result<Loaded> {
    page.eval(&format!(
        "const own = actionlane.createDispatcher({{ url: '{url}' }});
         const order = [];
         const calls = ['first', 'second'].map((name) => own.call(some, [name]));
         const states = calls.map(({{ state }}) => state);
         calls.forEach((call, at) => call.then(() => order.push(['first', 'second'][at]), () => {{}}));
         const ended = [await settle(calls[0]), await settle(calls[1])];
         const rich = await settle(actionlane.encode([new Map([[1, 2]])]).then((form) => form instanceof FormData));
         const requested = performance.getEntriesByType('resource').map(({{ name }}) => name);
         return {{ states, calls: ended, order, rich, requested }};"
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
