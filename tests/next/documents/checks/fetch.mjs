import assert from "node:assert/strict";

export default function (check) {
  check(1, "the request is retried under one key, and gives the answer", async ({ run, tab, api, runs, requests }) => {
    await api("fault", "503");
    await run(1);
    assert.deepEqual(await tab.run(async () => {
      const { response } = window.block.module;
      return [response.status, (await response.text()).includes("found undefined")];
    }), [200, true]);
    assert.equal((await runs("search")).length, 1);
    const keys = (await requests()).map((headers) => headers["idempotency-key"]);
    assert.ok(keys.length === 2 && keys[0] && keys[0] === keys[1], String(keys));
  });

  check(1, "requests of actions wait for their turn in the lane, others do not", async ({ run, tab, api, untilRuns, runs }) => {
    await run(1);
    await api("close", "search");
    await tab.run(async () => {
      const { d, headers, body, options } = window.block.module;
      const send = () => d.fetch(location.href, { method: "POST", headers, body }, options);
      window.answers = Promise.all([send(), send()]);
    });
    await untilRuns("search", 2);
    assert.deepEqual(await tab.run(async () => window.block.module.d.snapshot().map(({ lane, state }) => [lane, state])), [["cart", "running"], ["cart", "waiting"]]);
    assert.equal(await tab.run(async () => (await window.block.module.d.fetch("/done")).status), 200);
    assert.equal((await runs("search")).length, 2, "the second still waits");
    await api("open", "search");
    assert.deepEqual(await tab.run(async () => (await window.answers).map(({ status }) => status)), [200, 200]);
  });

  check(2, "every action of the page goes through lanes", async ({ run, tab, api, untilRuns }) => {
    await run(1);
    await api("close", "saveDraft");
    await tab.run(async () => void (window.saved = window.imported.saveDraft("a draft"))); // by Next's own client
    await untilRuns("saveDraft", 1);
    const [calls, id] = await tab.run(async () => [window.block.module.d.snapshot().map(({ actionId, lane }) => [actionId, lane]), window.refs.saveDraft.id]);
    assert.deepEqual(calls, [[id, "main"]]);
    await api("open", "saveDraft");
    assert.deepEqual(await tab.run(async () => window.saved), { id: 7 });
  });
}
