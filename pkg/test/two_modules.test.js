// The dispatcher and the codec are two modules of wasm: the codec is loaded for the first value that is not plain,
// and traps alone. Each test has a copy of the package in which nothing is loaded yet.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { copy, without } from "./copies.js";
import { ID, flight, serve, until } from "./server.js";
import { trapAtBytes } from "./traps.js";

/** The files of the codec; `WASM`: only those with its wasm. */
const CODEC = ["lib/codec/flight.js", "wasm/flight.js", "wasm/flight_bytes.js"];
const WASM = ["wasm/flight_bytes.js"];

const bytes = (text) => new TextEncoder().encode(text);
const HEADERS = { "content-type": "text/x-component" };

let server;
before(async () => (server = await serve()));
after(() => server.close());

async function fresh(t, files) {
  const made = await (files ? without(files) : copy());
  t.after(made.remove);
  return { ...(await import(made.file("node.js"))), restore: made.restore };
}

/**
 * Records the modules of wasm that are compiled from now on, except the smallest, which only checks if wasm is
 * allowed.
 */
function compilations(t) {
  const { compile } = WebAssembly;
  const seen = [];
  WebAssembly.compile = (source) => (seen.push(source.byteLength), compile(source));
  t.after(() => (WebAssembly.compile = compile));
  return seen;
}

/** Makes a `fetch` whose answers the test writes, by the text of the call's first argument. */
function written() {
  const answers = {};
  const fetch = async (_, { body, signal }) => {
    const name = JSON.parse(typeof body === "string" ? body : body.get("0"))[0];
    let stream;
    const answer = new Response(new ReadableStream({ start: (controller) => (stream = controller) }), { headers: HEADERS });
    signal.addEventListener("abort", () => stream.error(signal.reason));
    answers[name] = { say: (text) => stream.enqueue(bytes(text)), end: () => stream.close() };
    return answer;
  };
  return { answers, fetch };
}

const PLAIN = {
  "a text": ['"text"', "text"],
  "a long text": ['"$2"', "x".repeat(2000), `2:T7d0,${"x".repeat(2000)}`],
  "a date and a bigint": ['{"at":"$D2026-01-02T03:04:05.678Z","big":"$n12"}', { at: new Date("2026-01-02T03:04:05.678Z"), big: 12n }],
  "odd numbers": ['["$NaN","$Infinity","$-Infinity","$-0","$undefined"]', [NaN, Infinity, -Infinity, -0, undefined]],
  "a row that others refer to": ['[{"a":1},"$1:0:a"]', [{ a: 1 }, 1]],
  "a text that begins with a dollar": ['"$$1"', "$1"],
};

test("plain arguments and plain answers need no codec", async (t) => {
  const { createDispatcher } = await fresh(t, CODEC);
  const seen = compilations(t);
  let model, row;
  const answered = await serve((_, response) => {
    response.writeHead(200, HEADERS);
    response.end(`${row ?? ""}0:{"a":"$@1","f":[["children",{"page":["$","$L9"]}]],"b":"dev"}\n1:${model}\n`);
  });
  t.after(answered.close);
  const d = createDispatcher({ url: answered.url });
  for (const [name, [made, value, more]] of Object.entries(PLAIN)) {
    [model, row] = [made, more];
    const { value: given, rendered } = await d.call(ID, [name]).outcome;
    assert.deepEqual([given, rendered], [value, true], name);
  }
  const form = new FormData();
  form.append("file", new File(["in it"], "a.txt"));
  form.append("text", "x");
  for (const args of [[form], [{ state: 1 }, form], [new Map([[1, new Set([2n])]]), new Date(0), undefined]]) await d.call(ID, args);
  assert.match(answered.requests.at(-3).body, /name="_?1_file"; filename="a\.txt"/);
  answered.close();
  const threw = await serve((_, response) => response.writeHead(500, HEADERS).end('0:{"a":"$@1","q":"","i":false}\n1:E{"digest":"123"}\n'));
  t.after(threw.close);
  await assert.rejects(createDispatcher({ url: threw.url }).call(ID), { code: "ACTION_THREW", digest: "123" });
  assert.equal(seen.length, 1, "only the dispatcher is compiled");
});

