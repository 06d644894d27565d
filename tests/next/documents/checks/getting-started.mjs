import assert from "node:assert/strict";

export default function (check) {
  check(1, "with this configuration the page knows its own actions", async ({ open, tab }) => {
    await open("/tools");
    assert.equal(await tab.run(async () => (await (await window.tools.getDispatcher()).call({ name: "search" }, ["a"]))), "found a");
  });

  check(2, "an action with a policy does not wait for another", async ({ open, tab, api, untilRuns }) => {
    await api("close", "saveTokens");
    await open("/tools");
    await tab.run(async () => void (window.saved = window.tools.saveTokens("a", "b")));
    await untilRuns("saveTokens", 1);
    assert.equal(await tab.run(async () => (await window.tools.createPaymentSession(4200, "a")).sessionId), "cs_1");
    await api("open", "saveTokens");
    await tab.run(async () => window.saved);
  });

  check(3, "the calls of all components share the lanes of the module's dispatcher", async ({ open, tab, click, api, runs, untilRuns }) => {
    await api("close", "saveTokens");
    await open("/checkout");
    await click();
    await untilRuns("saveTokens", 1);
    await click();
    await untilRuns("createPaymentSession", 2);
    assert.equal((await runs("saveTokens")).length, 1, "the second waits in the lane of the first");
    await api("open", "saveTokens");
    await untilRuns("saveTokens", 2);
  });

  check(4, "the page passes references to its actions and the amount on", async ({ url, open, click, untilShown, runs, requests }) => {
    const html = await (await fetch(`${url}/checkout`)).text();
    const idOf = (name) => new RegExp(String.raw`\\"${name}\\":\{\\"id\\":\\"([0-9a-f]{42})\\"`).exec(html)[1];
    const [session, tokens] = [idOf("createPaymentSession"), idOf("saveTokens")];
    await open("/checkout");
    await click();
    await untilShown("Paid in");
    assert.deepEqual((await requests()).map((headers) => headers["next-action"]).sort(), [session, tokens].sort());
    assert.equal((await runs("createPaymentSession"))[0][0], 4200);
  });

  check(5, "the button shows the session while the tokens are still being saved", async ({ open, api, click, untilShown, runs }) => {
    await api("close", "saveTokens");
    await open("/checkout");
    await click("Pay");
    await untilShown("Paid in cs_1");
    const [[idToken, accessToken]] = await runs("saveTokens");
    assert.deepEqual(await runs("createPaymentSession"), [[4200, idToken]]);
    assert.notEqual(idToken, accessToken);
  });

  check(6, "the route handler answers with references to both actions", async ({ url }) => {
    const ids = await (await fetch(`${url}/api/ids`)).json();
    assert.deepEqual(Object.keys(ids).sort(), ["createPaymentSession", "saveTokens"]);
    for (const { id } of Object.values(ids)) assert.match(id, /^[0-9a-f]{42}$/);
  });

  check(7, "a page without a bundler pays", async ({ open, click, untilShown, runs }) => {
    await open("/pay.html");
    await click("Pay");
    await untilShown("Paid in cs_1");
    assert.deepEqual(await runs("createPaymentSession"), [[4200, "id token"]]);
  });

  check(8, "a page with a bundler calls by the ids of the route handler", async ({ run, tab, runs }) => {
    await run(8);
    assert.equal(await tab.run(async () => window.block.module.session.sessionId), "cs_1");
    assert.deepEqual(await runs("createPaymentSession"), [[4200, "id token"]]);
  });
}
