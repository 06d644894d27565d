// Strategies and lanes: calls that queue, join, replace or drop others, are cancelled or paused.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { createDispatcher } from "../node.js";
import { ID, serve } from "./server.js";

// The server answers when the gate opens, so that the open calls are known.
let server, open, arrived;
// Each round has an address of its own: requests that an earlier round aborted may arrive late.
let round = 0;
const here = () => ({ url: `${server.url}?${round}` });
before(async () => {
  server = await serve(async (request, response, body) => {
    if (request.url === `/?${round}`) arrived.push(body);
    await gate;
    response.writeHead(200, { "content-type": "text/x-component" });
    response.end(`0:{"a":"$@1"}\n1:${JSON.stringify(body)}\n`);
  });
});
after(() => server.close());
let gate;
function begin() {
  round += 1;
  arrived = [];
  gate = new Promise((resolve) => (open = resolve));
}
beforeEach(begin);

/** Ignores the rejection: some calls fail before a test awaits them. */
const ignoreFailure = (call) => (call.catch(() => {}), call);
const codes = (calls) => Promise.all(calls.map((call) => call.then(() => "ok", ({ code }) => code)));
const until = async (condition) => {
  for (let i = 0; !condition(); i += 1) {
    if (i > 10_000) throw new Error(`still not true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};

test("each strategy does what htmx's word says", async () => {
  for (const [strategy, expected, sent] of [
    ["queue", ["ok", "ok", "ok"], ["[1]", "[2]", "[3]"]],
    ["queue last", ["ok", "REPLACED", "ok"], ["[1]", "[3]"]],
    ["drop", ["ok", "DROPPED", "DROPPED"], ["[1]"]],
    ["replace", ["REPLACED", "REPLACED", "ok"], ["[1]", "[2]", "[3]"]],
  ]) {
    begin();
    const d = createDispatcher(here());
    const calls = [];
    for (const n of [1, 2, 3]) {
      calls.push(ignoreFailure(d.call(ID, [n], { strategy })));
      await until(() => calls.some((call) => call.state === "running"));
      if (strategy === "replace") await until(() => arrived.length === n);
    }
    await until(() => arrived.length > 0);
    open();
    assert.deepEqual([strategy, await codes(calls), arrived], [strategy, expected, sent]);
  }
});

test("a key reaches over all lanes; without a key the action counts within its lane", async () => {
  const d = createDispatcher(here());
  const strategy = "drop";
  const other = `40${"1".repeat(40)}`;
  const calls = [
    ignoreFailure(d.call(ID, [1], { strategy })),
    ignoreFailure(d.call(ID, [2], { strategy, lane: "other" })),
    ignoreFailure(d.call(other, [3], { strategy, lane: "third" })),
    ignoreFailure(d.call(ID, [4], { strategy, key: "mine", lane: "a" })),
    ignoreFailure(d.call(other, [5], { strategy, key: "mine", lane: "b" })),
  ];
  open();
  assert.deepEqual(await codes(calls), ["ok", "ok", "ok", "ok", "DROPPED"]);
});

test("identical calls share one answer, and an abort of one leaves the others", async () => {
  const d = createDispatcher(here());
  const strategy = "join";
  const calls = [1, 1, 1].map((n) => ignoreFailure(d.call(ID, [{ n }], { strategy })));
  const others = [d.call(ID, [{ n: 2 }], { strategy, lane: "parallel" })];
  await until(() => arrived.length === 2);
  assert.equal(calls[1].abort(), true);
  assert.equal(calls[0].abort("mine"), true, "the call whose request was sent");
  await assert.rejects(calls[0], { code: "ABORTED", cause: "mine" });
  assert.equal(calls[0].abort(), false);
  calls.push(ignoreFailure(d.call(ID, [{ n: 1 }], { strategy })));
  open();
  assert.deepEqual(await codes([...calls, ...others]), ["ABORTED", "ABORTED", "ok", "ok", "ok"]);
  assert.deepEqual(arrived.sort(), ['[{"n":1}]', '[{"n":2}]']);
  const [first, second] = await Promise.all([calls[2].outcome, calls[3].outcome]);
  assert.equal(first.value, '[{"n":1}]');
  assert.deepEqual([await first.payload, await second.payload], [undefined, undefined]);
  assert.notEqual(first.timings, second.timings);
  await until(() => d.snapshot().length === 0);
});

test("a joined call that was aborted has an outcome of its own, which the page may change", async () => {
  const d = createDispatcher({
    ...here(),
    async fetch(url, init) {
      const rows = new ReadableStream({
        async start(it) {
          it.enqueue(new TextEncoder().encode('0:{"a":"$@1","t":{"s":"","d":"$2"}}\n'));
          await gate;
          it.enqueue(new TextEncoder().encode('1:"value"\n'));
          setTimeout(() => {
            it.enqueue(new TextEncoder().encode('2:"late"\n'));
            it.close();
          }, 20);
        },
      });
      arrived.push(init.body);
      return new Response(rows, { headers: { "content-type": "text/x-component", "x-action-revalidated": "1" } });
    },
  });
  const calls = [1, 2].map(() => ignoreFailure(d.call(ID, ["same"], { strategy: "join" })));
  await until(() => d.snapshot()[0]?.headAt !== undefined);
  calls[0].abort("mine");
  const { outcome } = await calls[0].catch((error) => error);
  Object.defineProperty(outcome, "value", { set: () => d.call(ID, ["other"]).catch(() => {}) });
  Object.freeze(outcome);
  open();
  assert.equal(await calls[1], "value");
  assert.equal(outcome.value, undefined);
  assert.equal((await (await calls[1].outcome).payload).data.d, "late", "the other call gets all of the answer");
  const end = ignoreFailure(d.call(ID, ["same"], { strategy: "join" }));
  d.close();
  const error = await end.catch((error) => error);
  assert.deepEqual([error.code, error.cause], ["CLOSED", undefined]);
});

test("joined calls fail with the error of the one that was sent", async () => {
  const cause = new TypeError("no route to host");
  const d = createDispatcher({ ...here(), fetch: () => gate.then(() => Promise.reject(cause)) });
  const calls = [1, 2].map(() => ignoreFailure(d.call(ID, ["same"], { strategy: "join" })));
  open();
  for (const call of calls) await assert.rejects(call, { code: "NETWORK", cause });
  const errors = await Promise.all(calls.map((call) => call.catch((error) => error)));
  assert.notEqual(errors[0], errors[1]);
});

test("calls with a file, a promise, a stream or an instance among their arguments are never joined", async () => {
  const kinds = [() => new Blob(["x"]), () => Promise.resolve(1), () => new (class Own {})(), () => new ReadableStream({ start: (it) => it.close() })];
  for (const kind of kinds) {
    const d = createDispatcher(here());
    const calls = [1, 2].map(() => d.call(ID, [kind()], { strategy: "join", lane: "parallel" }));
    await until(() => arrived.length === 2);
    open();
    assert.deepEqual(await codes(calls), ["ok", "ok"], String(kind));
    begin();
  }
});

test("a lane has the dispatcher's options, and may be a function of the arguments", async () => {
  const d = createDispatcher({ ...here(), lanes: { cart: { concurrency: 2, strategy: "drop" } } });
  const lane = (cart) => (cart ? `cart-${cart}` : undefined);
  const calls = [
    ignoreFailure(d.call(ID, [1], { lane: "cart" })),
    ignoreFailure(d.call(ID, [2], { lane: "cart" })),
    ignoreFailure(d.call(`40${"1".repeat(40)}`, [3], { lane: "cart" })),
    ignoreFailure(d.call(ID, ["a"], { lane })),
    ignoreFailure(d.call(ID, ["b"], { lane })),
    ignoreFailure(d.call(ID, [""], { lane })),
  ];
  await until(() => arrived.length === 5);
  assert.deepEqual(d.snapshot().map(({ lane }) => lane), ["cart", "cart", "cart-a", "cart-b", "main"]);
  open();
  assert.deepEqual(await codes(calls), ["ok", "DROPPED", "ok", "ok", "ok", "ok"]);
});

test("a lane function that throws or returns no name fails the call", async () => {
  const d = createDispatcher(here());
  const cause = new RangeError("no such cart");
  await assert.rejects(d.call(ID, [], { lane: () => { throw cause; } }), { code: "INVALID_OPTION", sent: "no", cause });
  for (const name of [5, "", null, Promise.resolve("a")]) {
    await assert.rejects(d.call(ID, [], { lane: () => name }), { code: "INVALID_OPTION", sent: "no" }, String(name));
  }
});

test("options that make no sense are refused", async () => {
  for (const options of [
    { lanes: 5 }, { lanes: new Map([["a", {}]]) }, { lanes: { a: 5 } }, { lanes: { a: { concurrency: 0 } } }, { lanes: { a: { concurrency: 1.5 } } }, { lanes: { "": {} } },
    { lanes: { a: { strategy: "last" } } }, { lanes: { a: { limit: 1 } } }, { retry: -1 }, { retry: NaN }, { retry: { attempts: 1 } },
    { retry: { limit: 1, delay: -1 } }, { idempotency: { header: "a b" } }, { idempotency: "yes" }, { stallTimeout: 0 }, { deadline: NaN },
  ]) {
    assert.throws(() => createDispatcher({ ...here(), ...options }), { code: "INVALID_OPTION" }, JSON.stringify(options));
  }
  const d = createDispatcher(here());
  for (const options of [
    { strategy: "last" }, { strategy: true }, { key: 5 }, { stallTimeout: -1 }, { deadline: NaN }, { deadline: "1" }, { retry: 1.5 }, { retry: null },
    { idempotencyKey: "" }, { idempotencyKey: "a b" }, { idempotencyKey: 5 },
  ]) {
    await assert.rejects(d.call(ID, [], options), { code: "INVALID_OPTION", sent: "no" }, JSON.stringify(options));
  }
});

test("calls and routes are cancelled by a function or by their properties", async () => {
  const d = createDispatcher(here());
  const calls = [
    ignoreFailure(d.call({ id: ID, name: "save" }, [1])),
    ignoreFailure(d.call({ id: ID, name: "save" }, [2])),
    ignoreFailure(d.call({ id: ID, name: "load" }, [3])),
    ignoreFailure(d.call(ID, [4], { lane: "cart" })),
  ];
  const route = ignoreFailure(d.route(here().url, { method: "POST", body: "5" }));
  await until(() => arrived.length === 3);
  assert.equal(d.cancel({ name: "save", state: "waiting" }, "moot"), 1);
  assert.equal(d.cancel((call) => call.lane === "cart" || call.lane === "route"), 2);
  assert.equal(d.cancel({ lane: "nobody" }), 0);
  open();
  assert.deepEqual(await codes([...calls, route]), ["ok", "ABORTED", "ok", "ABORTED", "ABORTED"]);
  await assert.rejects(calls[1], { cause: "moot" });
});

test("a filter that throws or is no filter cancels nothing", async () => {
  const d = createDispatcher(here());
  const calls = [d.call(ID, [1]), d.call(ID, [2])];
  const cause = new Error("of the page's");
  assert.throws(() => d.cancel((call) => { if (call.id > 1) throw cause; return true; }), { code: "INVALID_OPTION", cause });
  for (const filter of [undefined, null, 5, "save", { lanes: "a" }, { id: "1" }]) {
    assert.throws(() => d.cancel(filter), { code: "INVALID_OPTION" }, JSON.stringify(filter));
  }
  open();
  assert.deepEqual(await codes(calls), ["ok", "ok"]);
});

test("all lanes can be paused at once", async () => {
  const d = createDispatcher(here());
  d.pause();
  const calls = [d.call(ID, [1]), d.call(ID, [2], { lane: "cart" })];
  await until(() => calls.every((call) => call.state === "waiting"));
  assert.deepEqual(arrived, []);
  d.resume();
  open();
  assert.deepEqual(await codes(calls), ["ok", "ok"]);
});

test("a call that was refused can be called again", async () => {
  const d = createDispatcher({ ...here(), maxQueued: 0 });
  const first = d.call(ID, ["first"]);
  const error = await d.call(ID, ["second"]).catch((error) => error);
  assert.deepEqual([error.code, error.sent], ["QUEUE_FULL", "no"]);
  open();
  await first;
  assert.equal(await error.retry(), '["second"]');
});

test("a lane's own strategy joins too", async () => {
  const d = createDispatcher({ ...here(), lanes: { main: { strategy: "join" } } });
  const calls = [1, 1, 1, 2].map((n) => ignoreFailure(d.call(ID, [n])));
  await until(() => arrived.length > 0);
  open();
  assert.deepEqual([await codes(calls), arrived], [["ok", "ok", "ok", "ok"], ["[1]", "[2]"]]);
});
