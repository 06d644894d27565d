// The model of `actionlane/timeline`: events of a real dispatcher, and entries of an observer, become calls and rows.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher, ready } from "../node.js";
import { MAX_CALLS, clear, endMissed, hearEntry, hearEvent, makeModel, noteNetwork } from "../timeline/model.js";
import { countsOf, rowsOf, toneOf } from "../timeline/rows.js";
import { statusText } from "../timeline/texts.js";
import { makeGate, serve, until } from "./server.js";

const [SAVE, PAY] = ["7f", "40"].map((start) => start.padEnd(42, "0"));
let server;
let answer;

before(async () => {
  await ready();
  server = await serve((request, response) => answer(request, response));
});
after(() => server.close());

const succeed = (request, response) => {
  response.writeHead(200, { "content-type": "text/x-component" });
  response.end('0:{"a":"$@1","q":"","i":false}\n1:1\n');
};

/** Makes a dispatcher, and a model that hears it. */
function heard(options) {
  const model = makeModel();
  const d = createDispatcher({ url: server.url, ...options });
  d.subscribe((event) => hearEvent(model, event, performance.now()));
  const calls = () => [...model.calls.values()];
  return { d, model, calls, done: () => until(() => calls().length > 0 && calls().every(({ state }) => state === "done")) };
}

const times = ({ queuedAt, attempts, endedAt }) => [queuedAt, ...attempts.flatMap(({ start, head, end }) => [start, head ?? start, end]), endedAt];
const isSorted = (list) => list.every((item, index) => index === 0 || list[index - 1] <= item);

test("a call that waited for another has its times in order, its lane and its name", async () => {
  answer = succeed;
  const { d, calls, done } = heard();
  await Promise.all([d.call({ id: SAVE, name: "save" }, []), d.call({ id: PAY, name: "pay" }, [])]);
  await done();
  const [save, pay] = calls();
  assert.deepEqual([save.name, pay.name, pay.lane, pay.code, pay.attempts.length], ["save", "pay", "main", "ok", 1]);
  assert.ok(isSorted(times(save)) && isSorted(times(pay)), JSON.stringify([save, pay]));
  assert.ok(pay.attempts[0].start >= save.settledAt, JSON.stringify([save, pay]));
  assert.deepEqual([toneOf(pay), statusText(pay)], ["ok", "ok"]);
});

test("each attempt of a call that is retried has its own times", async () => {
  let requests = 0;
  answer = (request, response) => (requests++ === 0 ? request.socket.destroy() : succeed(request, response));
  const { d, calls, done } = heard();
  const seen = [];
  d.subscribe(() => seen.push(...calls().map((call) => [toneOf(call), statusText(call)].join(" "))));
  await d.call(SAVE, [], { retry: 1, idempotencyKey: true });
  await done();
  const [{ attempts, code }] = calls();
  assert.deepEqual([attempts.map(({ number }) => number), code], [[1, 2], "ok"]);
  assert.ok(isSorted(attempts.flatMap(({ start, end }) => [start, end])), JSON.stringify(attempts));
  assert.ok(seen.includes("waiting retries"), seen.join());
});

test("a call that joined another shares its answer, and names it; also if that one ran already", async () => {
  const gate = makeGate();
  answer = async (request, response) => {
    await gate.opened;
    succeed(request, response);
  };
  const { d, calls, done } = heard();
  const join = () => d.call(SAVE, [1], { strategy: "join" });
  const all = [join(), join()];
  await until(() => calls().some(({ attempts }) => attempts.length > 0));
  all.push(join());
  await until(() => calls().length === 3);
  gate.open();
  await Promise.all(all);
  await done();
  const [first, ...others] = calls();
  assert.equal(first.joined, undefined);
  for (const call of others) {
    assert.deepEqual([call.joined, call.attempts.length, call.attempts[0].isShared], [first.number, 1, true], JSON.stringify(call));
    assert.ok(isSorted([call.queuedAt, call.attempts[0].start, call.attempts[0].end, call.endedAt]), JSON.stringify(call));
  }
});

test("calls that were dropped or aborted are needless, and others that failed are not", async () => {
  answer = (request, response) => response.writeHead(502).end("no");
  const { d, calls, done } = heard();
  const first = d.call(SAVE, []);
  const all = [first, d.call(SAVE, [], { strategy: "drop" }), d.call(PAY, [])];
  all[2].abort();
  await Promise.allSettled(all);
  await done();
  assert.deepEqual(calls().map((call) => [statusText(call), toneOf(call), call.attempts.length]), [["HTTP", "failed", 1], ["DROPPED", "needless", 0], ["ABORTED", "needless", 0]]);
  assert.deepEqual(countsOf(calls()), { waiting: 0, running: 0, ok: 0, needless: 2, failed: 1 });
});

