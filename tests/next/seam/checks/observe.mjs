// Checks of `actionlane/observe` in an app with the seam: it sees what the seam sends, once.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const observe = `() => {${readFileSync(new URL("../../../../pkg/dist/observe.js", import.meta.url), "utf8")}}`;

export default function ({ check, tab, fresh, runs }) {
  /** Waits until the observed requests have ended, and returns the entries. */
  const observed = () => tab.run(async () => {
    const entries = () => window.actionlaneObserve.entries();
    while (!entries().every(({ end }) => end)) await new Promise((resolve) => setTimeout(resolve, 10));
    return entries().map(({ name, lane, waitedFor, head, waited }) => ({ name, lane, waitedFor, isAnswered: head > 0, waited }));
  });

  for (const [label, when] of [["before", { before: observe }], ["after", {}]]) {
    check(`observe, there ${label} the seam, sees a request that is handed over once, and is certain which one it waited for`, async () => {
      await fresh({ default: { lane: "main" } }, when);
      await tab.run(async () => void (await window.fixture.getDispatcher()));
      if (label === "after") await tab.run(new Function(`return (async () => { (${observe})(); })();`));
      assert.deepEqual(await tab.run(async () => Promise.all([window.fixture.actions.touch("first"), window.fixture.actions.add(1, 2, "second")])), [1, 3]);
      const [first, second, ...others] = await observed();
      assert.deepEqual(others, []);
      assert.deepEqual([first.name, first.lane, first.waitedFor ?? "nothing", second.name, second.lane], ["touch", "main", "nothing", "add", "main"]);
      assert.deepEqual([second.waitedFor.entry, second.waitedFor.certain], [1, true]);
      assert.ok(second.waited > 0 && first.isAnswered && second.isAnswered);
      assert.deepEqual(await runs(), { first: 1, second: 1 });
    });
  }

  check("observe sees an action without a policy, by name", async () => {
    await fresh(undefined, { before: observe });
    assert.equal(await tab.run(async () => window.fixture.actions.add(1, 2, "k")), 3);
    assert.deepEqual((await observed()).map(({ name }) => name), ["add"]);
  });
}
