import assert from "node:assert/strict";

export default function (check, blocks) {
  check(1, "an app with this configuration has a dispatcher for its own actions", async ({ open, tab, api, untilRuns }) => {
    await api("close", "createPaymentSession");
    await open("/tools");
    await tab.run(async () => void (window.paid = window.tools.createPaymentSession(4200, "id token")));
    await untilRuns("createPaymentSession", 1);
    const calls = await tab.run(async () => (await window.tools.getDispatcher()).snapshot().map(({ name, lane }) => [name, lane]));
    assert.deepEqual(calls, [["createPaymentSession", "payment"]]);
    await api("open", "createPaymentSession");
    assert.equal(await tab.run(async () => (await window.paid).sessionId), "cs_1");
  });

  check(2, "the session does not wait for other actions", async ({ open, tab, api, untilRuns }) => {
    await api("close", "saveTokens");
    await open("/tools");
    await tab.run(async () => void (window.saved = window.tools.saveTokens("a", "b")));
    await untilRuns("saveTokens", 1);
    assert.equal(await tab.run(async () => (await window.tools.createPaymentSession(4200, "a")).sessionId), "cs_1");
    await api("open", "saveTokens");
    await tab.run(async () => window.saved);
  });

  check(2, "the action of the cart's file has its lane, and is retried", async ({ open, tab, api, runs, requests, untilRuns }) => {
    await api("close", "setQuantity");
    await api("fault", "503");
    await open("/tools");
    await tab.run(async () => void (window.done = window.tools.setQuantity(3)));
    await untilRuns("setQuantity", 1);
    assert.deepEqual(await tab.run(async () => (await window.tools.getDispatcher()).snapshot().map(({ lane, attempt }) => [lane, attempt])), [["cart", 2]]);
    await api("open", "setQuantity");
    assert.equal(await tab.run(async () => window.done), 3);
    assert.deepEqual(await runs("setQuantity"), [[3]]);
    const [first, second] = (await requests()).map((headers) => headers["idempotency-key"]);
    assert.ok(first && first === second, `${first}, ${second}`);
  });

  check(3, "a page without a bundler pays", async ({ open, click, untilShown, runs }) => {
    await open("/pay.html");
    await click("Pay");
    await untilShown("Paid in cs_1");
    assert.deepEqual(await runs("createPaymentSession"), [[4200, "id token"]]);
  });

  check(4, "the value is printed, with its date", async ({ run, tab, printed }) => {
    await run(4);
    assert.deepEqual((await printed())[0].slice(0, 1), ["log"]);
    assert.deepEqual(await tab.run(async () => {
      const [, { sessionId, expiresAt }] = window.printed[0];
      return [sessionId, expiresAt instanceof Date && expiresAt.toISOString()];
    }), ["cs_1", "2026-11-21T09:00:00.000Z"]);
  });

  check(4, "an action that takes too long is printed as the comment says", async ({ begin, ended, tab, api, printed, runs }) => {
    await api("close", "createPaymentSession");
    await begin(4);
    await tab.until(async () => window.printed.length > 0);
    const [, code, sent] = /\/\/ (\w+) (\w+): it may have run/.exec(blocks[3].code);
    assert.deepEqual(await printed(), [["error", code, sent]]);
    assert.deepEqual((await runs("createPaymentSession"))[0], [4200, "id token"], "it has run");
    await api("open", "createPaymentSession");
    await ended();
  });
}
