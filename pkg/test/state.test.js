// States of `actionlane/state`: optimistic values, their order, errors, and subscribers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher } from "../node.js";
import { state } from "../state.js";
import { ID, flight, makeGate, serve } from "./server.js";

let server;
/** Gates by the last argument of a call. A call without one is answered at once. */
const gates = new Map();
before(async () => {
  server = await serve(async (request, response, body) => {
    const args = JSON.parse(body);
    await gates.get(args.at(-1))?.opened;
    const answer = request.headers["x-answer"];
    if (answer === "error") response.writeHead(503).end();
    else flight(response, answer ?? body, {});
  });
});
after(() => server.close());

/** Holds the calls with this last argument back until it is opened. */
function hold(last) {
  const gate = makeGate();
  gates.set(last, gate);
  return gate.open;
}

const dispatcher = (options) => createDispatcher({ url: server.url, ...options });
const answering = (answer) => ({ headers: { "x-answer": answer } });
const sum = (value, add) => value + add;
const added = (value, [result]) => value + result;

test("a state shows the expected value at once, and the result when it is there", async () => {
  const total = state(dispatcher(), ID, 1, sum, { confirm: (_value, [result]) => result * 100 });
  assert.deepEqual(total.getSnapshot(), { value: 1, pending: false, error: undefined, status: "idle" });
  const call = total.run(2);
  assert.deepEqual(total.getSnapshot(), { value: 3, pending: true, error: undefined, status: "pending" });
  assert.deepEqual(await call, [2]);
  assert.deepEqual(total.getSnapshot(), { value: 200, pending: false, error: undefined, status: "success" });
});

test("without a reducer the value is that of the last result", async () => {
  const last = state(dispatcher(), ID, null);
  const call = last.run("a");
  assert.deepEqual(last.getSnapshot(), { value: null, pending: true, error: undefined, status: "pending" });
  await call;
  assert.deepEqual(last.getSnapshot().value, ["a"]);
});

test("results that arrive in order replace what was expected of their runs, and the rest stays expected", async () => {
  const [first, second] = [hold(10), hold(20)];
  const total = state(dispatcher(), ID, 0, sum, { confirm: (value, [result]) => value + result + 1000 });
  const calls = [total.run(10), total.run(20)];
  assert.equal(total.getSnapshot().value, 30);
  first();
  await calls[0];
  assert.equal(total.getSnapshot().value, 1030);
  second();
  await calls[1];
  assert.equal(total.getSnapshot().value, 2030);
});

test("results that overtake each other count in the order of their runs", async () => {
  const [first, second] = [hold("a"), hold("b")];
  const text = state(dispatcher(), ID, "", (value, add) => `${value}(${add})`, { lane: "parallel", confirm: (value, [result]) => value + result });
  const calls = [text.run("a"), text.run("b")];
  second();
  await calls[1];
  assert.deepEqual([text.getSnapshot().value, text.getSnapshot().pending], ["(a)b", true]);
  first();
  await calls[0];
  assert.deepEqual([text.getSnapshot().value, text.getSnapshot().pending], ["ab", false]);
});

test("a run that fails is taken back, and the runs after it stay", async () => {
  const [first, second] = [hold(1), hold(2)];
  const total = state(dispatcher(), ID, 0, sum, { confirm: added, lane: "parallel" });
  const calls = [total.run(1), total.run(2)];
  assert.equal(total.getSnapshot().value, 3);
  calls[0].abort();
  await assert.rejects(calls[0], { code: "ABORTED" });
  assert.deepEqual([total.getSnapshot().value, total.getSnapshot().error], [2, undefined], "the page has ended it itself");
  first();
  second();
  await calls[1];
});

test("an error stays until the next run, and the value is as before", async () => {
  const items = state(dispatcher(), ID, ["a"], (value, item) => [...value, item], answering("error"));
  const seen = [];
  items.subscribe(({ value, status, error }) => seen.push([value.join(), status, error?.code]));
  await assert.rejects(items.run("b"), { code: "HTTP" });
  const { error, ...rest } = items.getSnapshot();
  assert.deepEqual(rest, { value: ["a"], pending: false, status: "error" });
  assert.deepEqual([error.code, error.status], ["HTTP", 503]);
  const again = items.run("c");
  assert.equal(items.getSnapshot().error, undefined);
  await again.catch(() => {});
  assert.deepEqual(seen, [
    ["a", "idle", undefined], ["a,b", "pending", undefined], ["a", "error", "HTTP"], ["a,c", "pending", undefined], ["a", "error", "HTTP"],
  ]);
});

