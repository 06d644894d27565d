// `actionlane/observe` says for which request another one waited, and writes it to the User Timing. A server, whose
// answers the tests hold, stands for Next's queue.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createDispatcher, ready } from "../node.js";
import { observe } from "../observe.js";
import { makeGate, serve, until } from "./server.js";

const KEY = Symbol.for("actionlane.observe.1");
const [SAVE, PAY, TRACK] = ["7f", "40", "60"].map((start) => start.padEnd(42, "0"));
const native = globalThis.fetch;
setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");
const touches = new EventTarget();
const gates = new Map();
let server;
let observed;

before(async () => {
  await ready();
  // A gate holds the end of an action's answers until the test opens it.
  server = await serve(async (request, response) => {
    const gate = gates.get(request.headers["next-action"]);
    response.writeHead(200, { "content-type": "text/x-component" });
    response.write('0:{"a":"$@1","q":"","i":false}\n');
    await gate?.opened;
    response.end("1:1\n");
  });
});
after(() => server.close());

beforeEach(() => {
  globalThis.addEventListener = (...args) => touches.addEventListener(...args);
  globalThis.removeEventListener = (...args) => touches.removeEventListener(...args);
  globalThis.document = { baseURI: server.url };
  observed = observe();
});
afterEach(() => {
  observed.restore();
  gates.clear();
  performance.clearMeasures();
  for (const name of [KEY, "addEventListener", "removeEventListener", "document"]) delete globalThis[name];
  globalThis.fetch = native;
});

const touch = (type) => touches.dispatchEvent(new Event(type));
const send = (id) => globalThis.fetch(server.url, { method: "POST", headers: { "next-action": id }, body: "[]" });
const read = async (id) => (await send(id)).text();
const entry = (id) => observed.entries().findLast((entry) => entry.id === id);
const ended = (id) => until(() => entry(id)?.end !== undefined);

test("the browser's own times are in the entry", async () => {
  await read(SAVE);
  await ended(SAVE);
  const { start, firstByte, head, end, status, size } = entry(SAVE);
  assert.ok(start <= firstByte && firstByte <= end && start <= head, JSON.stringify(entry(SAVE)));
  assert.equal(status, 200);
  assert.ok(size === undefined || size > 0);
});

test("a request that starts when the one before has ended has waited for it, since the click", async () => {
  touch("click");
  await read(SAVE);
  await read(PAY);
  const { waitedFor, waited, start } = entry(PAY);
  assert.deepEqual(waitedFor, { entry: entry(SAVE).number, id: SAVE, certain: false });
  assert.ok(waited > 0 && waited < start);
  assert.equal(entry(SAVE).waitedFor, undefined);
});

test("a request that starts between head and end of the one before has waited, also once the end is known", async () => {
  const gate = makeGate();
  gates.set(SAVE, gate);
  const saved = await send(SAVE);
  await read(PAY);
  gate.open();
  await saved.text();
  await ended(SAVE);
  assert.equal(entry(PAY).waitedFor?.id, SAVE);
  assert.equal(entry(PAY).waited, undefined, "no click is known");
});

for (const type of ["click", "submit"]) {
  test(`a request that starts after a ${type} has not waited`, async () => {
    await read(SAVE);
    touch(type);
    await read(PAY);
    assert.equal(entry(PAY).waitedFor, undefined);
  });
}

test("a click in a timeline is none of the page's", async () => {
  const timeline = new Event("click");
  Object.defineProperty(timeline, "target", { value: { toTrace() {} } });
  touch("click");
  await read(SAVE);
  touches.dispatchEvent(timeline);
  await read(PAY);
  assert.equal(entry(PAY).waitedFor?.id, SAVE);
});

test("a request that starts long after the end of the one before has not waited", async () => {
  await read(SAVE);
  await ended(SAVE);
  await new Promise((resolve) => setTimeout(resolve, 60)); // longer than the gap
  await read(PAY);
  assert.equal(entry(PAY).waitedFor, undefined);
});

test("a page that is busy after an answer starts the next request later, which has waited all the same", async () => {
  const text = await read(SAVE);
  for (const from = performance.now(); performance.now() < from + 80; ); // longer than the gap
  await read(PAY);
  assert.deepEqual([text.length > 0, entry(PAY).waitedFor?.id], [true, SAVE]);
});

test("a request beside one that has no head yet has not waited", async () => {
  const [saved, paid] = [send(SAVE), send(PAY)];
  for (const answer of [saved, paid]) await (await answer).text();
  assert.deepEqual([entry(SAVE).waitedFor, entry(PAY).waitedFor], [undefined, undefined]);
});

test("a request after one that failed has waited for it", async () => {
  await globalThis.fetch(server.url, { method: "POST", headers: { "next-action": SAVE }, body: "[]", signal: AbortSignal.abort() }).catch(() => {});
  await read(PAY);
  assert.equal(entry(PAY).waitedFor?.id, SAVE);
});

