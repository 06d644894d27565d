// The seam and React's transitions: one in which an action is called stays open until the call is over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../next/run/page.js";
import { rendered } from "../next/run/moves.js";
import { all, app, sent, useSeam } from "./next_page.js";

useSeam();

test("in a transition, the router's state is a promise until the call is over", async () => {
  all();
  const queue = { state: "before" };
  const states = [];
  rendered(queue, (state) => states.push(state));
  app.internals.reactInternals = { T: {} };
  const one = await sent();
  assert.equal(states.length, 1);
  queue.state = "now";
  let isOver = false;
  const state = states[0].then((state) => {
    isOver = true;
    return state;
  });
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(isOver, false);
  one.request.answer("value");
  assert.equal(await one.promise, "value");
  assert.equal(await state, "now");
  // A call that fails ends it, too; this one was not made before the dispatcher was there.
  const two = await sent();
  two.request.reject(new TypeError("reset"));
  await assert.rejects(two.promise);
  assert.equal(await states[1], "now");
});

test("outside of a transition, and before the router is there, nothing is set", async () => {
  all();
  const states = [];
  app.internals.reactInternals = { T: {} };
  const early = await sent();
  early.request.answer(1);
  await early.promise;
  rendered({ state: "s" }, (state) => states.push(state));
  for (const internals of [{ T: null }, {}, undefined]) {
    app.internals.reactInternals = internals;
    const { promise, request } = await sent();
    request.answer(1);
    await promise;
  }
  assert.deepEqual(states, []);
  assert.ok(page().router);
});
