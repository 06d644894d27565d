import assert from "node:assert/strict";

export default function (check) {
  check(1, "the page passes references, by which its button pays", async ({ open, url, click, tab, runs, printed }) => {
    const html = await (await fetch(`${url}/run/references/1`)).text();
    assert.match(html, /\\"createPaymentSession\\":\{\\"id\\":\\"[0-9a-f]{42}\\",\\"name\\":\\"createPaymentSession\\"\}/);
    await open("/run/references/1");
    await click("Pay");
    await tab.until(async () => window.printed.length > 0);
    assert.deepEqual(await printed(), [["log", "cs_1"]]);
    assert.deepEqual(await runs("createPaymentSession"), [[4200, "id token"]]);
  });

  check(2, "a typed reference calls its action, in the lane of the call", async ({ run, click, tab, api, untilShown, untilRuns, printed }) => {
    await api("close", "createPaymentSession");
    await run(2);
    await untilShown("Pay");
    await click("Pay");
    await untilRuns("createPaymentSession", 1);
    assert.deepEqual(await tab.run(async () => window.dispatcher.snapshot().map(({ name, lane }) => [name, lane])), [["createPaymentSession", "payment"]]);
    await api("open", "createPaymentSession");
    await tab.until(async () => window.printed.length > 0);
    assert.deepEqual(await printed(), [["log", "cs_1"]]);
  });

  check(3, "an imported action and a name are references", async ({ run, tab, runs }) => {
    await run(3);
    assert.equal(await tab.run(async () => window.block.module.sessionId), "cs_1");
    assert.deepEqual(await runs("saveTokens"), [["id token", "access token"]]);
    const error = await tab.run(async () => window.dispatcher.call({ name: "saveToken" }, []).catch(({ code, message }) => [code, message]));
    assert.equal(error[0], "INVALID_OPTION");
    assert.match(error[1], /"saveTokens"/);
  });

  check(4, "actions are called by name", async ({ run, tab, runs }) => {
    await run(4);
    assert.equal(await tab.run(async () => window.block.module.sessionId), "cs_1");
    assert.deepEqual(await runs("createPaymentSession"), [[4200, "id token"]]);
    const [code, message, kept] = await tab.run(async () => {
      const { api } = window.block.module;
      const { code, message } = await api.createPaymentSessions().catch((error) => error);
      return [code, message, [api.then, api.toJSON, api.toString, api.valueOf, api[Symbol.iterator]].every((value) => value === undefined)];
    });
    assert.equal(code, "INVALID_OPTION");
    assert.match(message, /"createPaymentSession"/);
    assert.ok(kept);
  });

  check(5, "a page that Next does not build calls by the manifest of the build", async ({ open, ended, tab, runs }) => {
    await open("/run/references/5.html");
    await tab.until(async () => window.block !== undefined);
    await ended();
    assert.equal(await tab.run(async () => window.block.module.sessionId), "cs_1");
    assert.deepEqual(await runs("createPaymentSession"), [[4200, "id token"]]);
    const [code, message] = await tab.run(async () => window.block.module.api.saveToken().catch(({ code, message }) => [code, message]));
    assert.equal(code, "INVALID_OPTION");
    assert.match(message, /"saveTokens"/);
  });
}
