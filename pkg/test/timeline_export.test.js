// The files of `actionlane/timeline`: plain data, and a trace as the Trace Event Format asks for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dataOf, traceOf } from "../timeline/export.js";
import { hearEntry, hearEvent, makeModel } from "../timeline/model.js";

const [SAVE, PAY] = ["7f", "40"].map((start) => start.padEnd(42, "0"));

/** Makes a model with a call that waited for another, one that was dropped, one that runs, and another lane. */
function made() {
  const model = makeModel();
  const of = (number, more) => ({ number, call: number, attempt: 1, lane: "main", ...more });
  hearEntry(model, of(1, { id: SAVE, name: "save", queuedAt: 10.0004, start: 11, head: 20, end: 29.99951, status: 303, redirected: "/done?token=secret" }));
  hearEntry(model, of(2, { id: PAY, name: "pay", queuedAt: 12, start: 30, head: 40, end: 45, status: 200, waitedFor: { entry: 1, id: SAVE, certain: true } }));
  hearEvent(model, { id: 3, actionId: SAVE, lane: "main", state: "done", queuedAt: 20, settledAt: 20, code: "DROPPED" }, 20);
  hearEvent(model, { id: 4, actionId: SAVE, lane: "main", state: "running", attempt: 1, queuedAt: 31, startedAt: 50 }, 50);
  hearEntry(model, of(5, { id: SAVE, lane: "cart", queuedAt: 12, start: 12, head: 14, end: 15 }));
  return model;
}

test("data is plain, holds each call with its attempts, and no query of an address", () => {
  const data = dataOf(made(), 60, 1_700_000_000_000);
  assert.deepEqual(JSON.parse(JSON.stringify(data)), data);
  assert.deepEqual([data.format, data.version, data.now, data.timeOrigin, data.calls.length], ["actionlane-timeline", 1, 60, 1_700_000_000_000, 5]);
  const [save, pay] = data.calls;
  assert.deepEqual(save, { number: 1, redirected: "/done?…", name: "save", attempts: [{ number: 1, entry: 1, start: 11, end: 29.99951, head: 20, status: 303 }], id: SAVE, lane: "main", state: "done", queuedAt: 10.0004, endedAt: 29.99951 });
  assert.deepEqual(pay.waitedFor, { entry: 1, id: SAVE, certain: true });
  assert.equal(data.calls.find(({ attempts }) => attempts.some(({ entry }) => entry === pay.waitedFor.entry)), save, "it is found by its entry");
  assert.ok(!JSON.stringify(data).includes("secret"));
});

/** Checks that the slices of each thread lie within each other or apart, as a trace viewer needs it. */
function checkNesting(events) {
  const threads = new Map();
  for (const event of events.filter(({ ph }) => ph === "X")) {
    const key = `${event.pid} ${event.tid}`;
    threads.set(key, [...(threads.get(key) ?? []), event]);
  }
  for (const slices of threads.values()) {
    const open = [];
    for (const slice of slices.sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
      while (open.length > 0 && open.at(-1) <= slice.ts) open.pop();
      assert.ok(slice.dur >= 0 && (open.length === 0 || slice.ts + slice.dur <= open.at(-1)), JSON.stringify(slices));
      if (slice.dur > 0) open.push(slice.ts + slice.dur);
    }
  }
  return threads;
}

test("a trace has a process for each lane, in whose threads nothing overlaps", () => {
  const { traceEvents, displayTimeUnit } = traceOf(made(), 60);
  assert.equal(displayTimeUnit, "ms");
  const named = traceEvents.filter(({ name }) => name === "process_name").map(({ pid, args }) => [pid, args.name]);
  assert.deepEqual(named, [[1, "lane main"], [2, "lane cart"]]);
  assert.deepEqual([...checkNesting(traceEvents).keys()], ["1 1", "1 2", "1 3", "2 1"]);
  assert.ok(traceEvents.every(({ ts = 0, dur = 0, pid }) => Number.isInteger(ts) && Number.isInteger(dur) && Number.isInteger(pid)), "whole µs");
  const threads = traceEvents.filter(({ name }) => name === "thread_name").map(({ pid, tid, args }) => `${pid} ${tid} ${args.name}`);
  assert.deepEqual(threads, ["1 1 main", "1 2 main (2)", "1 3 main (3)", "2 1 cart"]);
});

test("a trace begins no earlier than the page: a call from the outbox may have waited for days", () => {
  const model = makeModel();
  const times = { queuedAt: -86_400_000, startedAt: 20 };
  hearEvent(model, { id: 1, actionId: SAVE, lane: "main", state: "running", attempt: 1, ...times }, 20);
  const { traceEvents } = traceOf(model, 60);
  checkNesting(traceEvents);
  const slices = traceEvents.filter(({ ph }) => ph === "X").map(({ name, ts, dur }) => [name.replace(/^7f.*/, "call"), ts, dur]);
  assert.deepEqual(slices, [["call", 0, 60_000], ["waits", 0, 20_000], ["runs", 20_000, 40_000]]);
});

test("a call in a trace holds its parts, and an arrow leads to it from the call that it waited for", () => {
  const { traceEvents } = traceOf(made(), 60);
  const pay = traceEvents.find(({ name }) => name === "pay #2");
  assert.deepEqual([pay.ts, pay.dur, pay.args.status, pay.args.id], [12_000, 33_000, 200, PAY]);
  const inside = traceEvents.filter(({ ph, pid, tid, ts }) => ph === "X" && pid === pay.pid && tid === pay.tid && ts >= pay.ts && ts < pay.ts + pay.dur);
  assert.deepEqual(inside.map(({ name, ts, dur }) => [name, ts, dur]), [["pay #2", 12_000, 33_000], ["waits", 12_000, 18_000], ["runs", 30_000, 10_000], ["receives", 40_000, 5000]]);
  const save = traceEvents.find(({ name }) => name === "save #1");
  const arrow = traceEvents.filter(({ ph }) => ph === "s" || ph === "f").map(({ ph, id, pid, tid, ts }) => [ph, id, pid, tid, ts]);
  assert.deepEqual(arrow, [["s", 2, save.pid, save.tid, 11_000], ["f", 2, pay.pid, pay.tid, 30_000]]);
  const open = traceEvents.find(({ args }) => args?.open);
  assert.deepEqual([open.ts, open.ts + open.dur], [31_000, 60_000], "an open call ends now");
});
