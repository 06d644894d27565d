// The layout of `actionlane/timeline`: times become pixels, a scrolled list few rows, and calls the text beside them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boxesOf, fit, laneBoxesOf, lastOf, positionOf, rowsInView, spansOf, ticksOf, zoom } from "../timeline/layout.js";
import { addressText, chartText, durationText, notesOf, tickText, timesOf } from "../timeline/texts.js";

const done = (more) => ({ state: "done", number: 1, queuedAt: 10, endedAt: 50, code: "ok", attempts: [{ number: 1, start: 20, head: 40, end: 50 }], ...more });
const shown = (call, now = 100) => spansOf(call, now).map(({ kind, from, to }) => `${kind} ${from}-${to}`).join(" ");

test("a call waits, runs until the head of its answer, and receives it", () => {
  assert.equal(shown(done()), "wait 10-20 run 20-40 answer 40-50");
});

test("a call that has no head runs to its end; an open one until now", () => {
  assert.equal(shown(done({ attempts: [{ number: 1, start: 10, end: 50 }] })), "run 10-50");
  assert.equal(shown({ ...done(), state: "running", endedAt: undefined, attempts: [{ number: 1, start: 20 }] }, 30), "wait 10-20 run 20-30");
  assert.equal(shown({ ...done(), state: "waiting", endedAt: undefined, attempts: [] }, 30), "wait 10-30");
});

test("attempts that failed are shown as that, with the time between them", () => {
  const attempts = [{ number: 1, start: 20, head: 25, end: 30 }, { number: 2, start: 40, end: 50, error: "TypeError" }];
  assert.equal(shown(done({ attempts, code: "NETWORK" })), "wait 10-20 failed 20-25 failed 25-30 pause 30-40 failed 40-50");
  assert.equal(shown({ ...done({ attempts: attempts.slice(0, 1) }), state: "running", endedAt: undefined, retryAt: 60, code: undefined }, 45), "wait 10-20 failed 20-25 failed 25-30 pause 30-45");
});

test("a request that was aborted has not failed", () => {
  assert.equal(shown(done({ attempts: [{ number: 1, start: 20, end: 50, error: "AbortError" }], code: "ABORTED" })), "wait 10-20 run 20-50");
});

test("a call that is over waits for nothing after its last attempt", () => {
  assert.equal(shown(done({ endedAt: 60 })), "wait 10-20 run 20-40 answer 40-50");
});

test("a call that was never sent has only waited, and one that joined shares", () => {
  assert.equal(shown(done({ attempts: [], code: "DROPPED" })), "wait 10-50");
  assert.equal(shown(done({ joined: 1, attempts: [{ start: 20, end: 50, isShared: true }] })), "wait 10-20 shared 20-50");
});

test("all calls fit, with room at the right; without any there is a second", () => {
  const { from, to } = fit([done(), done({ queuedAt: 0, endedAt: 1000 })], 2000);
  assert.ok(from === 0 && to > 1000 && to < 1200, `${from} ${to}`);
  assert.ok(fit([{ ...done(), state: "running" }], 700).to >= 700);
  assert.equal(fit([done({ queuedAt: -86_400_000 })], 60).from, 0, "a call of an earlier page stretches nothing");
  assert.deepEqual(fit([], 5), { from: 5, to: 1005, end: 5 });
});

test("the last time of a length ends with the last call, and has room for its text", () => {
  const { from, to } = lastOf({ end: 1000 }, 200);
  assert.equal(Math.round(to - from), 200);
  assert.ok(from < 1000 && to > 1000 && to < 1050, `${from} ${to}`);
});

test("zooming keeps the time at the pointer, and ends at a few ms", () => {
  const time = zoom({ from: 0, to: 1000 }, 0.5, 250);
  assert.equal(positionOf(250, time, 100), 25);
  assert.equal(time.to - time.from, 500);
  const least = zoom({ from: 0, to: 4 }, 0.001, 2);
  assert.equal(least.to - least.from, 2);
});

