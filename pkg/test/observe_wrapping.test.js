// `actionlane/observe` around `fetch`: it sees each request of an action, in any form, and changes none.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { observe } from "../observe.js";
import { observe as observeOfCopy } from "../observe.js?copy";

const KEY = Symbol.for("actionlane.observe.1");
const ID = "7f".padEnd(42, "0");
const native = globalThis.fetch;
let network;

beforeEach(() => {
  globalThis.document = { baseURI: "https://app.example/shop?a=1" };
  network = makeNetwork();
  globalThis.fetch = network.fetch;
});
afterEach(() => {
  delete globalThis[KEY];
  delete globalThis.document;
  globalThis.fetch = native;
});

/** Makes a `fetch` that records its arguments, with answers that the test gives. */
function makeNetwork() {
  const seen = [];
  const fetch = function fetch(...args) {
    const request = { self: this, args };
    seen.push(request);
    request.promise = new Promise((resolve, reject) => Object.assign(request, { resolve, reject }));
    return request.promise;
  };
  return { fetch, seen };
}

const ids = (observed) => observed.entries().map(({ id }) => id);
const settled = () => new Promise((resolve) => setImmediate(resolve));

const POST = { method: "POST", body: "[]" };
const FORMS = {
  "a plain object": ["/", { ...POST, headers: { "Next-Action": ID, Accept: "text/x-component" } }],
  "a plain object in lower case": ["/", { ...POST, headers: { "next-action": ID } }],
  "pairs": ["/", { ...POST, headers: [["accept", "*/*"], ["NEXT-ACTION", ID]] }],
  "a Map, which is iterable": ["/", { ...POST, headers: new Map([["Next-Action", ID]]) }],
  "Headers": ["/", { ...POST, headers: new Headers({ "Next-Action": ID }) }],
  "Headers of a polyfill": ["/", { ...POST, headers: { get: (name) => (name === "next-action" ? ID : null), append() {} } }],
  "a Request": [new Request("https://app.example/", { ...POST, headers: { "Next-Action": ID } })],
  "a Request with headers in init": [new Request("https://app.example/", POST), { headers: { "next-action": ID } }],
  "a Request whose method is in init": [new Request("https://app.example/", { headers: { "next-action": ID } }), { method: "post", body: "" }],
  "an address object": [new URL("https://app.example/x"), { ...POST, headers: { "next-action": ID } }],
  "three arguments": ["/", { ...POST, headers: { "next-action": ID } }, { lane: "own" }],
};

for (const [name, args] of Object.entries(FORMS)) {
  test(`an action in ${name} is seen, and its arguments arrive untouched`, () => {
    const observed = observe();
    const self = {};
    const answer = Reflect.apply(globalThis.fetch, self, args);
    const [sent] = network.seen;
    assert.equal(answer, sent.promise, "the promise is that of fetch");
    assert.equal(sent.self, self);
    assert.equal(sent.args.length, args.length);
    args.forEach((arg, at) => assert.equal(sent.args[at], arg));
    assert.deepEqual(ids(observed), [ID]);
    if (args[0] instanceof Request) assert.equal(args[0].bodyUsed, false);
  });
}

const iterator = () => new Map([["next-action", ID]]).entries();
const OTHERS = {
  "nothing": [],
  "an address": ["/"],
  "no headers": ["/", { method: "POST" }],
  "null": ["/", null],
  "null headers": ["/", { method: "POST", headers: null }],
  "a GET": ["/", { headers: { "next-action": ID } }],
  "other headers": ["/", { ...POST, headers: { "x-next-action": ID } }],
  "malformed pairs": ["/", { ...POST, headers: [null, 7, ["next-action"]] }],
  "a header that cannot be read": ["/", { ...POST, headers: { "next-action": { toString() { throw new Error("mine"); } } } }],
  "a getter that throws": ["/", { method: "POST", get headers() { throw new Error("mine"); } }],
  "a method that is no text": ["/", { method: 7, headers: { "next-action": ID } }],
  "an address that is none": ["http://[", { ...POST, headers: { "next-action": ID } }],
  "a token of the seam": ["/", { ...POST, headers: { "next-action": "7f-actionlane-1-1" } }],
};

