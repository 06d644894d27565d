// A machine that has slept: timeouts that are long over wait for the answers that the network has delivered meanwhile.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher, ready } from "../node.js";
import { ID, flight, serve, until } from "./server.js";

const HOUR = 3_600_000;
const { setTimeout: platformTimeout } = globalThis;
const { now } = performance;
const held = [];
let slept = 0;
let ring;
let server;

before(async () => {
  await ready();
  server = await serve((request, response, body) => void held.push(() => flight(response, body)));
  performance.now = () => now.call(performance) + slept;
  // The alarm of a dispatcher rings when the test says so.
  globalThis.setTimeout = (act, ms, ...args) => {
    if (!String(act).includes("#timerRan")) return platformTimeout(act, ms, ...args);
    ring = act;
    return platformTimeout(() => {}, 0);
  };
});
after(() => {
  performance.now = now;
  globalThis.setTimeout = platformTimeout;
  server.close();
});

test("each time that the machine has slept, an answer that is there goes before the timeout", async (t) => {
  const d = createDispatcher({ url: server.url, timeout: 10_000 });
  t.after(() => d.close());
  for (const word of ["first", "second"]) {
    const call = d.call(ID, [word]).then((value) => value, ({ code }) => code);
    await until(() => held.length > 0);
    slept += HOUR;
    ring();
    held.shift()();
    assert.deepEqual(await call, [word]);
  }
});

test("a call without an answer ends some time after the machine has woken", async (t) => {
  const d = createDispatcher({ url: server.url, timeout: 10_000 });
  t.after(() => d.close());
  const call = d.call(ID, ["never"]).then(() => "resolved", ({ code }) => code);
  await until(() => held.length > 0);
  slept += HOUR;
  ring();
  slept += HOUR;
  ring();
  assert.equal(await call, "TIMEOUT");
  held.shift()();
});
