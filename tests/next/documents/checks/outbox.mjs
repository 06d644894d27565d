import assert from "node:assert/strict";

export default function (check) {
  check(1, "a later page sends what an earlier one left, under the same key and first", async ({ begin, ended, tab, api, runs, requests, untilRuns }) => {
    await api("close", "saveNote");
    await begin(1, { text: "a" });
    await untilRuns("saveNote", 1);
    await tab.run(async () => history.replaceState(null, "", "?text=b"));
    await tab.cdp("Page.reload", {});
    await tab.until(async () => location.search === "?text=b" && window.block);
    await untilRuns("saveNote", 2);
    assert.deepEqual(await runs("saveNote"), [["a"], ["a"]]);
    await api("open", "saveNote");
    await ended();
    assert.deepEqual(await runs("saveNote"), [["a"], ["a"], ["b"]]);
    const [first, second, third] = (await requests()).map((headers) => headers["idempotency-key"]);
    assert.ok(first && first === second && third && third !== first, `${first}, ${second}, ${third}`);
    assert.deepEqual(await tab.run(async () => window.block.module.d.outbox.entries()), []);
  });

  // The browser may keep the page that was left until the next one requests its lock: either call may come first.
  check(1, "what a page left that was navigated away from is sent under the same key", async ({ begin, ended, open, tab, api, runs, requests, untilRuns }) => {
    await api("close", "saveNote");
    await begin(1, { text: "a" });
    await untilRuns("saveNote", 1);
    await open("/done");
    await begin(1, { text: "b" });
    await api("open", "saveNote");
    await ended();
    await untilRuns("saveNote", 3);
    await tab.until(async () => (await window.block.module.d.outbox.entries()).length === 0);
    const texts = (await runs("saveNote")).map(([text]) => text);
    const keys = (await requests()).map((headers) => headers["idempotency-key"]);
    assert.deepEqual(texts.toSorted(), ["a", "a", "b"]);
    assert.equal(keys.filter((key) => key === keys[0]).length, 2);
    assert.equal(new Set(keys).size, 2);
  });
}
