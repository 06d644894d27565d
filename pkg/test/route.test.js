// Routes (`d.route`) and `d.fetch`: requests that pass the lanes by, their ends and errors, and actions that other
// code has built.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher, isActionError } from "../node.js";
import { ID, flight, makeGate, serve, until } from "./server.js";

// Requests to `?gated` are answered once the gate is open.
let server, gate;
const gated = () => {
  gate = makeGate();
  return `${server.url}?gated`;
};
before(async () => {
  server = await serve(async (request, response, body) => {
    if (request.url.endsWith("?gated")) await gate.opened;
    if (request.headers["next-action"]) flight(response, JSON.stringify(body));
    else response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ method: request.method, body }));
  });
});
after(() => server.close());

const order = () => server.requests.map(({ body }) => body);

test("a route passes a busy lane by, and gives the Response itself", async () => {
  const d = createDispatcher({ url: gated() });
  const events = [];
  d.subscribe((event) => events.push(event));
  const slow = d.call(ID, ["slow"]);
  const response = await d.route(`${server.url}session`, { method: "POST", body: "now" });
  assert.equal(slow.state === "done", false);
  assert.deepEqual([response.status, await response.json()], [201, { method: "POST", body: "now" }]);
  gate.open();
  await slow;
  await until(() => events.some(({ lane, state }) => lane === "route" && state === "done"));
  const route = events.filter(({ lane }) => lane === "route");
  assert.deepEqual(route.map(({ state, name, code }) => [state, name, code]), [["running", "POST /session", undefined], ["done", "POST /session", "ok"]]);
});

test("a route can be aborted by either signal, and timed out", async () => {
  const d = createDispatcher();
  const slow = gated();
  const ends = (error, code, cause) => isActionError(error) && error.code === code && error.sent === "unknown" && (!cause || error.cause === cause);
  await assert.rejects(d.route(slow, {}, { timeout: 20 }), (error) => ends(error, "TIMEOUT"));
  const one = new AbortController();
  setTimeout(() => one.abort("one"), 20);
  await assert.rejects(d.route(slow, { signal: one.signal }), (error) => ends(error, "ABORTED", "one"));
  const two = new AbortController();
  setTimeout(() => two.abort("two"), 20);
  await assert.rejects(d.route(slow, {}, { signal: two.signal }), (error) => ends(error, "ABORTED", "two"));
  await assert.rejects(d.route("http://127.0.0.1:9/"), (error) => ends(error, "NETWORK"));
  await assert.rejects(d.route(slow, {}, { lane: "main" }), (error) => error.code === "INVALID_OPTION");
  assert.equal(d.pending, 0);
});

test("fetch sends an action through its lane and everything else at once", async () => {
  const d = createDispatcher({ url: server.url });
  const { fetch } = d; // taken off, as other code would call it
  const url = gated();
  const action = (body, init) => fetch(url, { method: "POST", headers: { "Next-Action": ID }, body, ...init });
  const from = server.requests.length;
  const first = action("first");
  const second = action("second");
  const plain = await fetch(`${server.url}plain`, { method: "POST", body: "plain" });
  assert.equal(plain.status, 201);
  gate.open();
  assert.match(await (await second).text(), /1:"second"/);
  assert.match(await (await first).text(), /1:"first"/);
  // A request that an earlier test aborted may arrive only now; it has no body.
  assert.deepEqual(order().slice(from).filter(Boolean).sort(), ["first", "plain", "second"]);
  assert.ok(order().indexOf("first") < order().indexOf("second"));
});

test("fetch works without the dispatcher's url", async () => {
  const response = await createDispatcher().fetch(server.url, { method: "POST", headers: { "Next-Action": ID }, body: "x" });
  assert.match(await response.text(), /1:"x"/);
});

test("fetch rejects as the platform's fetch does", async () => {
  const d = createDispatcher({ url: server.url });
  const headers = { "Next-Action": ID };
  await assert.rejects(d.fetch("http://127.0.0.1:9/", { method: "POST", headers }), TypeError);
  await assert.rejects(d.fetch("http://127.0.0.1:9/"), TypeError);
  const signal = AbortSignal.abort();
  await assert.rejects(d.fetch(server.url, { method: "POST", headers, signal }), { name: "AbortError" });
  await assert.rejects(d.fetch(server.url, { signal }), { name: "AbortError" });
  assert.equal(await d.call(ID, ["next"]), '["next"]');
});