test("a route is a call without an action, in a lane of its own", async () => {
  answer = succeed;
  const { d, calls, done } = heard();
  await d.route(`${server.url}x`);
  await done();
  assert.deepEqual(calls().map(({ lane, isRoute, name, attempts }) => [lane, isRoute, name, attempts.length]), [["route", true, "GET /x", 1]]);
});

const EVENT = { id: 4, actionId: SAVE, lane: "main", state: "waiting", queuedAt: 10 };
const ENTRY = { number: 1, id: SAVE, start: 12 };
const one = (model) => {
  assert.equal(model.calls.size, 1, JSON.stringify([...model.calls]));
  return [...model.calls.values()][0];
};

test("a request that an observer saw first, and its dispatcher's call, are one call", () => {
  for (const isEntryFirst of [true, false]) {
    const model = makeModel();
    const entry = () => hearEntry(model, { ...ENTRY, call: 4, attempt: 1, queuedAt: 10, lane: "main", waited: 2, head: 20, end: 30, status: 200, size: 9, revalidated: true });
    const events = () => {
      hearEvent(model, EVENT, 10);
      hearEvent(model, { ...EVENT, state: "running", attempt: 1, startedAt: 11 }, 11);
    };
    hearEntry(model, ENTRY);
    if (isEntryFirst) entry();
    events();
    if (!isEntryFirst) entry();
    assert.equal(one(model).state, "running");
    hearEvent(model, { ...EVENT, state: "done", attempt: 1, startedAt: 11, headAt: 21, settledAt: 25, code: "ok" }, 40);
    const call = one(model);
    assert.deepEqual(call.attempts, [{ number: 1, start: call.attempts[0].start, head: 20, end: 30, entry: 1, status: 200, size: 9 }]);
    assert.deepEqual([call.queuedAt, call.endedAt, call.code, call.revalidated, statusText(call)], [10, 30, "ok", true, "200"]);
  }
});

test("the browser's own time for the end of an answer counts, also if it comes last", () => {
  const model = makeModel();
  hearEvent(model, { ...EVENT, state: "running", attempt: 1, startedAt: 11 }, 11);
  hearEntry(model, { ...ENTRY, call: 4, attempt: 1, queuedAt: 10, head: 20 });
  hearEvent(model, { ...EVENT, state: "done", attempt: 1, startedAt: 11, headAt: 20, settledAt: 25, code: "ok" }, 40);
  assert.equal(one(model).endedAt, 40);
  hearEntry(model, { ...ENTRY, call: 4, attempt: 1, queuedAt: 10, head: 20, end: 30 });
  assert.deepEqual([one(model).endedAt, one(model).attempts[0].end], [30, 30]);
});

test("a request that becomes part of a call leaves no gap in the numbers", () => {
  const model = makeModel();
  hearEvent(model, EVENT, 10);
  hearEntry(model, ENTRY);
  hearEvent(model, { ...EVENT, id: 5, state: "running", attempt: 1, startedAt: 11 }, 11);
  hearEntry(model, { ...ENTRY, number: 2 });
  hearEvent(model, { ...EVENT, id: 7, state: "running", startedAt: 11 }, 11);
  hearEntry(model, { ...ENTRY, call: 4, attempt: 1, queuedAt: 10 });
  hearEntry(model, { ...ENTRY, number: 2, call: 5, attempt: 1, queuedAt: 10 });
  hearEvent(model, { ...EVENT, id: 6 }, 10);
  assert.deepEqual([...model.calls.values()].map(({ number, joined }) => [number, joined]), [[1, undefined], [2, undefined], [3, 2], [4, undefined]]);
});

test("a joined call names the one whose answer it shares, also if an observer has timed that one", () => {
  const model = makeModel();
  hearEvent(model, { ...EVENT, state: "running", attempt: 1, startedAt: 11 }, 11);
  hearEntry(model, { ...ENTRY, call: 4, attempt: 1, queuedAt: 10 });
  hearEvent(model, { ...EVENT, id: 5, state: "running", startedAt: 11 }, 12);
  assert.deepEqual([...model.calls.values()].map(({ joined }) => joined), [undefined, 1]);
});

test("two requests of one call are its attempts, also without its dispatcher's events", () => {
  const model = makeModel();
  const of = { call: 4, queuedAt: 10, lane: "main" };
  hearEntry(model, { ...ENTRY, ...of, attempt: 1, end: 15, error: "TypeError" });
  hearEntry(model, { ...ENTRY, ...of, number: 2, attempt: 2, start: 20, head: 30, end: 31, status: 200 });
  const call = one(model);
  assert.deepEqual(call.attempts.map(({ number, error, status }) => [number, error, status]), [[1, "TypeError", undefined], [2, undefined, 200]]);
  assert.deepEqual([call.state, call.endedAt, toneOf(call)], ["done", 31, "ok"]);
});