test("the first rich arguments load the codec, are encoded when it is loaded, and keep their call's place", async (t) => {
  const { createDispatcher } = await fresh(t);
  const d = createDispatcher({ url: server.url });
  await d.call(ID);
  const seen = compilations(t);
  const view = new Uint8Array([1, 2]);
  const from = server.requests.length;
  const calls = [d.call(ID, [view]), d.call(ID, [new Uint8Array([7]), "second"]), d.call(ID, ["third"])];
  assert.deepEqual(calls.map(({ state }) => state), ["preparing", "preparing", "waiting"]);
  view[0] = 9;
  await Promise.all(calls);
  const bodies = server.requests.slice(from).map(({ body }) => body);
  assert.ok(bodies[0].includes("\u0009\u0002"), "the bytes are those at the time of encoding");
  assert.ok(bodies[1].includes('"second"') && bodies[2] === '["third"]');
  assert.equal(seen.length, 1, "one load for both");
});

test("a call that is aborted or closed while the codec loads settles once, and its arguments are not read", async (t) => {
  const { createDispatcher } = await fresh(t);
  const [one, two] = [createDispatcher({ url: server.url }), createDispatcher({ url: server.url })];
  await Promise.all([one.call(ID), two.call(ID)]);
  const from = server.requests.length;
  let reads = 0;
  const rich = () => [{ get view() { return reads++, new Uint8Array(1); } }];
  const aborted = one.call(ID, rich());
  const closed = two.call(ID, rich());
  const before = reads;
  aborted.abort("changed my mind");
  two.close();
  await assert.rejects(aborted, { code: "ABORTED", cause: "changed my mind", sent: "no" });
  await assert.rejects(closed, { code: "CLOSED", sent: "no" });
  assert.equal(await one.call(ID, ["next"]), '["next"]');
  assert.deepEqual([reads, server.requests.length - from], [before, 1]);
});

test("if the codec cannot be loaded, rich arguments fail before anything is sent, and can be called again", async (t) => {
  const { createDispatcher, restore } = await fresh(t, WASM);
  const d = createDispatcher({ url: server.url });
  await d.call(ID);
  const from = server.requests.length;
  const [rich, behind] = [d.call(ID, [new Uint8Array([1])]), d.call(ID, ["behind"])];
  const error = await rich.catch((error) => error);
  assert.deepEqual([error.code, error.sent, typeof error.retry], ["WASM_LOAD", "no", "function"]);
  assert.match(error.message, /flight\.wasm/);
  assert.equal(await behind, '["behind"]');
  assert.equal(server.requests.length - from, 1);
  await restore();
  await error.retry();
  assert.equal(server.requests.length - from, 2);
});

test("if the codec cannot be loaded after the server has answered, the call is never sent again", async (t) => {
  const { createDispatcher, restore } = await fresh(t, WASM);
  const answered = await serve((_, response) => flight(response, '"$Q2"'));
  t.after(answered.close);
  const d = createDispatcher({ url: answered.url, retry: { limit: 3, delay: 1 } });
  const error = await d.call(ID, [], { idempotencyKey: true }).catch((error) => error);
  assert.deepEqual([error.code, error.sent, error.outcome.status, error.retry], ["WASM_LOAD", "yes", 200, undefined]);
  assert.equal(answered.requests.length, 1);
  await restore();
  const { fetch, answers } = written();
  const own = createDispatcher({ url: answered.url, fetch });
  const call = own.call(ID, ["later"]);
  await until(() => answers.later);
  for (const piece of ['0:{"a":"$@1"}\n1:"$Q', '2"\n', "2:[[1,"]) answers.later.say(piece);
  await new Promise((resolve) => setTimeout(resolve, 20));
  answers.later.say('"one"]]\n');
  assert.deepEqual(await call, new Map([[1, "one"]]));
});

