// Checks of an app with Next's concurrent router queue, which has no actions yet.
import assert from "node:assert/strict";
import { ALL } from "../page.mjs";

export default function ({ check, tab, fresh }) {
  check("Next's own file is called, not the seam", async () => {
    await fresh(ALL);
    const message = await tab.run(async () => {
      try {
        return await window.fixture.actions.add(2, 3, "k");
      } catch (error) {
        return error.message;
      }
    });
    console.log(`    ${message}`);
    assert.equal(await tab.run(async () => window[Symbol.for("actionlane.next")].names.size), 0);
  });
}
