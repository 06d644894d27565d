// `d.fetch` with its third argument, and the moment at which the lane of an action is free whose request other code
// has built.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { createDispatcher, isActionError } from "../node.js";
import { FLIGHT, LATE, OPEN, VALUE, turn } from "./order.js";
import { ID, serve, until } from "./server.js";
import { trapInPromise } from "./traps.js";

const URL_OF_APP = "http://app.example/";
const post = (more) => ({ method: "POST", headers: { "Next-Action": ID }, body: "[]", ...more });

/** Returns a dispatcher whose `fetch` waits until the test answers; `sent` has each request, in order. */
function gated(options) {
  const sent = [];
  const fetch = (input, init) => new Promise((resolve, reject) => {
    const request = { input, init, cancelled: [], pulls: 0, reject };
    request.head = (head) => {
      const body = new ReadableStream({
        start: (stream) => (request.stream = stream),
        pull: () => void (request.pulls += 1),
        cancel: (reason) => void request.cancelled.push(reason),
      }, { highWaterMark: 0 });
      resolve((request.response = new Response(body, { headers: FLIGHT, ...head })));
    };
    request.give = resolve;
    request.chunk = (text) => request.stream.enqueue(typeof text === "string" ? new TextEncoder().encode(text) : text);
    const { signal } = init ?? input;
    signal.addEventListener("abort", () => reject(signal.reason));
    sent.push(request);
  });
  const d = createDispatcher({ url: URL_OF_APP, fetch, ...options });
  open.push(d);
  const act = (options, init) => {
    const answer = d.fetch(URL_OF_APP, post(init), options);
    answer.catch(() => {}); // the dispatcher may be closed first
    return answer;
  };
  return { d, sent, act };
}

const open = [];
afterEach(() => open.splice(0).forEach((d) => d.close()));

/**
 * Makes two actions, of which the second starts once the lane of the first is free. `first` is the first one's
 * request.
 */
async function two(make = gated(), options) {
  const answer = make.act(options);
  const next = make.act({ name: "next" });
  await until(() => make.sent.length === 1);
  return { ...make, answer, next, first: make.sent[0] };
}

const settled = async () => (await turn(), await turn());

test("the lane is free at the value and not before, even if the caller reads nothing", async () => {
  const { sent, first, answer, d } = await two();
  first.head();
  const response = await answer;
  await settled();
  assert.equal(sent.length, 1, "the head has arrived");
  first.chunk('0:{"a":"$@1","f":"$3"}\n');
  await settled();
  first.chunk('1:{"x":"$2"}\n');
  await settled();
  assert.equal(sent.length, 1, "the value needs one more row");
  const info = d.snapshot()[0];
  assert.deepEqual([info.state, info.valueAt, d.pending], ["draining", undefined, 1]);
  first.chunk('2:"deep"\n');
  await settled();
  assert.equal(sent.length, 2, "the value has arrived, the page has not");
  first.chunk('3:["page"]\n');
  first.stream.close();
  assert.equal(await response.text(), '0:{"a":"$@1","f":"$3"}\n1:{"x":"$2"}\n2:"deep"\n3:["page"]\n');
});

test("the lane is free at the head if the caller says so, or if the response is no action's answer", async () => {
  for (const [options, head] of [
    [{ frees: "head" }], [{}, { headers: { "content-type": "text/html" } }], [{}, { headers: { ...FLIGHT, "x-nextjs-action-not-found": "1" } }],
    [{}, { headers: { ...FLIGHT, "x-action-redirect": "/x;push" } }],
  ]) {
    const { sent, first, answer } = await two(gated(), options);
    first.head(head);
    assert.equal(await answer, first.response, "the response is returned unchanged");
    await settled();
    assert.deepEqual([sent.length, first.pulls], [2, 0], JSON.stringify([options, head]));
  }
  for (const given of [new Response(null, { headers: FLIGHT }), { status: 200, headers: new Headers(FLIGHT), body: null }, "odd"]) {
    const { sent, first, answer } = await two();
    first.give(given);
    assert.equal(await answer, given);
    await settled();
    assert.equal(sent.length, 2);
  }
});

