// The outbox in Node.js, which lacks the storage it needs: the errors of durable calls and of their options.
// tests/e2e/tests/outbox.rs tests it in browsers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher } from "../node.js";
import { ID, serve } from "./server.js";


let server;
before(async () => (server = await serve()));
after(() => server.close());

const wrong = (options, dispatcher) => {
  const d = createDispatcher({ url: server.url, ...dispatcher });
  return assert.rejects(d.call(ID, [], options), { code: "INVALID_OPTION", sent: "no" }).then(() => d.close());
};

test("without storage a durable call fails with STORAGE, and the next call goes on", async () => {
  const d = createDispatcher({ url: server.url, outbox: { owner: "ann" } });
  const durable = d.call(ID, ["x"], { durable: true });
  // Depends on the version of Node.js: some lack locks, all lack IndexedDB.
  const missing = /(over https or on localhost only|make the call without durable)$/;
  await assert.rejects(durable, { code: "STORAGE", sent: "no", message: missing });
  assert.equal(await d.call(ID, ["y"]), '["y"]');
  for (const asked of [d.outbox.entries(), d.outbox.remove(1), d.outbox.flush(), d.outbox.clear()]) {
    await assert.rejects(asked, { code: "STORAGE", message: missing });
  }
  d.close();
});

test("a durable call needs an owner, which is its dispatcher's", async () => {
  await wrong({ durable: true });
  await wrong({ durable: { owner: "bob" } }, { outbox: { owner: "ann" } });
  const { outbox } = createDispatcher({ url: server.url });
  for (const asked of [outbox.entries(), outbox.remove(1), outbox.flush(), outbox.clear()]) {
    await assert.rejects(asked, { code: "INVALID_OPTION" });
  }
});

test("options that contradict durable are refused", async () => {
  const outbox = { outbox: { owner: "ann" } };
  for (const options of [{ deadline: 1 }, { strategy: "join" }]) await wrong({ durable: true, ...options }, outbox);
  for (const durable of ["yes", { ttl: 0 }, { ttl: "1d" }, { owner: "" }, { owner: 7 }, { until: 1 }]) await wrong({ durable }, outbox);
  await wrong({ durable: true }, { ...outbox, lanes: { main: { strategy: "join" } } });
  for (const outbox of [true, {}, { owner: "" }, { owner: "ann", onResult: 1 }, { owner: "ann", ttl: 1 }]) {
    assert.throws(() => createDispatcher({ outbox }), { code: "INVALID_OPTION" });
  }
});

test("an entry is removed by its id, which is a whole number", async () => {
  const { outbox } = createDispatcher({ url: server.url, outbox: { owner: "ann" } });
  for (const id of [undefined, null, "1", 1.5]) await assert.rejects(outbox.remove(id), { code: "INVALID_OPTION" });
});

test("with durable: false a call is an ordinary one", async () => {
  assert.equal(await createDispatcher({ url: server.url }).call(ID, ["x"], { durable: false }), '["x"]');
});

test("a value that the server cannot see cannot be stored", async () => {
  const d = createDispatcher({ url: server.url, outbox: { owner: "ann" } });
  await assert.rejects(d.call(ID, [{ f() {} }], { durable: true }), { code: "ENCODE", sent: "no" });
  d.close();
});
