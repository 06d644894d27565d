// Tests the id and the trace of a request on the server: `withCorrelation()`, `correlationId()`, `traceparent()` and
// `sqlComment()`.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { correlationId, sqlComment, traceparent, withCorrelation } from "../server.js";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const NEW_PARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/;

/** Headers as some frameworks have them: values that `Headers` refuses arrive too. */
const headersOf = (values) => ({ get: (name) => values[name] ?? null });
const idFor = (sent) => withCorrelation(headersOf({ "x-request-id": sent }), correlationId);
const parentFor = (sent) => withCorrelation(headersOf({ traceparent: sent }), traceparent);

test("the id and the trace of a request hold in all that it awaits, beside other requests", async () => {
  const gates = Array.from({ length: 20 }, () => Promise.withResolvers?.() ?? resolvers());
  const requests = gates.map(({ promise }, n) => withCorrelation(new Headers({ "X-Request-Id": `request-${n}`, traceparent: PARENT }), async () => {
    await promise;
    await new Promise((resolve) => setImmediate(resolve));
    return [correlationId(), traceparent()];
  }));
  assert.equal(correlationId(), undefined);
  for (const { resolve } of gates.toReversed()) resolve();
  assert.deepEqual(await Promise.all(requests), gates.map((_, n) => [`request-${n}`, PARENT]));
  assert.equal(traceparent(), undefined);
});

function resolvers() {
  const it = {};
  it.promise = new Promise((resolve) => (it.resolve = resolve));
  return it;
}

test("an inner correlation counts until it ends, and an error passes through", () => {
  withCorrelation(headersOf({ "x-request-id": "outer" }), () => {
    withCorrelation(headersOf({ "x-request-id": "inner" }), ({ id }) => assert.deepEqual([id, correlationId()], ["inner", "inner"]));
    assert.equal(correlationId(), "outer");
    assert.throws(() => withCorrelation(headersOf({}), () => JSON.parse("{")), SyntaxError);
    assert.equal(correlationId(), "outer");
  });
});

test("an id is taken over only if no log line and no header breaks by it", () => {
  for (const id of ["a", "8e03978e-40d5-43e8-bc93-6894a57f9324", "Root=1-67891233-abcdef012345678912345678", "YWJj/+==", "x".repeat(128)]) {
    assert.equal(idFor(id), id);
  }
  const refused = ["", " a", "a b", "a,b", "a\nb", "a\r\nset-cookie: b", 'a"b', "a'b", "a*b", "a\\b", "<b>", "{a}", "a%0ab", "é", "a\0", "x".repeat(129), undefined, 7];
  for (const id of refused) assert.match(idFor(id), UUID, JSON.stringify(id));
  assert.notEqual(idFor(undefined), idFor(undefined));
});

test("a request without an id has that of its trace", () => {
  assert.equal(withCorrelation(headersOf({ traceparent: PARENT }), correlationId), TRACE);
  assert.equal(withCorrelation(headersOf({ traceparent: PARENT, "x-request-id": "mine" }), correlationId), "mine");
});

test("a trace is passed on as received, and a later version as version 00", () => {
  assert.equal(parentFor(PARENT), PARENT);
  assert.equal(parentFor(`00-${TRACE}-00f067aa0ba902b7-00`), `00-${TRACE}-00f067aa0ba902b7-00`);
  assert.equal(parentFor(`cc-${TRACE}-00f067aa0ba902b7-0b-more`), PARENT);
  assert.equal(parentFor(`cc-${TRACE}-00f067aa0ba902b7-0a`), `00-${TRACE}-00f067aa0ba902b7-00`);
});

test("a new trace begins where there is none or none that can be read", () => {
  const zeros = "0".repeat(32);
  const refused = [
    undefined, "", "x", PARENT.toUpperCase(), `${PARENT}-more`, `${PARENT} `, `ff-${TRACE}-00f067aa0ba902b7-01`, `00-${zeros}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`, `cc-${TRACE}-00f067aa0ba902b7-01-${"x".repeat(500)}`, `cc-${TRACE}-00f067aa0ba902b7-01-a\nb`,
  ];
  const made = refused.map(parentFor);
  for (const [n, parent] of made.entries()) assert.ok(NEW_PARENT.test(parent) && !parent.includes(TRACE), JSON.stringify(refused[n]));
  assert.equal(new Set(made).size, refused.length);
});

