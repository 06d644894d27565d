import assert from "node:assert/strict";

export default function (check) {
  const states = (tab) => tab.run(async () => window.block.module.d.snapshot().map(({ state }) => state));

  check(1, "a later search replaces the one before", async ({ run, tab, api, untilRuns }) => {
    await run(1);
    await api("close", "search");
    await tab.run(async () => void (window.first = window.block.module.search("a").catch(({ code }) => code)));
    await untilRuns("search", 1);
    assert.equal(await tab.run(async () => {
      window.second = window.block.module.search("ab");
      return window.first;
    }), "REPLACED");
    await api("open", "search");
    assert.equal(await tab.run(async () => window.second), "found ab");
  });

  check(1, "the second call of the cart is dropped", async ({ run, tab, api, untilRuns }) => {
    await run(1);
    await api("close", "saveNote");
    const code = await tab.run(async () => {
      const call = () => window.block.module.d.call(window.refs.saveNote.id, ["a"], { lane: "cart" });
      window.first = call();
      return call().catch(({ code, sent }) => `${code} ${sent}`);
    });
    assert.equal(code, "DROPPED no");
    await untilRuns("saveNote", 1);
  });

  check(1, "three uploads run at once", async ({ run, tab, api, untilRuns }) => {
    await run(1);
    await api("close", "saveNote");
    await tab.run(async () => {
      window.all = Promise.all(["a", "b", "c", "d"].map((text) => window.block.module.d.call(window.refs.saveNote.id, [text], { lane: "uploads" })));
    });
    await untilRuns("saveNote", 3);
    assert.deepEqual(await states(tab), ["running", "running", "running", "waiting"]);
    await api("open", "saveNote");
    await tab.run(async () => window.all);
  });
}
