// The promise that a caller of the seam gets: settles once, and no sooner than Next's own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Once } from "../next/run/once.js";

/** A promise as React makes them: it calls back at once if it is fulfilled. */
const fulfilled = (value) => ({ then: (resolve) => resolve(value) });

test("a caller goes on no sooner than after Next's own promise", async () => {
  const order = [];
  const note = (name) => () => order.push(name);
  const next = new Promise((resolve) => resolve(fulfilled("value")));
  const once = new Once(note("ended"));
  const both = [next.then(note("Next's")), once.promise.then(note("ours"))];
  once.resolve(fulfilled("value"));
  await Promise.all(both);
  assert.deepEqual(order, ["Next's", "ended", "ours"]);
});

test("the first result counts, and a value that is a promise counts once it has settled", async () => {
  let ends = 0;
  const once = new Once(() => (ends += 1));
  once.resolve(new Promise(() => {}));
  assert.equal(once.isOver, false);
  once.reject("aborted");
  once.resolve("late");
  assert.equal(once.isOver, true);
  await assert.rejects(once.promise, (error) => error === "aborted");
  assert.equal(ends, 1);
});
