// Retries of calls, against a server that fails: when a call is sent again, how long it waits, and what its errors
// say.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { createDispatcher } from "../node.js";
import { ID, serve } from "./server.js";

const VALUE = '0:{"a":"$@1"}\n1:"value"\n';
const FLIGHT = { "content-type": "text/x-component" };

// The server's answers, in turn; the last one is repeated.
let plan, server;
before(async () => {
  server = await serve((request, response) => {
    const next = plan.length > 1 ? plan.shift() : plan[0];
    if (typeof next === "function") return next(request, response);
    const [status, headers, body] = next;
    response.writeHead(status, headers);
    response.end(body);
  });
});
after(() => server.close());
beforeEach(() => (server.requests.length = 0));

const keys = () => server.requests.map(({ headers }) => headers["idempotency-key"]);
const ok = [200, FLIGHT, VALUE];
const unavailable = [503, { "content-type": "text/plain" }, "busy"];
/** Closes the connection in the middle of the value. */
const cut = (_request, response) => {
  response.writeHead(200, FLIGHT);
  response.write('0:{"a":"$@1"}\n1:"val', () => response.destroy());
};
const reset = (request) => request.socket.destroy();
const short = [200, FLIGHT, '0:{"a":"$@1"}\n'];
const retry = { limit: 2, delay: 0 };

test("a call with a key is sent again under the same key until it has an answer", async () => {
  for (const fault of [unavailable, cut, reset, short, [429, {}, ""], [408, {}, ""], [502, { "content-type": "text/html" }, "<h1>Bad Gateway</h1>"]]) {
    server.requests.length = 0;
    plan = [fault, fault, ok];
    const call = createDispatcher({ url: server.url, retry, idempotency: true }).call(ID, ["x"]);
    assert.equal(await call, "value");
    const { attempts, idempotencyKey } = await call.outcome;
    assert.equal(attempts, 3);
    assert.match(idempotencyKey, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(keys(), [idempotencyKey, idempotencyKey, idempotencyKey]);
  }
});

test("a call without a key, or without retry, is not sent again", async () => {
  for (const options of [{ retry }, { idempotencyKey: true }, { retry, idempotencyKey: false }, { retry: 0, idempotencyKey: "mine" }]) {
    server.requests.length = 0;
    plan = [unavailable, ok];
    await assert.rejects(createDispatcher({ url: server.url }).call(ID, [], options), { code: "HTTP", status: 503, sent: "yes" });
    assert.equal(server.requests.length, 1, JSON.stringify(options));
  }
});

test("a `'use cache'` function is sent again without a key", async () => {
  plan = [reset, unavailable, ok];
  assert.equal(await createDispatcher({ url: server.url, retry }).call(`c0${"0".repeat(40)}`), "value");
  assert.deepEqual(keys(), [undefined, undefined, undefined]);
});

test("an answer of the action is not retried, also if the action threw", async () => {
  plan = [[500, FLIGHT, '0:{"a":"$@1"}\n1:E{"digest":"7"}\n'], ok];
  await assert.rejects(createDispatcher({ url: server.url, retry, idempotency: true }).call(ID), { code: "ACTION_THREW", attempt: 1 });
  for (const status of [400, 401, 403, 404]) {
    plan = [[status, {}, ""], ok];
    await assert.rejects(createDispatcher({ url: server.url, retry, idempotency: true }).call(ID), { code: "HTTP", status, attempt: 1 });
  }
});

test("the error is the last failure's, with its key, attempt and Retry-After", async () => {
  plan = [[503, { "retry-after": "0" }, ""]];
  const error = await createDispatcher({ url: server.url, retry }).call(ID, [], { idempotencyKey: "mine" }).catch((error) => error);
  assert.deepEqual([error.code, error.attempt, error.idempotencyKey, error.retryAfter], ["HTTP", 3, "mine", 0]);
  assert.deepEqual(keys(), ["mine", "mine", "mine"]);
});

test("a Retry-After beyond the budget ends the retries at once", async () => {
  for (const after of ["120", new Date(Date.now() + 120_000).toUTCString()]) {
    server.requests.length = 0;
    plan = [[503, { "retry-after": after }, ""], ok];
    const error = await createDispatcher({ url: server.url, retry, idempotency: true }).call(ID).catch((error) => error);
    assert.equal(server.requests.length, 1);
    assert.ok(error.retryAfter > 100_000 && error.retryAfter <= 120_000, String(error.retryAfter));
  }
  plan = [[503, { "retry-after": "soon" }, ""], ok];
  assert.equal(await createDispatcher({ url: server.url, retry, idempotency: true }).call(ID), "value");
});

test("a lane keeps its order while a call waits for its retry", async () => {
  plan = [unavailable, ok];
  const d = createDispatcher({ url: server.url });
  const order = [];
  const first = d.call(ID, [1], { retry, idempotencyKey: true }).then(() => order.push("first"));
  await Promise.all([first, d.call(ID, [2]).then(() => order.push("second"))]);
  assert.deepEqual(order, ["first", "second"]);
});

test("a key whose first request still runs is retried, one that belongs to another request is not", async () => {
  const thrown = (digest) => [500, FLIGHT, `0:{"a":"$@1"}\n1:E{"digest":"${digest}"}\n`];
  for (const busy of [[409, { "retry-after": "0" }, ""], thrown("IDEMPOTENCY_IN_PROGRESS")]) {
    plan = [busy, ok];
    const d = createDispatcher({ url: server.url, idempotency: true });
    assert.equal(await d.call(ID, [], { retry }), "value");
    plan = [busy];
    await assert.rejects(d.call(ID), { code: "KEY_CONFLICT", sent: "yes" });
  }
  for (const other of [[422, {}, ""], thrown("IDEMPOTENCY_MISMATCH")]) {
    server.requests.length = 0;
    plan = [other, ok];
    await assert.rejects(createDispatcher({ url: server.url, idempotency: true, retry }).call(ID), { code: "KEY_CONFLICT" });
    assert.equal(server.requests.length, 1);
    plan = [other];
    await assert.rejects(createDispatcher({ url: server.url }).call(ID), ({ code }) => code === "HTTP" || code === "ACTION_THREW", "no key, no conflict");
  }
});

test("the key's header has the dispatcher's name, and the caller may not set it", async () => {
  plan = [ok];
  const d = createDispatcher({ url: server.url, idempotency: { header: "X-Request-Key" } });
  await d.call(ID, [], { idempotencyKey: "mine" });
  assert.equal(server.requests.at(-1).headers["x-request-key"], "mine");
  await assert.rejects(d.call(ID, [], { headers: { "x-request-key": "other" } }), { code: "INVALID_OPTION", sent: "no" });
  await d.call(ID, [], { headers: { "idempotency-key": "other" } });
  assert.equal(keys().at(-1), "other");
});

test("a timeout counts for each attempt, a deadline for all", async () => {
  const silent = () => {};
  plan = [silent, ok];
  const d = createDispatcher({ url: server.url, retry, idempotency: true });
  // Many retries: on a busy machine an answer may be late several times.
  assert.equal(await d.call(ID, [], { timeout: 100, retry: { limit: 50, delay: 0 } }), "value");
  plan = [silent];
  await assert.rejects(d.call(ID, [], { timeout: 40, deadline: 100 }), ({ code }) => code === "DEADLINE" || code === "TIMEOUT");
  await assert.rejects(d.call(ID, [], { deadline: 50 }), { code: "DEADLINE", sent: "unknown" });
  plan = [silent, ok];
  const first = d.call(ID, [], { lane: "a", retry: 0 });
  await assert.rejects(d.call(ID, [], { lane: "a", deadline: 50 }), { code: "DEADLINE", sent: "no" });
  first.abort();
  await assert.rejects(first, { code: "ABORTED" });
});

test("a body that stalls is a timeout, before the value and after it", async () => {
  // Without a socket: on a busy machine its chunks could arrive later than the limit.
  let text;
  const rows = () => new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(text)) });
  const d = createDispatcher({ url: server.url, stallTimeout: 60, fetch: async () => new Response(rows(), { headers: FLIGHT }) });
  text = '0:{"a":"$@1"}\n';
  await assert.rejects(d.call(ID), { code: "TIMEOUT", sent: "yes" });
  text = '0:{"a":"$@1"}\n1:{"now":1,"later":"$@2"}\n';
  const call = d.call(ID);
  const { now, later } = await call;
  assert.equal(now, 1);
  await assert.rejects(later, { code: "TIMEOUT" });
  await d.idle();
  assert.equal(call.state, "done");
});

