// Skew recovery: an action that the server knows under another id is found by its name, and the call is sent again.
import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createDispatcher } from "../node.js";
import { copy } from "./copies.js";
import { flight, serve } from "./server.js";

// A server of build B gets calls from a page of build A. Each test sets `files`, all it serves beside the action:
// path → [status, headers, body].
const OLD = `60${"a".repeat(40)}`;
const NEW = `60${"b".repeat(40)}`;
let files = {};
let server;
before(async () => {
  server = await serve((request, response, body) => {
    if (request.method === "POST" && request.headers["next-action"] === NEW) return flight(response, JSON.stringify(body));
    if (request.method === "POST") {
      response.writeHead(409, { "content-type": "text/plain", "x-nextjs-action-not-found": "1" });
      return response.end("Server Action unavailable.");
    }
    const file = files[request.url];
    if (file === "down") return request.socket.destroy();
    const [status, headers, text] = file ?? [404, {}, ""];
    response.writeHead(status, headers);
    response.end(text);
  });
});
after(() => server.close());

const html = (text) => [200, { "content-type": "text/html" }, `<!DOCTYPE html><html><head>${text}</head></html>`];
const script = (...actions) => [
  200,
  { "content-type": "text/javascript" },
  actions.map(([id, name]) => `(0,r.createServerReference)("${id}",r.callServer,void 0,r.findSourceMapURL,"${name}")`).join(","),
];
const SCRIPT = '<script src="/_next/static/chunks/app.js" async=""></script>';

async function call(options, ref = { id: OLD, name: "save" }) {
  const d = createDispatcher({ url: server.url, ...options });
  const seen = [];
  d.subscribe(({ recovered, actionId }) => recovered && seen.push(actionId));
  server.requests.length = 0;
  const result = await d.call(ref, ["kept"]).then((value) => ({ value }), (error) => ({ error }));
  await d.idle();
  return { ...result, seen, posts: server.requests.filter(({ method }) => method === "POST").length, d };
}

function refused({ error }, message) {
  assert.deepEqual([error.code, error.sent, error.status], ["ACTION_NOT_FOUND", "no", 409]);
  assert.match(error.message, message);
}

test("an action of another build is found by its name, sent once more, and its new id is remembered", async () => {
  files = { "/": html(SCRIPT), "/_next/static/chunks/app.js": script([NEW, "save"], [`00${"c".repeat(40)}`, "other"]) };
  const { value, seen, posts, d } = await call();
  assert.deepEqual([value, seen, posts], ['["kept"]', [NEW], 2]);
  assert.equal(await d.call({ id: OLD, name: "save" }, ["again"]), '["again"]');
  assert.equal(server.requests.filter(({ method }) => method === "POST").length, 3);
});

test("the idempotency key is the same under the new id", async () => {
  const { value, seen } = await call({ idempotency: true });
  assert.deepEqual([value, seen], ['["kept"]', [NEW]]);
  const keys = server.requests.filter(({ method }) => method === "POST").map(({ headers }) => headers["idempotency-key"]);
  assert.equal(keys.length, 2);
  assert.ok(keys[0] && keys[0] === keys[1]);
});

test("many calls at once search once", async () => {
  const d = createDispatcher({ url: server.url });
  server.requests.length = 0;
  const values = await Promise.all(Array.from({ length: 10 }, (_, at) => d.call({ id: OLD, name: "save" }, [at], { lane: "parallel" })));
  assert.deepEqual(values, Array.from({ length: 10 }, (_, at) => `[${at}]`));
  assert.deepEqual(server.requests.filter(({ method }) => method === "GET").map(({ url }) => url), ["/", "/_next/static/chunks/app.js"]);
});