test("a trap in the codec fails those whose bytes it holds, and no others", async (t) => {
  const { createDispatcher, decode, ready } = await fresh(t);
  await ready({ codec: true });
  const { fetch, answers } = written();
  const d = createDispatcher({ url: server.url, fetch, lanes: { many: { concurrency: 9 } } });
  const many = { lane: "many" };
  const [drains, reads, plain] = ["drains", "reads", "plain"].map((name) => d.call(ID, [name], many));
  await until(() => answers.plain);
  answers.drains.say('0:{"a":"$@1"}\n1:{"late":"$@2","stream":"$3"}\n3:R\n');
  answers.reads.say('0:{"a":"$@1"}\n1:"$Q2"\n');
  answers.plain.say('0:{"a":"$@1"}\n');
  const { late, stream } = await drains;
  const decoded = decode(new ReadableStream({ start: (controller) => controller.enqueue(bytes('0:["$@1"]\n')) }));
  const [inside] = await decoded.value;
  let left = 0;
  const idle = new ReadableStream({ start: (controller) => controller.enqueue(bytes('0:["$W1"')), cancel: () => void left++ });
  const half = decode(idle);
  await new Promise((resolve) => setTimeout(resolve, 5));
  trapAtBytes();
  answers.reads.say("2:[]\n");
  await assert.rejects(reads, { code: "INTERNAL", sent: "yes" });
  await assert.rejects(late, { code: "INTERNAL", sent: "yes" });
  await assert.rejects(stream.getReader().read(), { code: "INTERNAL" });
  await assert.rejects(inside, { code: "INTERNAL" });
  await assert.rejects(half.value, { code: "INTERNAL" });
  assert.equal(left, 1, "its source is cancelled");
  answers.plain.say('1:"came"\n');
  assert.equal(await plain, "came");
  const again = d.call(ID, ["again"], many);
  await until(() => answers.again);
  answers.again.say('0:{"a":"$@1"}\n1:"$W2"\n2:[1]\n');
  assert.deepEqual(await again, new Set([1]));
  await until(() => drains.state === "done" || drains.state === "draining");
  d.close();
});

