// `keepalive`: which requests have it, within the limits that browsers set.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDispatcher } from "../node.js";
import { ID, over } from "./server.js";

const url = "http://localhost/";
const answer = () => new Response('0:{"a":"$@1"}\n1:"ok"\n', { headers: { "content-type": "text/x-component" } });

/** Makes a dispatcher with a `fetch` that records its options; `open[i]()` answers the requests to `/open`. */
function watched(options) {
  const inits = [];
  const open = [];
  const fetch = (url, init) => {
    inits.push(init);
    return url.endsWith("/open") ? new Promise((resolve) => open.push(() => resolve(answer()))) : Promise.resolve(answer());
  };
  return { d: createDispatcher({ url, fetch, ...options }), inits, open };
}

/** Returns arguments whose encoded body has this many bytes. */
const body = (bytes) => ["x".repeat(bytes - 4)];

const until = async (condition) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
};

test("a request outlives its page, unless the caller forbids it", async () => {
  for (const [own, common, expected] of [
    [undefined, undefined, true],
    [undefined, false, undefined],
    [true, false, true],
    [false, true, undefined],
    [false, undefined, undefined],
  ]) {
    const { d, inits } = watched({ keepalive: common });
    const { keepalive } = await d.call(ID, [], { keepalive: own }).outcome;
    assert.equal(inits[0].keepalive, expected, `${own} ${common}`);
    assert.equal(keepalive, undefined, "the outcome reports only a request without keepalive");
  }
});

test("a body above 64 KiB is sent without keepalive, and its outcome says so", async () => {
  const { d, inits } = watched();
  const events = [];
  d.subscribe((event) => events.push(event));
  assert.equal((await d.call(ID, body(65_536)).outcome).keepalive, undefined);
  const large = d.call(ID, body(65_537));
  assert.equal((await large.outcome).keepalive, false);
  // Bytes are counted in UTF-8.
  assert.equal((await d.call(ID, ["ü".repeat(32_767)]).outcome).keepalive, false);
  assert.deepEqual(inits.map(({ keepalive }) => keepalive), [true, undefined, undefined]);
  await d.idle();
  await over(large);
  const done = events.filter(({ state }) => state === "done").map(({ keepalive }) => keepalive);
  assert.deepEqual(done.slice(0, 2), [undefined, false]);
});

test("all open bodies of the page together take at most 64 KiB", async () => {
  const one = watched();
  const two = watched();
  const options = { url: "http://localhost/open", lane: "parallel" };
  const first = one.d.call(ID, body(40_000), options);
  const second = two.d.call(ID, body(25_536), options);
  await until(() => one.open.length + two.open.length === 2);
  assert.equal((await one.d.call(ID, body(10), { lane: "parallel" }).outcome).keepalive, false);
  one.open[0]();
  await first;
  await over(first);
  assert.equal((await one.d.call(ID, body(40_000)).outcome).keepalive, undefined);
  two.open[0]();
  await over(second);
});

test("an aborted call frees its bytes at once, but its place only after the time in which the browser has surely ended it", async (t) => {
  const { d, inits } = watched();
  const options = { url: "http://localhost/open" };
  const giveUp = async () => {
    const [call, before] = [d.call(ID, body(65_536), options), inits.length];
    await until(() => inits.length > before);
    call.abort();
    await assert.rejects(call, { code: "ABORTED" });
    await over(call);
    return inits.at(-1).keepalive;
  };
  assert.deepEqual([await giveUp(), await giveUp(), await giveUp(), await giveUp(), await giveUp()], [true, true, true, true, undefined]);
  assert.equal((await d.call(ID).outcome).keepalive, false);
  const now = performance.now();
  t.mock.method(performance, "now", () => now + 30_000);
  assert.equal((await d.call(ID).outcome).keepalive, undefined);
});

test("a call whose answer has begun, or that failed by itself, holds no place after its end", async () => {
  let answered;
  const body = () => new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('0:{"a":"$@1"}\n')) });
  const fetch = (url) => {
    if (url.endsWith("/fails")) return Promise.reject(new TypeError("scripted"));
    answered?.();
    return Promise.resolve(new Response(body(), { headers: { "content-type": "text/x-component" } }));
  };
  const d = createDispatcher({ url, fetch });
  for (let i = 0; i < 5; i++) {
    const begun = new Promise((resolve) => (answered = resolve));
    const call = d.call(ID);
    await begun;
    await new Promise((resolve) => setTimeout(resolve, 1));
    call.abort();
    const { outcome } = await call.then(assert.fail, (error) => error);
    assert.equal(outcome?.keepalive, undefined);
    await over(call);
    await assert.rejects(d.call(ID, [], { url: "http://localhost/fails" }), ({ outcome }) => outcome?.keepalive === undefined);
  }
});

test("at most four requests at once outlive their page", async () => {
  const { d, inits, open } = watched();
  const calls = Array.from({ length: 10 }, () => d.call(ID, [], { url: "http://localhost/open", lane: "parallel" }));
  await until(() => open.length === 10);
  assert.equal(inits.filter(({ keepalive }) => keepalive).length, 4);
  for (const answer of open) answer();
  await Promise.all(calls);
});

test("a form counts with a margin, since its exact size is unknown", async () => {
  const { d } = watched();
  const form = (bytes) => {
    const form = new FormData();
    form.append("file", new Blob(["x".repeat(bytes)]));
    return [form];
  };
  assert.equal((await d.call(ID, form(60_000)).outcome).keepalive, undefined);
  assert.equal((await d.call(ID, form(65_000)).outcome).keepalive, false);
});

test("a call that fails without keepalive says so too", async () => {
  const d = createDispatcher({ url, fetch: () => Promise.reject(new TypeError("scripted")) });
  await assert.rejects(d.call(ID, body(70_000)), ({ outcome }) => outcome.keepalive === false);
});