test("a run whose promise is left alone is no unhandled rejection", async () => {
  const unhandled = [];
  const listen = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", listen);
  const d = dispatcher();
  for (const options of [{}, { previous: true }]) state(d, ID, 0, undefined, { ...options, ...answering("error") }).run(1);
  await d.idle();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", listen);
  assert.deepEqual(unhandled, []);
});

test("a typed result is a value, also one that says that something is wrong", async () => {
  const form = state(dispatcher(), ID, { ok: true }, undefined, answering('{"ok":false,"code":"TAKEN"}'));
  await form.run("name");
  assert.deepEqual(form.getSnapshot(), { value: { ok: false, code: "TAKEN" }, pending: false, error: undefined, status: "success" });
});

test("an action that returns nothing leaves what was expected of it", async () => {
  const count = state(dispatcher(), ID, 1, sum, answering('"$undefined"'));
  await count.run(5);
  assert.deepEqual([count.getSnapshot().value, count.getSnapshot().status], [6, "success"]);
  const none = state(dispatcher(), ID, 1, () => null, answering('"$undefined"'));
  await none.run(5);
  assert.equal(none.getSnapshot().value, null, "null is a value");
});

test("retry repeats the runs that have failed, in order, with their arguments and keys", async () => {
  const last = hold(2);
  let answer = "error";
  const d = dispatcher({ headers: () => (answer ? { "x-answer": answer } : {}) });
  const total = state(d, ID, 0, sum, { confirm: added, lane: "parallel", idempotencyKey: true });
  const before = server.requests.length;
  const calls = [total.run(1), total.run(2)];
  await assert.rejects(calls[0]);
  last();
  await assert.rejects(calls[1]);
  const keys = calls.map((call) => call.outcome.catch((error) => error.idempotencyKey));
  answer = undefined;
  const again = total.retry();
  assert.deepEqual([total.getSnapshot().value, total.getSnapshot().error, again.length], [3, undefined, 2]);
  await Promise.all(again);
  assert.equal(total.getSnapshot().value, 3);
  assert.deepEqual(total.retry(), [], "there is no error left");
  const sent = server.requests.slice(before).map(({ body, headers }) => [body, headers["idempotency-key"].replaceAll('"', "")]);
  const [one, two] = await Promise.all(keys);
  assert.deepEqual(sent.sort(), [["[1]", one], ["[1]", one], ["[2]", two], ["[2]", two]]);
});

test("reset goes back to the initial value, and pending runs count no more", async () => {
  const open = hold("late");
  const text = state(dispatcher(), ID, "initial", (_value, given) => given, answering('"result"'));
  const call = text.run("late");
  text.reset();
  const initial = { value: "initial", pending: false, error: undefined, status: "idle" };
  assert.deepEqual(text.getSnapshot(), initial);
  open();
  assert.equal(await call, "result");
  assert.deepEqual(text.getSnapshot(), initial);
  await text.run("next");
  assert.equal(text.getSnapshot().value, "result");
});

test("with previous, each run sends the value that the runs before have left", async () => {
  const open = hold("a");
  const before = server.requests.length;
  const d = dispatcher();
  const list = state(d, ID, [], undefined, { previous: true, lane: "parallel" });
  const calls = [list.run("a"), list.run("b")];
  const failing = state(d, ID, 7, undefined, { previous: true, ...answering("error") });
  const failed = [failing.run("x"), failing.run("y")];
  open();
  await Promise.all(calls);
  assert.deepEqual(list.getSnapshot().value, [[[], "a"], "b"]);
  assert.deepEqual(await Promise.all(failed.map((call) => call.catch(({ code }) => code))), ["HTTP", "HTTP"]);
  const bodies = server.requests.slice(before).map(({ body }) => body);
  assert.deepEqual(bodies.sort(), ['[7,"x"]', '[7,"y"]', '[[[],"a"],"b"]', '[[],"a"]']);
});

