// Bodies and responses that a `fetch` of the page's own may give: every readable kind is read; the others fail
// once, with a clear error.
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import nodeFetch from "node-fetch";
import { createDispatcher, decode } from "../node.js";
import { ID, flight, over, serve } from "./server.js";

let server;
before(async () => {
  server = await serve((request, response, body) => {
    const status = Number(new URL(request.url, "http://x").searchParams.get("status") ?? 200);
    if (!request.headers["next-action"]) response.writeHead(status).end("{}");
    else if (status === 200) flight(response, JSON.stringify(body));
    else response.writeHead(status, { "content-type": "text/html" }).end("<p>sorry</p>");
  });
});
after(() => server.close());

const headers = new Headers({ "content-type": "text/x-component" });
const rows = '0:{"a":"$@1"}\n1:"given"\n';
const bytes = () => new TextEncoder().encode(rows);
const halves = [rows.slice(0, 9), rows.slice(9)];
const AGAIN = { idempotencyKey: true, retry: { limit: 3, delay: 1 } };

/** Makes one call with a `fetch` that returns `make()`. Gives how it ended, and `times`: the requests it took. */
async function call(make) {
  let sent = 0;
  const fetch = async () => (sent++, make());
  const call = createDispatcher({ url: server.url, fetch }).call(ID, [], AGAIN);
  const ended = await call.then((value) => ({ value }), ({ code, sent, message, cause }) => ({ code, sent, message, cause }));
  await over(call);
  return { ...ended, times: sent };
}

test("node-fetch 2 works: its bodies are streams of Node.js", async () => {
  const d = createDispatcher({ url: server.url, fetch: nodeFetch });
  const from = server.requests.length;
  assert.equal(await d.call(ID, ["value"], AGAIN), '["value"]');
  assert.equal(server.requests.length - from, 1);
  await assert.rejects(d.call(ID, [], { url: `${server.url}?status=500` }), { code: "HTTP", status: 500, excerpt: "<p>sorry</p>" });
  const route = await d.route(`${server.url}?status=503`, {}, { retry: { limit: 2, delay: 1 } });
  assert.deepEqual([route.status, server.requests.length - from], [503, 5], "bodies that are not read are released");
  const action = { method: "POST", headers: { "Next-Action": ID }, body: "x" };
  assert.match(await (await d.fetch(server.url, action)).text(), /1:"x"/);
});

test("a body is read by the interface it offers", async () => {
  const whole = new Uint8Array([0, 0, ...bytes(), 0]);
  const view = new DataView(whole.buffer, 2, bytes().length);
  const bodies = {
    "a stream of the web": () => ({ body: new Response(rows).body }),
    "one that gives texts": () => ({ body: new ReadableStream({ start: (c) => (halves.forEach((half) => c.enqueue(half)), c.close()) }) }),
    "a stream of Node.js": () => ({ body: Readable.from([Buffer.from(halves[0]), Buffer.from(halves[1])]) }),
    "one that gives texts too": () => ({ body: Readable.from(halves) }),
    "an async generator": () => ({ body: (async function* () { yield* halves; })() }),
    "other views and buffers": () => ({ body: (async function* () { yield view; })() }),
    "buffers": () => ({ body: (async function* () { yield bytes().buffer; })() }),
    "bytes": () => ({ body: bytes() }),
    "a text": () => ({ body: rows }),
    "only arrayBuffer()": () => ({ arrayBuffer: async () => bytes().buffer }),
    "only arrayBuffer(), of what is none": () => ({ arrayBuffer: async () => Buffer.from(rows) }),
    "only text()": () => ({ text: async () => rows }),
    "arrayBuffer() where the body is of no kind that is known": () => ({ body: {}, arrayBuffer: async () => bytes().buffer }),
    "a reader that gives no promises": () => ({ body: { getReader: () => ({ pieces: [rows], read() { return { done: !this.pieces.length, value: this.pieces.pop() }; } }) } }),
  };
  for (const [what, body] of Object.entries(bodies)) {
    const { value, times } = await call(() => ({ status: 200, headers, ...body() }));
    assert.deepEqual([value, times], ["given", 1], what);
  }
});

test("a body that cannot be read fails the call once, and is never sent again", async () => {
  const used = new Response(rows, { headers });
  await used.text();
  const locked = new Response(rows, { headers });
  locked.body.getReader();
  const bodies = {
    "nothing": {},
    "something odd": { body: { pipe() {} } },
    "a reader that cannot be had": { body: { getReader() { throw new Error("mine"); } } },
    "a getter that throws": { get body() { throw new Error("mine"); } },
    "pieces that are no bytes": { body: Readable.from([{ an: "object" }]) },
    "a number": { arrayBuffer: async () => 7 },
  };
  for (const [what, body] of Object.entries(bodies)) {
    const { code, sent, message, times } = await call(() => Object.defineProperties({ status: 200, headers }, Object.getOwnPropertyDescriptors(body)));
    assert.deepEqual([code, sent, times], ["INVALID_OPTION", "yes", 1], what);
    assert.match(message, /: fetch: it gave a body that cannot be read/);
  }
  for (const response of [used, locked]) {
    const { code, sent, times } = await call(() => response);
    assert.deepEqual([code, sent, times], ["INVALID_OPTION", "yes", 1]);
  }
});

test("a response that is no Response fails the call once, and is never sent again", async () => {
  for (const odd of [undefined, null, 7, "text", {}, { status: 200 }, { status: "200", headers }, { status: 200, headers: { "content-type": "text/x-component" } }, { get status() { throw new Error("mine"); } }]) {
    const { code, sent, message, times } = await call(() => odd);
    assert.deepEqual([code, sent, times, message], ["INVALID_OPTION", "unknown", 1, "action 7f000000: fetch: it gave something that is not a Response"]);
  }
});

test("a request whose body breaks off is sent again", async () => {
  const broken = () => Readable.from((async function* () { yield halves[0]; throw new Error("gone"); })());
  for (const body of [broken, () => new ReadableStream({ pull: (c) => c.error(new Error("gone")) })]) {
    const { code, sent, times, cause } = await call(() => ({ status: 200, headers, body: body() }));
    assert.deepEqual([code, sent, times, cause.message], ["NETWORK", "yes", 4, "gone"]);
  }
});

test("an aborted call releases a stream of Node.js", async () => {
  let ended;
  const closed = new Promise((resolve) => (ended = resolve));
  const body = new Readable({ read() {}, destroy: (error, done) => (ended(), done(error)) });
  body.push(rows);
  const call = createDispatcher({ url: server.url, fetch: async () => ({ status: 200, headers, body }) }).call(ID);
  assert.equal(await call, "given");
  call.abort();
  await closed;
});

test("decode() takes all that a fetch of the page's own may give", async () => {
  for (const source of [Readable.from(halves), (async function* () { yield bytes(); })(), await nodeFetchOf(), { body: rows, arrayBuffer() {} }]) {
    const { value, done } = decode(source);
    assert.equal(await (await value).a, "given");
    await done;
  }
  const used = new Response(rows);
  await used.text();
  const locked = new Response(rows).body;
  locked.getReader();
  for (const odd of [used, locked, {}, 7, null, undefined, "text"]) await assert.rejects(decode(odd).value, { code: "INVALID_OPTION" });
  await assert.rejects(decode(Readable.from([{}])).value, { code: "NETWORK" });
});

/** A real response of node-fetch, with the rows above. */
async function nodeFetchOf() {
  const { Response } = await import("node-fetch");
  return new Response(Readable.from(halves));
}
