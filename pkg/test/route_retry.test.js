// Retries of routes, against a server that fails: which requests are sent again, and how long each wait is.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { waitBefore } from "../lib/route/retry.js";
import { createDispatcher } from "../node.js";
import { serve } from "./server.js";

// The server's answers, in turn; the last one is repeated.
let plan, server;
before(async () => {
  server = await serve((request, response, body) => {
    const next = plan.length > 1 ? plan.shift() : plan[0];
    if (next === "reset") return request.socket.destroy();
    if (next === "silent") return undefined;
    const [status, headers] = next;
    return response.writeHead(status, headers).end(body || "body");
  });
});
after(() => server.close());
beforeEach(() => (server.requests.length = 0));

const d = createDispatcher();
const retry = { limit: 2, delay: 0 };
const keys = () => server.requests.map(({ headers }) => headers["idempotency-key"]);

test("a GET is sent again until it has a lasting answer", async () => {
  for (const fault of ["reset", [503], [429, { "retry-after": "0" }], [500], [408], [425]]) {
    plan = [fault, fault, [200]];
    server.requests.length = 0;
    assert.equal((await d.route(server.url, {}, { retry })).status, 200, String(fault));
    assert.equal(server.requests.length, 3);
  }
});

test("a route gives the result of its last attempt", async () => {
  plan = [[503]];
  const response = await d.route(server.url, {}, { retry });
  assert.deepEqual([response.status, await response.text(), server.requests.length], [503, "body", 3]);
  plan = ["reset"];
  await assert.rejects(d.route(server.url, {}, { retry }), { code: "NETWORK", sent: "unknown", attempt: 3 });
  plan = ["silent", [200]];
  // Many retries: on a busy machine an answer may be late several times.
  assert.equal((await d.route(server.url, {}, { retry: { limit: 50, delay: 0 }, timeout: 200 })).status, 200);
});

test("other answers, other methods and routes without retry are not sent again", async () => {
  for (const [fault, init, options] of [
    [[404], {}, { retry }],
    [[503], {}, {}],
    [[503], { method: "POST", body: "x" }, { retry }],
    [[503], { method: "DELETE" }, { retry }],
    [[503], { method: "POST", body: new ReadableStream({ start: (it) => it.close() }), duplex: "half" }, { retry, idempotencyKey: true }],
    [[503], { method: "POST", body: (async function* () { yield Buffer.from("pay"); })(), duplex: "half" }, { retry, idempotencyKey: true }],
  ]) {
    plan = [fault, [200]];
    server.requests.length = 0;
    const { status } = await d.route(server.url, init, options);
    assert.deepEqual([status, server.requests.length], [fault[0], 1], JSON.stringify(init));
  }
});

test("a POST with a key is sent again, with the same body under the same key", async () => {
  const request = () => new Request(server.url, { method: "POST", body: "pay", headers: { "x-own": "1" } });
  for (const [input, init] of [[server.url, { method: "POST", body: "pay", headers: { "x-own": "1" } }], [request(), undefined]]) {
    plan = ["reset", [503], [201]];
    server.requests.length = 0;
    assert.equal((await d.route(input, init, { retry, idempotencyKey: true })).status, 201);
    assert.deepEqual(server.requests.map(({ body, headers }) => [body, headers["x-own"]]), Array(3).fill(["pay", "1"]));
    assert.match(keys()[0], /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(new Set(keys()).size, 1);
  }
  plan = [[200]];
  await d.route(server.url, {}, { idempotencyKey: "mine" });
  assert.equal(keys().at(-1), "mine");
});

test("409 means of a key that its first request still runs; 422 is an answer, and so is a 409 that was replayed", async () => {
  const post = { method: "POST", body: "pay" };
  const keyed = { retry, idempotencyKey: true };
  const kept = { "idempotent-replayed": "true" };
  for (const [faults, init, options, last, arrivals] of [
    [[[409], [409, { "retry-after": "0" }]], post, keyed, 201, 3],
    [[[409]], {}, keyed, 201, 2],
    [[[409], [409], [409]], post, keyed, 409, 3],
    [[[409], [409, kept]], post, keyed, 409, 2],
    [[[422]], post, keyed, 422, 1],
    [[[409]], {}, { retry }, 409, 1],
    [[[409]], post, { idempotencyKey: true }, 409, 1],
  ]) {
    plan = [...faults, [201]];
    server.requests.length = 0;
    const { status } = await d.route(server.url, init, options);
    assert.deepEqual([status, server.requests.length], [last, arrivals], JSON.stringify(faults));
    assert.equal(new Set(keys()).size, 1);
  }
});

test("Retry-After is the shortest wait, and one that is no time is ignored", (t) => {
  t.mock.method(Math, "random", () => 0.5);
  t.mock.method(Date, "now", () => Date.UTC(2026, 10, 21, 9));
  const wait = (header, retries = 0, more) => {
    const response = new Response(null, { status: 503, headers: header === undefined ? {} : { "retry-after": header } });
    const retry = { limit: 100, budget: Infinity, ...more };
    return waitBefore({ retry, retries, since: performance.now(), response });
  };
  assert.deepEqual([0, 1, 2, 9].map((retries) => wait(undefined, retries)), [150, 300, 600, 5000]);
  for (const header of ["0", "Sat, 21 Nov 2026 08:00:00 GMT", "", "soon", "soon 5", "1.5", "-1", "+5", "2126-11-21"]) {
    assert.deepEqual([0, 1, 2, 9].map((retries) => wait(header, retries)), [150, 300, 600, 5000], header);
  }
  assert.deepEqual([0, 4, 9].map((retries) => wait("2", retries)), [2000, 2400, 5000]);
  for (const date of ["Sat, 21 Nov 2026 09:00:20 GMT", "Saturday, 21-Nov-26 09:00:20 GMT", "Sat Nov 21 09:00:20 2026 GMT"]) assert.equal(wait(date), 20_000);
  assert.equal(wait("120"), 60_000);
  assert.equal(wait("120", 0, { maxRetryAfter: 0 }), 150);
  assert.equal(wait(undefined, 5_000, { limit: 1e9, delay: 0 }), 0);
});

test("an abort ends the wait, and a Retry-After beyond the budget ends the retries at once", async () => {
  plan = [[503, { "retry-after": "20" }], [200]];
  const controller = new AbortController();
  const events = [];
  const off = d.subscribe(({ attempt, retryAt }) => {
    events.push([attempt, retryAt !== undefined]);
    if (retryAt) controller.abort("enough");
  });
  await assert.rejects(d.route(server.url, {}, { retry, signal: controller.signal }), { code: "ABORTED", cause: "enough", sent: "yes" });
  await new Promise((resolve) => setImmediate(resolve));
  off();
  assert.deepEqual(events.slice(0, 2), [[1, false], [1, true]]);
  plan = [[503, { "retry-after": "120" }], [200]];
  assert.equal((await d.route(server.url, {}, { retry })).status, 503);
});

test("options that make no sense are refused", async () => {
  for (const options of [{ retry: -1 }, { retry: null }, { retry: { tries: 1 } }, { idempotencyKey: "" }, { idempotencyKey: "a b" }]) {
    await assert.rejects(d.route(server.url, {}, options), { code: "INVALID_OPTION" }, JSON.stringify(options));
  }
});
