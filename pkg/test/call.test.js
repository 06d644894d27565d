// Calls end to end, against a real server: their values, states, events, aborts, timeouts, and the errors of bad
// arguments and options.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ActionError, createDispatcher, isActionError, ready } from "../node.js";
import { ID, flight, makeGate, over, serve, until } from "./server.js";

// Requests to `?gated` are answered once the gate is open.
let server, gate;
const gated = () => {
  gate = makeGate();
  return `${server.url}?gated`;
};
const arrived = (body) => until(() => server.requests.some((request) => request.body === body));
/** Waits until listeners have received all events so far. */
const nextTask = () => new Promise((resolve) => setImmediate(resolve));
before(async () => {
  server = await serve(async (request, response, body) => {
    if (request.url.endsWith("?gated")) await gate.opened;
    flight(response, JSON.stringify(body), { "x-action-revalidated": "1" });
  });
});
after(() => server.close());

const failure = (code, sent = "no") => (error) => isActionError(error) && error.code === code && error.sent === sent;

test("a call gives the action's value, and its outcome the rest", async () => {
  const d = createDispatcher({ url: server.url });
  const call = d.call({ id: ID, name: "echo" }, ["a", 1, { b: [true, null] }]);
  assert.equal(call.id, 1);
  assert.equal(await call, '["a",1,{"b":[true,null]}]');
  const outcome = await call.outcome;
  assert.deepEqual([outcome.value, outcome.status, outcome.revalidated], ['["a",1,{"b":[true,null]}]', 200, "all"]);
  assert.equal(outcome.headers.get("content-type"), "text/x-component");
  const { queuedAt, startedAt, headAt, valueAt, settledAt } = outcome.timings;
  assert.ok(queuedAt <= startedAt && startedAt <= headAt && headAt <= valueAt && valueAt <= settledAt);
  const { headers, method } = server.requests.at(-1);
  assert.deepEqual([method, headers.accept, headers["next-action"], headers.rsc], ["POST", "text/x-component", ID, undefined]);
  await over(call);
  assert.equal(call.abort(), false);
});

test("headers of the dispatcher and of the call are read at each request", async () => {
  let calculations = 0;
  const d = createDispatcher({ url: server.url, headers: async () => ({ "x-asked": String(++calculations), "x-both": "dispatcher" }) });
  await d.call(ID, []);
  await d.call(ID, [], { headers: [["x-both", "call"]] });
  const [first, second] = server.requests.slice(-2).map(({ headers }) => [headers["x-asked"], headers["x-both"]]);
  assert.deepEqual([first, second], [["1", "dispatcher"], ["2", "call"]]);
  await assert.rejects(d.call(ID, [], { headers: { "Next-Action": ID } }), failure("INVALID_OPTION"));
  const broken = createDispatcher({ url: server.url, headers: () => { throw "no token"; } });
  await assert.rejects(broken.call(ID), (error) => error.code === "INVALID_OPTION" && error.cause === "no token");
});