test("headers and functions that are none are refused by name", () => {
  assert.throws(() => withCorrelation({}, () => 1), { name: "TypeError", message: "withCorrelation: headers has a method get(name)" });
  assert.throws(() => withCorrelation(new Headers()), { name: "TypeError", message: "withCorrelation: fn is a function" });
});

test("all copies of the package in one process share the correlation", async () => {
  const copy = await import("../server/correlation.js?copy");
  assert.notEqual(copy.correlationId, correlationId);
  assert.equal(withCorrelation(headersOf({ "x-request-id": "a" }), copy.correlationId), "a");
  assert.equal(copy.withCorrelation(headersOf({ "x-request-id": "b" }), correlationId), "b");
});

/** Runs code in a runtime without Node.js's modules, such as that of an edge function. */
function atTheEdge(prelude) {
  const code = `delete globalThis.process.getBuiltinModule; ${prelude}
    const m = await import("actionlane/server");
    const ran = m.withCorrelation(new Headers({ "x-request-id": "a" }), async ({ id, traceparent }) => {
      await undefined;
      return [id, typeof traceparent, m.correlationId() ?? null, m.traceparent() === traceparent, m.sqlComment("SELECT 1")];
    });
    console.log(JSON.stringify([...await ran, m.correlationId() ?? null]));`;
  const flags = ["--conditions=edge-light", "--input-type=module", "-e", code];
  const { stdout, stderr } = spawnSync(process.execPath, flags, { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

test("without AsyncLocalStorage fn runs and gets the correlation, and nothing else knows it", () => {
  assert.deepEqual(atTheEdge(""), ["a", "string", null, false, "SELECT 1", null]);
});

test("the AsyncLocalStorage that Next.js gives edge functions is enough", () => {
  const given = 'globalThis.AsyncLocalStorage = (await import("node:async_hooks")).AsyncLocalStorage;';
  const [id, , known, same, sql, after] = atTheEdge(given);
  assert.deepEqual([id, known, same, after], ["a", "a", true, null]);
  assert.match(sql, /request_id='a'/);
});

test("a statement names its request at its end, in the form of sqlcommenter", () => {
  withCorrelation(headersOf({ "x-request-id": "a:1", traceparent: PARENT }), () => {
    assert.equal(sqlComment("SELECT 1"), `SELECT 1 /*request_id='a%3A1',traceparent='${PARENT}'*/`);
    assert.equal(sqlComment("SELECT 1;\n"), `SELECT 1 /*request_id='a%3A1',traceparent='${PARENT}'*/;`);
    assert.equal(sqlComment("SELECT 1", { action: "charge", zone: 7, none: null }), `SELECT 1 /*action='charge',request_id='a%3A1',traceparent='${PARENT}',zone='7'*/`);
    assert.match(sqlComment("SELECT 1", { request_id: "of mine" }), /request_id='a%3A1'/);
  });
});

test("a statement that has a comment, or nothing to say, stays as it is", () => {
  assert.equal(sqlComment("SELECT 1"), "SELECT 1");
  withCorrelation(headersOf({}), () => {
    for (const sql of ["", "  ", "SELECT 1 /* mine */", "SELECT 1 -- mine", "SELECT '--'"]) assert.equal(sqlComment(sql), sql);
  });
  assert.throws(() => sqlComment(7), { name: "TypeError", message: "sqlComment: sql is a text" });
});

test("no name of a tag makes a comment that MySQL runs", () => {
  assert.equal(sqlComment("SELECT 1", { "!50000 SLEEP": "!" }), "SELECT 1 /*%2150000%20SLEEP='%21'*/");
});

test("no value and no name of a tag ends the comment", () => {
  const mean = "*/; DROP TABLE orders; -- ' \\ \n \0 \ud800 %";
  const said = sqlComment("SELECT 1", { [mean]: mean, long: "*".repeat(1000) });
  const [, inside] = /^SELECT 1 \/\*(.*)\*\/$/.exec(said);
  assert.match(inside, /^(?:[\w.~!()%-]+='[\w.~!()%-]+',?)+$/);
  assert.ok(inside.includes(`long='${"%2A".repeat(255)}'`));
});
