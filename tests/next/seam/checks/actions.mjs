// Checks that every kind of action does the same without a policy and in a lane.
import assert from "node:assert/strict";
import { ALL, monitor } from "../page.mjs";

export default function ({ check, tab, api, fresh, runs, base }) {
  for (const [label, policies] of [["without a policy", undefined], ["in a lane", ALL]]) {
    check(`imported, ${label}`, async () => {
      await fresh(policies, { before: monitor });
      assert.equal(await tab.run(async () => window.fixture.actions.add(2, 3, "k")), 5);
      assert.deepEqual(await runs(), { k: 1 });
      assert.equal(await tab.run(async () => window.seen.length), 1);
    });

    check(`passed as a prop, ${label}`, async () => {
      await fresh(policies);
      assert.equal(await tab.run(async () => window.fixture.actions.passed(2, 4, "k")), 6);
      assert.deepEqual(await runs(), { k: 1 });
    });

    check(`inline closure, ${label}`, async () => {
      await fresh(policies);
      assert.equal(await tab.run(async () => window.fixture.actions.closure("k")), "closed over");
      assert.deepEqual(await runs(), { k: 1 });
    });

    check(`form action with revalidation and reset, ${label}`, async () => {
      await fresh(policies, { before: monitor });
      await tab.run(async () => {
        document.getElementById("form-text").value = "hello";
        document.getElementById("form-submit").click();
      });
      await tab.until(async () => document.getElementById("text").textContent === "hello");
      await tab.until(async () => document.getElementById("form-text").value === "");
      assert.deepEqual(await runs(), { form: 1 });
      assert.equal(await tab.run(async () => window.seen.length), 1);
    });

    check(`useActionState, ${label}`, async () => {
      await fresh(policies);
      for (const [value, before] of [["one", null], ["two", "one"]]) {
        await tab.run(async (value) => {
          document.getElementById("stateful-text").value = value;
          document.getElementById("stateful-submit").click();
        }, value);
        await tab.until(async (wanted) => document.getElementById("stateful-result").textContent === wanted, JSON.stringify({ saved: value, before }));
      }
      assert.deepEqual(await runs(), { stateful: 2 });
    });

    check(`redirect, ${label}`, async () => {
      await fresh(policies, { before: monitor });
      const digest = await tab.run(async () => {
        window.stays = true;
        return new Promise((resolve) => window.fixture.actions.leave("k").then(() => resolve("resolved"), (error) => resolve(error.digest)));
      });
      assert.match(digest, /^NEXT_REDIRECT;push;\/target/);
      await tab.until(async () => document.querySelector("h1").textContent === "target" && location.pathname.endsWith("/target"));
      assert.equal(await tab.run(async () => location.pathname), `${base}/target`);
      assert.equal(await tab.run(async () => window.stays), true, "the document was kept");
      assert.deepEqual(await runs(), { k: 1 });
      assert.equal(await tab.run(async () => window.seen.length), 1);
    });

    check(`revalidatePath, page in one round trip, ${label}`, async () => {
      await fresh(policies);
      const before = (await api("state")).renders;
      assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
      await tab.until(async () => document.getElementById("data").textContent === "1");
      assert.deepEqual(await runs(), { k: 1 });
      assert.equal((await api("state")).renders, before + 1, "rendered once, in the answer");
    });

    check(`thrown error and notFound, ${label}`, async () => {
      await fresh(policies);
      const caught = (name) => tab.run(async (name) => window.fixture.actions[name]("k").then(() => "none", (error) => error.digest), name);
      assert.match(await caught("fail"), /^\d+/);
      assert.match(await caught("missing"), /NEXT_HTTP_ERROR_FALLBACK;404/);
      assert.deepEqual(await runs(), { k: 2 });
    });
  }
}