test("a call with a bad argument or option rejects before anything is sent", async () => {
  const d = createDispatcher({ url: server.url });
  const sent = server.requests.length;
  const throwing = { get lane() { throw new Error("getter"); } };
  const cases = [
    ["INVALID_OPTION", ["abc"]],
    ["INVALID_OPTION", ["g".repeat(42)]],
    ["INVALID_OPTION", [7]],
    ["INVALID_OPTION", [async () => {}]],
    ["INVALID_OPTION", [{ name: "nameOnly" }]],
    ["INVALID_OPTION", [ID, "not a list"]],
    ["INVALID_OPTION", [ID, [], throwing]],
    ["INVALID_OPTION", [ID, [], new Proxy({}, { ownKeys() { throw "proxy"; } })]],
    ["INVALID_OPTION", [ID, [], { lane: "" }]],
    ["INVALID_OPTION", [ID, [], { timeout: -1 }]],
    ["INVALID_OPTION", [ID, [], { timeout: NaN }]],
    ["INVALID_OPTION", [ID, [], { durable: true }]],
    ["INVALID_OPTION", [ID, [], { signal: {} }]],
    ["INVALID_OPTION", [ID, [], { headers: { "a b": "c" } }]],
    ["INVALID_OPTION", [ID, [], { url: "http://" }]],
    ["ENCODE", [ID, [10n ** 301n]]],
    ["ENCODE", [ID, ["x".repeat(600_000), "y".repeat(600_000)]]],
    ["ENCODE", [ID, [{ get a() { throw new Error("getter"); } }]]],
    ["ENCODE", [ID, [{ toJSON() { throw "toJSON"; } }]]],
  ];
  for (const [code, args] of cases) await assert.rejects(d.call(...args), failure(code), `${code} ${String(args[2] ?? args[0])}`);
  assert.equal(server.requests.length, sent);
  assert.equal(d.pending, 0);
  assert.equal(await d.call(ID, ["next"]), '["next"]', "the lane goes on");
  assert.throws(() => createDispatcher({ scope: "origin" }), failure("INVALID_OPTION"));
  assert.throws(() => createDispatcher({ timeout: 0 }), failure("INVALID_OPTION"));
  assert.throws(() => createDispatcher({ get url() { throw "getter"; } }), failure("INVALID_OPTION"));
});

test("unsettled arguments hold their own lane, and no other", async () => {
  const d = createDispatcher({ url: server.url });
  let resolve;
  const from = server.requests.length;
  const open = d.call(ID, [new Promise((done) => (resolve = done))]);
  const behind = d.call(ID, ["behind"]);
  assert.equal(await d.call(ID, ["beside"], { lane: "other" }), '["beside"]');
  assert.deepEqual([open.state, behind.state], ["preparing", "waiting"]);
  resolve("settled");
  await Promise.all([open, behind]);
  assert.match(server.requests.at(from + 1).body, /"settled"/);
  assert.equal(server.requests.at(from + 2).body, '["behind"]');
  const rejected = d.call(ID, [Promise.reject(new Error("mine"))]);
  await assert.rejects(rejected, (error) => failure("ENCODE")(error) && error.cause.message === "mine");
  let cancelled = false;
  const stream = new ReadableStream({ cancel: () => (cancelled = true) });
  const given_up = d.call(ID, [stream]);
  assert.equal(given_up.abort("enough"), true);
  await assert.rejects(given_up, (error) => failure("ABORTED")(error) && error.cause === "enough");
  assert.equal(await d.call(ID, ["next"]), '["next"]');
  assert.equal(cancelled, true);
});

test("the encoding of arguments follows the server's version", async () => {
  const form = new FormData();
  form.append("a", "1");
  const sent = async (options) => {
    await createDispatcher({ url: server.url, ...options }).call(ID, [form]);
    return [...server.requests.at(-1).body.matchAll(/name="([^"]*)"/g)].map(([, name]) => name);
  };
  assert.deepEqual(await sent(), ["_1_a", "0"]);
  assert.deepEqual(await sent({ nextVersion: "15.5.15" }), ["1_a", "0"]);
  assert.deepEqual(await sent({ nextVersion: "any" }), ["_1_a", "1_a", "0"]);
  globalThis.next = { version: "14.2.35" };
  assert.deepEqual(await sent(), ["1_a", "0"]);
  delete globalThis.next;
  assert.throws(() => createDispatcher({ nextVersion: "latest" }), failure("INVALID_OPTION"));
});

