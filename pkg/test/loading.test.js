// Loading of the wasm, and its traps. A process loads once, so the order of these tests matters: each begins where
// the one before ended.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { runInNewContext } from "node:vm";
import { withoutWasm } from "./copies.js";
import { ID, serve } from "./server.js";
import { trapInPromise } from "./traps.js";

const wasm = await readFile(new URL("../wasm/dispatcher_bg.wasm", import.meta.url));
const copy = await withoutWasm();
const { createDispatcher, decode, encode, init, ready } = await import(copy.file("index.js"));
const { Engine } = await import(copy.file("wasm/dispatcher.js"));
let server;
before(async () => (server = await serve()));
after(() => Promise.all([server.close(), copy.remove()]));

test("a failed load rejects the calls that waited for it, and a route never needs it", async () => {
  const d = createDispatcher({ url: server.url });
  const calls = [d.call(ID, [1]), d.call(ID, [2])];
  assert.deepEqual(calls.map(({ state }) => state), ["loading", "loading"]);
  assert.equal(d.lane("main").size, 2);
  for (const call of calls) await assert.rejects(call, { code: "WASM_LOAD", sent: "no" });
  assert.equal(d.pending, 0);
  assert.equal((await d.route(server.url, { method: "POST" })).status, 200);
  await assert.rejects(init(new Response("gone", { status: 404 })), { code: "WASM_LOAD" });
  await assert.rejects(init(Promise.reject(new Error("offline"))), Error);
  await assert.rejects(init(new Uint8Array([1, 2, 3])), { code: "WASM_LOAD" });
});

test("a call that is made when the load fails starts another load", async () => {
  const d = createDispatcher({ url: server.url });
  const again = d.call(ID).catch(() => d.call(ID));
  await assert.rejects(again, { code: "WASM_LOAD" });
});

test("a wasm of another kind or of another build is a failed load", async () => {
  const other = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  await assert.rejects(init(other), { code: "WASM_LOAD", message: /belongs to this package: it is none of ours, wanted is dispatcher [0-9a-f]{16}/ });
  const older = new Uint8Array(wasm).fill(120, wasm.length - 1);
  await assert.rejects(init(older), { code: "WASM_LOAD", message: /it is dispatcher [0-9a-f]{15}x, wanted is dispatcher [0-9a-f]{16}/ });
});

test("a dispatcher may be closed by its own url() before the wasm is loaded", async () => {
  const d = createDispatcher({ url: () => (d.close(), server.url) });
  await assert.rejects(d.call(ID), { code: "CLOSED" });
  await d.idle();
});

test("a policy that forbids wasm has a code of its own", async () => {
  const { Module } = WebAssembly;
  WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError("refused"); } };
  try {
    await assert.rejects(createDispatcher({ url: server.url }).call(ID), { code: "WASM_BLOCKED", sent: "no" });
  } finally {
    WebAssembly.Module = Module;
  }
});

test("calls made before the wasm is loaded keep their order, and can be aborted", async () => {
  const given = deferred();
  const loaded = init(given.promise);
  const d = createDispatcher({ url: server.url });
  d.lane("paused").pause();
  const paused = d.call(ID, ["paused"], { lane: "paused" });
  const calls = ["a", "b", "c", "d"].map((name) => d.call(ID, [name]));
  const cleared = d.call(ID, ["cleared"], { lane: "cart" });
  assert.equal(calls[1].abort("changed my mind"), true);
  assert.equal(d.lane("cart").clear(), 1);
  await assert.rejects(calls[1], { code: "ABORTED", cause: "changed my mind", sent: "no" });
  await assert.rejects(cleared, { code: "CLEARED", sent: "no" });
  assert.deepEqual(d.snapshot().map(({ state }) => state), ["loading", "loading", "loading", "loading"]);
  given.resolve(runInNewContext("new WebAssembly.Module(new Uint8Array(wasm))", { wasm: [...wasm] }));
  await loaded;
  await Promise.all([calls[0], calls[2], calls[3]]);
  assert.deepEqual(server.requests.slice(-3).map(({ body }) => body), ['["a"]', '["c"]', '["d"]']);
  assert.equal(paused.state, "waiting");
  d.lane("paused").resume();
  assert.equal(await paused, '["paused"]');
});

test("after the load ready() resolves at once, and a second init() changes nothing", async () => {
  await ready();
  await init(new Uint8Array([1, 2, 3]));
  assert.equal(await createDispatcher({ url: server.url }).call(ID, ["x"]), '["x"]');
});