for (const [name, args] of Object.entries(OTHERS)) {
  test(`a request with ${name} passes by`, () => {
    const observed = observe();
    globalThis.fetch(...args);
    assert.equal(network.seen[0].args.length, args.length);
    args.forEach((arg, at) => assert.equal(network.seen[0].args[at], arg));
    if (name !== "malformed pairs") assert.deepEqual(ids(observed), []);
  });
}

test("headers that can be read once are left to fetch", () => {
  const observed = observe();
  const headers = iterator();
  globalThis.fetch("/", { ...POST, headers });
  assert.deepEqual([...headers], [["next-action", ID]]);
  assert.deepEqual(ids(observed), []);
});

const send = (id = ID, more = {}) => globalThis.fetch("/", { ...POST, headers: { "next-action": id }, ...more });

test("a fetch that throws at once still throws, and the entry says so", () => {
  const mistake = new TypeError("mine");
  globalThis.fetch = () => {
    throw mistake;
  };
  const observed = observe();
  assert.throws(() => send(), (error) => error === mistake);
  const [{ error, end, head }] = observed.entries();
  assert.deepEqual([error, typeof end, head], ["TypeError", "number", undefined]);
});

test("a seam of another version, and options that allow only what fetch reads, are survived", (t) => {
  const seam = Symbol.for("actionlane.next");
  globalThis[seam] = { lanes: { dispatcher: {} } };
  t.after(() => delete globalThis[seam]);
  const observed = observe();
  const strict = (target, key) => {
    if (typeof key === "symbol") throw new Error(`fetch does not read ${String(key)}`);
    return target[key];
  };
  const init = new Proxy({ ...POST, headers: { "next-action": ID } }, { get: strict });
  globalThis.fetch("/", init);
  assert.equal(network.seen[0].args[1], init);
  assert.deepEqual(ids(observed), [ID]);
});

test("a fetch that returns no promise is survived", async () => {
  globalThis.fetch = () => "nothing";
  const observed = observe();
  assert.equal(send(), "nothing");
  await settled();
  assert.equal(observed.entries().length, 1);
});

test("a rejected request has an error, and the caller has its rejection", async () => {
  const observed = observe();
  const answer = send();
  network.seen[0].reject(new DOMException("stop", "AbortError"));
  await assert.rejects(answer, { name: "AbortError" });
  await settled();
  assert.equal(observed.entries()[0].error, "AbortError");
});

test("the head of the answer is noted, and its body is not read", async () => {
  const observed = observe();
  const answer = send();
  const headers = { "x-action-redirect": "/target;push", "x-action-revalidated": "1" };
  const response = new Response("0:{}", { status: 303, headers });
  network.seen[0].resolve(response);
  assert.equal(await answer, response);
  const [entry] = observed.entries();
  assert.deepEqual([entry.status, entry.redirected, entry.revalidated, response.bodyUsed], [303, "/target", true, false]);
  assert.ok(entry.start <= entry.head);
});

test("an answer that is no Response is survived", async () => {
  const observed = observe();
  const answer = send();
  network.seen[0].resolve({ ok: true });
  await answer;
  assert.equal(typeof observed.entries()[0].head, "number");
});

test("name, length and properties of the page's fetch stay", () => {
  network.fetch.mark = 1;
  Object.defineProperty(network.fetch, "length", { value: 1 });
  observe();
  assert.deepEqual([globalThis.fetch.name, globalThis.fetch.length, globalThis.fetch.mark], ["fetch", 1, 1]);
});

test("restore puts the page's fetch back, once", () => {
  const { restore } = observe();
  assert.notEqual(globalThis.fetch, network.fetch);
  restore();
  assert.equal(globalThis.fetch, network.fetch);
  globalThis.fetch = native;
  restore();
  assert.equal(globalThis.fetch, native);
});

/** Puts a wrapper around the page's `fetch`, as monitoring does. Returns the function that takes it away again. */
function monitor() {
  const inner = globalThis.fetch;
  const wrapper = (...args) => inner(...args);
  globalThis.fetch = wrapper;
  return () => {
    if (globalThis.fetch === wrapper) globalThis.fetch = inner;
  };
}