test("a body larger than the server's limit is refused before it is sent", async () => {
  const d = createDispatcher({ url: server.url, maxBodyBytes: 1_000 });
  const sent = server.requests.length;
  await assert.rejects(d.call(ID, ["é".repeat(499)]), failure("BODY_TOO_LARGE"));
  await assert.rejects(d.call(ID, [new Blob(["x".repeat(1_000)])]), failure("BODY_TOO_LARGE"));
  await assert.rejects(d.call(ID, [Promise.resolve("x".repeat(1_000))]), failure("BODY_TOO_LARGE"));
  assert.equal(server.requests.length, sent);
  assert.equal((await d.call(ID, ["é".repeat(498)])).length, 502);
  const big = new Blob([new Uint8Array(2 ** 20)]);
  await assert.rejects(createDispatcher({ url: server.url }).call(ID, [big]), failure("BODY_TOO_LARGE"));
  await createDispatcher({ url: server.url, maxBodyBytes: false }).call(ID, [big]);
  assert.ok(Math.abs(server.requests.at(-1).body.length - 2 ** 20) < 1_024);
});

test("a value that the server cannot see is returned as the same object", async () => {
  const fetch = async () => new Response('0:{"a":"$@1"}\n1:["$T0:0","$T0:1:b"]\n', { headers: { "content-type": "text/x-component" } });
  const [callback, nested] = [() => {}, new (class Mine {})()];
  const d = createDispatcher({ url: server.url, fetch });
  const [first, second] = await d.call(ID, [callback, { b: nested }]);
  assert.ok(first === callback && second === nested);
});

test("a call can be aborted before it starts, while it waits and while it runs, but not after its end", async () => {
  await ready();
  const d = createDispatcher({ url: gated() });
  const running = d.call(ID, ["running"]);
  const waiting = d.call(ID, ["waiting"]);
  const last = d.call(ID, ["last"]);
  assert.deepEqual([running.state, waiting.state], ["running", "waiting"]);
  assert.equal(waiting.abort("a string"), true);
  await assert.rejects(waiting, (error) => failure("ABORTED")(error) && error.cause === "a string");
  await arrived('["running"]');
  assert.equal(running.abort(), true);
  await assert.rejects(running, failure("ABORTED", "unknown"));
  gate.open();
  assert.equal(await last, '["last"]');
  await over(last);
  assert.equal(last.abort(), false);
  assert.equal(await last, '["last"]');
  await assert.rejects(d.call(ID, [], { signal: AbortSignal.abort("early") }), (error) => failure("ABORTED")(error) && error.cause === "early");
  assert.ok(!server.requests.some(({ body }) => body === '["waiting"]'));
});

test("a getter among the arguments may abort its own call", async () => {
  await ready();
  const d = createDispatcher({ url: server.url });
  await d.call(ID);
  const sent = server.requests.length;
  const controller = new AbortController();
  const argument = { get trap() { controller.abort("from inside"); return 1; } };
  await assert.rejects(d.call(ID, [argument], { signal: controller.signal }), (error) => failure("ABORTED")(error) && error.cause === "from inside");
  assert.equal(await d.call(ID, ["next"]), '["next"]');
  assert.equal(server.requests.length, sent + 1);
});

test("one signal of many calls keeps no listener afterwards", async () => {
  const listeners = new Set();
  const signal = new AbortController().signal;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args) => (listeners.add(args[1]), addEventListener.apply(signal, args));
  signal.removeEventListener = (...args) => (listeners.delete(args[1]), removeEventListener.apply(signal, args));
  const d = createDispatcher({ url: server.url });
  const calls = [1, 2, 3].map((n) => d.call(ID, [n], { signal }));
  await Promise.all(calls);
  await Promise.all(calls.map(over));
  assert.equal(listeners.size, 0);
});

test("a lane goes on after a timeout or a network error", async () => {
  const d = createDispatcher({ url: server.url });
  await assert.rejects(d.call(ID, [], { url: gated(), timeout: 30 }), failure("TIMEOUT", "unknown"));
  await assert.rejects(d.call(ID, [], { url: "http://127.0.0.1:9/" }), (error) => failure("NETWORK", "unknown")(error) && error.cause instanceof Error);
  assert.equal(await d.call(ID, ["next"]), '["next"]');
});

