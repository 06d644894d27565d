// Calls that report the progress of their upload, with the XMLHttpRequest of jsdom. Browsers: `tests/next/progress/`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { JSDOM, VirtualConsole } from "jsdom";
import { createDispatcher } from "../node.js";
import { without } from "./copies.js";
import { ID, flight, makeGate, serve, until } from "./server.js";

let server;
/** Answers the next requests, one each; the others get their body back. */
const answers = [];
before(async () => {
  server = await serve((request, response, body) => (answers.shift() ?? echo)(request, response, body));
  const { window } = new JSDOM("", { url: server.url, virtualConsole: new VirtualConsole() });
  globalThis.XMLHttpRequest = window.XMLHttpRequest;
});
after(() => {
  delete globalThis.XMLHttpRequest;
  server.close();
});

const echo = (_request, response, body) => flight(response, body);

/** Returns the options of a call, and the list that its progress goes to. */
function watched(options) {
  const seen = [];
  return { seen, options: { ...options, onProgress: (progress) => seen.push(progress) } };
}

const dispatcher = (options) => createDispatcher({ url: server.url, ...options });

/** Throws unless the numbers grow up to the total. */
function assertWhole(seen) {
  assert.ok(seen.length > 0);
  const { total } = seen[0];
  seen.forEach((progress, at) => {
    assert.deepEqual(Object.keys(progress), ["loaded", "total"]);
    assert.equal(progress.total, total);
    assert.ok(at === 0 || progress.loaded > seen[at - 1].loaded);
  });
  assert.equal(seen.at(-1).loaded, total);
}

test("the progress of a call grows up to the size of its body, before its value is there", async () => {
  const { seen, options } = watched({ headers: { "x-own": "yes" }, idempotencyKey: "one" });
  const text = "ü".repeat(300_000);
  const value = await dispatcher().call(ID, [text], options);
  assert.deepEqual(value, [text]);
  assertWhole(seen);
  const { headers, body, method } = server.requests.at(-1);
  assert.equal(seen[0].total, Buffer.byteLength(body));
  assert.deepEqual([method, headers["next-action"], headers["x-own"]], ["POST", ID, "yes"]);
  assert.match(headers["idempotency-key"], /one/);
});

test("the headers of such a call are those of any other", async () => {
  const d = dispatcher({ headers: { "x-own": "yes" } });
  await d.call(ID, ["x"]);
  await d.call(ID, ["x"], watched().options);
  const [plain, reported] = server.requests.slice(-2).map(({ headers }) => headers);
  for (const name of ["accept", "content-type", "content-length", "next-action", "x-own"]) {
    assert.equal(reported[name]?.toLowerCase(), plain[name]?.toLowerCase(), name);
  }
});

test("the outcome has status, headers and the address that answered", async () => {
  answers.push((_request, response) => response.writeHead(307, { location: "/moved" }).end());
  answers.push((_request, response) => flight(response, '"there"', { "x-of-server": "a: b" }));
  const { value, status, headers, url } = await dispatcher().call(ID, ["x"], watched().options).outcome;
  assert.deepEqual([value, status, headers.get("x-of-server"), url], ["there", 200, "a: b", `${server.url}moved`]);
});

test("a value is there before the rest of its answer", async () => {
  const gate = makeGate();
  answers.push(async (_request, response) => {
    response.writeHead(200, { "content-type": "text/x-component" });
    response.write('0:{"a":"$@1","q":"","i":false}\n1:{"now":"ü","later":"$@2"}\n');
    await gate.opened;
    response.end('2:"then"\n');
  });
  const value = await dispatcher().call(ID, ["x"], watched().options);
  assert.equal(value.now, "ü");
  gate.open();
  assert.equal(await value.later, "then");
});

test("each attempt begins at 0 again, under the same key", async () => {
  for (const _ of [1, 2]) answers.push((_request, response) => response.writeHead(503).end());
  const { seen, options } = watched({ retry: { limit: 2, delay: 0 }, idempotencyKey: true });
  const before = server.requests.length;
  const { attempts, idempotencyKey } = await dispatcher().call(ID, ["x".repeat(1000)], options).outcome;
  assert.equal(attempts, 3);
  const ends = seen.flatMap(({ loaded, total }, at) => (loaded === total ? [at] : []));
  assert.equal(ends.length, 3);
  ends.forEach((end, at) => assertWhole(seen.slice(at === 0 ? 0 : ends[at - 1] + 1, end + 1)));
  for (const { headers } of server.requests.slice(before)) assert.ok(headers["idempotency-key"].includes(idempotencyKey));
});

