// Messages name their call, and stacks show the page's code that made it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher, encode, ready } from "../node.js";
import { ID, flight, serve } from "./server.js";

let server;
before(async () => {
  await ready();
  server = await serve((request, response, body) => {
    if (request.url === "/throws") {
      response.writeHead(500, { "content-type": "text/x-component" });
      response.end('0:{"a":"$@1","q":"","i":false}\n1:E{"digest":"2338545322"}\n');
    } else if (request.url === "/parts") {
      response.writeHead(200, { "content-type": "text/x-component" });
      response.write('0:{"a":"$@1","q":"","i":false}\n1:{"thrown":"$@2","never":"$@3"}\n2:E{"digest":"1"}\n');
    } else if (!request.url.startsWith("/never")) flight(response, "1");
  });
});
after(() => server.close());

const at = (path) => new URL(path, server.url).href;
const d = () => createDispatcher({ url: at("/never") });

/** Returns the error with which a call rejects. */
const rejection = (promise) => promise.then(() => assert.fail("the call did not fail"), (error) => error);

/** Returns an error's message and the functions of its first two frames. None of the frames may be the package's. */
function shown(error) {
  const [head, ...frames] = error.stack.split("\n");
  assert.equal(head, `ActionError: ${error.message}`);
  assert.ok(!error.stack.includes("/lib/") && !error.stack.includes("/wasm/"), error.stack);
  return [error.message, ...frames.slice(0, 2).map((frame) => /at (?:async )?(\w+)/.exec(frame)?.[1])];
}

// Calls each of the functions below, so that the two frames are known.
async function page(checkout) {
  return rejection(checkout());
}

test("a call's error names the action, and its stack shows the caller", async () => {
  const client = d();
  async function saveTokens() {
    return client.call({ id: ID, name: "saveTokens" }, [], { timeout: 20 });
  }
  assert.deepEqual(shown(await page(saveTokens)), ["saveTokens: no value within 20 ms", "saveTokens", "page"]);
  async function unnamed() {
    await client.call(ID, [], { timeout: 20 });
  }
  assert.deepEqual(shown(await page(unnamed)), ["action 7f000000: no value within 20 ms", "unnamed", "page"]);
});

test("so do errors of a bound action, a route, wrong options and a retried call", async () => {
  const client = d();
  const bound = client.bind({ id: ID, name: "save" }, { timeout: 20 });
  async function onClick() {
    await bound();
  }
  assert.deepEqual(shown(await page(onClick)), ["save: no value within 20 ms", "onClick", "page"]);
  async function load() {
    await client.route(at("/never?q=1"), {}, { timeout: 20 });
  }
  assert.deepEqual(shown(await page(load)), ["GET /never: no answer within 20 ms", "load", "page"]);
  async function wrong() {
    await client.call({ id: ID, name: "save" }, [], { timeout: -1 });
  }
  assert.deepEqual(shown(await page(wrong)), ["save: timeout: expected milliseconds above 0", "wrong", "page"]);
  client.pause();
  const waits = rejection(client.call({ id: ID, name: "first" }, [], { deadline: 50 }));
  client.clear();
  const first = await waits;
  assert.equal(first.message, "first: the call was dropped from its lane");
  async function again() {
    await first.retry();
  }
  assert.deepEqual(shown(await page(again)), ["first: no value within 50 ms of the call", "again", "page"]);
});

test("each of the joined calls has a stack of its own", async () => {
  const client = d();
  const options = { strategy: "join", timeout: 20 };
  async function one() {
    await client.call({ id: ID, name: "one" }, [], options);
  }
  async function two() {
    await client.call({ id: ID, name: "two" }, [], options);
  }
  const errors = await Promise.all([page(one), page(two)]);
  assert.deepEqual(errors.map(shown), [["one: no value within 20 ms", "one", "page"], ["two: no value within 20 ms", "two", "page"]]);
});

test("an encoder's error shows the caller of encode()", async () => {
  async function send() {
    await encode([1n, 10n ** 301n]);
  }
  const [message, ...frames] = shown(await page(send));
  assert.match(message, /^argument/);
  assert.deepEqual(frames, ["send", "page"]);
});

test("a hook gets the same error as the caller", async () => {
  let heard;
  const client = createDispatcher({ url: at("/throws"), hooks: { onError: (error) => (heard = error.message) } });
  const open = "save: the action threw, or the server refused the request (its origin, its size): the digest in the server's log tells";
  assert.equal((await rejection(client.call({ id: ID, name: "save" }))).message, open);
  assert.equal(heard, open);
});

test("an error inside a value names its call", async () => {
  const client = createDispatcher({ url: at("/parts") });
  const failing = await client.call({ id: ID, name: "report" });
  assert.equal((await rejection(failing.thrown)).message, "report: the action threw");
  failing.never.catch(() => {});
  const call = client.call({ id: ID, name: "open" });
  const { never } = await call;
  call.abort();
  const error = await rejection(never);
  assert.deepEqual([error.message, error.actionName], ["open: the call was aborted while this was still to come", "open"]);
  assert.ok(!error.stack.includes("/lib/"), error.stack);
});

test("a page whose prepareStackTrace throws gets its error all the same", { timeout: 30_000 }, async () => {
  const client = d();
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (error) => {
    if (error instanceof Error) return `${error}`;
    throw new Error("no stack");
  };
  try {
    const error = await rejection(client.call({ id: ID, name: "save" }, [], { timeout: 20 }));
    assert.deepEqual([error.code, error.stack], ["TIMEOUT", "ActionError: save: no value within 20 ms"]);
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
});

test("a page that switches frames on later gets them from then on", async () => {
  const { callerOf, showCaller } = await import("../lib/error/call_site.js?first");
  const { stackTraceLimit } = Error;
  const stackOf = () => {
    const made = new Error("message");
    const page = () => helper();
    const helper = () => callerOf(page);
    showCaller(made, page());
    return made.stack;
  };
  try {
    Error.stackTraceLimit = 0;
    assert.equal(stackOf(), "Error: message");
    Error.stackTraceLimit = 10;
    assert.match(stackOf(), /^Error: message\n +at stackOf /);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
});
