// Checks of `next dev`.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { until } from "../../shared/browser.mjs";

/** The module of the app that the check of fast refresh changes, as it is. */
const NO_POLICIES = 'export const lane = "none";\n';

export default function ({ check, tab, fresh, runs, dev, dir }) {
  if (!dev) return;
  check("development: a policy that is nearly a name, and withOptions without effect, warn", async () => {
    await fresh({ addd: { lane: "x" } });
    await tab.console();
    await tab.run(async () => {
      await window.fixture.withOptions(async () => {
        await Promise.resolve();
        return window.fixture.actions.add(1, 2, "k");
      }, { lane: "y" })();
    });
    let said = "";
    await until(async () => {
      said += (await tab.console()).map(({ message }) => message).join("\n");
      return /did you mean .{1,2}"add/.test(said) && /withOptions\(\) had no effect/.test(said);
    });
  });

  check("development: fast refresh replaces the policies, and fetch stays wrapped once", async () => {
    const file = path.join(dir, "app/policies.js");
    const write = (lane) => writeFileSync(file, `"use client";\nimport { configureActions } from "actionlane/next";\nif (typeof window !== "undefined") configureActions({ touch: { lane: "${lane}" } });\nexport const lane = "${lane}";\n`);
    try {
      write("one");
      await fresh(undefined);
      for (const lane of ["one", "two", "three"]) {
        write(lane);
        await tab.until(async (lane) => window.fixture.lane === lane, lane);
        const lanes = await tab.run(async () => {
          window.kept ??= "this document";
          const d = await window.fixture.getDispatcher();
          const lanes = [];
          const end = d.subscribe(({ state, lane }) => state === "running" && lanes.push(lane));
          await window.fixture.actions.touch("k");
          end();
          return lanes;
        });
        assert.deepEqual(lanes, [lane]);
      }
      assert.equal(await tab.run(async () => window.kept), "this document");
      assert.equal(await tab.run(async () => window[Symbol.for("actionlane.next")].guards.length), 1);
      assert.deepEqual(await runs(), { k: 3 });
    } finally {
      writeFileSync(file, NO_POLICIES);
    }
  });
}
