// Checks of options that JavaScript makes at once, before the wasm is loaded.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher, encode } from "../node.js";
import { idempotencyKey } from "../server.js";
import { ID, serve } from "./server.js";

let server;
before(async () => (server = await serve()));
after(() => server.close());

const INVALID = { code: "INVALID_OPTION", sent: "no" };

test("an option that is a string is not taken from a number or a list", async () => {
  for (const options of [{ nextVersion: 16 }, { nextVersion: ["16.4.6"] }, { basePath: ["/shop"] }]) {
    assert.throws(() => createDispatcher(options), INVALID, JSON.stringify(options));
  }
  for (const header of [5, ["x-key"], null]) {
    assert.throws(() => createDispatcher({ idempotency: { header } }), { ...INVALID, message: "header: expected the name of a header" });
  }
  await assert.rejects(encode([1], { nextVersion: 16 }), INVALID);
});

test("a filter that names nothing is refused and cancels nothing", async () => {
  const d = createDispatcher({ url: server.url });
  const calls = [d.call(ID, [1]), d.call(ID, [2], { lane: "cart" })];
  for (const filter of [{}, { name: undefined }, { lane: "cart", name: undefined }, Object.create(null)]) {
    assert.throws(() => d.cancel(filter), INVALID);
  }
  await Promise.all(calls);
});

test("a key in the page is valid if the server's half reads it unchanged", async () => {
  const d = createDispatcher({ url: server.url });
  const read = (key) => idempotencyKey({ user: 1, action: "a", headers: new Headers({ "idempotency-key": key }) }).key;
  const every = Array.from({ length: 127 - 33 }, (_, index) => String.fromCharCode(33 + index));
  for (const key of [...every, "k".repeat(255), "k".repeat(256), "a,b", '"a"']) {
    const holds = read(key) === key && key.length <= 255;
    const call = d.call(ID, [], { idempotencyKey: key, lane: "parallel" });
    if (holds) await call;
    else await assert.rejects(call, INVALID, key);
  }
  await assert.rejects(d.route(server.url, {}, { idempotencyKey: "a,b" }), INVALID);
});

test("leaseTimeout is refused without a scope that has leases", () => {
  for (const scope of [undefined, "dispatcher"]) {
    assert.throws(() => createDispatcher({ scope, leaseTimeout: 1_000 }), { ...INVALID, message: /^leaseTimeout: / });
  }
});

test("an invalid traceparent is refused at once", async () => {
  const d = createDispatcher({ url: server.url });
  const good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  for (const traceparent of ["nonsense", good.toUpperCase(), `${good} `, good.slice(1), 5]) {
    assert.throws(() => createDispatcher({ trace: { traceparent } }), INVALID);
    await assert.rejects(d.call(ID, [], { trace: { traceparent } }), INVALID);
  }
  for (const traceparent of [good, `cc${good.slice(2)}-more`]) await d.call(ID, [], { trace: { traceparent } });
});

test("a bound action may not give one key to all its calls", async () => {
  const d = createDispatcher({ url: server.url });
  const before = server.requests.length;
  await assert.rejects(d.bind(ID, { idempotencyKey: "save" })("one"), INVALID);
  assert.equal(server.requests.length, before);
  const save = d.bind(ID, { idempotencyKey: true });
  await Promise.all([save("one"), save("two")]);
  const [one, two] = server.requests.slice(before).map(({ headers }) => headers["idempotency-key"]);
  assert.ok(one && two && one !== two);
});
