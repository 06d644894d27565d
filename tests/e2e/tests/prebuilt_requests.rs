//! Requests built by other code and sent with `d.fetch`: the response that the caller gets, and the moment when the
//! lane becomes free. Uses the browser's own `fetch`, streams and `Response`.

use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;

use crate::scene::on_the_test_server;

const POST: &str = "const post = (more) => ({ method: 'POST', headers: { 'Next-Action': some }, body: '[]', ...more });";

#[tokio::test]
async fn a_response_equals_that_of_the_browsers_fetch() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        let [ours, theirs]: [Vec<Value>; 2] = page
            .eval(&format!(
                "{POST}
                 const said = async (response) => {{
                     const {{ url, redirected, type, status, statusText, ok, bodyUsed, headers }} = response;
                     const copy = response.clone();
                     const again = copy.clone();
                     const lines = [...headers].filter(([name]) => name !== 'date');
                     const [text, whole, bytes] = [await response.text(), await copy.blob(), await again.arrayBuffer()];
                     const twice = await response.text().catch(({{ name }}) => name);
                     return {{ url, redirected, type, status, statusText, ok, bodyUsed, lines, copy: [copy.url, copy.type, copy.redirected],
                               text, blob: [whole.type.split(';')[0], whole.size], bytes: bytes.byteLength, twice, used: response.bodyUsed,
                               is: response instanceof Response }};
                 }};
                 // WebKit's own fetch gives a Blob the charset of its type in one run, and not in the next.
                 const paths = ['/', '/?do=drip&ms=1', '/?do=huge&bytes=100000', '/?do=html502', '/?do=ends'];
                 const all = async (fetch) => Promise.all(paths.map(async (path) => said(await fetch(path, post()))));
                 const {{ createDispatcher }} = await import('/pkg/index.js');
                 return [await all(createDispatcher().fetch), await all((...args) => fetch(...args))];"
            ))
            .await?;
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours, theirs);
        }
        assert_eq!((ours.len(), &ours[1]["text"]), (5, &theirs[1]["text"]));
        Ok(())
    })
    .await
}

#[derive(Deserialize)]
struct LaneStates {
    /// State of the lane's next action while the first one has only its head, and its result after the first one has
    /// ended.
    before: String,
    after: String,
    read: String,
}

#[tokio::test]
async fn a_lane_is_held_until_the_value_or_until_the_body_is_aborted() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        for (how, read) in [
            ("abort.abort()", "AbortError"),
            ("await response.body.cancel('why')", "cancelled"),
            ("await next", "TIMEOUT"),
            ("own.close()", "CLOSED"),
        ] {
            let lane: LaneStates = page
                .eval(&format!(
                    "{POST}
                     const {{ createDispatcher }} = await import('/pkg/index.js');
                     const own = createDispatcher({{ url: '/' }});
                     const abort = new AbortController();
                     const timeout = {timeout};
                     const response = await own.fetch('/?do=stall-row', post({{ signal: abort.signal }}), {{ timeout }});
                     const next = own.fetch('/', post(), {{ name: 'next' }}).then(({{ status }}) => String(status), ({{ code }}) => code);
                     await (await fetch('/')).text(); // meanwhile the first half of the answer arrives
                     const {{ state: before }} = own.snapshot().find(({{ name }}) => name === 'next');
                     const reading = {cancels} ? 'cancelled' : response.text().catch((error) => typeof error.code === 'string' ? error.code : error.name);
                     {how};
                     return {{ before, after: await next, read: await reading }};",
                    timeout = if read == "TIMEOUT" { "250" } else { "undefined" },
                    cancels = read == "cancelled",
                ))
                .await?;
            let after = if read == "CLOSED" { "CLOSED" } else { "200" };
            assert_eq!((&*lane.before, &*lane.after, &*lane.read), ("waiting", after, read), "{how}");
        }
        Ok(())
    })
    .await
}
