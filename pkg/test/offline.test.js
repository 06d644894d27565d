// Calls while the network is away: they wait, probe or fail, by the option `offline`.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { createDispatcher } from "../node.js";
import { ID, serve } from "./server.js";

// `there`: true if the network works. `say()` sets the browser's `onLine`, which may be wrong.
let server, there, requested, own;
const { navigator: real } = globalThis;
const say = (onLine) => Object.defineProperty(globalThis, "navigator", { value: { onLine }, configurable: true });
before(async () => (server = await serve()));
after(() => server.close());
beforeEach(() => {
  there = true;
  requested = [];
  own = new EventTarget();
  for (const name of ["addEventListener", "removeEventListener"]) globalThis[name] = own[name].bind(own);
});
afterEach(() => {
  Object.defineProperty(globalThis, "navigator", { value: real, configurable: true });
  delete globalThis.addEventListener;
  delete globalThis.removeEventListener;
});

const send = (url, init) => {
  requested.push(`${init.method} ${new URL(url).pathname}`);
  return there ? fetch(url, { ...init, mode: undefined }) : Promise.reject(new TypeError("no network"));
};
const dispatcher = (options) => createDispatcher({ url: server.url, fetch: send, ...options });
const until = async (condition) => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
};

test("onLine alone holds no call back", async () => {
  say(false);
  assert.equal(await dispatcher().call(ID, [1]), "[1]");
});

test("after a failure calls keep their places until the browser reports the network again", async () => {
  say(false);
  there = false;
  const d = dispatcher({ probe: `${server.url}app.js` });
  const lost = d.call(ID, ["lost"]);
  const kept = d.call(ID, ["kept"], { retry: { limit: 1, delay: 1 }, idempotencyKey: true, lane: "b" });
  await assert.rejects(lost, { code: "NETWORK", sent: "unknown" });
  const waiting = d.call(ID, ["waiting"]);
  await until(() => requested.includes("HEAD /app.js"));
  assert.deepEqual([kept.state, waiting.state], ["running", "waiting"]);
  assert.equal(requested.filter((line) => line === "POST /").length, 2);
  there = true;
  own.dispatchEvent(new Event("online"));
  assert.deepEqual(await Promise.all([kept, waiting]), ['["kept"]', '["waiting"]']);
  d.close();
});

test("a successful probe ends the wait, also if onLine is false", async () => {
  say(false);
  there = false;
  const d = dispatcher({ probe: `${server.url}app.js` });
  await assert.rejects(d.call(ID, ["lost"]), { code: "NETWORK" });
  there = true;
  assert.equal(await d.call(ID, ["next"]), '["next"]');
  assert.deepEqual(requested, ["POST /", "HEAD /app.js", "POST /"]);
});

test("without a probe the next call is tried a second later", async () => {
  say(false);
  there = false;
  const d = dispatcher({ probe: false });
  await assert.rejects(d.call(ID, ["lost"]), { code: "NETWORK" });
  there = true;
  assert.equal(await d.call(ID, ["next"]), '["next"]');
  assert.deepEqual(requested, ["POST /", "POST /"]);
});

test("a probe that never ends is aborted", async (context) => {
  say(false);
  there = false;
  let probes = 0;
  const d = createDispatcher({
    url: server.url,
    probe: `${server.url}app.js`,
    fetch: (url, init) => (init.method === "HEAD" && probes++ === 0 ? new Promise(() => {}) : send(url, init)),
  });
  await assert.rejects(d.call(ID, ["lost"]), { code: "NETWORK" });
  const next = d.call(ID, ["next"]); // probes are sent only while a call waits
  context.mock.timers.enable({ apis: ["setTimeout"] });
  try {
    while (probes < 2) {
      context.mock.timers.tick(1000);
      await new Promise((resolve) => setImmediate(resolve));
      there = probes > 0;
    }
  } finally {
    context.mock.timers.reset();
  }
  assert.equal(await next, '["next"]');
  d.close();
});

test("with the option offline set to fail, calls that would wait fail at once", async () => {
  say(false);
  there = false;
  const d = dispatcher({ offline: "fail" });
  const calls = [d.call(ID, ["lost"]), d.call(ID, ["waits"])];
  const failed = await Promise.all(calls.map((call) => call.catch(({ code, sent }) => [code, sent])));
  assert.deepEqual(failed, [["NETWORK", "unknown"], ["OFFLINE", "no"]]);
  const error = await d.call(ID, ["late"]).catch((error) => error);
  assert.equal(error.code, "OFFLINE");
  there = true;
  own.dispatchEvent(new Event("online"));
  assert.equal(await error.retry(), '["late"]');
});

test("while onLine is true, a failure holds no other call back", async () => {
  say(true);
  there = false;
  const d = dispatcher();
  await assert.rejects(d.call(ID, ["lost"]), { code: "NETWORK" });
  there = true;
  assert.equal(await d.call(ID, ["next"]), '["next"]');
  assert.deepEqual(requested, ["POST /", "POST /"]);
});
