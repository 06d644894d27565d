// `actionlane/observe` shows the headers of an action's request and answer that hold no secrets, and the call of a
// dispatcher that a request belongs to.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { createDispatcher, ready } from "../node.js";
import { observe } from "../observe.js";
import { serve, until } from "./server.js";

const KEY = Symbol.for("actionlane.observe.1");
const ID = "7f".padEnd(42, "0");
const native = globalThis.fetch;
let server;
let observed;
let failures = 0;

before(async () => {
  await ready();
  server = await serve((request, response) => {
    if (failures > 0) {
      failures -= 1;
      return request.socket.destroy();
    }
    response.writeHead(200, { "content-type": "text/x-component", "set-cookie": "session=secret", "x-tenant": "secret", "x-action-redirect": "/done?a=1;token=secret;push", "server-timing": "db;dur=5" });
    response.end('0:{"a":"$@1","q":"","i":false}\n1:1\n');
  });
});
after(() => server.close());

beforeEach(() => {
  globalThis.document = { baseURI: server.url };
  observed = observe();
});
afterEach(() => {
  observed.restore();
  for (const name of [KEY, "document"]) delete globalThis[name];
  globalThis.fetch = native;
});

test("headers that may hold secrets are counted, not shown; nor is the query of an address", async () => {
  const headers = { "next-action": ID, Authorization: "Bearer secret", Cookie: "session=secret", "X-Api-Key": "secret", traceparent: "00-1-2-01", "next-router-state-tree": "secret" };
  await (await globalThis.fetch(server.url, { method: "POST", headers, body: "[]" })).text();
  const { request, answer } = await observed.headers(1);
  assert.deepEqual(request, { shown: { "next-action": ID, traceparent: "00-1-2-01" }, hidden: 4 });
  assert.equal(answer.shown["x-action-redirect"], "/done?…;push");
  assert.equal(answer.shown["server-timing"], "db;dur=5");
  assert.equal(answer.hidden, 2);
  assert.ok(!JSON.stringify([request, answer]).includes("secret"));
});

test("a request without an answer has its own headers; one that is not known has none", async () => {
  const controller = new AbortController();
  const answer = globalThis.fetch(server.url, { method: "POST", headers: [["Next-Action", ID]], body: "[]", signal: controller.signal });
  controller.abort();
  await assert.rejects(answer);
  assert.deepEqual(await observed.headers(1), { request: { shown: { "next-action": ID }, hidden: 0 }, answer: undefined });
  assert.equal(await observed.headers(2), undefined);
});

test("a request whose headers cannot be copied is sent and seen", async () => {
  const own = { get: (name) => (name === "next-action" ? ID : null), append() {} };
  globalThis.fetch = native;
  const taken = [];
  observed.restore();
  globalThis.fetch = async (...args) => (taken.push(args), new Response("ok"));
  observed = observe();
  await globalThis.fetch(server.url, { method: "POST", headers: own });
  Object.defineProperty(own, Symbol.iterator, { get: () => { throw new Error("not yours"); } });
  await globalThis.fetch(server.url, { method: "POST", headers: own });
  assert.deepEqual([taken.length, taken[1][1].headers], [2, own]);
  assert.equal((await observed.headers(2)).request.hidden, 0);
});

test("each request says to which call of a dispatcher it belongs, and which attempt it is", async (t) => {
  const d = createDispatcher({ url: server.url, redirect: "throw" });
  t.after(() => d.close());
  assert.deepEqual(observed.dispatchers(), []);
  const end = observed.follow(d);
  assert.deepEqual(observed.dispatchers(), [d]);
  failures = 1;
  const calls = [d.call(ID, [], { retry: 1, idempotencyKey: true }), d.call(ID)];
  await Promise.allSettled(calls);
  const entries = () => observed.entries().map(({ call, attempt }) => [call, attempt]);
  await until(() => entries().length === 3 && entries().every(([call]) => call));
  assert.deepEqual(entries(), [[calls[0].id, 1], [calls[0].id, 2], [calls[1].id, 1]]);
  end();
  assert.deepEqual(observed.dispatchers(), []);
});
