// Checks that the page shows the newest data, if it was left or answers overlap.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { until } from "../../shared/browser.mjs";
import { ALL, isHandedOver } from "../page.mjs";

export default function ({ check, tab, api, fresh, text, runs, base }) {
  /** Waits until the server has run these. */
  const ran = (wanted) => until(async () => isDeepStrictEqual(await runs(), wanted));

  check("the page was left: value delivered, page of the answer not used, refreshed", async () => {
    await fresh({ default: { lane: "parallel" } });
    await tab.run(async () => void (window.held = window.fixture.actions.touchGated("g", "k")));
    await ran({ k: 1 });
    await tab.run(async () => window.fixture.router.push("/second"));
    await tab.until(async () => document.querySelector("h1").textContent === "second");
    await api("open", "g");
    assert.equal(await tab.run(async () => window.held), 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await text("data"), null);
    assert.equal(await tab.run(async () => location.pathname), `${base}/second`);
    await tab.run(async () => window.fixture.router.push("/"));
    await tab.until(async () => document.getElementById("data")?.textContent === "1");
  });

  check("overlapping revalidations end with the newest page", async () => {
    await fresh(ALL);
    await tab.run(async () => void (window.calls = ["a", "b", "c"].map((name) => window.fixture.actions.touchGated(name, name))));
    await ran({ a: 1, b: 1, c: 1 });
    for (const name of ["c", "a", "b"]) await api("open", name);
    assert.deepEqual((await tab.run(async () => Promise.all(window.calls))).sort(), [1, 2, 3]);
    await tab.until(async () => document.getElementById("data").textContent === "3");
    assert.deepEqual(await runs(), { a: 1, b: 1, c: 1 });
  });

  for (const [label, policies, [first, second], shown] of [
    ["two in lanes", ALL, ["touch", "touch"], ["0", "2"]],
    ["one without a policy first", { touch: { lane: "x" } }, ["touchToo", "touch"], undefined],
    ["one without a policy last", { touch: { lane: "x" } }, ["touch", "touchToo"], ["0", "2"]],
  ]) {
    check(`an answer that comes late has an older page, and the newest is shown in the end: ${label}`, async () => {
      await fresh(policies);
      await tab.run(async () => void (await window.fixture.getDispatcher()));
      await tab.run(async (first) => {
        // Holds back the answer of the first action, as a network may.
        const inner = window.fetch;
        const held = new Promise((resolve) => (window.release = resolve));
        window.fetch = async (input, init) => {
          const answer = await inner.call(window, input, init);
          if (typeof init?.body === "string" && init.body.includes("first")) await held;
          return answer;
        };
        const data = document.getElementById("data");
        window.shown = [data.textContent];
        new MutationObserver(() => window.shown.push(data.textContent)).observe(data, { characterData: true, childList: true, subtree: true });
        window.one = window.fixture.actions[first]("first");
      }, first);
      await ran({ first: 1 });
      await tab.run(async (second) => void (window.two = window.fixture.actions[second]("second")), second);
      // Behind an action without a policy, the answer of the second waits in Next's queue.
      if (first === "touchToo") await tab.until(isHandedOver);
      else await tab.run(async () => void (await window.two));
      const values = await tab.run(async () => {
        window.release();
        return Promise.all([window.one, window.two]);
      });
      assert.deepEqual(values, [1, 2]);
      await tab.until(async () => document.getElementById("data").textContent === "2");
      await new Promise((resolve) => setTimeout(resolve, 700));
      assert.equal(await text("data"), "2");
      if (shown) assert.deepEqual(await tab.run(async () => window.shown), shown);
      assert.deepEqual(await runs(), { first: 1, second: 1 });
    });
  }

  check("render: skip delivers the value at once and refreshes", async () => {
    await fresh({ touch: { render: "skip" } });
    assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
    await tab.until(async () => document.getElementById("data").textContent === "1");
    assert.deepEqual(await runs(), { k: 1 });
  });
}
