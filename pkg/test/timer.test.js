// One timer serves all calls of a dispatcher: it rings when it should, and is cleared once no call needs it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Alarm } from "../lib/dispatcher/timer.js";

const real = globalThis.setTimeout;

/**
 * Replaces the platform's timers; their names are numbers, as in browsers. Returns the open ones: `[ms, ring]` by
 * name.
 */
function timers() {
  const open = new Map();
  let last = 0;
  globalThis.setTimeout = (ring, ms) => (open.set(++last, [ms, ring]), last);
  return open;
}
const clear = globalThis.clearTimeout;
const microtasks = async (count) => {
  for (let i = 0; i < count; i += 1) await null;
};

test("the next call takes the timer over, and without a next call the timer is cleared soon", async (t) => {
  const open = timers();
  let cleared = 0;
  globalThis.clearTimeout = (name) => (cleared += open.delete(name) ? 1 : 0);
  t.after(() => ([globalThis.setTimeout, globalThis.clearTimeout] = [real, clear]));
  const alarm = new Alarm(() => {});
  const now = performance.now();
  alarm.set(now + 30_000);
  for (let call = 0; call < 5; call += 1) {
    alarm.set(undefined);
    await microtasks(4);
    alarm.set(now + 30_000 + call);
  }
  assert.deepEqual([[...open.keys()], cleared], [[1], 0]);
  alarm.set(now + 10);
  assert.deepEqual([[...open.keys()], cleared], [[2], 1], "an earlier time takes a new timer");
  alarm.set(undefined);
  await microtasks(20);
  assert.deepEqual([open.size, cleared], [0, 2]);
});

test("it rings once, also when it rings before the latest time, and never while no time is set", async (t) => {
  const open = timers();
  globalThis.clearTimeout = (name) => open.delete(name);
  t.after(() => ([globalThis.setTimeout, globalThis.clearTimeout] = [real, clear]));
  let rung = 0;
  const alarm = new Alarm(() => (rung += 1));
  const now = performance.now();
  alarm.set(now + 5);
  alarm.set(now + 50);
  const [[name, [, ring]]] = open;
  open.delete(name);
  ring();
  assert.equal(rung, 1);
  alarm.set(now + 50);
  const [[, [, again]]] = open;
  alarm.set(undefined);
  again();
  assert.equal(rung, 1);
});

test("a timer that was set with another clock is replaced", async (t) => {
  t.after(() => ([globalThis.setTimeout, globalThis.clearTimeout] = [real, clear]));
  const first = timers();
  globalThis.clearTimeout = (name) => first.delete(name);
  const alarm = new Alarm(() => {});
  alarm.set(performance.now() + 500);
  const second = timers();
  alarm.set(performance.now() + 2000);
  assert.deepEqual([first.size, second.size], [0, 1]);
});
