// Checks of transitions in which actions are called: each stays open until its action is over.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { until } from "../../shared/browser.mjs";
import { ALL } from "../page.mjs";

export default function ({ check, tab, api, fresh, runs, text }) {
  /** Calls an action in a transition that is not given its promise, and waits until the action runs. */
  async function startGated() {
    await tab.run(async () => window.fixture.start(() => void (window.held = window.fixture.actions.gated("g", "k"))));
    await until(async () => isDeepStrictEqual(await runs(), { k: 1 }));
    // Some frames, in which React would have ended it.
    await tab.run(async () => {
      for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
    });
  }

  for (const [label, policies] of [["without a policy", undefined], ["in a lane", ALL]]) {
    check(`a transition stays open until the action that is called in it is over, ${label}`, async () => {
      await fresh(policies);
      await startGated();
      assert.equal(await text("open"), "true");
      await api("open", "g");
      assert.equal(await tab.run(async () => window.held), "k");
      await tab.until(async () => document.getElementById("open").textContent === "false");
    });

    check(`a navigation does not wait for the action of an open transition, ${label}`, async () => {
      await fresh(policies);
      await startGated();
      await tab.run(async () => window.fixture.router.push("/second"));
      await tab.until(async () => document.querySelector("h1").textContent === "second");
      await api("open", "g");
      assert.equal(await tab.run(async () => window.held), "k");
      assert.equal(await text("open"), null);
    });
  }
}
