// Calls that are late. The clock that the package reads is moved by half a minute, so the tests do not wait.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { createDispatcher, ready } from "../node.js";
import "../lib/warnings/texts.js"; // with this loaded, warnings are printed at once
import { ID, serve } from "./server.js";

const real = { now: performance.now.bind(performance), setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, warn: console.warn };
let passed = 0;
const timers = new Map();
let warnings, server, unanswered, d;

before(async () => {
  performance.now = () => real.now() + passed;
  globalThis.setTimeout = (ring, ms, ...more) => {
    const timer = real.setTimeout(ring, ms, ...more);
    timers.set(timer, { ring, due: performance.now() + ms });
    return timer;
  };
  globalThis.clearTimeout = (timer) => (timers.delete(timer), real.clearTimeout(timer));
  console.warn = (text) => warnings.push(text);
  await ready();
});
after(() => Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout }));

beforeEach(async () => {
  warnings = [];
  unanswered = [];
  server = await serve((request, response) => void unanswered.push(response));
  d = createDispatcher({ url: server.url });
});
afterEach(() => (d.close(), server.close()));

/** Moves the clock, runs the timers that are due, and waits for their warnings. */
async function pass(ms) {
  passed += ms;
  for (const [timer, { ring, due }] of [...timers]) {
    if (due > performance.now()) continue;
    clearTimeout(timer);
    ring();
  }
  await new Promise((resolve) => setImmediate(resolve));
}

async function until(holds) {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** Makes a call and ignores its result. */
const call = (...args) => d.call(...args).catch(() => {});

test("a call that holds its lane for half a minute is warned of once, by name, with the number of calls behind it", async () => {
  process.env.NODE_ENV = "production"; // it warns in production too
  call({ id: ID, name: "saveTokens" });
  call(ID);
  call(ID);
  await until(() => unanswered.length === 1);
  await pass(29_000);
  assert.deepEqual(warnings, []);
  await pass(1_000);
  const warning = 'actionlane: saveTokens: no value for 30 s: no answer has begun, and 2 calls wait behind it in lane "main"; a timeout would end it';
  assert.deepEqual(warnings, [warning]);
  assert.deepEqual(d.snapshot().map(({ state, late }) => [state, late]), [["running", true], ["waiting", true], ["waiting", true]]);
  await pass(300_000);
  assert.equal(warnings.length, 1);
  delete process.env.NODE_ENV;
});

test("listeners are notified, also of an answer that has begun and does not end", async () => {
  const events = [];
  d.subscribe((event) => event.late && events.push(event));
  call(ID, [], { lane: "cart" });
  await until(() => unanswered.length === 1);
  unanswered[0].writeHead(500, { "content-type": "text/x-component" });
  unanswered[0].write("0:");
  await until(() => d.snapshot()[0].headAt !== undefined);
  await pass(30_000);
  await until(() => events.length > 0);
  const { id, state, late, behind } = events[0];
  assert.deepEqual([events.length, id, state, late, behind], [1, 1, "running", true, 0]);
  assert.deepEqual(warnings, ["actionlane: action 7f000000: no value for 30 s: an answer has begun, and its value has not come; a timeout would end it"]);
});

test("a call whose arguments stay open is warned of too", async () => {
  call({ id: ID, name: "upload" }, [new Promise(() => {})]);
  call(ID);
  await pass(30_000);
  const open = "a promise or a stream among its arguments is still open";
  const warning = `actionlane: upload: no value for 30 s: ${open}, and a call waits behind it in lane "main"; a deadline would end it`;
  assert.deepEqual(warnings, [warning]);
  assert.equal(unanswered.length, 0);
});

test("a call that has its value in time is not warned of, also while the rest streams", async () => {
  const value = d.call(ID);
  await until(() => unanswered.length === 1);
  unanswered[0].writeHead(200, { "content-type": "text/x-component" });
  unanswered[0].write('0:{"a":"$@1","q":"","i":false}\n1:1\n');
  assert.equal(await value, 1);
  assert.equal(d.snapshot()[0].state, "draining");
  await pass(60_000);
  assert.deepEqual(warnings, []);
});
