// A page that shows open calls by React's own `useSyncExternalStore`, which compares snapshots by identity.
import assert from "node:assert/strict";
import { afterEach, before, beforeEach, test } from "node:test";
import { createElement, useSyncExternalStore } from "react";
import { createDispatcher, ready } from "../node.js";
import { ID, over, serve } from "./server.js";

globalThis.IS_REACT_ACT_ENVIRONMENT = true;
globalThis.IS_REACT_NATIVE_TEST_ENVIRONMENT = true; // else the renderer warns of a second one
const { act, create } = await import("react-test-renderer");

let server, held, d, root;
before(() => ready());
beforeEach(async () => {
  held = [];
  server = await serve((request, response) => void held.push(response));
  d = createDispatcher({ url: server.url });
});
afterEach(async () => {
  await act(() => root?.unmount());
  d.close();
  server.close();
});

/** Renders the result of `show()`, which runs inside of a component. */
async function render(show) {
  await act(() => (root = create(createElement(() => JSON.stringify(show())))));
}

const shown = () => JSON.parse(root.toJSON());

async function untilRequested(count) {
  while (held.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
}

function answer(response) {
  response.writeHead(200, { "content-type": "text/x-component" });
  response.end('0:{"a":"$@1","q":"","i":false}\n1:1\n');
}

test("a component shows the open calls, and renders only when they change", async () => {
  let renders = 0;
  await render(() => {
    renders += 1;
    return useSyncExternalStore(d.subscribe, d.snapshot, d.snapshot).map(({ name, state }) => `${name} ${state}`);
  });
  assert.deepEqual([shown(), renders], [[], 1]);
  let calls;
  await act(async () => {
    calls = ["one", "two"].map((name) => d.call({ id: ID, name }, []));
    await untilRequested(1);
  });
  assert.deepEqual(shown(), ["one running", "two waiting"]);
  await act(async () => {
    answer(held[0]);
    await over(calls[0]);
    await untilRequested(2);
  });
  assert.deepEqual(shown(), ["two running"]);
  await act(async () => {
    answer(held[1]);
    await over(calls[1]);
  });
  assert.deepEqual(shown(), []);
  assert.ok(renders < 20, `${renders} renders`);
});

test("lanes, the outbox and pending are the same object at each read", async () => {
  await render(() => {
    const { name } = useSyncExternalStore(d.subscribe, () => d.lane("cart"));
    const { entries } = useSyncExternalStore(d.subscribe, () => d.outbox);
    const pending = useSyncExternalStore(d.subscribe, () => d.pending);
    return [name, typeof entries, pending];
  });
  assert.deepEqual(shown(), ["cart", "function", 0]);
  assert.notEqual(d.lane("cart"), d.lane("main"));
});

test("a snapshot is a new object once a call in it changes, and unchanged calls in it are the same objects", async () => {
  const empty = d.snapshot();
  assert.equal(d.snapshot(), empty);
  const [one, two] = [d.call(ID, []), d.call(ID, [])];
  const first = d.snapshot();
  assert.deepEqual(first.map(({ state }) => state), ["running", "waiting"]);
  assert.equal(d.snapshot(), first);
  assert.equal(d.pause(), undefined);
  assert.equal(d.snapshot(), first, "a pause changes no call");
  two.abort();
  two.catch(() => {});
  const second = d.snapshot();
  assert.deepEqual(second.map(({ id }) => id), [one.id]);
  assert.equal(second[0], first[0]);
  assert.deepEqual(first.map(({ state }) => state), ["running", "waiting"], "an earlier snapshot does not change");
  const three = d.route(server.url, { method: "POST" });
  assert.deepEqual(d.snapshot().map(({ lane }) => lane), ["main", "route"]);
  assert.equal(d.snapshot(), d.snapshot());
  await untilRequested(2);
  held.forEach(answer);
  await Promise.all([one, three]);
  await over(one);
  const last = d.snapshot();
  assert.deepEqual([last, d.snapshot() === last], [[], true]);
});
