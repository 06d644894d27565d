// Checks of an app that is built without the seam, although its pages have policies.
import assert from "node:assert/strict";
import { ALL, idle, loadedWasm, monitor } from "../page.mjs";

export default function ({ check, tab, fresh, runs }) {
  check("every action goes Next's own way, and the page works", async () => {
    await fresh(ALL, { before: monitor });
    assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
    await tab.until(async () => document.getElementById("data").textContent === "1");
    assert.equal(await tab.run(async () => window.fixture.actions.add(2, 3, "add")), 5);
    assert.equal(await tab.run(async () => window.seen.length), 2);
    assert.equal(await tab.run(async () => window[Symbol.for("actionlane.next")].names.size), 0, "Next's files are as they are");
    assert.deepEqual(await runs(), { k: 1, add: 1 });
    await tab.run(idle);
    assert.deepEqual(await tab.run(loadedWasm), [], "the dispatcher is not loaded for nothing");
  });
}