/** The orders in which two wrappers can come and go. */
const ORDERS = {
  "comes first and goes last": ["observe", "monitor", "unmonitor", "restore"],
  "comes first and goes first": ["observe", "monitor", "restore", "unmonitor"],
  "comes last and goes last": ["monitor", "observe", "unmonitor", "restore"],
  "comes last and goes first": ["monitor", "observe", "restore", "unmonitor"],
};

for (const [name, order] of Object.entries(ORDERS)) {
  test(`a wrapper stays whole when observe ${name}`, () => {
    const undo = {};
    let observed;
    const steps = {
      observe: () => ({ restore: undo.restore } = observed = observe()),
      monitor: () => (undo.monitor = monitor()),
      unmonitor: () => undo.monitor(),
      restore: () => undo.restore(),
    };
    let expected = 0;
    order.forEach((step, at) => {
      steps[step]();
      const isWatched = order.slice(0, at + 1).includes("observe") && !order.slice(0, at + 1).includes("restore");
      send();
      expected += isWatched;
      assert.equal(network.seen.length, at + 1, `${step}: sent once`);
      assert.equal(observed?.entries().length ?? 0, expected, step);
    });
  });
}

test("a page that observes again uses the wrapper that is still there", () => {
  const { restore } = observe();
  const unmonitor = monitor();
  restore();
  unmonitor();
  const inert = globalThis.fetch;
  const observed = observe();
  assert.equal(globalThis.fetch, inert);
  send();
  assert.equal(observed.entries().length, 1);
});

test("two copies on a page see a request once, until both have ended", () => {
  assert.notEqual(observe, observeOfCopy);
  const one = observe();
  const other = observeOfCopy();
  send();
  assert.deepEqual([one.entries().length, other.entries()], [1, one.entries()]);
  one.restore();
  one.restore();
  send();
  assert.equal(other.entries().length, 2);
  other.restore();
  assert.equal(globalThis.fetch, network.fetch);
});

test("a page that does not let its fetch be replaced keeps it", () => {
  const fixed = network.fetch;
  Object.defineProperty(globalThis, "fetch", { get: () => fixed, configurable: true });
  const { restore } = observe();
  assert.equal(globalThis.fetch, fixed);
  restore();
  Object.defineProperty(globalThis, "fetch", { value: fixed, configurable: true, writable: true });
});

test("a page that has fixed its fetch since is no longer watched after restore", () => {
  const observed = observe();
  const fixed = globalThis.fetch;
  Object.defineProperty(globalThis, "fetch", { value: fixed, configurable: true, writable: false });
  observed.restore();
  send();
  Object.defineProperty(globalThis, "fetch", { value: fixed, configurable: true, writable: true });
  assert.deepEqual([network.seen.length, observed.entries().length], [1, 0]);
});

test("a host without fetch gets none", () => {
  globalThis.fetch = undefined;
  observe().restore();
  assert.equal(globalThis.fetch, undefined);
});

test("the oldest entries go when there are more than a thousand", () => {
  const observed = observe();
  for (let at = 0; at < 1002; at++) send();
  const entries = observed.entries();
  assert.deepEqual([entries.length, entries[0].number, entries.at(-1).number], [1000, 3, 1002]);
});

test("listeners hear of each change, also beside one that throws", async (t) => {
  const errors = [];
  const heard = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.once("uncaughtException", (error) => errors.push(error.message));
  t.after(() => listeners.forEach((listener) => process.on("uncaughtException", listener)));
  const observed = observe();
  const end = observed.subscribe(() => {
    end();
    throw new Error("mine");
  });
  observed.subscribe((entry) => heard.push(entry));
  const answer = send();
  network.seen[0].resolve(new Response(""));
  await answer;
  await settled();
  assert.deepEqual([errors, heard.length, heard.at(-1)], [["mine"], 2, observed.entries()[0]]);
  assert.ok(Object.isFrozen(heard[0]) && heard[0].head === undefined);
});
