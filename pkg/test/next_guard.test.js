// The wrapper of `fetch` beside wrappers of others that wait before they call on: each action is noted once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NAMED, REVALIDATED, all, app, sent, useSeam } from "./next_page.js";
import { guard } from "../next/run/guard.js";
import { page } from "../next/run/page.js";

useSeam();

/** Wraps the page's `fetch` as an app does that waits for something first. */
function wrap(change = (...request) => request) {
  const inner = globalThis.fetch;
  globalThis.fetch = async (...request) => {
    await undefined;
    return inner(...change(...request));
  };
}

const wrappers = {
  "passes the request on": undefined,
  "copies the options": (input, init) => [input, { ...init }],
  "makes a Request": (input, init) => [new Request(new URL(input, "https://app.example/"), init), init && { signal: init.signal }],
};
for (const [name, change] of Object.entries(wrappers)) {
  test(`a wrapper that waits and ${name}: the page of an answer is used, and no refresh follows`, async () => {
    all();
    for (let turn = 0; turn < 3; turn += 1) {
      const { promise, request } = await sent();
      request.answer("value", REVALIDATED);
      assert.equal(await promise, "value");
      if (turn === 0) wrap(change);
    }
    assert.equal(app.reducer.length, 3);
    assert.equal(app.refreshes, 0);
  });
}

test("an action of Next's own is noted once, with wrappers of ours on both sides of another", async () => {
  all();
  const lane = async () => {
    const { promise, request } = await sent();
    request.answer("value", REVALIDATED);
    await promise;
  };
  await lane();
  wrap();
  await lane();
  assert.equal(page().guards.length, 2);
  let notes = 0;
  const { observe } = page();
  page().observe = () => {
    notes += 1;
    return observe();
  };
  const own = globalThis.fetch("/shop", { method: "POST", headers: { "next-action": NAMED } });
  await new Promise((resolve) => setTimeout(resolve));
  app.sent.at(-1).answer("own", REVALIDATED);
  await own;
  assert.equal(notes, 1);
  assert.equal(app.refreshes, 0);
});

test("a fetch that throws leaves nothing open", () => {
  let ends = 0;
  page().observe = () => () => (ends += 1);
  globalThis.fetch = () => {
    throw new Error("no network");
  };
  guard();
  assert.throws(() => globalThis.fetch("/shop", { headers: { "next-action": NAMED } }), /no network/);
  assert.equal(ends, 1);
});
