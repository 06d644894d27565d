// Checks of the wrapper of `fetch`: no monitoring around it makes an action run twice, and no token gets to a server.
import assert from "node:assert/strict";
import { ALL, monitor } from "../page.mjs";

export default function ({ check, tab, fresh, runs }) {
  for (const [label, before, after] of [
    ["before ours", monitor, undefined],
    ["after ours", undefined, monitor],
    ["that copies headers into Headers", undefined, () => {
      const inner = window.fetch;
      window.fetch = (input, init) => inner(input, init?.headers ? { ...init, headers: new Headers(init.headers) } : init);
    }],
    ["that copies headers into pairs", undefined, () => {
      const inner = window.fetch;
      window.fetch = (input, init) => inner(input, init?.headers ? { ...init, headers: Object.entries(init.headers).map(([name, value]) => [name.toUpperCase(), value]) } : init);
    }],
    ["that makes a Request", undefined, () => {
      const inner = window.fetch;
      window.fetch = (input, init) => (init?.headers ? inner(new Request(input, init)) : inner(input, init));
    }],
    ["that calls a fetch kept from earlier", () => (window.kept = window.fetch), () => (window.fetch = (input, init) => window.kept.call(window, input, init))],
  ]) {
    check(`the server runs an action once with a wrapper of fetch ${label}`, async () => {
      await fresh(ALL, { before });
      // Once, so that ours is there; then theirs around it.
      assert.equal(await tab.run(async () => window.fixture.actions.touch("first")), 1);
      if (after) await tab.run(`async () => { (${after})(); }`);
      assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 2);
      await tab.until(async () => document.getElementById("data").textContent === "2");
      assert.deepEqual(await runs(), { first: 1, k: 1 });
      const seen = await tab.run(async () => window.seen);
      if (seen) assert.equal(seen.length, before ? 2 : 1, "one request an action");
    });
  }

  check("a token that reaches the network is refused, and one that is unknown never gets there", async () => {
    await fresh(ALL, { before: () => (window.kept = window.fetch) });
    assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
    const post = (which) => tab.run(async (which) => {
      const fetch = which === "kept" ? window.kept : window.fetch;
      const init = { method: "POST", headers: { "Next-Action": "7f-actionlane-1-1", Accept: "text/x-component" }, body: "[]" };
      return fetch.call(window, location.pathname, init).then(({ status, headers }) => `${status} ${headers.get("x-nextjs-action-not-found")}`, (error) => error.message);
    }, which);
    assert.match(await post("page's"), /no answer waits for this token/);
    assert.match(await post("kept"), /^40[04] 1$/); // by version
    assert.deepEqual(await runs(), { k: 1 });
  });
}
