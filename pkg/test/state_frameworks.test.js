// A state of `actionlane/state` in the stores and signals of frameworks, by the lines of `docs/state.md`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher } from "../node.js";
import { state } from "../state.js";
import { ID, flight, makeGate, serve } from "./server.js";

let server, gate;
before(async () => {
  server = await serve(async (_request, response) => {
    await gate.opened;
    flight(response, "5");
  });
});
after(() => server.close());

const shape = ({ value, status }) => `${value} ${status}`;

/** Runs a state from 1 to 5. Throws unless `seen()` lists each snapshot once, and `now()` gives the last. */
async function follows(seen, now, count) {
  gate = makeGate();
  assert.deepEqual(seen(), ["1 idle"]);
  const call = count.run(1);
  assert.equal(now(), "2 pending");
  gate.open();
  await call;
  assert.equal(now(), "5 success");
  assert.deepEqual(seen(), ["1 idle", "2 pending", "5 success"]);
}

const make = () => state(createDispatcher({ url: server.url }), ID, 1, (value, add) => value + add);

test("it is a store of Svelte", async () => {
  const { derived, get } = await import("svelte/store");
  const count = make();
  const seen = [];
  const shown = derived(count, shape);
  const end = shown.subscribe((text) => seen.push(text));
  await follows(() => seen, () => get(shown), count);
  assert.equal(shape(get(count)), "5 success");
  end();
});

test("a signal of Preact follows it", async () => {
  const { effect, signal } = await import("@preact/signals-core");
  const count = make();
  const shown = signal();
  count.subscribe((snapshot) => (shown.value = snapshot));
  const seen = [];
  effect(() => void seen.push(shape(shown.value)));
  await follows(() => seen, () => shape(shown.value), count);
});

test("a ref of Vue follows it", async () => {
  const { effect, shallowRef } = await import("@vue/reactivity");
  const count = make();
  const shown = shallowRef();
  count.subscribe((snapshot) => (shown.value = snapshot));
  const seen = [];
  effect(() => void seen.push(shape(shown.value)));
  await follows(() => seen, () => shape(shown.value), count);
});

test("a signal of Solid follows it", async () => {
  const { createEffect, createRoot, from } = await import("solid-js/dist/solid.js"); // the build for pages
  const count = make();
  const seen = [];
  let shown;
  const end = createRoot((dispose) => {
    shown = from(count);
    createEffect(() => seen.push(shape(shown())));
    return dispose;
  });
  await follows(() => seen, () => shape(shown()), count);
  end();
});
