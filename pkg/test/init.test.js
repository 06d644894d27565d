// Reads the arguments of `fetch`: `d.route` and `d.fetch` accept what the platform's accepts, and send the same
// request.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher } from "../node.js";
import { ID, flight, serve } from "./server.js";

let server;
before(async () => {
  server = await serve((request, response, body) => {
    if (request.headers["next-action"]) return flight(response, JSON.stringify(body));
    response.writeHead(Number(new URL(request.url, "http://x").searchParams.get("status") ?? 200)).end(JSON.stringify({ method: request.method, body }));
  });
});
after(() => server.close());

/** Both functions that take the arguments of `fetch`. */
const ways = (d) => [d.route, d.fetch];

/** Returns the arguments that the page's own `fetch` gets for one request, by each function. */
async function argumentsOfFetch(input, init, options) {
  const calls = [];
  const d = createDispatcher({ url: server.url, fetch: async (...args) => (calls.push(args), new Response("{}")) });
  for (const way of ways(d)) await way(input, init, options);
  return calls;
}

const last = () => server.requests.at(-1);

test("a Request instead of the options gives all that it has", async () => {
  const d = createDispatcher({ url: server.url });
  for (const way of ways(d)) {
    await way(`${server.url}new`, new Request(`${server.url}old`, { method: "DELETE", headers: { "X-A": "1" } }));
    assert.deepEqual([last().method, last().url, last().headers["x-a"]], ["DELETE", "/new", "1"]);
    await way(`${server.url}new`, new Request(`${server.url}old`, { method: "PUT", body: "its body" }));
    assert.deepEqual([last().method, last().body], ["PUT", "its body"]);
  }
  const action = new Request(`${server.url}old`, { method: "POST", headers: { "next-action": ID }, body: "in its lane" });
  const lanes = [];
  d.subscribe(({ lane }) => lanes.push(lane));
  assert.match(await (await d.fetch(server.url, action)).text(), /in its lane/);
  assert.deepEqual([...new Set(lanes)], ["main"]);
});

test("the body of a Request as options is sent once; the body of a Request as input is sent again", async () => {
  const d = createDispatcher({ url: server.url });
  const from = server.requests.length;
  const init = new Request(`${server.url}old`, { method: "PUT", body: "once" });
  const response = await d.route(`${server.url}?status=503`, init, { idempotencyKey: "k", retry: { limit: 2, delay: 1 } });
  assert.deepEqual([response.status, server.requests.length - from], [503, 1]);
  const again = new Request(`${server.url}?status=503`, { method: "PUT", body: "again" });
  await d.route(again, undefined, { idempotencyKey: "k", retry: { limit: 2, delay: 1 } });
  assert.deepEqual(server.requests.slice(from + 1).map(({ body }) => body), ["again", "again", "again"]);
});

test("inherited options count, and each getter runs once", async () => {
  const reads = [];
  class Options {
    get method() { return reads.push("method"), "PUT"; }
    get headers() { return reads.push("headers"), { "x-a": "1" }; }
    get body() { return reads.push("body"), "text"; }
  }
  class Own extends Options {
    get cache() { return reads.push("cache"), "no-store"; }
  }
  const d = createDispatcher({ url: server.url });
  for (const way of ways(d)) {
    reads.length = 0;
    await way(server.url, new Own());
    assert.deepEqual(reads.sort(), ["body", "cache", "headers", "method"]);
    assert.deepEqual([last().method, last().headers["x-a"], last().body], ["PUT", "1", "text"]);
  }
});

test("options may be missing or a function, but no other value", async () => {
  const d = createDispatcher({ url: server.url });
  for (const way of ways(d)) {
    for (const init of [null, undefined, {}, () => {}]) assert.equal((await way(server.url, init)).status, 200);
    await way(server.url, Object.assign(() => {}, { method: "DELETE" }));
    assert.equal(last().method, "DELETE");
  }
  for (const odd of ["GET", 7, true, Symbol("x")]) {
    await assert.rejects(d.fetch(server.url, odd), TypeError);
    await assert.rejects(d.route(server.url, odd), { code: "INVALID_OPTION" });
  }
});