test("an error of the server has its code and its status, and a connection that broke is NETWORK", async () => {
  const d = dispatcher();
  answers.push((_request, response) => response.writeHead(500, { "content-type": "text/plain" }).end("out of order"));
  await assert.rejects(d.call(ID, ["x"], watched().options), { code: "HTTP", status: 500, sent: "yes", excerpt: "out of order" });
  answers.push((request) => request.socket.destroy());
  await assert.rejects(d.call(ID, ["x"], watched().options), { code: "NETWORK", sent: "unknown" });
  answers.push((_request, response) => response.writeHead(204).end());
  await assert.rejects(d.call(ID, ["x"], watched().options), { code: "NOT_FLIGHT", status: 204 });
});

test("abort, timeout and a deadline end the request, and the lane is free", async () => {
  const d = dispatcher();
  for (const [options, end, code] of [
    [{}, (call) => call.abort("enough"), "ABORTED"],
    [{ timeout: 1 }, () => {}, "TIMEOUT"],
    [{ deadline: 1 }, () => {}, "DEADLINE"],
  ]) {
    const closed = makeGate();
    let arrived = false;
    answers.push((request) => {
      arrived = true;
      request.socket.once("close", closed.open);
    });
    const call = d.call(ID, ["x"], watched(options).options);
    if (code === "ABORTED") await until(() => arrived);
    end(call);
    await assert.rejects(call, { code });
    if (arrived) await closed.opened;
    else answers.length = 0; // it ended before the server had it
    assert.deepEqual(await d.call(ID, ["next"]), ["next"]);
  }
});

test("an answer that stalls after its head is a TIMEOUT", async () => {
  answers.push((_request, response) => {
    response.writeHead(200, { "content-type": "text/x-component" });
    response.write("0:");
  });
  await assert.rejects(dispatcher().call(ID, ["x"], watched({ stallTimeout: 5 }).options), { code: "TIMEOUT", sent: "yes" });
});

test("an error of the page's function is reported, and the call goes on", async (t) => {
  const reported = [];
  const own = Object.getOwnPropertyDescriptor(globalThis, "reportError");
  globalThis.reportError = (error) => reported.push(error);
  t.after(() => (own ? Object.defineProperty(globalThis, "reportError", own) : delete globalThis.reportError));
  const onProgress = () => {
    throw new Error("of the page");
  };
  assert.deepEqual(await dispatcher().call(ID, ["x"], { onProgress }), ["x"]);
  assert.ok(reported.length > 0 && reported.every(({ message }) => message === "of the page"));
});

test("an option that XMLHttpRequest cannot keep is INVALID_OPTION, and nothing is sent", async () => {
  const before = server.requests.length;
  const { options } = watched();
  const invalid = { code: "INVALID_OPTION", sent: "no" };
  await assert.rejects(dispatcher().call(ID, [], { onProgress: 5 }), invalid);
  await assert.rejects(dispatcher().call(ID, [], { ...options, keepalive: true }), invalid);
  await assert.rejects(dispatcher({ fetch }).call(ID, [], options), invalid);
  await assert.rejects(dispatcher({ credentials: "omit" }).call(ID, [], options), invalid);
  const post = { method: "POST", headers: { "next-action": ID }, body: "[]" };
  await assert.rejects(dispatcher().fetch(server.url, post, options), invalid);
  const { XMLHttpRequest } = globalThis;
  delete globalThis.XMLHttpRequest;
  await assert.rejects(dispatcher().call(ID, [], options), { ...invalid, message: /there is no XMLHttpRequest here/ });
  globalThis.XMLHttpRequest = XMLHttpRequest;
  assert.equal(server.requests.length, before);
});

test("a dispatcher whose requests outlive the page reports progress without that", async () => {
  const { keepalive } = await dispatcher({ keepalive: true }).call(ID, ["x"], watched().options).outcome;
  assert.equal(keepalive, undefined);
});

test("calls keep their order while the part is loaded, and only those that report need it", async () => {
  const copy = await without(["lib/upload/xml_http_request.js"]);
  const { createDispatcher } = await import(copy.file("node.js"));
  const d = createDispatcher({ url: server.url });
  const before = server.requests.length;
  const calls = [d.call(ID, ["first"], watched().options), d.call(ID, ["second"])];
  const message = /onProgress: the part of the package that it needs could not be loaded/;
  await assert.rejects(calls[0], { code: "NETWORK", sent: "no", message });
  assert.deepEqual(await calls[1], ["second"]);
  await copy.restore();
  const more = [d.call(ID, ["third"], watched().options), d.call(ID, ["fourth"])];
  assert.deepEqual(await Promise.all(more), [["third"], ["fourth"]]);
  assert.deepEqual(server.requests.slice(before).map(({ body }) => JSON.parse(body)), [["second"], ["third"], ["fourth"]]);
  d.close();
  await copy.remove();
});