test("a fetch that rejects with or returns something odd fails the call with an ActionError", async () => {
  const gives = (answer) => createDispatcher({ url: server.url, fetch: answer });
  for (const cause of ["a string", null, undefined, 7, Symbol.iterator]) {
    await assert.rejects(gives(() => Promise.reject(cause)).call(ID), (error) => failure("NETWORK", "unknown")(error) && error.cause === (cause ?? error.cause));
  }
  await assert.rejects(gives(() => { throw "sync"; }).call(ID), (error) => error.cause === "sync");
  for (const odd of [undefined, null, 7, "text", {}, { status: 200 }, { get status() { throw "getter"; } }]) {
    await assert.rejects(gives(async () => odd).call(ID), isActionError);
  }
  const headers = new Headers({ "content-type": "text/x-component" });
  const stream = (chunk) => new ReadableStream({ start: (c) => (c.enqueue(chunk), c.close()) });
  await assert.rejects(gives(async () => ({ status: 200, headers, body: stream({ not: "bytes" }) })).call(ID), failure("INVALID_OPTION", "yes"));
  await assert.rejects(gives(async () => ({ status: 200, headers, body: stream(new Uint8Array([255])) })).call(ID), failure("DECODE", "yes"));
});

test("close() rejects open and later calls", async () => {
  const url = gated();
  const d = createDispatcher({ url });
  const before = server.requests.length;
  const calls = [d.call(ID), d.call(ID), d.call(ID, [], { lane: "parallel" }), d.route(url)];
  await until(() => server.requests.length === before + 3);
  d.close();
  for (const call of [...calls, d.call(ID), d.route(server.url)]) await assert.rejects(call, (error) => error.code === "CLOSED");
  assert.equal(d.pending, 0);
  await d.idle();
});

test("a lane has a size, and can be paused, resumed and cleared", async () => {
  await ready();
  const d = createDispatcher({ url: server.url });
  await d.call(ID);
  const lane = d.lane("cart");
  lane.pause();
  const calls = [d.call(ID, [1], { lane: "cart" }), d.call(ID, [2], { lane: "cart" })];
  assert.deepEqual([lane.size, d.pending, calls[0].state], [2, 2, "waiting"]);
  assert.equal(await d.call(ID, ["other"]), '["other"]');
  assert.equal(lane.clear("moot"), 2);
  for (const call of calls) await assert.rejects(call, (error) => failure("CLEARED")(error) && error.cause === "moot");
  const later = d.call(ID, [3], { lane: "cart" });
  lane.resume();
  assert.equal(await later, "[3]");
  assert.throws(() => d.lane(""), failure("INVALID_OPTION"));
});

test("events and snapshots name the call and its times, never arguments or answers", async () => {
  const d = createDispatcher({ url: server.url });
  const events = [];
  const stop = d.subscribe((event) => events.push(event));
  d.subscribe(() => { throw new Error("a listener that fails"); })();
  const call = d.call({ id: ID, name: "echo" }, ["secret"]);
  assert.deepEqual(d.snapshot().map(({ id, name, lane }) => ({ id, name, lane })), [{ id: 1, name: "echo", lane: "main" }]);
  await call;
  await over(call);
  await nextTask();
  assert.deepEqual(events.map(({ state }) => state), ["waiting", "running", "draining", "done"]);
  const last = events.at(-1);
  assert.deepEqual([last.actionId, last.name, last.lane, last.code], [ID, "echo", "main", "ok"]);
  assert.ok(last.queuedAt <= last.startedAt && last.valueAt <= last.settledAt);
  assert.ok(!JSON.stringify(events).includes("secret"));
  stop();
  const unheard = d.call(ID);
  await unheard;
  await over(unheard);
  await nextTask();
  assert.equal(events.length, 4);
});

test("calls may be made from inside listeners, headers, url and fetch", async () => {
  const inner = [];
  let depth = 0;
  const again = (where) => { if (depth++ < 4) inner.push(d.call(ID, [where])); };
  const d = createDispatcher({
    url: () => (again("url"), server.url),
    headers: () => (again("headers"), {}),
    fetch: (...args) => (again("fetch"), fetch(...args)),
  });
  d.subscribe(() => again("listener"));
  assert.equal(await d.call(ID, ["outer"]), '["outer"]');
  await d.idle();
  assert.deepEqual((await Promise.all(inner)).length, 4);
  assert.equal(d.pending, 0);
});

