import assert from "node:assert/strict";

export default function (check) {
  check(1, "both actions run at once, since one has a lane", async ({ run, tab, api, untilRuns }) => {
    for (const action of ["saveTokens", "createPaymentSession"]) await api("close", action);
    await run(1);
    await tab.run(async () => void (window.paid = window.block.module.pay()));
    for (const action of ["saveTokens", "createPaymentSession"]) await untilRuns(action, 1);
    for (const action of ["saveTokens", "createPaymentSession"]) await api("open", action);
    assert.equal(await tab.run(async () => (await window.paid)[1].sessionId), "cs_1");
  });

  check(2, "the route handler is called with a key", async ({ run, tab }) => {
    await run(2);
    const { sessionId, amount, key } = await tab.run(async () => window.block.module.openSession(4200));
    assert.deepEqual([sessionId, amount], ["cs_route", 4200]);
    assert.match(key, /^[0-9a-f-]{36}$/);
  });

  check(3, "the two actions have the lanes of their policies", async ({ run, tab, api, untilRuns }) => {
    for (const action of ["saveTokens", "createPaymentSession"]) await api("close", action);
    await run(3);
    await tab.run(async () => void (window.all = Promise.all([window.imported.saveTokens("a", "b"), window.imported.createPaymentSession(1, "a")])));
    for (const action of ["saveTokens", "createPaymentSession"]) await untilRuns(action, 1);
    const calls = await tab.run(async () => (await window.getDispatcher()).snapshot().map(({ name, lane }) => `${name} ${lane}`));
    assert.deepEqual(calls.sort(), ["createPaymentSession parallel", "saveTokens tokens"]);
    for (const action of ["saveTokens", "createPaymentSession"]) await api("open", action);
    await tab.run(async () => window.all);
  });
}