test("the second of two clicks is dropped without a trace", async () => {
  const open = hold(5);
  const total = state(dispatcher(), ID, 0, sum, { strategy: "drop", confirm: added });
  const calls = [total.run(5), total.run(5)];
  await assert.rejects(calls[1], { code: "DROPPED" });
  assert.deepEqual(total.getSnapshot(), { value: 5, pending: true, error: undefined, status: "pending" });
  open();
  await calls[0];
  assert.deepEqual(total.getSnapshot(), { value: 5, pending: false, error: undefined, status: "success" });
});

test("functions of the page that throw are reported, and the value stays", async (t) => {
  const reported = [];
  const own = Object.getOwnPropertyDescriptor(globalThis, "reportError");
  globalThis.reportError = ({ message }) => reported.push(message);
  t.after(() => (own ? Object.defineProperty(globalThis, "reportError", own) : delete globalThis.reportError));
  const thrower = (message) => () => {
    throw new Error(message);
  };
  const fixed = state(dispatcher(), ID, "fixed", thrower("reducer"), { confirm: thrower("confirm") });
  const end = fixed.subscribe(thrower("listener"));
  assert.deepEqual(await fixed.run(1), [1]);
  end();
  assert.equal(fixed.getSnapshot().value, "fixed");
  assert.equal(fixed.getSnapshot().status, "success");
  assert.deepEqual([...new Set(reported)].sort(), ["confirm", "listener", "reducer"]);
});

test("a wrong argument is INVALID_OPTION", async () => {
  const d = dispatcher();
  const invalid = { code: "INVALID_OPTION" };
  assert.throws(() => state({}, ID, 0), invalid);
  assert.throws(() => state(d, ID, 0, 5), invalid);
  assert.throws(() => state(d, ID, 0, undefined, null), invalid);
  assert.throws(() => state(d, ID, 0, undefined, { confirm: true }), invalid);
  assert.throws(() => state(d, ID, 0, undefined, { previous: 1 }), invalid);
  assert.throws(() => state(d, ID, 0, undefined, { idempotencyKey: "one" }), invalid);
  assert.throws(() => state(d, ID, 0).subscribe(5), invalid);
  const unknown = state(d, ID, 0, undefined, { lanes: "x" });
  await assert.rejects(unknown.run(), invalid);
  assert.equal(unknown.getSnapshot().error.code, "INVALID_OPTION");
});

test("the snapshot is the same object while nothing changes, and no subscriber is told", async () => {
  const open = hold("b");
  const last = state(dispatcher(), ID, "same", undefined, answering('"same"'));
  const seen = [];
  last.subscribe((snapshot) => seen.push(snapshot));
  last.reset();
  assert.equal(last.getSnapshot(), seen[0]);
  const calls = [last.run("a")];
  const pending = last.getSnapshot();
  calls.push(last.run("b"));
  await calls[0];
  assert.equal(last.getSnapshot(), pending, "a second run, and the result of the first, change nothing");
  open();
  await calls[1];
  assert.deepEqual(seen.map(({ status }) => status), ["idle", "pending", "success"]);
});

test("a subscriber is called at once, then after each change, and no more after its end", async () => {
  const total = state(dispatcher(), ID, 0, sum, { confirm: added });
  const seen = [];
  const { subscribe, run } = total;
  const end = subscribe(({ value }) => seen.push(value));
  assert.deepEqual(seen, [0]);
  const call = run(1);
  assert.deepEqual(seen, [0, 1], "at once, so that a click is seen in the same frame");
  end();
  end();
  await call;
  await run(2);
  assert.deepEqual(seen, [0, 1]);
});

test("a subscriber that runs the action again, or ends another, sees each snapshot once and the last one at the end", async () => {
  const total = state(dispatcher(), ID, 0, sum, { confirm: added });
  const seen = { first: [], second: [] };
  const calls = [];
  let endThird;
  total.subscribe((snapshot) => {
    seen.first.push(snapshot);
    if (snapshot.value === 1) {
      endThird();
      calls.push(total.run(10));
    }
  });
  total.subscribe((snapshot) => seen.second.push(snapshot));
  endThird = total.subscribe(({ value }) => assert.equal(value, 0));
  calls.push(total.run(1));
  assert.deepEqual([seen.first.map(({ value }) => value), seen.second.map(({ value }) => value)], [[0, 1, 11], [0, 11]]);
  await Promise.all(calls);
  for (const list of Object.values(seen)) assert.equal(list.at(-1), total.getSnapshot());
});