test("unknown members are passed on if they are the object's own", async () => {
  const mark = Symbol("of a wrapper");
  const init = Object.assign(Object.create({ inherited: 1 }), JSON.parse('{"__proto__": {"polluted": 1}, "future": "value"}'), { [mark]: 1 });
  for (const [, got] of await argumentsOfFetch(server.url, init)) {
    assert.deepEqual([got.future, got[mark], got.inherited, got.polluted, Object.getPrototypeOf(got)], ["value", 1, undefined, undefined, Object.prototype]);
  }
});

test("headers of every form are read once, and passed on in the same form", async () => {
  let reads = 0;
  const forms = {
    record: () => ({ "X-A": "1", get "X-B"() { return String(++reads); } }),
    list: () => [["X-A", "1"], ["X-B", String(++reads)]],
    headers: () => new Headers({ "X-A": "1", "X-B": String(++reads) }),
    generator: () => (function* () { yield ["X-A", "1"]; yield ["X-B", String(++reads)]; })(),
    map: () => new Map([["X-A", "1"], ["X-B", String(++reads)]]),
  };
  for (const [form, make] of Object.entries(forms)) {
    for (const way of ["route", "fetch"]) {
      reads = 0;
      const calls = [];
      const d = createDispatcher({ url: server.url, fetch: async (...args) => (calls.push(args), new Response("{}")) });
      await d[way](server.url, { method: "POST", headers: make() });
      const { headers } = calls[0][1];
      assert.deepEqual([new Headers(headers).get("x-a"), new Headers(headers).get("x-b")], ["1", "1"], form);
      if (form === "record") assert.deepEqual({ ...headers }, { "X-A": "1", "X-B": "1" });
      assert.equal(headers instanceof Headers, form === "headers");
    }
  }
});

test("the key of a route is added to a plain object, and replaces a header of its name", async () => {
  const options = { idempotencyKey: "mine" };
  for (const headers of [{ "X-A": "1", "Idempotency-KEY": "other" }, [["X-A", "1"]], new Headers({ "X-A": "1" }), undefined]) {
    const [[, init]] = await argumentsOfFetch(server.url, { method: "POST", headers }, options);
    const spread = { ...init.headers, "x-b": "2" };
    const expected = { ...(headers && { "x-a": "1" }), "idempotency-key": "mine", "x-b": "2" };
    assert.deepEqual(Object.fromEntries(Object.entries(spread).map(([name, value]) => [name.toLowerCase(), value])), expected);
  }
  const [[, { headers }]] = await argumentsOfFetch(server.url, { method: "POST", headers: { "Content-Type": "text/plain" } }, options);
  assert.deepEqual(Object.keys(headers), ["Content-Type", "idempotency-key"]);
});

test("all of a Request is in the Request, for wrappers that pass on nothing else", async () => {
  const fetched = [];
  const own = async (input, init) => {
    fetched.push(init);
    return fetch(input instanceof Request ? input : [input, init]);
  };
  const d = createDispatcher({ url: server.url, fetch: own });
  await d.route(new Request(server.url, { method: "POST", headers: { "x-a": "1" }, body: "b" }), undefined, { idempotencyKey: "mine" });
  assert.deepEqual([last().method, last().headers["x-a"], last().headers["idempotency-key"], last().body], ["POST", "1", "mine", "b"]);
  const given = new AbortController();
  const slow = d.route(new Request(server.url), { signal: given.signal, headers: { "x-a": "2" } });
  await slow;
  assert.equal(last().headers["x-a"], "2");
});

test("a signal of null removes that of the Request", async () => {
  const request = () => new Request(server.url, { signal: AbortSignal.abort() });
  const d = createDispatcher({ url: server.url });
  for (const way of ways(d)) {
    await assert.rejects(way(request()));
    assert.equal((await way(request(), { signal: null })).status, 200);
  }
});

