import assert from "node:assert/strict";

export default function (check) {
  check(1, "two actions run at the same time, and the dispatcher shows them", async ({ open, tab, api, untilRuns }) => {
    for (const action of ["saveTokens", "createPaymentSession"]) await api("close", action);
    await open("/tools");
    await tab.run(async () => void (window.both = Promise.all([window.tools.saveTokens("a", "b"), window.tools.createPaymentSession(1, "a")])));
    for (const action of ["saveTokens", "createPaymentSession"]) await untilRuns(action, 1);
    const calls = await tab.run(async () => (await window.tools.getDispatcher()).snapshot().map(({ name, lane, state }) => [name, lane, state]));
    assert.deepEqual(calls, [["saveTokens", "main", "running"], ["createPaymentSession", "payment", "running"]]);
    for (const action of ["saveTokens", "createPaymentSession"]) await api("open", action);
    assert.equal(await tab.run(async () => (await window.both)[1].sessionId), "cs_1");
  });

  check(2, "each action has the options of its policy, and others go Next's own way", async ({ open, tab, api, requests, untilRuns }) => {
    await open("/tools");
    await tab.run(async () => Promise.all([window.tools.saveTokens("a", "b"), window.tools.createPaymentSession(1, "a")]));
    const skips = (await requests()).map((headers) => headers["x-action-forwarded"] !== undefined);
    assert.deepEqual(skips.sort(), [false, true], "saveTokens alone has render: skip");
    await api("close", "search");
    await tab.run(async () => void (window.found = window.tools.search("a")));
    await untilRuns("search", 1);
    assert.deepEqual(await tab.run(async () => (await window.tools.getDispatcher()).snapshot()), []);
  });

  check(3, "the form saves", async ({ run, submit, runs, tab, untilRuns }) => {
    await run(3);
    await tab.until(async () => document.forms.length > 0);
    await submit("text", "a text");
    await untilRuns("save", 1);
    assert.deepEqual(await runs("save"), [[{}, { text: "a text" }]]);
  });

  check(3, "an abort shows the error's code, and the form works on", async ({ run, submit, tab, api, untilRuns, untilShown }) => {
    await api("close", "save");
    await run(3);
    await tab.until(async () => document.forms.length > 0);
    await submit("text", "a text");
    await untilRuns("save", 1);
    await tab.run(async () => document.querySelector("button[type=button]").click());
    await untilShown("ABORTED");
  });
}