test("after the value the body is read when its caller reads it, and errors and ends likewise", async () => {
  const { first, answer } = await two();
  first.head();
  const reader = (await answer).body.getReader();
  first.chunk(VALUE);
  await settled();
  const { pulls } = first;
  await settled();
  assert.equal(first.pulls, pulls, "the body is not read ahead");
  const given = new Uint8Array([50, 58, 49, 10]);
  assert.equal(new TextDecoder().decode((await reader.read()).value), VALUE);
  const read = reader.read();
  await settled();
  assert.equal(first.pulls, pulls + 1);
  first.chunk(given);
  assert.equal((await read).value, given, "the same bytes, not a copy");
  const why = new Error("cut");
  const last = reader.read();
  first.stream.error(why);
  await assert.rejects(last, (error) => error === why);
});

test("a caller that reads at the same time gets each chunk when it arrives", async () => {
  const { first, answer } = await two();
  first.head();
  const reader = (await answer).body.getReader();
  for (const text of ['0:{"a":"$@1"}\n', "1:7", "\n", "2:1\n"]) {
    const read = reader.read();
    await settled();
    first.chunk(text);
    assert.equal(new TextDecoder().decode((await read).value), text);
  }
  const end = reader.read();
  first.stream.close();
  assert.deepEqual(await end, { done: true, value: undefined });
  // A read that begins before the value, and ends after it; then a chunk that is no bytes.
  const other = await two();
  other.first.head();
  const eager = (await other.answer).body.getReader();
  const reads = [eager.read(), eager.read()];
  other.first.chunk(VALUE);
  await reads[0];
  await settled();
  other.first.chunk(LATE);
  assert.equal(new TextDecoder().decode((await reads[1]).value), LATE);
  const odd = await two();
  odd.first.head();
  const body = (await odd.answer).body.getReader();
  odd.first.stream.enqueue("text");
  assert.equal((await body.read()).value, "text");
});

test("the caller may transfer the bytes that it gets", async () => {
  const { sent, first, answer } = await two();
  first.head();
  const reader = (await answer).body.getReader();
  const read = reader.read().then(({ value }) => structuredClone(value.buffer, { transfer: [value.buffer] }));
  first.chunk(VALUE);
  assert.equal((await read).byteLength, VALUE.length);
  await settled();
  assert.equal(sent.length, 2);
});

test("the lane is free if the answer ends, breaks off, is cancelled, or exceeds the limits", async () => {
  const ways = {
    ends: ({ stream }) => stream.close(),
    "breaks off": ({ stream }) => stream.error(new Error("cut")),
    "is no rows": (first) => first.chunk("<html>"),
    "is no bytes": ({ stream }) => stream.enqueue("text"),
  };
  for (const [way, act] of Object.entries(ways)) {
    const { sent, first, answer } = await two();
    first.head();
    await answer;
    first.chunk('0:{"a":"$@1"}\n');
    await settled();
    assert.equal(sent.length, 1);
    act(first);
    await settled();
    assert.equal(sent.length, 2, way);
  }
  const { sent, first, answer } = await two();
  first.head();
  const { body } = await answer;
  await settled();
  await body.cancel("mine");
  await settled();
  assert.deepEqual([sent.length, first.cancelled], [2, ["mine"]]);
  const bounded = await two(gated({ limits: { maxBytes: 20 } }));
  bounded.first.head();
  const response = await bounded.answer;
  for (const text of ['0:{"a":"$@1"}\n', "1:[1,2,3,4", ',"and on"]\n']) bounded.first.chunk(text);
  bounded.first.stream.close();
  await settled();
  assert.equal(bounded.sent.length, 2);
  assert.match(await response.text(), /"and on"\]\n$/, "the caller reads all of it");
});