test("a call that cannot be recovered says why, and that the action did not run", async () => {
  const chunk = "/_next/static/chunks/app.js";
  files = { "/": html(SCRIPT), [chunk]: script([NEW, "save"], [`60${"d".repeat(40)}`, "save"]) };
  refused(await call(), /several actions of this name/);
  files = { "/": html(SCRIPT), [chunk]: script([`70${"b".repeat(40)}`, "save"]) };
  refused(await call(), /takes other arguments now/);
  files = { "/": html(SCRIPT), [chunk]: script([OLD, "save"]) };
  refused(await call(), /still has this id/);
  files = { "/": html("<title>no scripts</title>") };
  refused(await call(), /no action of this name any more/);
  files = { "/": html(SCRIPT) };
  refused(await call(), /1 scripts of the page could not be searched/);
  files = { "/": "down" };
  refused(await call(), /the page could not be loaded/);
  files = { "/": [503, { "content-type": "text/html" }, "<h1>down</h1>"] };
  refused(await call(), /the page could not be loaded/);
  files = { "/": [200, { "content-type": "application/octet-stream" }, Buffer.from([0xff, 0xfe, 0, 1])] };
  refused(await call(), /no action of this name any more/);
  files = { "/": html(SCRIPT), [chunk]: script([NEW, "default"]) };
  refused(await call({}, { id: OLD, name: "default" }), /every default export/);
  files = { "/": html(SCRIPT), [chunk]: script([NEW, "save"]) };
  refused(await call({}, OLD), /did not run$/);
  const failed = await call({ skew: "fail" });
  refused(failed, /did not run$/);
  assert.deepEqual(server.requests.filter(({ method }) => method === "GET"), []);
});

test("scripts of other origins are not loaded", async () => {
  const elsewhere = await serve((_request, response) => response.end(script([NEW, "save"])[2]));
  try {
    files = { "/": html(`<script src="${elsewhere.url}_next/static/chunks/app.js"></script>`) };
    refused(await call(), /no action of this name any more/);
    assert.deepEqual(elsewhere.requests, []);
  } finally {
    elsewhere.close();
  }
});

test("an action whose id changes several times is found each time", async () => {
  const ids = ["b", "c", "d"].map((digit) => `60${digit.repeat(40)}`);
  let deployed;
  const posts = [];
  const fetch = async (url, { headers } = {}) => {
    const id = headers?.["next-action"];
    if (String(url).endsWith(".js")) return new Response(script([deployed, "save"])[2]);
    if (id === undefined) return new Response(html(SCRIPT)[2], { headers: { "content-type": "text/html" } });
    posts.push(id);
    if (id === deployed) return new Response('0:{"a":"$@1"}\n1:1\n', { headers: { "content-type": "text/x-component" } });
    return new Response("Server Action unavailable.", { status: 409, headers: { "x-nextjs-action-not-found": "1" } });
  };
  const d = createDispatcher({ url: "http://localhost/", fetch });
  for (const id of ids) {
    deployed = id;
    assert.equal(await d.call({ id: OLD, name: "save" }, []), 1, id);
    posts.length = 0;
    assert.equal(await d.call({ id: OLD, name: "save" }, []), 1);
    assert.deepEqual(posts, [id], "the newest id is remembered");
  }
});

test("if the part for skew recovery cannot be loaded the call says so, and the next search loads it again", async () => {
  const made = await copy();
  try {
    const { createDispatcher } = await import(made.file("node.js"));
    files = { "/": html(SCRIPT), "/_next/static/chunks/app.js": script([NEW, "save"]) };
    const chunk = new URL(made.file("lib/skew/lookup.js"));
    await rename(chunk, new URL(`${chunk}.away`));
    const d = createDispatcher({ url: server.url });
    refused({ error: await d.call({ id: OLD, name: "save" }, ["kept"]).catch((error) => error) }, /the look-up could not be loaded$/);
    await rename(new URL(`${chunk}.away`), chunk);
    assert.equal(await d.call({ id: OLD, name: "save" }, ["kept"]), '["kept"]');
  } finally {
    await made.remove();
  }
});