test("a trap in the dispatcher leaves decoding and encoding alone", async () => {
  await init({ flight: readFile(new URL("../wasm/flight_bg.wasm", import.meta.url)) });
  let controller, later;
  const { value, done } = decode(new ReadableStream({ start: (c) => (controller = c) }));
  const body = encode([new Promise((resolve) => (later = resolve))]);
  controller.enqueue(new TextEncoder().encode('0:["$@1"]\n'));
  await ready({ codec: true });
  const [promise] = await value;
  const d = createDispatcher({ url: server.url });
  await d.call(ID);
  trapOnce();
  await assert.rejects(d.call(ID), { code: "INTERNAL" });
  controller.enqueue(new TextEncoder().encode("1:[2]\n"));
  controller.close();
  later("came");
  assert.deepEqual(await promise, [2]);
  assert.equal((await body).get("0"), '["$@1"]');
  await done;
  assert.equal(await d.call(ID, ["fresh"]), '["fresh"]');
});

test("a trap fails all open calls of all dispatchers, and the next call gets a new instance", async () => {
  const [one, two] = [createDispatcher({ url: server.url }), createDispatcher({ url: server.url })];
  await Promise.all([one.call(ID), two.call(ID)]);
  one.lane("main").pause();
  const waiting = one.call(ID, ["waiting"]);
  trapOnce();
  await assert.rejects(two.call(ID), (error) => error.code === "INTERNAL" && error.cause instanceof WebAssembly.RuntimeError);
  await assert.rejects(waiting, { code: "INTERNAL" });
  assert.equal(one.pending + two.pending, 0);
  const fresh = one.call(ID, ["fresh"]);
  assert.equal(await two.call(ID, ["fresh"]), '["fresh"]');
  assert.equal(fresh.state, "waiting"); // the lane is still paused
  one.lane("main").resume();
  assert.equal(await fresh, '["fresh"]');
});

test("a dispatcher that was paused as a whole stays paused after a trap", async () => {
  const d = createDispatcher({ url: server.url });
  await d.call(ID);
  d.pause();
  trapOnce();
  await assert.rejects(createDispatcher({ url: server.url }).call(ID), { code: "INTERNAL" });
  const waiting = d.call(ID, ["waiting"]);
  await createDispatcher({ url: server.url }).call(ID);
  assert.equal(waiting.state, "waiting");
  d.resume();
  assert.equal(await waiting, '["waiting"]');
});

test("a call that a trap has failed is not sent by the dead instance, and its open request is aborted", async (t) => {
  let here, gone;
  const arrived = new Promise((resolve) => (here = resolve)), broken = new Promise((resolve) => (gone = resolve));
  const slow = await serve((_, response) => (response.on("close", () => gone(response.writableEnded)), here()));
  t.after(() => slow.close());
  const d = createDispatcher({ url: slow.url });
  const calls = [1, 2, 3].map((n) => d.call(ID, [n]));
  const handed = d.fetch(slow.url, { method: "POST", headers: { "next-action": ID } });
  await arrived;
  trapOnce();
  await assert.rejects(createDispatcher({ url: server.url }).call(ID), { code: "INTERNAL" });
  for (const call of [...calls, handed]) await assert.rejects(call, { code: "INTERNAL", sent: "unknown" });
  assert.equal(await broken, false);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(slow.requests.map(({ body }) => body), ["[1]"]);
});

test("a call that is made when a trap fails another one goes to the new instance", async () => {
  let again;
  const onError = () => (again ??= d.call(ID, ["again"]));
  const d = createDispatcher({ url: server.url, hooks: { onError } });
  await d.call(ID);
  trapOnce();
  await assert.rejects(d.call(ID), { code: "INTERNAL" });
  assert.equal(await again, '["again"]');
});

function trapOnce() {
  const { call } = Engine.prototype;
  Engine.prototype.call = () => {
    Engine.prototype.call = call;
    throw new WebAssembly.RuntimeError("unreachable");
  };
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

test("a trap in a promise fails all open calls, and the next call gets a new instance", async () => {
  let restore;
  const body = () => new ReadableStream({
    start(stream) {
      stream.enqueue(new TextEncoder().encode('0:{"a":"$@1"}\n'));
      restore = trapInPromise();
    },
  });
  const headers = { "content-type": "text/x-component" };
  const d = createDispatcher({ url: server.url, fetch: async () => new Response(body(), { headers }) });
  await createDispatcher({ url: server.url }).call(ID);
  const behind = [d.call(ID), d.call(ID, ["behind"])];
  try {
    await assert.rejects(behind[0], { code: "INTERNAL" });
    await assert.rejects(behind[1], { code: "INTERNAL" });
  } finally {
    restore();
  }
  assert.equal(await createDispatcher({ url: server.url }).call(ID, ["fresh"]), '["fresh"]');
});

test("a source that init() ignores may reject", async (t) => {
  await ready();
  const unhandled = [];
  const note = (error) => unhandled.push(error);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));
  await init(Promise.reject(new Error("no file")));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(unhandled, []);
});