test("idle() waits for calls that are made meanwhile", async () => {
  const d = createDispatcher({ url: server.url });
  let second;
  d.call(ID).then(() => (second = d.call(ID)));
  await d.idle();
  assert.match(second?.state ?? "never made", /draining|done/);
});

test("bind() gives a function that makes the call", async () => {
  const echo = createDispatcher({ url: server.url }).bind(ID, { lane: "parallel" });
  assert.equal(await echo("a", "b"), '["a","b"]');
});

test("ActionError is recognised across copies of the package", async () => {
  const { isActionError: other } = await import("../lib/error.js?copy");
  const error = new ActionError("ABORTED", "x", { excerpt: "page" });
  assert.ok(other(error) && error instanceof Error && error.name === "ActionError");
  assert.ok(!Object.keys(error).includes("excerpt") && error.excerpt === "page");
  for (const not of [null, undefined, 1, {}, new Error("x"), new Proxy({}, { get() { throw 1; } })]) assert.ok(!isActionError(not));
});

test("Infinity switches the dispatcher's timeout off", async () => {
  const d = createDispatcher({ url: gated(), timeout: 20 });
  await assert.rejects(d.call(ID), failure("TIMEOUT", "unknown"));
  const patient = d.call(ID, ["patient"], { timeout: Infinity });
  await arrived('["patient"]');
  await assert.rejects(d.call(ID, [], { lane: "other" }), failure("TIMEOUT", "unknown"), "a call after it with the default timeout ends, so the patient one would have ended too");
  gate.open();
  assert.equal(await patient, '["patient"]');
});

test("an error states the status of the answer", async () => {
  const fetch = async () => new Response('0:{"a":"$@1"}\n1:E{"digest":"7"}\n', { status: 500, headers: { "content-type": "text/x-component" } });
  await assert.rejects(createDispatcher({ url: server.url, fetch }).call(ID), { code: "ACTION_THREW", status: 500, digest: "7", sent: "yes" });
});

test("awaiting only the outcome leaves no unhandled rejection", async () => {
  await assert.rejects(createDispatcher({ url: server.url }).call("bad").outcome, { code: "INVALID_OPTION" });
  await new Promise((resolve) => setTimeout(resolve, 10)); // an unhandled rejection would fail this test
});

test("options that are no options object and arguments that cannot be read are refused", async () => {
  const d = createDispatcher({ url: server.url });
  const other = d.call(ID, ["other"]);
  const thrower = Object.defineProperty([1, 2], 1, { get() { throw new Error("element"); } });
  const { proxy, revoke } = Proxy.revocable([1], {});
  revoke();
  for (const args of [[ID, [], new AbortController().signal], [ID, thrower], [ID, proxy], [ID, new Array(1001)], ["0".repeat(40), new Array(2 ** 32 - 1)]]) {
    await assert.rejects(d.call(...args), failure("INVALID_OPTION"));
  }
  assert.equal(await other, '["other"]', "other calls are not affected");
});

test("a call made by a getter among the arguments comes after the outer call", async () => {
  await ready();
  const d = createDispatcher({ url: server.url });
  await d.call(ID);
  const from = server.requests.length;
  let inner;
  const outer = d.call(ID, [{ get x() { inner ??= d.call(ID, ["inner"]); return "outer"; } }]);
  await Promise.all([outer, inner]);
  assert.deepEqual(server.requests.slice(from).map(({ body }) => body), ['[{"x":"outer"}]', '["inner"]']);
});

