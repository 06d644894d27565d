import assert from "node:assert/strict";

export default function (check) {
  const lanes = (tab) => tab.run(async () => window.block.module.d.snapshot().map(({ lane, state }) => `${lane} ${state}`));

  check(1, "a lane has an order and others do not wait for it", async ({ begin, ended, tab, api, untilRuns, runs }) => {
    await api("close", "saveNote");
    await begin(1);
    await untilRuns("saveNote", 3); // the first of "main", and two of "notes"
    await ended();
    assert.equal(await tab.run(async () => window.block.module.found), "found a");
    assert.deepEqual((await lanes(tab)).sort(), ["main running", "main waiting", "notes running", "notes running", "notes waiting"]);
    await api("open", "saveNote");
    await tab.run(async () => window.block.module.d.idle());
    const texts = (await runs("saveNote")).map(([text]) => text);
    assert.ok(texts.indexOf("first") < texts.indexOf("second"));
    assert.deepEqual([...texts].sort(), ["a", "b", "c", "first", "second"]);
  });

  check(2, "the call is aborted while its lane is paused and the listener hears of it", async ({ run, tab, runs, printed }) => {
    await run(1);
    assert.equal(await tab.run(async () => window.block.module.reason), "ABORTED");
    assert.ok((await printed()).some((line) => line.includes("ABORTED")));
    assert.deepEqual((await runs("search")).filter(([text]) => text === "ab"), [], "it was not sent");
    assert.equal(await tab.run(async () => window.block.module.d.call(window.refs.search.id, ["c"], { lane: "search" })), "found c");
  });
}