test("a signal of the init or the options breaks the body off before the value, and so does close(), but not cancel()", async () => {
  for (const which of ["init", "options", "cancel"]) {
    const [init, options] = [new AbortController(), new AbortController()];
    const made = gated();
    const answer = made.act({ signal: options.signal }, { signal: init.signal });
    made.act();
    await until(() => made.sent.length === 1);
    made.sent[0].head();
    const response = await answer;
    const read = response.text();
    await settled();
    if (which === "cancel") assert.equal(made.d.cancel(({ id }) => id === 1, "why"), 0, "the call has settled");
    else ({ init, options })[which].abort("why");
    if (which !== "cancel") await assert.rejects(read, (error) => error === "why");
    await settled();
    assert.deepEqual([made.sent.length, made.sent[0].cancelled], which === "cancel" ? [1, []] : [2, ["why"]], which);
    made.d.close();
    if (which === "cancel") await assert.rejects(read, { code: "CLOSED" });
  }
});

test("either signal aborts a call that waits, and neither keeps a listener", async () => {
  for (const which of ["init", "options"]) {
    const [init, options] = [new AbortController(), new AbortController()];
    const heard = [];
    for (const [name, { signal }] of Object.entries({ init, options })) {
      const { addEventListener: add, removeEventListener: remove } = signal;
      signal.addEventListener = (...args) => (heard.push(`${name}+`), add.apply(signal, args));
      signal.removeEventListener = (...args) => (heard.push(`${name}-`), remove.apply(signal, args));
    }
    const { d, sent, act } = gated();
    act();
    const waits = act({ signal: options.signal }, { signal: init.signal });
    await until(() => sent.length === 1);
    ({ init, options })[which].abort("why");
    await assert.rejects(waits, (error) => error === "why");
    assert.deepEqual(heard.sort(), ["init+", "init-", "options+", "options-"]);
    await assert.rejects(act({ signal: AbortSignal.abort("before") }), (error) => error === "before");
    assert.equal(d.pending, 1);
    d.close();
  }
});

test("time limits run until the value: the body fails with their error", async () => {
  for (const [options, code] of [[{ timeout: 30 }, "TIMEOUT"], [{ deadline: 30 }, "DEADLINE"], [{ stallTimeout: 30 }, "TIMEOUT"]]) {
    const { sent, first, answer } = await two(gated(), { ...options, name: "slow" });
    first.head();
    const failed = (error) => isActionError(error) && error.code === code && error.sent === "yes" && error.actionName === "slow";
    await assert.rejects((await answer).text(), failed);
    await settled();
    assert.equal(sent.length, 2);
    const { act, sent: others } = gated();
    const before = act({ deadline: 30, name: "slow" });
    await until(() => others.length === 1);
    await assert.rejects(before, { code: "DEADLINE", sent: "unknown", actionName: "slow" });
  }
});

test("an instance that fails breaks the body off, and the next action goes to a new instance", async () => {
  const { sent, first, answer, next, act } = await two();
  first.head();
  const read = (await answer).text();
  await settled();
  trapInPromise();
  first.chunk(VALUE);
  await assert.rejects(read, { code: "INTERNAL" });
  await assert.rejects(next, { code: "INTERNAL" });
  const fresh = act();
  await until(() => sent.length === 2);
  sent[1].head();
  sent[1].chunk(VALUE);
  sent[1].stream.close();
  assert.equal(await (await fresh).text(), VALUE);
});

test("after the value the dispatcher never breaks the body off", async () => {
  const { d, first, answer } = await two(gated(), { timeout: 20, stallTimeout: 20, deadline: 20 });
  first.head();
  const response = await answer;
  first.chunk(OPEN);
  await settled();
  await new Promise((resolve) => setTimeout(resolve, 40));
  d.close();
  first.chunk(LATE);
  first.stream.close();
  assert.equal(await response.text(), OPEN + LATE);
});

test("the caller's own signals do break it off, as with fetch", async () => {
  for (const which of ["init", "options"]) {
    const made = { init: new AbortController(), options: new AbortController() };
    const { sent, act, d } = gated();
    const answer = act({ signal: made.options.signal }, { signal: made.init.signal });
    await until(() => sent.length === 1);
    sent[0].head();
    await answer;
    sent[0].chunk(VALUE);
    await until(() => d.snapshot().length === 0);
    made[which].abort("why");
    assert.equal(sent[0].init.signal.reason, "why");
  }
});