test("a request that no dispatcher has sent is a call of its own; what it is known to have waited counts", () => {
  const model = makeModel();
  hearEntry(model, { ...ENTRY, waited: 5, waitedFor: { entry: 0, id: PAY, certain: false } });
  assert.deepEqual([toneOf(one(model)), one(model).queuedAt], ["running", 7]);
  hearEntry(model, { ...ENTRY, waited: 5, head: 20, status: 500 });
  assert.deepEqual([one(model).lane, one(model).endedAt, toneOf(one(model))], ["actions", 20, "failed"]);
  hearEntry(model, { ...ENTRY, waited: 5, head: 20, end: 25, status: 500 });
  assert.equal(one(model).endedAt, 25);
});

test("the oldest calls that are over go first, and their requests are forgotten", () => {
  const model = makeModel();
  hearEvent(model, EVENT, 10);
  for (let number = 1; number <= MAX_CALLS + 5; number += 1) hearEntry(model, { ...ENTRY, number, end: 13 });
  assert.equal(model.calls.size, MAX_CALLS);
  assert.equal([...model.calls.values()][0].state, "waiting");
  hearEntry(model, { ...ENTRY, number: 6, end: 13, name: "late" });
  assert.ok([...model.calls.values()].every(({ name }) => name !== "late"), "nor do they come back");
  for (let number = 1; number <= MAX_CALLS; number += 1) hearEntry(model, { ...ENTRY, number: MAX_CALLS + 5 + number, end: 13 });
  assert.equal(model.keys.size, MAX_CALLS);
});

test("calls that were cleared do not come back when an observer learns their end or name, or is heard again", () => {
  const model = makeModel();
  noteNetwork(model, false, 5);
  noteNetwork(model, true, 6);
  hearEvent(model, EVENT, 10);
  hearEntry(model, { ...ENTRY, number: 1, head: 20 });
  hearEntry(model, { ...ENTRY, number: 2 });
  clear(model);
  assert.deepEqual(model.offline, []);
  for (const number of [1, 2, 3]) hearEntry(model, { ...ENTRY, number, end: 30, name: `save${number}` });
  assert.deepEqual([...model.calls.values()].map(({ name, state }) => [name, state]), [[undefined, "waiting"], ["save2", "done"], ["save3", "done"]]);
});

test("calls that ended while no one listened are over, and say so", () => {
  const model = makeModel();
  const [missed, open] = [EVENT, { ...EVENT, id: 5 }].map((event) => hearEvent(model, { ...event, state: "running", attempt: 1, startedAt: 11 }, 11));
  endMissed(model, new Set([open]));
  assert.deepEqual([missed, open].map((key) => statusText(model.calls.get(key))), ["not seen", "running"]);
  hearEvent(model, { ...EVENT, id: 5, state: "done", attempt: 1, startedAt: 11, settledAt: 20, code: "ok" }, 20);
  assert.equal(statusText(model.calls.get(open)), "ok");
});

test("times without a network are noted once each", () => {
  const model = makeModel();
  for (const [isOnline, at] of [[true, 1], [false, 2], [false, 3], [true, 4], [true, 5], [false, 6]]) noteNetwork(model, isOnline, at);
  assert.deepEqual(model.offline, [{ from: 2, to: 4 }, { from: 6 }]);
});

test("rows are lanes with their calls; filters, folded lanes and the shown time leave some out", () => {
  const model = makeModel();
  const add = (id, lane, name, queuedAt, end) => {
    const event = { id, actionId: SAVE, lane, name, queuedAt };
    hearEvent(model, { ...event, state: "running", attempt: 1, startedAt: queuedAt }, queuedAt);
    if (end) hearEvent(model, { ...event, state: "done", attempt: 1, startedAt: queuedAt, settledAt: end, code: "ok" }, end);
  };
  add(1, "main", "saveTokens", 10, 20);
  add(2, "cart", "addToCart", 15, 30);
  add(3, "main", "pay", 5, 8);
  add(4, "main", "track", 90);
  const shown = (options) => rowsOf(model.calls.values(), { now: 100, ...options }).map(({ lane, call }) => (lane ? `[${lane}]` : call.name)).join(" ");
  assert.equal(shown({}), "[main] pay saveTokens track [cart] addToCart");
  assert.equal(shown({ lane: "cart" }), "[cart] addToCart");
  assert.equal(shown({ name: " CART" }), "[cart] addToCart");
  assert.equal(shown({ name: SAVE.slice(0, 6), folded: new Set(["main"]) }), "[main] [cart] addToCart");
  assert.equal(shown({ from: 25, to: 95 }), "[main] track [cart] addToCart", "a call that runs is there until now");
  assert.equal(shown({ from: 101, to: 200 }), "[main] [cart]");
  assert.equal(shown({ name: "nothing" }), "");
});
