// `patch` puts a dispatcher behind the page's `fetch`, and takes it away again.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { createDispatcher } from "../node.js";
import { observe, patch } from "../observe.js";
import { withoutWasm } from "./copies.js";
import { flight, makeGate, serve, until } from "./server.js";

const KEY = Symbol.for("actionlane.observe.1");
const [SAVE, PAY, LOST] = ["7f", "40", "60"].map((start) => start.padEnd(42, "0"));
const native = globalThis.fetch;
const gates = new Map();
let server;

before(async () => {
  server = await serve(async (request, response) => {
    const action = request.headers["next-action"];
    if (action === LOST) return request.socket.destroy();
    await gates.get(action)?.opened;
    flight(response, "1");
  });
  globalThis.document = { baseURI: server.url };
});
after(() => {
  delete globalThis.document;
  server.close();
});
afterEach(() => {
  gates.clear();
  server.requests.length = 0;
  delete globalThis[KEY];
  globalThis.fetch = native;
});

function made(t, make = createDispatcher) {
  const d = make({ url: server.url });
  t.after(() => d.close());
  return d;
}

const init = (id) => ({ method: "POST", headers: { "next-action": id }, body: "[]" });
const send = (id) => globalThis.fetch(server.url, init(id));
const sent = () => server.requests.map(({ method, headers }) => headers["next-action"] ?? method);
const read = async (answer) => (await answer).text();

test("actions of other code wait for each other, and other requests do not", async (t) => {
  const restore = patch(made(t), globalThis, { mode: "queue" });
  const gate = makeGate();
  gates.set(SAVE, gate);
  const answers = [send(SAVE), globalThis.fetch(new Request(server.url, init(PAY)))];
  await until(() => sent().length === 1);
  await read(globalThis.fetch(server.url, { method: "PUT", body: "x" }));
  assert.deepEqual(sent(), [SAVE, "PUT"]);
  gate.open();
  const texts = await Promise.all(answers.map(read));
  assert.deepEqual([sent(), texts[0]], [[SAVE, "PUT", PAY], texts[1]]);
  restore();
  assert.equal(globalThis.fetch, native);
});

test("a request that is no action reaches the page's fetch with the same arguments", (t) => {
  const seen = [];
  const answer = Promise.resolve(new Response(""));
  globalThis.fetch = (...args) => (seen.push(args), answer);
  const restore = patch(made(t), globalThis, { mode: "queue" });
  const others = [["/"], ["/", { method: "POST", headers: new Headers() }, { lane: "own" }], ["/", { headers: { "next-action": SAVE } }], []];
  for (const args of others) assert.equal(globalThis.fetch(...args), answer);
  others.forEach((args, at) => args.forEach((arg, place) => assert.equal(seen[at][place], arg)));
  assert.deepEqual(seen.map(({ length }) => length), [1, 3, 2, 0]);
  restore();
});

test("queued actions are seen once, and it is certain which one waited", async (t) => {
  const restore = patch(made(t), globalThis, { mode: "queue" });
  const observed = observe();
  await Promise.all([send(SAVE), send(PAY)].map(read));
  await until(() => observed.entries().every(({ lane }) => lane));
  const [first, second, ...others] = observed.entries();
  assert.deepEqual([first.id, second.id, others], [SAVE, PAY, []]);
  assert.deepEqual([first.waitedFor, second.waitedFor], [undefined, { entry: 1, id: SAVE, certain: true }]);
  restore();
  observed.restore();
});

test("without a mode, the dispatcher's calls are shown, and actions of other code pass", async (t) => {
  const d = made(t);
  const restore = patch(d, globalThis);
  const observed = observe();
  const gate = makeGate();
  gates.set(SAVE, gate);
  const answers = [send(SAVE), send(SAVE)];
  await until(() => sent().length === 2);
  gate.open();
  await Promise.all(answers.map(read));
  await Promise.all([d.call({ id: SAVE, name: "save" }), d.call(PAY)]);
  await until(() => observed.entries().at(-1).lane);
  assert.deepEqual([observed.entries()[2].name, observed.entries()[3].waitedFor.certain], ["save", true]);
  restore();
  observed.restore();
  assert.equal(globalThis.fetch, native);
});

test("without wasm actions are sent at once, in any form", async (t) => {
  const copy = await withoutWasm();
  t.after(copy.remove);
  const restore = patch(made(t, (await import(copy.file("index.js"))).createDispatcher), globalThis, { mode: "queue" });
  const form = new FormData();
  form.append("0", '["text"]');
  const bodies = { text: "[1]", form, bytes: new TextEncoder().encode("[2]") };
  for (const [name, body] of Object.entries(bodies)) await read(globalThis.fetch(server.url, { ...init(SAVE), body }));
  await read(globalThis.fetch(new Request(server.url, { ...init(SAVE), body: "[3]" })));
  assert.deepEqual(sent(), [SAVE, SAVE, SAVE, SAVE]);
  const [text, multipart, bytes, request] = server.requests.map(({ body }) => body);
  assert.deepEqual([text, multipart.includes('["text"]'), bytes, request], ["[1]", true, "[2]", "[3]"]);
  restore();
});

test("an error that is not about the wasm is the caller's, and nothing is sent again", async (t) => {
  const restore = patch(made(t), globalThis, { mode: "queue" });
  await assert.rejects(globalThis.fetch(server.url, { ...init(SAVE), signal: AbortSignal.abort() }), { name: "AbortError" });
  await assert.rejects(send(LOST), { name: "TypeError" });
  assert.deepEqual(sent(), [LOST]);
  restore();
});

test("a wrapper that came later stays when the dispatcher goes", async (t) => {
  const restore = patch(made(t), globalThis, { mode: "queue" });
  const inner = globalThis.fetch;
  const wrapper = (globalThis.fetch = (...args) => inner(...args));
  restore();
  assert.equal(globalThis.fetch, wrapper);
  const gate = makeGate();
  gates.set(SAVE, gate);
  const answers = [send(SAVE), send(PAY)];
  await read(answers[1]);
  gate.open();
  await read(answers[0]);
});