test("listeners are notified of every refused call once", async () => {
  await ready();
  const d = createDispatcher({ url: server.url });
  const first = d.call(ID);
  await first;
  await over(first);
  const events = [];
  d.subscribe(({ id, state, code }) => events.push([id, state, code]));
  await Promise.allSettled([d.call("bad"), d.call(ID, [{ get a() { throw 1; } }]), d.call(ID, [], { lane: "" })]);
  const controller = new AbortController();
  await assert.rejects(d.call(ID, [{ get a() { controller.abort(); return 1; } }], { signal: controller.signal }), failure("ABORTED"));
  await nextTask();
  const codes = ["INVALID_OPTION", "ENCODE", "INVALID_OPTION", "ABORTED"];
  assert.deepEqual(events.sort(([a], [b]) => a - b), codes.map((code, index) => [index + 2, "done", code]));
});

test("a setTimeout of the page's own may make calls", async () => {
  const d = createDispatcher({ url: server.url });
  const { setTimeout } = globalThis;
  let inner;
  globalThis.setTimeout = (...args) => {
    globalThis.setTimeout = setTimeout;
    inner = d.call(ID, ["inner"]);
    return setTimeout(...args);
  };
  try {
    assert.equal(await d.call(ID, ["outer"], { timeout: 5_000 }), '["outer"]');
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  assert.equal(await inner, '["inner"]');
});

test("a Response of the page's own whose body is no bytes fails the call with an ActionError", async () => {
  const headers = new Headers({ "content-type": "text/x-component" });
  const detached = new ArrayBuffer(8);
  structuredClone(detached, { transfer: [detached] });
  for (const buffer of [Symbol("x"), -1, "text", detached, null]) {
    const fetch = async () => ({ status: 200, headers, body: null, arrayBuffer: async () => buffer });
    const d = createDispatcher({ url: server.url, fetch });
    await assert.rejects(d.call(ID), isActionError);
    assert.equal(d.pending, 0);
  }
});

test("chunks of another realm are accepted as bytes", async () => {
  const { runInNewContext } = await import("node:vm");
  const chunk = runInNewContext("bytes => new Uint8Array(bytes)")([...new TextEncoder().encode('0:{"a":"other realm"}\n')]);
  const body = { getReader: () => ({ read: async () => (body.read ? { done: true } : ((body.read = true), { done: false, value: chunk })) }) };
  const fetch = async () => ({ status: 200, headers: new Headers({ "content-type": "text/x-component" }), body });
  assert.equal(await createDispatcher({ url: server.url, fetch }).call(ID), "other realm");
});

test("a server's function is called through the dispatcher, and sent back as itself", async () => {
  const bodies = [];
  const fetch = async (_url, init) => {
    bodies.push([init.headers["next-action"], init.body]);
    const answer = bodies.length === 1 ? `0:{"a":"$@1"}\n2:{"id":"${OTHER}","bound":"$@3"}\n3:[1]\n1:{"add":"$h2"}\n` : '0:{"a":42}\n';
    return new Response(answer, { headers: { "content-type": "text/x-component" } });
  };
  const OTHER = "60".padEnd(42, "b");
  const d = createDispatcher({ url: server.url, fetch });
  const { add } = await d.call(ID);
  assert.equal(await add(2), 42);
  assert.deepEqual(bodies[1], [OTHER, "[1,2]"]);
  await d.call(ID, [add]);
  const sent = [...bodies[2][1]].map(([name, part]) => [name, part]);
  assert.deepEqual(sent.at(-1), ["0", '["$h2"]']);
  assert.ok(sent.some(([, part]) => part.includes(OTHER)));
});

test("cancelling the only stream of an answer ends the request", async () => {
  let cancelled = false;
  const fetch = async () => new Response(new ReadableStream({
    start: (c) => c.enqueue(new TextEncoder().encode('0:{"a":"$@1"}\n1:"$2"\n2:x\n2:1\n')),
    cancel: () => (cancelled = true),
  }), { headers: { "content-type": "text/x-component" } });
  const call = createDispatcher({ url: server.url, fetch }).call(ID);
  for await (const n of await call) {
    assert.equal(n, 1);
    break;
  }
  await over(call);
  assert.equal(cancelled, true);
});
