// Checks of `actionlane/observe` in an app with the seam: it sees what the seam sends, once.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const dist = new URL("../../../../pkg/dist/", import.meta.url);
const observe = `() => {${readFileSync(new URL("observe.js", dist), "utf8")}}`;

/** Serves the files for a `<script>` to pages of every origin. */
async function serveScripts() {
  const server = createServer(({ url }, response) => {
    response.writeHead(200, { "Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*" });
    response.end(readFileSync(new URL(`.${url}`, dist)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, end: () => (server.closeAllConnections(), server.close()) };
}

export default function ({ check, tab, fresh, runs, server }) {
  check("observe: one tag, of another origin, shows calls that wait and run in a timeline, by name", async () => {
    const scripts = await serveScripts();
    try {
      await fresh({ touch: { lane: "main" }, gated: { lane: "main" } });
      await tab.run(async (src) => {
        const script = Object.assign(document.createElement("script"), { src });
        script.dataset.timeline = "";
        document.head.append(script);
        await new Promise((resolve, reject) => Object.assign(script, { onload: resolve, onerror: reject }));
        await window.fixture.getDispatcher();
        window.calls = [window.fixture.actions.gated("g", "first"), window.fixture.actions.touch("second"), window.fixture.actions.add(1, 2, "third")];
      }, `${scripts.url}/observe.js`);
      const calls = () => tab.run(async () => document.querySelector("actionlane-timeline")?.toJSON().calls.map(({ name, lane, attempts }) => `${name} ${lane} ${attempts.length}`).sort().join());
      await tab.until(async () => document.querySelector("actionlane-timeline")?.toJSON().calls.length >= 3);
      assert.match(await calls(), /^add actions 1,gated main 1,touch main 0$/);
      await server.api("open", "g");
      await tab.run(async () => Promise.all(window.calls));
      assert.match(await calls(), /^add actions 1,gated main 1,touch main 1$/);
      assert.deepEqual(await runs(), { first: 1, second: 1, third: 1 });
    } finally {
      scripts.end();
    }
  });

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