test("each request is in the User Timing, as a track of DevTools, and so is its wait", async () => {
  touch("click");
  await read(SAVE);
  await read(PAY);
  await Promise.all([ended(SAVE), ended(PAY)]);
  const measures = performance.getEntriesByType("measure").filter(({ detail }) => detail?.devtools?.trackGroup === "Actionlane");
  const names = [`${SAVE.slice(0, 8)} #1`, `${PAY.slice(0, 8)} #2 waits`, `${PAY.slice(0, 8)} #2`];
  assert.deepEqual(measures.map(({ name }) => name).sort(), names.sort());
  const { startTime, duration, detail } = measures.find(({ name }) => name === `${PAY.slice(0, 8)} #2`);
  assert.equal(startTime, entry(PAY).start);
  assert.ok(Math.abs(startTime + duration - entry(PAY).end) < 0.01);
  assert.deepEqual([detail.devtools.dataType, detail.devtools.track], ["track-entry", "actions"]);
});

test("User Timing of dropped entries is removed", async () => {
  await read(SAVE);
  await ended(SAVE);
  const isThere = () => performance.getEntriesByType("measure").some(({ name }) => name === `${SAVE.slice(0, 8)} #1`);
  assert.ok(isThere());
  observed.restore();
  globalThis.fetch = async () => new Response("");
  observed = observe();
  for (let at = 0; at < 1000; at++) send(PAY);
  assert.ok(!isThere());
});

/** Makes a dispatcher whose calls the observer follows. */
function followed(t, options) {
  const d = createDispatcher({ url: server.url, ...options });
  const unfollow = observed.follow(d);
  t.after(() => (unfollow(), d.close()));
  return d;
}

test("with a dispatcher's events it is certain which call another one waited for", async (t) => {
  const d = followed(t);
  touch("click");
  const calls = [d.call({ id: SAVE, name: "save" }), d.call({ id: PAY, name: "pay" }), d.call(TRACK, [], { lane: "own" })];
  await Promise.all(calls);
  await ended(PAY);
  assert.deepEqual(entry(PAY).waitedFor, { entry: entry(SAVE).number, id: SAVE, certain: true });
  assert.deepEqual([SAVE, PAY, TRACK].map((id) => [entry(id).name, entry(id).lane]), [["save", "main"], ["pay", "main"], [undefined, "own"]]);
  assert.equal(entry(PAY).waited, entry(PAY).start - entry(PAY).queuedAt);
  assert.deepEqual([entry(SAVE).waitedFor, entry(TRACK).waitedFor], [undefined, undefined]);
});

test("calls that were open when the dispatcher was first followed have their lane, too", async (t) => {
  const d = createDispatcher({ url: server.url });
  t.after(() => d.close());
  const gate = makeGate();
  gates.set(SAVE, gate);
  const calls = [d.call({ id: SAVE, name: "save" }), d.call({ id: PAY, name: "pay" })];
  await until(() => calls[0].state === "running" && entry(SAVE)?.head !== undefined);
  observed.follow(d);
  gate.open();
  await Promise.all(calls);
  await until(() => entry(PAY)?.lane);
  assert.deepEqual([entry(SAVE).name, entry(SAVE).lane], ["save", "main"]);
  assert.deepEqual([entry(PAY).waitedFor?.id, entry(PAY).waitedFor?.certain], [SAVE, true]);
});

test("calls that are over are not kept, however many came one after another", async (t) => {
  const d = createDispatcher({ url: server.url });
  const events = [];
  const note = (hear) => (event) => (events.push(new WeakRef(event)), hear(event));
  const unfollow = observed.follow({ subscribe: (hear) => d.subscribe(note(hear)), snapshot: d.snapshot });
  t.after(() => (unfollow(), d.close()));
  for (let round = 0; round < 5; round++) await Promise.all([d.call(SAVE), d.call(SAVE), d.call(SAVE)]);
  await until(() => observed.entries().length === 15 && observed.entries().every(({ lane }) => lane));
  const isHeld = () => (gc(), events.slice(0, 12).some((event) => event.deref()));
  await until(() => !isHeld());
});

test("a dispatcher's events overrule a guess", async (t) => {
  const d = followed(t);
  await d.call(SAVE);
  await d.call(PAY, [], { lane: "own" });
  await until(() => entry(PAY).lane);
  assert.equal(entry(PAY).waitedFor, undefined);
});

test("a request that a dispatcher's fetch holds back is seen once, and its start is when it was sent", async (t) => {
  const d = createDispatcher({ url: server.url });
  t.after(() => d.close());
  // Beneath the observer, as when the page has replaced `fetch` before.
  observed.restore();
  globalThis.fetch = d.fetch;
  observed = observe();
  for (let round = 0; round < 3; round++) {
    const gate = makeGate();
    gates.set(SAVE, gate);
    const before = observed.entries().length;
    const saved = send(SAVE);
    const paid = send(PAY);
    await until(() => server.requests.length > 0 && entry(SAVE).head !== undefined);
    gate.open();
    for (const answer of [saved, paid]) await (await answer).text();
    await Promise.all([ended(SAVE), ended(PAY)]);
    assert.equal(observed.entries().length, before + 2, `round ${round}`);
    assert.ok(entry(PAY).start >= entry(SAVE).head, "sent after the first was answered");
    assert.ok(entry(PAY).queuedAt < entry(SAVE).head, "made before");
    assert.equal(entry(PAY).waited, entry(PAY).start - entry(PAY).queuedAt);
  }
});