test("a trap in the codec fails unsettled arguments before anything is sent, and the lane goes on", async (t) => {
  const { createDispatcher, decode, encode, ready } = await fresh(t);
  await ready({ codec: true });
  const d = createDispatcher({ url: server.url });
  await d.call(ID);
  const from = server.requests.length;
  const open = new Promise(() => {});
  const [call, behind] = [d.call(ID, [open]), d.call(ID, ["behind"])];
  const body = encode([open]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  trapAtBytes();
  await assert.rejects(decode(bytes('0:"$W1"\n1:[]\n')).value, { code: "INTERNAL" });
  await assert.rejects(call, { code: "INTERNAL", sent: "no" });
  await assert.rejects(body, { code: "INTERNAL" });
  assert.equal(await behind, '["behind"]');
  assert.equal(server.requests.length - from, 1);
});

test("no time limit of an attempt runs while its answer waits for the codec", async (t) => {
  const { createDispatcher } = await fresh(t);
  const { compile } = WebAssembly;
  t.after(() => (WebAssembly.compile = compile));
  const answered = await serve((_, response) => flight(response, '"$W2"\n2:[1]'));
  t.after(answered.close);
  const d = createDispatcher({ url: answered.url, timeout: 60, stallTimeout: 40, retry: { limit: 2, delay: 1 } });
  await assert.rejects(createDispatcher({ url: answered.url, fetch: async () => new Response("") }).call(ID), { code: "NOT_FLIGHT" }); // loads the dispatcher
  let given;
  WebAssembly.compile = (source) => new Promise((resolve) => (given = () => resolve(compile(source))));
  const call = d.call(ID, [], { idempotencyKey: true });
  await until(() => given);
  await new Promise((resolve) => setTimeout(resolve, 150));
  given();
  assert.deepEqual(await call, new Set([1]));
  assert.equal(answered.requests.length, 1);
});

test("streams among arguments are cancelled if a getter among them aborts the call", async (t) => {
  const { createDispatcher, ready } = await fresh(t);
  await ready({ codec: true });
  const d = createDispatcher({ url: server.url });
  await d.call(ID);
  let cancelled = 0;
  const stream = new ReadableStream({ cancel: () => void cancelled++ });
  const args = [stream, { get up() { return call.abort("in a getter"), 1; } }];
  const controller = new AbortController();
  const call = { abort: (reason) => controller.abort(reason) };
  await assert.rejects(d.call(ID, args, { signal: controller.signal }), { code: "ABORTED", sent: "no" });
  await until(() => cancelled > 0);
  assert.equal(cancelled, 1);
});

test("a codec that cannot be started again fails the call whose answer needs it", async (t) => {
  const { createDispatcher, ready } = await fresh(t);
  await ready({ codec: true });
  const { fetch, answers } = written();
  const d = createDispatcher({ url: server.url, fetch });
  const first = d.call(ID, ["first"]);
  await until(() => answers.first);
  trapAtBytes();
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function () { throw new WebAssembly.RuntimeError("no room"); };
  t.after(() => (WebAssembly.Instance = Instance));
  answers.first.say('0:{"a":"$@1"}\n1:"$W2"\n2:[1]\n');
  await assert.rejects(first, { code: "INTERNAL", sent: "yes" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const second = d.call(ID, ["second"]);
  await until(() => answers.second);
  answers.second.say('0:{"a":"$@1"}\n1:"$W2"\n2:[1]\n');
  await assert.rejects(second, { code: "WASM_LOAD", sent: "yes" });
});

test("a codec of another build is refused, and both builds are named", async (t) => {
  const made = await copy();
  t.after(made.remove);
  const glue = new URL(made.file("wasm/flight.js"));
  await writeFile(glue, (await readFile(glue, "utf8")).replace(/BUILD = "[0-9a-f]/, 'BUILD = "x'));
  const { ready } = await import(made.file("node.js"));
  await assert.rejects(ready({ codec: true }), { code: "WASM_LOAD", message: /codec is of build x[0-9a-f]{15}, the package of [0-9a-f]{16}/ });
});

test("ready() for both modules rejects once if neither can be loaded", async (t) => {
  const { ready } = await fresh(t, [...WASM, "wasm/dispatcher_bytes.js"]);
  const unhandled = [];
  const note = (error) => unhandled.push(error);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));
  await assert.rejects(ready({ codec: true }), { code: "WASM_LOAD" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(unhandled, []);
});

// The codec does not recurse, or this would overflow the stack.
test("an answer of 200 000 nested containers does no harm", async (t) => {
  const { createDispatcher, ready } = await fresh(t);
  await ready({ codec: true });
  const depth = 200_000;
  const deep = await serve((_, response, body) => {
    flight(response, body.includes("deep") ? `${'["$","a",null,{"children":'.repeat(depth)}1${"}]".repeat(depth)}` : '"$W2"\n2:[1]');
  });
  t.after(deep.close);
  const d = createDispatcher({ url: deep.url });
  const limits = { maxDepth: Infinity };
  const calls = [d.call(ID, ["deep"], { limits }), d.call(ID, ["deep"]), d.call(ID, ["next"])];
  await assert.rejects(calls[1], { code: "DECODE", sent: "yes", message: /more than 20000 containers/ });
  assert.deepEqual(await calls[2], new Set([1]));
  let count = 0;
  for (let at = await calls[0]; at !== 1; at = at.props.children) count++;
  assert.equal(count, depth);
});

test("init() takes a source for each module, and names one that it does not know", async (t) => {
  const { init, ready, createDispatcher } = await fresh(t, [...WASM, "wasm/dispatcher_bytes.js"]);
  await assert.rejects(init({ codec: "x" }), { code: "INVALID_OPTION", message: /no module named codec/ });
  const file = async (name) => readFile(new URL(`../wasm/${name}_bg.wasm`, import.meta.url));
  await assert.rejects(init({ dispatcher: file("flight") }), { code: "WASM_LOAD", message: /it is flight [0-9a-f]{16}, wanted is dispatcher/ });
  await init({ dispatcher: file("dispatcher"), flight: file("dispatcher") });
  await assert.rejects(ready({ codec: true }), { code: "WASM_LOAD", message: /it is dispatcher [0-9a-f]{16}, wanted is flight/ });
  await init({ flight: file("flight") });
  await ready({ codec: true });
  assert.match(await createDispatcher({ url: server.url }).call(ID, [new Uint8Array(1)]), /"\$o1"/);
});
