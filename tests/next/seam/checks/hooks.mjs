// Checks of the hooks of `actionlane/react` with imported actions.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { until } from "../../shared/browser.mjs";

const MAIN = { default: { lane: "main" } };

export default function ({ check, tab, api, fresh, runs }) {
  const open = (policies) => fresh(policies, { path: "/hooks" });
  const shown = (name) => tab.run(async (name) => window.fixture[name].shown, name);
  const shows = (name, wanted) => until(async () => isDeepStrictEqual(await shown(name), wanted));
  const execute = (name, ...args) => tab.run(async (name, args) => window.fixture[name].hook.execute(...args), name, args);
  const idle = { status: "idle", isPending: false, isQueued: false, queuePosition: 0, data: null, code: null };
  const queued = (queuePosition) => ({ ...idle, status: "executing", isPending: true, isQueued: queuePosition > 0, queuePosition });

  for (const [label, policies, lane] of [["without a policy", undefined, "main"], ["with a policy", { gated: { lane: "own" } }, "own"]]) {
    check(`useAction shows the place of a call in its lane, and what it returns, ${label}`, async () => {
      await open(policies);
      assert.deepEqual(await shown("gated"), idle);
      await execute("list", "held", "g");
      await shows("list", ["first", "held"]);
      await execute("gated", "h", "k");
      await shows("gated", queued(1));
      await shows("waiting", [`gated in ${lane}`]);
      assert.deepEqual(await runs(), { held: 1 });
      await api("open", "g");
      await shows("gated", queued(0));
      await shows("list", ["first"]);
      await api("open", "h");
      await shows("gated", { ...idle, status: "hasSucceeded", data: "k" });
      assert.deepEqual(await runs(), { held: 1, k: 1 });
    });
  }

  check("a call in a lane is pending no longer than it runs, though React ends its transition with those of other lanes", async () => {
    await open(MAIN);
    await tab.run(async () => {
      window.fixture.beside.hook.execute("g", "k");
      window.fixture.gated.hook.execute("h", "l");
    });
    await until(async () => isDeepStrictEqual(await runs(), { k: 1, l: 1 }));
    await api("open", "g");
    await shows("beside", { ...idle, status: "hasSucceeded", data: "k" });
    await shows("gated", queued(0));
    await api("open", "h");
    await shows("gated", { ...idle, status: "hasSucceeded", data: "l" });
  });

  check("abort of a waiting call keeps it from the server, and the hook shows the error", async () => {
    await open(MAIN);
    await execute("list", "held", "g");
    await execute("gated", "h", "k");
    await shows("gated", queued(1));
    assert.equal(await tab.run(async () => window.fixture.gated.hook.abort()), true);
    await shows("gated", { ...idle, status: "hasErrored", code: "ABORTED" });
    await api("open", "g");
    await shows("list", ["first"]);
    assert.deepEqual(await runs(), { held: 1 });
  });

  check("useOptimisticAction takes out a call that has failed, and keeps those around it", async () => {
    await open(MAIN);
    await execute("list", "a", "g");
    await execute("list", "fail");
    await execute("list", "b", "h");
    await shows("list", ["first", "a", "fail", "b"]);
    await api("open", "g");
    await shows("list", ["first", "b"]);
    await api("open", "h");
    await shows("list", ["first"]);
    assert.deepEqual(await runs(), { a: 1, fail: 1, b: 1 });
  });

  check("a hook shows that its action has navigated, and the page is left", async () => {
    await open(MAIN);
    await execute("leave", "k");
    await tab.until(async () => location.pathname === "/target");
    const history = await tab.run(async () => window.fixture.leave.history.map((text) => JSON.parse(text).status));
    // React may remove the page before it shows the last step.
    assert.match(String(history), /^idle(,executing)+(,hasNavigated)?$/);
  });

  check("a component that counts one lane is not rendered for calls of another", async () => {
    await open({ default: { lane: "other" } });
    const before = await tab.run(async () => window.fixture.counted.renders);
    for (const key of ["a", "b", "c"]) await execute("gated", key, key);
    await shows("waiting", ["gated in other", "gated in other"]);
    for (const key of ["a", "b", "c"]) await api("open", key);
    await shows("gated", { ...idle, status: "hasSucceeded", data: "c" });
    assert.equal(await tab.run(async () => window.fixture.counted.renders), before);
  });
}
