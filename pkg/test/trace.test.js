// The option `trace`: the headers `traceparent` and `x-request-id`, and what an outcome shows of them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher } from "../node.js";
import { ID, flight, serve } from "./server.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = `00-${TRACE}-00f067aa0ba902b7-00`;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/;

let server;
before(async () => {
  server = await serve((request, response, body) => {
    if (body.includes("never")) return request.socket.destroy();
    if (!request.headers["x-action-forwarded"]) return flight(response, JSON.stringify(body));
    response.writeHead(409, { "content-type": "text/plain", "x-nextjs-action-not-found": "1" }).end("Server Action unavailable.");
  });
});
after(() => server.close());

const sent = () => server.requests.at(-1).headers;
const parts = (traceparent) => traceparent.split("-");

test("without the option nothing is sent or shown", async () => {
  for (const trace of [undefined, false, {}, { traceparent: false, requestId: false }]) {
    const { trace: shown } = await createDispatcher({ url: server.url, trace }).call(ID).outcome;
    assert.deepEqual([shown, sent().traceparent, sent()["x-request-id"]], [undefined, undefined, undefined]);
  }
});

test("true gives each call a trace of its own", async () => {
  const d = createDispatcher({ url: server.url, trace: true });
  const first = await d.call(ID).outcome;
  assert.match(sent().traceparent, TRACEPARENT);
  assert.deepEqual(first.trace, { traceparent: sent().traceparent });
  const second = await d.call(ID).outcome;
  assert.notEqual(parts(first.trace.traceparent)[1], parts(second.trace.traceparent)[1]);
  assert.notEqual(parts(first.trace.traceparent)[2], parts(second.trace.traceparent)[2]);
});

test("a given trace is continued with a span of its own", async () => {
  await createDispatcher({ url: server.url }).call(ID, [], { trace: { traceparent: PARENT } });
  const [version, trace, span, flags] = parts(sent().traceparent);
  assert.deepEqual([version, trace, flags], ["00", TRACE, "00"]);
  assert.match(span, /^(?!00f067aa0ba902b7)[0-9a-f]{16}$/);
});

test("the request id is a new UUID, or the given one", async () => {
  const d = createDispatcher({ url: server.url });
  const { trace } = await d.call(ID, [], { trace: { requestId: true } }).outcome;
  assert.match(sent()["x-request-id"], UUID);
  assert.deepEqual(trace, { requestId: sent()["x-request-id"] });
  await d.call(ID, [], { trace: { requestId: "mine-1" } });
  assert.equal(sent()["x-request-id"], "mine-1");
});

test("a call's own option overrides the dispatcher's, part by part", async () => {
  const d = createDispatcher({ url: server.url, trace: { traceparent: PARENT, requestId: "common" } });
  const seen = async (trace) => {
    await d.call(ID, [], { trace });
    return [sent().traceparent && parts(sent().traceparent)[1], sent()["x-request-id"]];
  };
  assert.deepEqual(await seen(undefined), [TRACE, "common"]);
  assert.deepEqual(await seen({ requestId: "own" }), [TRACE, "own"]);
  assert.deepEqual(await seen({ traceparent: false }), [undefined, "common"]);
  assert.deepEqual(await seen(false), [undefined, undefined]);
  const [own, id] = await seen(true);
  assert.ok(own !== TRACE && id === "common");
});

test("each attempt is a span of its own, with the same trace and request id", async () => {
  const d = createDispatcher({ url: server.url, trace: { traceparent: true, requestId: true } });
  const from = server.requests.length;
  const { trace, attempts } = await d.call(ID, [], { render: "skip" }).outcome;
  const [first, second] = server.requests.slice(from).map(({ headers }) => headers);
  assert.equal(attempts, 2);
  assert.deepEqual(trace, { traceparent: second.traceparent, requestId: second["x-request-id"] });
  assert.equal(first["x-request-id"], second["x-request-id"]);
  const [one, two] = [first, second].map(({ traceparent }) => parts(traceparent));
  assert.deepEqual([one[1], one[3]], [two[1], two[3]]);
  assert.notEqual(one[2], two[2]);
});

test("a failure shows its trace, also without an answer", async () => {
  const d = createDispatcher({ url: server.url, trace: { traceparent: true, requestId: "r" } });
  await assert.rejects(d.call(ID, ["never"]), ({ code, outcome: { trace } }) => {
    assert.deepEqual([code, trace], ["NETWORK", { traceparent: sent().traceparent, requestId: "r" }]);
    return true;
  });
});

test("the caller's own headers of these names are sent and shown", async () => {
  const d = createDispatcher({ url: server.url, trace: { traceparent: true, requestId: true }, headers: { Traceparent: PARENT } });
  const { trace } = await d.call(ID, [], { headers: { "X-Request-Id": "own" } }).outcome;
  assert.deepEqual([sent().traceparent, sent()["x-request-id"]], [PARENT, "own"]);
  assert.deepEqual(trace, { traceparent: PARENT, requestId: "own" });
});

test("a trace that makes no sense is refused before anything is sent", async () => {
  const refused = { code: "INVALID_OPTION", sent: "no" };
  const before = server.requests.length;
  for (const trace of ["true", 1, [], { spans: true }, { traceparent: 7 }, { requestId: "" }, { requestId: "a b" }, { requestId: "é" }, { requestId: 7 }]) {
    assert.throws(() => createDispatcher({ trace }), refused, JSON.stringify(trace));
    await assert.rejects(createDispatcher({ url: server.url }).call(ID, [], { trace }), refused, JSON.stringify(trace));
  }
  const wrong = [TRACE, PARENT.toUpperCase(), `${PARENT}-1`, `ff${PARENT.slice(2)}`, PARENT.replace(TRACE, "0".repeat(32)), PARENT.replace("00f067aa0ba902b7", "0".repeat(16))];
  for (const traceparent of wrong) {
    assert.throws(() => createDispatcher({ trace: { traceparent } }), refused, traceparent);
    await assert.rejects(createDispatcher({ url: server.url }).call(ID, [], { trace: { traceparent } }), refused, traceparent);
  }
  assert.equal(server.requests.length, before);
});

test("without random numbers a call with a new trace fails, and a call without one works", async () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  try {
    for (const crypto of [undefined, {}, { getRandomValues() { throw "none"; } }]) {
      Object.defineProperty(globalThis, "crypto", { value: crypto, configurable: true });
      const d = createDispatcher({ url: server.url });
      for (const trace of [true, { requestId: true }, { traceparent: PARENT }]) {
        await assert.rejects(d.call(ID, [], { trace }), { code: "INVALID_OPTION", sent: "no" });
      }
      assert.equal(await d.call(ID, [1], { trace: { requestId: "given" } }), "[1]");
    }
  } finally {
    Object.defineProperty(globalThis, "crypto", own);
  }
});
