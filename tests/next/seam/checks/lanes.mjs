// Checks of lanes: calls at a time, order, abort and timeout, options of a call.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { until } from "../../shared/browser.mjs";
import { ALL, isHandedOver } from "../page.mjs";

export default function ({ check, tab, api, fresh, runs }) {
  check("three actions run at a time in a parallel lane, one after the other without", async () => {
    const start = () => tab.run(async () => void (window.calls = ["a", "b", "c"].map((key) => window.fixture.actions.gated(key, key))));
    for (const [policies, atOnce] of [[undefined, { a: 1 }], [ALL, { a: 1, b: 1, c: 1 }]]) {
      await fresh(policies);
      if (policies) await tab.run(async () => void (await window.fixture.getDispatcher()));
      await start();
      await until(async () => isDeepStrictEqual(await runs(), atOnce));
      if (!policies) await new Promise((resolve) => setTimeout(resolve, 300));
      assert.deepEqual(await runs(), atOnce);
      for (const key of ["a", "b", "c"]) await api("open", key);
      assert.deepEqual(await tab.run(async () => Promise.all(window.calls)), ["a", "b", "c"]);
      assert.deepEqual(await runs(), { a: 1, b: 1, c: 1 });
    }
  });

  check("an action in a lane does not wait for one without a policy", async () => {
    await fresh({ add: { lane: "parallel" } });
    const value = await tab.run(async () => {
      window.held = window.fixture.actions.gated("g", "held");
      return window.fixture.actions.add(1, 1, "k");
    });
    assert.equal(value, 2);
    await api("open", "g");
    assert.equal(await tab.run(async () => window.held), "held");
  });

  check("early calls wait for the dispatcher, in order", async () => {
    await fresh({ default: { lane: "main" } });
    const order = await tab.run(async () => {
      const order = [];
      await Promise.all(["a", "b", "c"].map((key) => window.fixture.actions.slow(20, key).then(() => order.push(key))));
      return order;
    });
    assert.deepEqual(order, ["a", "b", "c"]);
  });

  check("abort before the head rejects with ABORTED, and the lane goes on", async () => {
    await fresh({ default: { lane: "main" } });
    await tab.run(async () => {
      window.controller = new AbortController();
      const call = window.fixture.withOptions(window.fixture.actions.gated, { signal: window.controller.signal })("g", "k");
      window.code = call.then(() => "resolved", (error) => `${error.name} ${error.code} ${error.cause}`);
    });
    await until(async () => isDeepStrictEqual(await runs(), { k: 1 }));
    const code = await tab.run(async () => {
      window.controller.abort("enough");
      return `${await window.code} ${await window.fixture.actions.add(1, 2, "after")}`;
    });
    assert.equal(code, "ActionError ABORTED enough 3");
    await api("open", "g");
  });

  check("timeout rejects with TIMEOUT", async () => {
    await fresh({ gated: { timeout: 300 } });
    assert.equal(await tab.run(async () => window.fixture.actions.gated("g", "k").catch((error) => error.code)), "TIMEOUT");
    await api("open", "g");
  });

  check("abort after hand-over, while Next's queue is held, rejects at once", async () => {
    await fresh({ touch: { lane: "parallel" } });
    await tab.run(async () => void (window.held = window.fixture.actions.gated("g", "held"))); // no policy: holds Next's queue
    await until(async () => isDeepStrictEqual(await runs(), { held: 1 }));
    await tab.run(async () => {
      window.controller = new AbortController();
      const call = window.fixture.withOptions(window.fixture.actions.touch, { signal: window.controller.signal })("k");
      window.code = call.then(() => "resolved", (error) => error.code);
    });
    await tab.until(isHandedOver);
    const code = await tab.run(async () => {
      window.controller.abort();
      return window.code;
    });
    assert.equal(code, "ABORTED");
    await api("open", "g");
    assert.equal(await tab.run(async () => window.held), "held");
    assert.equal(await tab.run(async () => window.fixture.actions.add(1, 2, "after")), 3);
    assert.deepEqual(await runs(), { held: 1, k: 1, after: 1 });
  });

  check("withOptions applies to the call in it and warns if there is none", async () => {
    await fresh({ default: { lane: "main" } });
    const names = await tab.run(async () => {
      const d = await window.fixture.getDispatcher();
      const lanes = [];
      const end = d.subscribe(({ state, lane, name }) => state === "running" && lanes.push(`${name} ${lane}`));
      await window.fixture.withOptions(window.fixture.actions.add, { lane: "special" })(1, 2, "k");
      await window.fixture.actions.add(1, 2, "k");
      end();
      return lanes;
    });
    assert.deepEqual(names, ["add special", "add main"]);
  });

  check("options that do not fit reject the call", async () => {
    await fresh({ add: { laen: "x" } });
    const message = await tab.run(async () => window.fixture.actions.add(1, 2, "k").then(() => "resolved", (error) => `${error.code} ${error.message}`));
    assert.match(message, /INVALID_OPTION .*did you mean "lane"/);
    assert.deepEqual(await runs(), {});
  });
}