test("each failure has its own cause, and the key is known at every failure", async () => {
  plan = [reset, () => {}];
  const reasons = [];
  const d = createDispatcher({
    url: server.url,
    retry: { limit: 1, delay: 0 },
    fetch: (url, init) => (init.signal.addEventListener("abort", () => reasons.push(init.signal.reason?.name)), fetch(url, init)),
  });
  const late = await d.call(ID, [], { idempotencyKey: "mine", timeout: 300 }).catch((error) => error);
  assert.deepEqual([late.code, late.cause, late.attempt, reasons.at(-1)], ["TIMEOUT", undefined, 2, "AbortError"]);
  plan = [reset, ok];
  let calls = 0;
  const headers = () => (calls++ === 0 ? {} : Promise.reject(new Error("no token")));
  const refused = await createDispatcher({ url: server.url, headers, retry: { limit: 1, delay: 0 } })
    .call(ID, [], { idempotencyKey: "mine" })
    .catch((error) => error);
  assert.deepEqual([refused.code, refused.sent, refused.idempotencyKey], ["INVALID_OPTION", "unknown", "mine"]);
});

test("an action that is not found on a later attempt may have run on an earlier one", async () => {
  plan = [reset, [409, { "x-nextjs-action-not-found": "1" }, ""]];
  const error = await createDispatcher({ url: server.url, retry, idempotency: true }).call(ID).catch((error) => error);
  assert.deepEqual([error.code, error.sent, error.retry], ["ACTION_NOT_FOUND", "unknown", undefined]);
});

test("the key's header may not be one that the protocol uses", async () => {
  for (const header of ["Next-Action", "content-type", "accept", "traceparent", "X-Request-Id"]) {
    const d = createDispatcher({ url: server.url, idempotency: { header } });
    await assert.rejects(d.call(ID), { code: "INVALID_OPTION", sent: "no" }, header);
  }
});

test("events state the attempt, and when the next one starts", async () => {
  plan = [unavailable, ok];
  const d = createDispatcher({ url: server.url, idempotency: true });
  const told = [];
  d.subscribe(({ state, attempt, retryAt }) => state === "running" && told.push([attempt, typeof retryAt]));
  await d.call(ID, [], { retry });
  await d.idle();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(told, [[1, "undefined"], [1, "number"], [2, "undefined"]]);
});

test("an abort between attempts ends the retries", async () => {
  plan = [[503, { "retry-after": "20" }, ""], ok];
  const d = createDispatcher({ url: server.url, idempotency: true });
  const call = d.call(ID, [], { retry });
  while (!d.snapshot()[0]?.retryAt) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(call.abort("enough"), true);
  await assert.rejects(call, { code: "ABORTED", sent: "yes", cause: "enough" });
  assert.equal(server.requests.length, 1);
});
