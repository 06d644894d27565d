//! Loading the wasm: from its file, from its copy in a JavaScript module, or not at all.

use anyhow::Result;
use e2e::Behaviour;
use serde::Deserialize;
use serde_json::json;

use crate::scene::{Page, Pair, Settled, on_the_test_server};

/// Result of a call, and the forms of the wasm that the page requested.
#[derive(Debug, Deserialize)]
struct Loaded {
    call: Settled,
    file: bool,
    copy: bool,
}

impl Loaded {
    #[track_caller]
    fn assert_from(&self, file: bool, copy: bool) {
        self.call.assert_value(&json!("ok"));
        assert_eq!((self.file, self.copy), (file, copy), "{self:?}");
    }
}

/// If streaming compilation refuses the right wasm, the file is compiled anyway. If the file is not this package's
/// wasm, because of a bundler or a cache, its copy is loaded.
#[tokio::test]
async fn a_wrong_file_is_replaced_by_its_copy_if_needed() -> Result<()> {
    for (wrong, copy) in [("charset", false), ("octets", false), ("cut", false), ("missing", true), ("html", true), ("other", true)] {
        on_the_test_server("?load=module", async |page, _server| {
            serve(page, wrong).await?;
            eprintln!("{wrong}");
            load(page, "/").await?.assert_from(true, copy);
            Ok(())
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn under_a_policy_that_forbids_fetching_the_file_the_copy_is_loaded() -> Result<()> {
    on_the_test_server("?load=module&csp=connect", async |page, _server| {
        load(page, "/only").await?.assert_from(false, true);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn under_a_policy_that_forbids_wasm_nothing_is_requested() -> Result<()> {
    on_the_test_server("?load=module&csp=strict", async |page, _server| {
        let Loaded { call, file, copy } = load(page, "/").await?;
        call.assert_failed("WASM_BLOCKED", "no");
        assert_eq!((file, copy), (false, false));
        Ok(())
    })
    .await
}

/// `init()` loads the wasm that it is given, or fails.
#[tokio::test]
async fn a_url_given_to_init_is_the_only_one() -> Result<()> {
    on_the_test_server("?load=module", async |page, _server| {
        serve(page, "html").await?;
        page.eval::<()>("await window.load()").await?;
        // Runs without the prelude, whose dispatcher loads from the default URL at once.
        let [named, default]: [Settled; 2] = page
            .browser()
            .eval(
                "const failureOf = ({ code, sent, message }) => ({ code, sent, message });
                 const named = await module.init('/pkg/wasm/dispatcher_bg.wasm').catch(failureOf);
                 return [named, await module.init().then(() => ({ value: null }), failureOf)];",
                &[],
            )
            .await?;
        named.assert_failed("WASM_LOAD", "no");
        let message = named.message.unwrap_or_default();
        for part in ["/pkg/wasm/dispatcher_bg.wasm answered 200", "<!doctype html>", "init() needs \"actionlane/actionlane.wasm\""] {
            assert!(message.contains(part), "{part} is not in: {message}");
        }
        assert_eq!(default.code, None, "{default:?}");
        Ok(())
    })
    .await
}

/// Concurrent callers share one attempt to load; a later call tries again. The message says what was wrong with each
/// URL.
#[tokio::test]
async fn without_file_and_copy_calls_fail_until_they_are_back() -> Result<()> {
    on_the_test_server("?load=module", async |page, _server| {
        let serve = async |serve: u8| page.eval::<()>(&format!("await fetch('/__wasm?serve={serve}', {{ method: 'POST' }})")).await;
        serve(0).await?;
        page.eval::<()>("await window.load()").await?;
        let [first, second, ready]: [Settled; 3] = page
            .eval("const both = [d.call(some), d.call(some)]; return [await settle(both[0]), await settle(both[1]), await settle(actionlane.ready())]")
            .await?;
        first.assert_failed("WASM_LOAD", "no");
        let message = first.message.as_deref().unwrap_or_default();
        for part in ["/pkg/wasm/dispatcher_bg.wasm answered 404", "missing on request", "init()", "actionlane/inline"] {
            assert!(message.contains(part), "{part} is not in: {message}");
        }
        if page.browser().kind().behaves(Behaviour::NamesMissingModules) {
            assert!(message.contains("dispatcher_bytes.js"), "{message}");
        }
        second.assert_failed("WASM_LOAD", "no");
        ready.assert_failed("WASM_LOAD", "no");
        // The same dispatcher loads the file when it is served again.
        let back: Pair = page
            .eval(
                "const missing = await settle(d.call(some));
                 await fetch('/__wasm?serve=1', { method: 'POST' });
                 const back = await pair(d.call(some), d.call(some));
                 return { ...back, call: missing };",
            )
            .await?;
        back.assert_failed_alone("WASM_LOAD", "no", &json!("ok"));
        Ok(())
    })
    .await
}

/// Modules of the package that are loaded on demand, by the call that needs them. A bundler makes chunks of them.
#[tokio::test]
async fn rarely_used_modules_are_loaded_when_they_are_used() -> Result<()> {
    on_the_test_server("?load=module", async |page, _server| {
        load(page, "/").await?.assert_from(true, false);
        let loaded: Vec<Vec<String>> = page
            .eval(
                "const loaded = () => {
                     const names = performance.getEntriesByType('resource').map(({ name }) => name.replace(/.*\\/pkg\\/lib\\/|\\.js$/g, ''));
                     return ['tabs/web_locks', 'answer/payload', 'outbox/outbox', 'outbox/record', 'outbox/indexed_db'].filter(name => names.includes(name));
                 };
                 const seen = [loaded()];
                 await actionlane.createDispatcher({ scope: 'origin' }).call(some);
                 seen.push(loaded());
                 const headers = { 'content-type': 'text/x-component', 'x-action-revalidated': '1' };
                 const answer = () => new Response('0:{\"a\":\"$@1\",\"f\":[[\"children\"]],\"b\":\"dev\"}\\n1:1\\n', { headers });
                 const { payload } = await actionlane.createDispatcher({ host: 'none', fetch: async () => answer() }).call(some).outcome;
                 if ((await payload).data[0][0] !== 'children') throw new Error('no payload');
                 seen.push(loaded());
                 await actionlane.createDispatcher({ outbox: { owner: 'ann' } }).call(some, [], { durable: true });
                 seen.push(loaded());
                 return seen;",
            )
            .await?;
        let all: [&[&str]; 4] = [
            &[],
            &["tabs/web_locks"],
            &["tabs/web_locks", "answer/payload"],
            &["tabs/web_locks", "answer/payload", "outbox/outbox", "outbox/record", "outbox/indexed_db"],
        ];
        assert_eq!(loaded, all);
        Ok(())
    })
    .await
}

mod needs_credentials_in_urls {
    use super::*;

    /// Every relative URL of such a page holds the credentials, too, and `fetch` refuses such URLs.
    #[tokio::test]
    async fn calls_work_on_a_page_whose_url_holds_credentials() -> Result<()> {
        on_the_test_server("", async |page, server| {
            let address = server.url().replace("http://", "http://user:pa%20ss@");
            page.browser().goto(&format!("{address}/?load=module")).await?;
            load(page, "/").await?.assert_from(true, false);
            let ended: Vec<Settled> = page
                .eval(
                    "const own = actionlane.createDispatcher();
                     const head = { 'next-action': some };
                     return [
                         await settle(own.call(some)),
                         await settle(d.route('/__seen').then(({ status }) => status)),
                         await settle(d.fetch('/', { method: 'POST', headers: head }).then(({ status }) => status)),
                         await settle(actionlane.init(document.baseURI + 'nowhere.wasm')),
                         await settle(d.call(some, [], { url: 'http://other:one@' + location.host + '/' })),
                     ];",
                )
                .await?;
            let [own, route, action, init, explicit] = &ended[..] else { panic!("{ended:?}") };
            own.assert_value(&json!("ok"));
            route.assert_value(&json!(200));
            action.assert_value(&json!(200));
            assert_eq!(init.code, None, "loaded already: {init:?}");
            // Credentials that the caller writes are not removed: `fetch` refuses them.
            explicit.assert_failed("NETWORK", "unknown");
            Ok(())
        })
        .await
    }

    /// A file of the app that can be fetched proves that the page is online, even with credentials in its URL.
    #[tokio::test]
    async fn a_page_with_credentials_can_tell_that_it_is_online() -> Result<()> {
        on_the_test_server("", async |page, server| {
            page.browser().goto(&server.url().replace("http://", "http://user:pw@")).await?;
            let found: Option<bool> = page
                .eval(
                    "const { reachable } = await import(location.origin + '/pkg/lib/page/network.js');
                     const { sendable } = await import(location.origin + '/pkg/lib/page/url.js');
                     return await reachable(undefined, (url, init) => fetch(sendable(url), init));",
                )
                .await?;
            assert_eq!(found, Some(true));
            Ok(())
        })
        .await
    }
}

async fn serve(page: &Page<'_>, how: &str) -> Result<()> {
    page.eval(&format!("await fetch('/__wasm?serve={how}', {{ method: 'POST' }})")).await
}

/// Loads the package, makes a call to `url`, and says which forms of the wasm were requested.
async fn load(page: &Page<'_>, url: &str) -> Result<Loaded> {
    page.eval::<()>("await window.load()").await?;
    page.eval(&format!(
        "const call = await settle(d.call(some, [], {{ url: '{url}' }}));
         const requested = performance.getEntriesByType('resource').map(({{ name }}) => name);
         return {{ call, file: requested.some(name => name.endsWith('.wasm')), copy: requested.some(name => name.endsWith('_bytes.js')) }};"
    ))
    .await
}