test("a failed request is sent again under its key, but not after the caller has the response", async () => {
  const { sent, act, d } = gated();
  const retry = { limit: 2, delay: 1 };
  const answer = act({ retry, idempotencyKey: true, trace: { requestId: "r" }, headers: (attempt) => ({ "x-attempt": attempt }) }, { headers: [["next-action", ID], ["x-own", "o"]] });
  await until(() => sent.length === 1);
  sent[0].reject(new TypeError("no network"));
  await until(() => sent.length === 2);
  sent[1].head({ status: 503, headers: {} });
  await until(() => sent.length === 3);
  const keys = sent.map(({ init }) => new Headers(init.headers).get("idempotency-key"));
  assert.match(keys[0], /^[\da-f-]{36}$/);
  assert.deepEqual(keys, [keys[0], keys[0], keys[0]]);
  assert.deepEqual(sent.map(({ init: { headers } }) => [headers["x-attempt"], headers["x-own"], headers["x-request-id"], headers["next-action"]]), ["1", "2", "3"].map((attempt) => [attempt, "o", "r", ID]));
  sent[2].head();
  await answer;
  sent[2].stream.error(new Error("cut"));
  await settled();
  assert.deepEqual([sent.length, d.snapshot()], [3, []]);
  // The caller gets the last response, also if it is an error.
  const refused = act({ retry: { limit: 1, delay: 1 }, idempotencyKey: "mine" });
  for (const at of [3, 4]) {
    await until(() => sent.length === at + 1);
    sent[at].head({ status: 503, headers: {} });
  }
  assert.equal((await refused).status, 503);
  assert.equal(sent[4].init.headers["idempotency-key"], "mine");
});

test("a Request is sent again too, a stream is not", async () => {
  const { sent, d } = gated({ retry: { limit: 1, delay: 1 }, idempotency: true, trace: true });
  const request = new Request(URL_OF_APP, post({ headers: { "next-action": ID, "idempotency-key": "its-own", traceparent: "x" } }));
  const answer = d.fetch(request, undefined, { trace: { requestId: "r" } });
  await until(() => sent.length === 1);
  sent[0].reject(new TypeError("no network"));
  await until(() => sent.length === 2);
  for (const { input } of sent) {
    const read = ["idempotency-key", "traceparent", "x-request-id"].map((name) => input.headers.get(name));
    assert.deepEqual([await input.text(), ...read], ["[]", "its-own", "x", "r"]);
  }
  sent[1].head({ headers: {} });
  await answer;
  const stream = d.fetch(URL_OF_APP, post({ body: new Blob(["[]"]).stream(), duplex: "half" }));
  await until(() => sent.length === 3);
  sent[2].reject(new TypeError("no network"));
  await assert.rejects(stream, TypeError);
  assert.match(new Headers(sent[2].init.headers).get("idempotency-key"), /^[\da-f-]{36}$/);
});

test("lane, name, key and strategy work as for a call", async () => {
  const { sent, act, d } = gated({ lanes: { cart: { strategy: "drop" } } });
  const events = [];
  d.subscribe(({ name, lane, state, code }) => events.push([name, lane, state, code].filter(Boolean).join(" ")));
  const first = act({ lane: "cart", name: "add", key: "k" });
  await assert.rejects(act({ lane: "cart", name: "twice", key: "k" }), { code: "DROPPED", actionName: "twice" });
  await assert.rejects(d.call(ID, [], { key: "k", strategy: "drop" }), { code: "DROPPED" });
  const replacing = act({ lane: "cart", name: "new", key: "k", strategy: "replace" });
  await assert.rejects(first, { code: "REPLACED", actionName: "add" });
  sent.at(-1).head({ headers: {} });
  await replacing;
  await settled();
  assert.deepEqual(events.filter((event) => event.startsWith("new")), ["new cart waiting", "new cart running", "new cart draining ok", "new cart done ok"]);
});