test("a wrong argument rejects a route or a fetch and leaves nothing open", async () => {
  const d = createDispatcher({ url: server.url });
  await assert.rejects(d.route(server.url, { signal: new AbortController() }), { code: "INVALID_OPTION" });
  await assert.rejects(d.route(Symbol("x")), { code: "NETWORK" });
  await assert.rejects(d.fetch(server.url, { method: "POST", headers: { "bad name": "x" } }), TypeError);
  assert.equal(d.pending, 0);
  await d.idle();
});

test("fetch leaves it to the server to judge an action's id", async () => {
  const d = createDispatcher({ url: server.url });
  const response = await d.fetch(server.url, { method: "POST", headers: { "Next-Action": "odd" }, body: "x" });
  assert.match(await response.text(), /1:"x"/);
});

test("a route sends its key in the header that the dispatcher names", async () => {
  const d = createDispatcher({ url: server.url, idempotency: { header: "X-Key" } });
  await d.route(server.url, { method: "POST" }, { idempotencyKey: "mine" });
  const { headers } = server.requests.at(-1);
  assert.deepEqual([headers["x-key"], headers["idempotency-key"]], ["mine", undefined]);
});

test("a body that cannot be read rejects a fetch and leaves nothing open", async () => {
  const d = createDispatcher({ url: server.url });
  const body = new Uint8Array(4);
  structuredClone(body.buffer, { transfer: [body.buffer] });
  const answer = d.fetch(server.url, { method: "POST", headers: { "Next-Action": ID }, body });
  await assert.rejects(answer, TypeError);
  assert.deepEqual([d.pending, d.snapshot()], [0, []]);
  await d.idle();
});

test("a response that is no object is refused, and with retry also one without status or headers", async () => {
  const given = (answer) => createDispatcher({ url: server.url, fetch: async () => answer });
  const refused = { code: "INVALID_OPTION", message: /fetch: it gave something that is not a Response/, sent: "unknown" };
  const throwing = { get status() { throw new Error("no"); } };
  for (const answer of [undefined, null, "text", 7]) {
    const d = given(answer);
    await assert.rejects(d.route(server.url), refused);
    await assert.rejects(d.fetch(server.url), refused);
    assert.deepEqual([d.pending, d.snapshot()], [0, []]);
  }
  for (const answer of [undefined, {}, { status: 503, body: null }, { status: "503", headers: new Headers() }, throwing]) {
    const d = given(answer);
    await assert.rejects(d.route(server.url, {}, { retry: 1 }), refused);
    assert.deepEqual([d.pending, d.snapshot()], [0, []]);
    if (answer) assert.equal(await d.route(server.url), answer);
  }
  const conflict = { status: 409, headers: { get: () => null }, body: null };
  assert.equal(await given(conflict).route(server.url, {}, { retry: { limit: 1, delay: 1 }, idempotencyKey: "k" }), conflict);
});

test("a signal that throws when it is listened to leaves nothing open", async () => {
  const d = createDispatcher({ url: server.url, fetch: async () => new Response('0:{"a":1}\n', { headers: { "content-type": "text/x-component" } }) });
  const deaf = { aborted: false, addEventListener() { throw new TypeError("no"); }, removeEventListener() {} };
  for (const act of [() => d.route(server.url, {}, { signal: deaf }), () => d.route(server.url, { signal: deaf }), () => d.fetch(server.url, { signal: deaf })]) {
    await assert.rejects(act(), { code: "INVALID_OPTION" });
    assert.deepEqual([d.pending, d.snapshot()], [0, []]);
  }
  const half = { aborted: false, addEventListener() {} };
  for (const act of [() => d.route(server.url, {}, { signal: half }), () => d.fetch(server.url, { signal: half }), () => d.call(ID, [], { signal: half })]) {
    await assert.rejects(act(), { code: "INVALID_OPTION", message: /signal: expected an AbortSignal/ });
    assert.deepEqual([d.pending, d.snapshot()], [0, []]);
  }
  const reported = [];
  globalThis.reportError = (error) => reported.push(error.message);
  try {
    const sticky = { aborted: false, addEventListener() {}, removeEventListener() { throw new TypeError("sticky"); } };
    assert.equal(await d.call(ID, [], { signal: sticky }), 1);
    await until(() => d.snapshot().length === 0);
    await d.route(server.url, {}, { signal: sticky });
    assert.deepEqual([d.pending, d.snapshot(), [...new Set(reported)]], [0, [], ["sticky"]]);
  } finally {
    delete globalThis.reportError;
  }
});
