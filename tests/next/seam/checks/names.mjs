// Checks of policies by a file and a name, and of actions that a page does not import.
import assert from "node:assert/strict";

export default function ({ check, tab, fresh, runs, dev, base, assets }) {
  if (dev) {
    check("development: an action passed as a prop has no name, and goes Next's own way", async () => {
      await fresh("cart");
      assert.equal(await tab.run(async () => window.fixture.actions.remove("k")), "removed k");
      assert.equal(await tab.run(async () => (await window.fixture.getDispatcher()).snapshot().length), 0);
    });
    return;
  }

  check("a policy by file reaches an action that is passed as a prop and that no client component imports", async () => {
    await fresh("cart");
    assert.equal(await tab.run(async () => {
      const d = await window.fixture.getDispatcher();
      const lanes = [];
      const end = d.subscribe(({ state, name, lane }) => state === "running" && lanes.push(`${name} ${lane}`));
      const value = await window.fixture.actions.remove("k");
      end();
      return [value, ...lanes].join();
    }), "removed k,remove cart");
    assert.deepEqual(await runs(), { k: 1 });
    const files = await tab.run(async () => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => path.endsWith("names.json")));
    assert.deepEqual(files, [`${assets}/_next/static/actionlane/names.json`]);
  });

  check("the file of names has the actions that policies name, and no key", async () => {
    await fresh(undefined);
    const text = await tab.run(async (path) => (await fetch(path)).text(), `${base}/_next/static/actionlane/names.json`);
    assert.deepEqual(Object.values(JSON.parse(text)).map((name) => name.replace(/^.*?app\//, "app/")), ["app/cart/actions#remove"]);
  });
}