test("ticks are at round times, and their labels have room", () => {
  assert.deepEqual(ticksOf({ from: 0, to: 1000 }, 500), { step: 200, times: [0, 200, 400, 600, 800, 1000] });
  for (const [length, width] of [[3, 300], [77, 800], [1e4, 100], [5e7, 1200], [1000, 1], [1000, 0]]) {
    const { step, times } = ticksOf({ from: 12.3, to: 12.3 + length }, width);
    assert.ok((step / length) * width >= 75 || width < 2, `${step}`);
    assert.ok(times.every((at) => at >= 12.3 && at <= 12.3 + length), `${times}`);
  }
});

test("boxes have a width that is seen, and those outside of the chart are left out", () => {
  const spans = [{ kind: "wait", from: 0, to: 10 }, { kind: "run", from: 500, to: 500.1 }, { kind: "answer", from: 900, to: 9000 }];
  const boxes = boxesOf(spans, { from: 100, to: 1000 }, 900);
  assert.deepEqual(boxes, [{ kind: "run", left: 400, width: 2 }, { kind: "answer", left: 800, width: 101 }]);
});

test("a lane shows what runs before what waits, in few boxes", () => {
  const calls = Array.from({ length: 1000 }, (_, index) => done({ queuedAt: 0, endedAt: index + 1, attempts: [{ number: 1, start: index, end: index + 1 }] }));
  assert.deepEqual(laneBoxesOf(calls, { from: 0, to: 2000 }, 200, 2000), [{ kind: "run", left: 0, width: 102 }]);
  const waits = done({ queuedAt: 0, endedAt: 100, attempts: [], code: "DROPPED" });
  const fails = done({ queuedAt: 50, endedAt: 100, attempts: [{ number: 1, start: 50, end: 100 }], code: "HTTP" });
  assert.deepEqual(laneBoxesOf([waits, fails], { from: 0, to: 100 }, 200, 200), [{ kind: "wait", left: 0, width: 100 }, { kind: "failed", left: 100, width: 100 }]);
});

test("only the rows that are seen are drawn", () => {
  assert.deepEqual(rowsInView(0, 280, 28, 1000), { first: 0, end: 14 });
  const { first, end } = rowsInView(14_000, 280, 28, 1000);
  assert.ok(first <= 500 && end >= 510 && end - first < 25, `${first} ${end}`);
  assert.deepEqual(rowsInView(1e6, 280, 28, 10), { first: Math.floor(1e6 / 28) - 4, end: 10 });
});

test("durations and times read as a person writes them", () => {
  assert.deepEqual([0.04, 0.949, 0.95, 12.4, 999.4, 999.5, 1234, 9994, 12_345, 59_990, 59_996, 125_000].map(durationText), ["0.0 ms", "0.9 ms", "1 ms", "12 ms", "999 ms", "1.00 s", "1.23 s", "9.99 s", "12.3 s", "60.0 s", "1 min 0 s", "2 min 5 s"]);
  assert.deepEqual([[0.5, 0.1], [250, 50], [1000, 200], [1250, 50], [3000, 1000], [65_000, 5000], [65_500, 500], [-20, 10]].map(([at, step]) => tickText(at, step)), ["0.5 ms", "250 ms", "1.0 s", "1.25 s", "3 s", "1:05", "1:05.5", "−20 ms"]);
});

test("waited and ran are the times before and after the first request", () => {
  assert.deepEqual(timesOf(done(), 100), { waited: 10, ran: 30 });
  assert.deepEqual(timesOf(done({ attempts: [], endedAt: 10 }), 100), { waited: undefined, ran: undefined });
  assert.equal(chartText(done({ revalidated: true }), 100), "at 10 ms, waited 10 ms, ran 30 ms, ↻ refreshed");
});

test("an address is shown without its query, which may hold secrets", () => {
  assert.deepEqual(["/done?token=secret#x", "/done#secret", "/done", "https://a.b/c?d"].map(addressText), ["/done?…", "/done?…", "/done", "https://a.b/c?…"]);
  assert.deepEqual(notesOf(done({ redirected: "/done?token=secret", joined: 2 })), ["joined #2", "↪ /done?…"]);
});