test("an option that a finished request cannot have is refused, with the reason", async () => {
  const { sent, act, d } = gated();
  const refused = {
    url: "/x", durable: true, keepalive: true, redirect: "follow", render: "skip", skew: "fail", limits: { maxBytes: 1 },
    lane: () => "cart", strategy: "join", frees: "never", odd: 1, timeout: -1, headers: { "bad name": "x" },
  };
  for (const [name, value] of Object.entries(refused)) {
    await assert.rejects(act({ [name]: value }), { code: "INVALID_OPTION", message: new RegExp(`\\b${name}\\b`) }, name);
  }
  for (const headers of [{ "next-action": "x" }, { "idempotency-key": "x" }, () => { throw new Error("mine"); }]) {
    await assert.rejects(act({ headers, idempotencyKey: true }), { code: "INVALID_OPTION", sent: "no" });
  }
  assert.deepEqual([sent.length, d.pending], [0, 0]);
});

test("a request that is no action takes the options of a route, and no others", async () => {
  const { sent, d } = gated();
  const none = "only actions have it, and this request is none";
  for (const [name, value, message] of [
    ["lane", "cart", none], ["frees", "head", none], ["headers", {}, none], ["durable", true, none], ["odd", 1, "there is no option"], ["timeout", 0, "expected"],
  ]) {
    await assert.rejects(d.fetch(URL_OF_APP, {}, { [name]: value }), (error) => error.code === "INVALID_OPTION" && error.message.includes(name) && error.message.includes(message));
  }
  const answer = d.fetch(URL_OF_APP, post({ headers: {} }), { retry: { limit: 1, delay: 1 }, idempotencyKey: "mine", name: "session", timeout: 5_000 });
  sent[0].head({ status: 503, headers: {} });
  await until(() => sent.length === 2);
  assert.equal(d.snapshot()[0].name, "session");
  sent[1].head({ headers: {} });
  assert.equal(await answer, sent[1].response);
  assert.deepEqual(sent.map(({ init }) => init.headers["idempotency-key"]), ["mine", "mine"]);
});

test("an option without effect is warned of, as for a call", async () => {
  await import("../lib/warnings/texts.js");
  const { warn } = console;
  const warned = [];
  console.warn = (text) => warned.push(text);
  try {
    const { act } = gated();
    act({ retry: 1, name: "unkeyed" });
    act({ retry: 1, idempotencyKey: true }, { body: new Blob(["[]"]).stream(), duplex: "half" });
    await turn();
  } finally {
    console.warn = warn;
  }
  assert.equal(warned.length, 2);
  assert.match(warned[0], /unkeyed.*retry does nothing without an idempotency key/);
  assert.match(warned[1], /fetch: retry does nothing for a stream/);
});

let server;
before(async () => {
  server = await serve((request, response) => {
    if (request.url === "/from") return response.writeHead(307, { location: "/to" }).end();
    response.writeHead(request.url === "/teapot" ? 418 : 200, { ...FLIGHT, "x-more": "1", "set-cookie": ["a=1", "b=2"] }).end(VALUE);
  });
});
after(() => server.close());

test("the response has the properties that fetch's own would have", async () => {
  const d = createDispatcher();
  for (const path of ["to", "from", "teapot"]) {
    const [theirs, ours] = await Promise.all([fetch(server.url + path, post()), d.fetch(server.url + path, post())]);
    const said = (response) => {
      const { url, redirected, type, status, statusText, ok, bodyUsed, headers } = response;
      const lines = [...headers].filter(([name]) => name !== "date");
      return { url, redirected, type, status, statusText, ok, bodyUsed, lines, body: response.body instanceof ReadableStream };
    };
    assert.deepEqual(said(ours), said(theirs));
    assert.ok(ours instanceof Response);
    const copies = [ours.clone(), theirs.clone()];
    assert.deepEqual(said(copies[0]), said(copies[1]));
    assert.deepEqual(said(copies[0].clone()), said(copies[1]));
    assert.deepEqual([await copies[0].text(), (await ours.blob()).type], [VALUE, (await theirs.blob()).type]);
    assert.equal(ours.bodyUsed, true);
    await assert.rejects(ours.text(), TypeError);
    assert.throws(() => ours.clone(), TypeError);
  }
  for (const read of ["arrayBuffer", "bytes", "text"]) {
    const [theirs, ours] = await Promise.all([fetch(server.url, post()), d.fetch(server.url, post())]);
    if (ours[read]) assert.deepEqual(await ours[read](), await theirs[read]());
  }
});