test("a Request of another class or realm is recognised", async () => {
  class Mine extends Request {}
  const { default: other } = await import("node-fetch");
  for (const [make, fetch] of [[(...args) => new Mine(...args)], [(...args) => new other.Request(...args), other]]) {
    const d = createDispatcher({ url: server.url, fetch });
    const from = server.requests.length;
    const events = [];
    d.subscribe((event) => events.push(event));
    await d.route(make(`${server.url}x?status=503`, { method: "POST", body: "b" }), undefined, { retry: { limit: 2, delay: 1 } });
    assert.deepEqual(server.requests.slice(from).map(({ method, body }) => [method, body]), [["POST", "b"]], "a POST without a key is not sent again");
    await d.idle();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(events.at(-1).name, "POST /x");
    const action = make(server.url, { method: "POST", headers: { "Next-Action": ID }, body: "in its lane" });
    assert.match(await (await d.fetch(action)).text(), /in its lane/);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(events.at(-1).lane, "main");
  }
});

test("a URL object, or an object with toString(), is an address", async () => {
  for (const [input] of await argumentsOfFetch(new URL(`${server.url}x`))) assert.equal(input, `${server.url}x`);
  let reads = 0;
  const inputs = await argumentsOfFetch({ toString: () => `${server.url}${++reads}` });
  assert.deepEqual(inputs.map(([input]) => input), [`${server.url}1`, `${server.url}2`]);
});

test("a change that the page makes while an action waits is not sent", async () => {
  const d = createDispatcher({ url: server.url });
  const from = server.requests.length;
  const bodies = [Object.assign(new FormData(), {}), new URLSearchParams(), new TextEncoder().encode("a=1"), new TextEncoder().encode("a=1").buffer];
  for (const body of bodies.slice(0, 2)) body.append("a", "1");
  const headers = new Headers({ "next-action": ID, "x-a": "1" });
  d.pause();
  const sent = bodies.map((body) => d.fetch(server.url, { method: "POST", headers, body }));
  headers.set("x-a", "2");
  for (const body of bodies.slice(0, 2)) body.set("a", "2");
  for (const body of bodies.slice(2)) new Uint8Array(body.buffer ?? body)[2] = 50;
  d.resume();
  await Promise.all(sent);
  const arrived = server.requests.slice(from);
  assert.deepEqual(arrived.map(({ headers }) => headers["x-a"]), ["1", "1", "1", "1"]);
  assert.match(arrived[0].body, /name="a"\r\n\r\n1\r\n/);
  assert.deepEqual(arrived.slice(1).map(({ body }) => body), ["a=1", "a=1", "a=1"]);
});

test("each attempt has headers of its own", async () => {
  const seen = [];
  const wrapper = async (input, init) => {
    if (init.headers instanceof Headers) init.headers.append("x-a", "b");
    else init.headers["x-a"] = `${init.headers["x-a"] ?? ""}b`;
    seen.push(new Headers(init.headers).get("x-a"));
    return new Response("", { status: 503 });
  };
  const retry = { limit: 2, delay: 1 };
  const d = createDispatcher({ url: server.url, fetch: wrapper });
  await d.route(server.url, { headers: {} }, { retry });
  await d.route(server.url, { headers: new Headers() }, { retry });
  await assert.rejects(d.call(ID, [], { retry, idempotencyKey: true }), { code: "HTTP" });
  assert.deepEqual(seen, Array(9).fill("b"));
});

test("an action has its headers in a plain object, spelled as Next.js spells them", async () => {
  const calls = [];
  const fetch = async (url, init) => (calls.push([url, init]), new Response('0:{"a":1}\n', { headers: { "content-type": "text/x-component" } }));
  const d = createDispatcher({ url: server.url, fetch, headers: [["__proto__", "odd"], ["X-A", "1"], ["x-a", "2"]] });
  await d.call(ID, [], { headers: { "X-B": "3" } });
  const [[url, { headers }]] = calls;
  assert.equal(typeof url, "string");
  assert.equal(Object.getPrototypeOf(headers), Object.prototype);
  assert.deepEqual(Object.entries(headers).sort(), [["Accept", "text/x-component"], ["__PROTO__", "odd"], ["next-action", ID], ["x-a", "1, 2"], ["x-b", "3"]]);
  assert.equal(new Headers(Object.assign({}, headers)).get("__proto__"), "odd");
});
