// Checks when the dispatcher is loaded, and of a page on which it cannot be.
import assert from "node:assert/strict";
import { ALL, idle, loadedWasm } from "../page.mjs";

export default function ({ check, tab, fresh, runs, dev }) {
  check("the first call in a lane loads nothing more", async () => {
    await fresh(ALL);
    const loaded = await tab.run(async () => {
      await window.fixture.getDispatcher();
      const count = performance.getEntriesByType("resource").length;
      await window.fixture.actions.add(2, 3, "k");
      return performance.getEntriesByType("resource").slice(count).map(({ name }) => name).filter((name) => /\.(js|wasm)$/.test(name));
    });
    assert.deepEqual(loaded, []);
  });

  check("the dispatcher is loaded before the first call if there are policies, and not without", async () => {
    await fresh(undefined);
    await tab.run(idle);
    assert.deepEqual(await tab.run(loadedWasm), []);
    await fresh(ALL);
    await tab.until(async () => performance.getEntriesByType("resource").some(({ name }) => name.endsWith(".wasm")));
  });

  // The overlay of development needs eval.
  if (!dev) check("a page that forbids wasm: everything goes Next's own way, with one warning", async () => {
    await tab.console();
    await fresh(ALL, { path: "/?csp=1" });
    assert.equal(await tab.run(async () => window.fixture.actions.add(2, 3, "k")), 5);
    assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
    assert.deepEqual(await runs(), { k: 2 });
    const warnings = (await tab.console()).filter(({ message }) => message.includes("cannot be loaded"));
    assert.equal(warnings.length, 1);
    assert.equal(await tab.run(async () => String(await window.fixture.getDispatcher())), "undefined");
  });

  check("files that cannot be loaded: everything goes Next's own way, with one warning", async () => {
    await fresh(undefined);
    await tab.console();
    await tab.cdp("Network.enable", {});
    await tab.cdp("Network.setBlockedURLs", { urls: ["*/_next/static/*"] });
    try {
      await tab.run(async (all) => window.fixture.configureActions(all), ALL);
      assert.equal(await tab.run(async () => window.fixture.actions.add(2, 3, "k")), 5);
      assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
    } finally {
      await tab.cdp("Network.setBlockedURLs", { urls: [] });
    }
    assert.deepEqual(await runs(), { k: 2 });
    const warnings = (await tab.console()).filter(({ message }) => message.includes("cannot be loaded"));
    assert.equal(warnings.length, 1);
  });
}
