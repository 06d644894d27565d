// Checks of an app under a path, with an asset prefix, pages in languages, an edge runtime, a pages router and other
// wrappers of the configuration.
import assert from "node:assert/strict";
import path from "node:path";
import { ALL, idle, loadedWasm } from "../page.mjs";

export default function ({ check, tab, fresh, text, runs, base, dir }) {
  check("assets come from the prefix, the dispatcher's too", async () => {
    await fresh(ALL);
    assert.equal(await tab.run(async () => window.fixture.actions.add(2, 3, "k")), 5);
    assert.ok(await tab.run(async () => Boolean(await window.fixture.getDispatcher())));
    const loaded = await tab.run(async () => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => /\.(js|wasm)$/.test(path)));
    assert.ok(loaded.some((path) => path.endsWith(".wasm")), loaded.join(" "));
    assert.deepEqual(loaded.filter((path) => !path.startsWith("/assets/_next/")), []);
  });

  check("a request goes to the page's address under the path", async () => {
    await fresh(ALL);
    assert.equal(await tab.run(async () => window.fixture.actions.add(2, 3, "k")), 5);
    // The browser lists a request once its answer has ended.
    await tab.until(async (base) => performance.getEntriesByType("resource").some(({ initiatorType, name }) => initiatorType === "fetch" && new URL(name).pathname === base), base);
  });

  for (const [label, address, lang] of [["of a language", "/en/hello", "en"], ["that the middleware rewrites", "/hello", "de"]]) {
    for (const [way, policies] of [["without a policy", undefined], ["in a lane", ALL]]) {
      check(`an action on a page ${label}, ${way}`, async () => {
        await fresh(policies, { path: address });
        const byWebpack = path.basename(dir).includes("webpack") ? " inner" : "";
        assert.equal(await text("env"), `inner outer${byWebpack}`, "both wrappers of the configuration are in");
        assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
        await tab.until(async () => document.getElementById("data").textContent === "1");
        assert.equal(await tab.run(async () => window.fixture.actions.passed(2, 3, "passed")), 5);
        assert.equal(await tab.run(async () => document.querySelector("h1").textContent), lang);
        assert.equal(await tab.run(async () => location.pathname), `${base}${address}`);
        assert.deepEqual(await runs(), { k: 1, passed: 1 });
      });
    }
  }

  for (const [way, policies] of [["without a policy", undefined], ["in a lane", ALL]]) {
    check(`an action in the edge runtime, ${way}`, async () => {
      await fresh(policies, { path: "/edge" });
      const before = Number(await text("data"));
      assert.equal(await tab.run(async () => window.fixture.actions.touchOnEdge(2)), `edge ${before + 2}`);
      await tab.until(async (data) => document.getElementById("data").textContent === data, String(before + 2));
      assert.equal(await tab.run(async () => (await window.fixture.actions.readOnEdge()).getTime()), 0);
      await tab.run(async () => window.fixture.actions.leaveEdge().catch(() => {}));
      await tab.until(async () => document.querySelector("h1").textContent === "target");
      assert.equal(await tab.run(async () => location.pathname), `${base}/target`);
    });
  }

  check("a page of the pages router works and loads no dispatcher", async () => {
    await fresh(ALL, { path: "/old" });
    await tab.run(async () => document.getElementById("count").click());
    await tab.until(async () => document.getElementById("count").textContent === "1");
    await tab.run(idle);
    assert.deepEqual(await tab.run(loadedWasm), []);
  });

  check("another version of the package in one page is refused", async () => {
    await fresh(undefined, { path: "/twice" });
    const message = await tab.run(async (all) => {
      try {
        window.fixture.other.configureActions(all);
      } catch (error) {
        return error.message;
      }
      return "taken";
    }, ALL);
    assert.equal(message, "actionlane/next: two versions of the package are in this page; install one");
    assert.equal(await tab.run(async () => window.fixture.actions.add(2, 3, "k")), 5);
    assert.deepEqual(await runs(), { k: 1 });
  });
}
